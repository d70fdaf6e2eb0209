"""Remove the column `digest`, which is no longer written or read since observations are packed."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_cases_looked_up_together")]

    operations = [migrations.RemoveField("step", "digest")]
