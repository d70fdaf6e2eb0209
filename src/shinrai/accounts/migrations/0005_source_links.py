"""Add the patterns of addresses that lead from a case back to its source."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_links_taken_back")]

    operations = [
        migrations.AddField("workspace", "source_links", models.JSONField(default=dict)),
    ]
