"""Pack the observed rows; every row remains an observation of its own."""

from struct import pack
from typing import Any

import msgspec
from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from shinrai.units.moments import epoch_us

AT_ONCE = 2_000


def pack_rows(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    """Fill the packed columns from those of single rows."""
    model: Any = apps.get_model("importers", "Observation")
    last = 0
    while rows := list(model.objects.filter(id__gt=last).order_by("id")[:AT_ONCE]):
        last = rows[-1].id
        for row in rows:
            if row.rows == "cases":
                moments = [step["at"] for step in row.facts["steps"]]
            else:
                moments = [] if row.at is None else [epoch_us(row.at)]
            row.said = msgspec.msgpack.encode([(row.row_key, row.line, row.facts)])
            row.moments = pack(f"<{len(moments)}q", *moments)
            row.words = {row.row_key: row.words} if row.words else None
            row.doubts = [(row.line, row.doubts)] if row.doubts else None
        model.objects.bulk_update(rows, ["said", "moments", "words", "doubts"])


class Migration(migrations.Migration):
    dependencies = [("importers", "0002_packed_observations")]

    operations = [migrations.RunPython(pack_rows, elidable=True)]
