"""Add the index by which cases are found by their titles and texts."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("privacy", "0005_pairs_move_to_search"),
    ]

    operations = [
        migrations.CreateModel(
            name="IndexProgress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("upto", models.BigIntegerField(default=0)),
                ("toward", models.BigIntegerField(null=True)),
                ("workspace_id", models.BigIntegerField(default=0)),
                ("case_id", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="TextPairs",
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
                ("at", models.DateTimeField()),
                (
                    "pairs",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), size=None
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["pairs"], gin_pending_list_limit=256, name="texts_by_pairs"
                    ),
                    models.Index(fields=["workspace_id", "at"], name="texts_by_moment"),
                ],
            },
        ),
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
                ("at", models.DateTimeField()),
                (
                    "pairs",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), size=None
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["pairs"], gin_pending_list_limit=256, name="titles_by_pairs"
                    ),
                    models.Index(fields=["workspace_id", "at"], name="titles_by_moment"),
                ],
            },
        ),
    ]
