"""Add the index by which cases are found by their titles."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("privacy", "0001_privacy")]

    operations = [
        migrations.CreateModel(
            name="TitlePairs",
            fields=[
                (
                    "words",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="privacy.sealedwords",
                    ),
                ),
                ("workspace_id", models.BigIntegerField()),
                ("case_id", models.BigIntegerField()),
                (
                    "pairs",
                    django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField()),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["pairs"], name="titles_by_pairs"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="IndexedTransactions",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("upto", models.BigIntegerField()),
            ],
        ),
    ]
