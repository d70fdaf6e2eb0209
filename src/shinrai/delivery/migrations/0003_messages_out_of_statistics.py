"""Keep messages out of PostgreSQL's statistics, where a deleted one would stay on the disk.

ANALYZE copies values of a column into `pg_statistic`. Naming the column's type again removes what
was copied there so far; that table is then written anew.
"""

from django.db import migrations


class Migration(migrations.Migration):
    atomic = False  # VACUUM runs in no transaction
    dependencies = [("delivery", "0002_signature")]

    operations = [
        migrations.RunSQL(
            [
                "ALTER TABLE delivery_outbox ALTER COLUMN content SET STATISTICS 0",
                "ALTER TABLE delivery_outbox ALTER COLUMN content TYPE jsonb",
                "VACUUM (FULL) pg_statistic",  # on another's server: skipped, with a warning
            ],
            ["ALTER TABLE delivery_outbox ALTER COLUMN content SET STATISTICS -1"],
        ),
    ]
