"""Leave a workspace's persons to be found by their marks: no index of the workspace alone."""

from django.db import migrations, models
from django.db.models.deletion import PROTECT


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_accounts"), ("customers", "0001_customers")]

    operations = [
        migrations.AlterField(
            "person",
            "workspace",
            models.ForeignKey(
                "accounts.workspace", on_delete=PROTECT, related_name="+", db_index=False
            ),
        ),
    ]
