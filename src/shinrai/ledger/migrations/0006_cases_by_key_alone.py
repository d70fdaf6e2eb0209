"""Remove the index of a case's workspace, since cases are found by their keys.

The index of `parent` is limited to cases that have one; few do.
"""

from django.db import migrations, models
from django.db.models.deletion import PROTECT


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_accounts"),
        ("ledger", "0005_step_without_digest"),
        ("privacy", "0001_privacy"),
    ]

    operations = [
        migrations.AlterField(
            "case",
            "parent",
            models.ForeignKey(
                "ledger.case", null=True, on_delete=PROTECT, related_name="+", db_index=False
            ),
        ),
        migrations.AlterField(
            "case",
            "workspace",
            models.ForeignKey(
                "accounts.workspace", on_delete=PROTECT, related_name="+", db_index=False
            ),
        ),
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["parent"], condition=models.Q(parent__isnull=False), name="case_parent"
            ),
        ),
    ]
