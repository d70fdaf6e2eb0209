import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="DayCountFill",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("workspace_id", models.BigIntegerField()),
                ("name", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                ("basis", models.CharField(max_length=64)),
                ("notes", models.JSONField(default=dict)),
                ("versions", models.JSONField()),
                ("fresh", models.JSONField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "name"), name="day_count_fill_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DayCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("question", models.CharField(max_length=40)),
                ("on", models.DateField(null=True)),
                ("numbers", models.BinaryField()),
                ("digest", models.BinaryField(max_length=16)),
                (
                    "fill",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="days",
                        to="warehouse.daycountfill",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("fill", "question", "on"),
                        name="day_count_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DayCountKeys",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("question", models.CharField(max_length=40)),
                ("columns", models.JSONField()),
                ("combinations", models.JSONField()),
                (
                    "fill",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="keys",
                        to="warehouse.daycountfill",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("fill", "question"), name="day_count_keys_once")
                ],
            },
        ),
        # Numbers do not compress well, and a page reads thousands of rows: stored as they are.
        migrations.RunSQL(
            "ALTER TABLE warehouse_daycount ALTER COLUMN numbers SET STORAGE EXTERNAL",
            migrations.RunSQL.noop,
        ),
    ]
