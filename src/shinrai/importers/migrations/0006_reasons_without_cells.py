"""Reasons why rows were set aside repeated the cell: from now on they name the rule alone."""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

AT_ONCE = 2_000
# What stood behind or before a cell (en): what is said instead, in both languages.
RULES = {
    "is no moment in any of the mapping's formats": (
        "the cell is no moment in any of the mapping's formats",
        "セルが、対応表のどの日時の書式にも合いません",
    ),
    "carries no offset": ("the moment carries no offset", "日時に時差の表記がありません"),
    "lies beyond the years": (
        "the moment lies beyond the years that can be counted",
        "日時が、数えられる年の範囲を超えています",
    ),
    " cannot be: ": ("such a moment cannot be", "このような日時はありません"),
    "is no number": ("the cell is no number", "セルを数として読めません"),
    "nothing says what": ("nothing says what the cell means", "セルの意味が決まっていません"),
    "neither inbound nor outbound": (
        "the cell says neither inbound nor outbound",
        "このセルでは、受信 (inbound) か送信 (outbound) か分かりません",
    ),
    "is no whole number": (
        "the cell is no whole number to order rows by",
        "セルが、行を並べるための整数ではありません",
    ),
    "does not split into": ("the cell does not split", "セルを区切れません"),
    "the formula ": ("a formula was never calculated", "数式が計算されていません"),
    "it cannot be read: ": (
        "the mapping does not let it be read",
        "対応表により読み取らない行です",
    ),
}


def name_rules(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    """Put the rule in the place of every reason that may repeat a cell."""
    model: Any = apps.get_model("importers", "QuarantinedRow")
    last = 0
    while rows := list(model.objects.filter(id__gt=last).order_by("id")[:AT_ONCE]):
        last = rows[-1].id
        changed = []
        for row in rows:
            said = next((RULES[part] for part in RULES if part in row.reason.get("en", "")), None)
            if said is not None:
                row.reason = dict(zip(("en", "ja"), said, strict=True))
                changed.append(row)
        model.objects.bulk_update(changed, ["reason"])


class Migration(migrations.Migration):
    dependencies = [("importers", "0005_cases_looked_up_together")]

    operations = [migrations.RunPython(name_rules, migrations.RunPython.noop, elidable=True)]
