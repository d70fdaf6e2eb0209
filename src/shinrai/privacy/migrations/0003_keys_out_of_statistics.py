"""Keep wrapped keys out of PostgreSQL's statistics, where a deleted one would stay on the disk.

ANALYZE, which the server runs by itself, copies values of a column into `pg_statistic`. Naming the
column's type again removes what was copied there so far; that table is then written anew.
"""

from django.db import migrations


class Migration(migrations.Migration):
    atomic = False  # VACUUM runs in no transaction
    dependencies = [("privacy", "0002_title_pairs")]

    operations = [
        migrations.RunSQL(
            [
                "ALTER TABLE privacy_personkey ALTER COLUMN wrapped SET STATISTICS 0",
                "ALTER TABLE privacy_personkey ALTER COLUMN wrapped TYPE bytea",
                "VACUUM (FULL) pg_statistic",  # on another's server: skipped, with a warning
            ],
            ["ALTER TABLE privacy_personkey ALTER COLUMN wrapped SET STATISTICS -1"],
        ),
    ]
