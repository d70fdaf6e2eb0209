"""Replace the reasons of quarantined rows that may repeat a cell with a general one."""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

AT_ONCE = 2_000
# What stood beside a cell (en); the row itself lies sealed, and shows it.
BESIDE = (
    *("is no moment in any", "carries no offset", "lies beyond the years", " cannot be: "),
    *("is no number", "nothing says what", "neither inbound nor outbound", "is no whole number"),
    *("does not split into", "the formula ", "it cannot be read: "),
)
INSTEAD = {
    "en": "the cell is not what the mapping says it should be",
    "ja": "セルの内容が対応表の指定に合いません",
}


def drop_cells(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    """Replace every reason that may repeat a cell."""
    model: Any = apps.get_model("importers", "QuarantinedRow")
    last = 0
    while rows := list(model.objects.filter(id__gt=last).order_by("id")[:AT_ONCE]):
        last = rows[-1].id
        for row in rows:
            if any(part in row.reason.get("en", "") for part in BESIDE):
                row.reason = INSTEAD
        model.objects.bulk_update(rows, ["reason"])


class Migration(migrations.Migration):
    dependencies = [("importers", "0005_cases_looked_up_together")]

    operations = [migrations.RunPython(drop_cells, migrations.RunPython.noop, elidable=True)]
