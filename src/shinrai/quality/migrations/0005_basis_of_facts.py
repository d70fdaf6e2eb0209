"""Move the digests of quality facts to the table of the warehouse that has those of all facts."""

from django.db import migrations

MOVE = """
INSERT INTO warehouse_factbasis ("table", workspace_id, digest)
SELECT 'inquiries', workspace_id, digest FROM quality_basis WHERE digest <> ''
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [
        ("quality", "0004_no_period_counts"),
        ("warehouse", "0002_fact_tables"),
    ]

    operations = [
        migrations.RunSQL(MOVE, migrations.RunSQL.noop),
        migrations.RemoveField("basis", "digest"),
    ]
