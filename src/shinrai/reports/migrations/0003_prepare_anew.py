from django.db import migrations


class Migration(migrations.Migration):
    """Prepared reports get other parts; a worker prepares them anew."""

    dependencies = [("reports", "0002_schedules")]

    operations = [
        migrations.RunSQL("DELETE FROM reports_preparedreport", migrations.RunSQL.noop),
    ]
