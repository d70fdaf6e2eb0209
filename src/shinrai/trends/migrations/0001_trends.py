"""Say which failure of usage belongs to a topic, and keep prepared trends."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="PreparedTrends",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("workspace_id", models.BigIntegerField(unique=True)),
                ("prepared_at", models.DateTimeField()),
                ("rests_on", models.JSONField()),
                ("document", models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name="FailureMapping",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("workspace_id", models.BigIntegerField()),
                ("topic", models.CharField(max_length=80)),
                ("event", models.CharField(blank=True, max_length=200)),
                ("property", models.CharField(blank=True, max_length=80)),
                ("value", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=80)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["workspace_id", "topic", "-id"], name="failure_of_topic")
                ],
            },
        ),
    ]
