"""Files of answers can be withdrawn; what is imported anew takes the next place."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def _file(related: str) -> "models.ForeignKey[Any, Any]":
    return models.ForeignKey(
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related,
        to="satisfaction.answerfile",
    )


class Migration(migrations.Migration):
    dependencies = (("satisfaction", "0004_interviews"),)

    operations = (
        migrations.CreateModel(
            name="AnswerFile",
            fields=[
                ("id", ID),
                ("workspace_id", models.BigIntegerField()),
                ("name", models.CharField(max_length=80)),
                ("survey", models.CharField(max_length=80)),
                ("rows", models.IntegerField()),
                ("imported_at", models.DateTimeField()),
                ("by", models.CharField(max_length=80)),
            ],
        ),
        migrations.CreateModel(
            name="AnswerFileWithdrawal",
            fields=[
                ("id", ID.clone()),
                ("reason", models.CharField(blank=True, max_length=400)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=80)),
                (
                    "file",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawal",
                        to="satisfaction.answerfile",
                    ),
                ),
            ],
        ),
        migrations.AddField("asking", "file", _file("+")),
        migrations.AddField("surveyanswer", "file", _file("answers")),
        migrations.AddField("surveyanswer", "attempt", models.SmallIntegerField(default=0)),
        migrations.RemoveConstraint("surveyanswer", "answer_once"),
        migrations.RemoveConstraint("surveyanswer", "answer_key_once"),
        migrations.AddConstraint(
            "surveyanswer",
            models.UniqueConstraint(fields=("wave", "person", "attempt"), name="answer_once"),
        ),
        migrations.AddConstraint(
            "surveyanswer",
            models.UniqueConstraint(
                fields=("workspace_id", "source_key", "attempt"), name="answer_key_once"
            ),
        ),
    )
