"""Take away a column that nothing reads and, since observations are packed, nothing fills."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_cases_looked_up_together")]

    operations = [migrations.RemoveField("step", "digest")]
