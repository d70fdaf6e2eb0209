from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("warehouse", "0001_day_counts")]

    operations = [
        migrations.CreateModel(
            name="FactBasis",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("table", models.CharField(max_length=60)),
                ("workspace_id", models.BigIntegerField()),
                ("digest", models.CharField(max_length=64)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("table", "workspace_id"), name="fact_basis_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReadMark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.TextField(unique=True)),
                ("upto", models.BigIntegerField()),
            ],
        ),
    ]
