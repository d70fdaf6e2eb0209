"""Figures of initiatives are prepared by the worker."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("initiatives", "0001_initiatives"),)

    operations = (
        migrations.CreateModel(
            name="PreparedInitiative",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("workspace_id", models.BigIntegerField()),
                ("key", models.CharField(max_length=60)),
                ("prepared_at", models.DateTimeField()),
                ("rests_on", models.JSONField()),
                ("document", models.JSONField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "key"), name="initiative_prepared_once"
                    )
                ],
            },
        ),
    )
