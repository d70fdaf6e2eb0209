"""Add who took a sign-in link back; empty for a link that was used."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_workspace_zone")]

    operations = [
        migrations.AddField("signinlinkuse", "by", models.CharField(default="", max_length=200)),
    ]
