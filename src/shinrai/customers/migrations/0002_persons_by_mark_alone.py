"""Remove the index of a person's workspace, since persons are found by their marks."""

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
