"""Add who set a workspace's time zone, and in which transaction it was changed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_cache")]

    operations = [
        migrations.AddField("workspace", "zone_by", models.CharField(default="", max_length=200)),
        migrations.AddField("workspace", "zone_written_in", models.BigIntegerField(null=True)),
    ]
