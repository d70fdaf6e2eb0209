"""Leave a workspace's cases to be found by their keys: no index of the workspace alone.

Of a parent only those that have one are indexed; few do.
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
