"""KPIs: measures that lower packages may name by key and read by date, without knowing whose.

The setting `SHINRAI_KPIS` names tuples of `Kpi`, so `site` registers what higher packages declare.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Literal

from django.conf import settings
from django.utils.module_loading import import_string

from shinrai.units.measure import Measure
from shinrai.units.text import Text
from shinrai.warehouse.store import Warehouse

PERSON = "person"  # kept apart by it, rows are of one customer's number each
CASES = Text("{a_week:.0f} cases a week")


@dataclass(frozen=True)
class KpiQuestion:
    """What is asked: a workspace, dates (both included), the moment, and of whom.

    `only` narrows by fields of the KPI; `by` keeps values of one field apart, or `PERSON`.
    """

    workspace_id: int
    since: date
    until: date
    at: datetime
    zone: str
    only: Mapping[str, str]
    by: str = ""


@dataclass(frozen=True)
class KpiRow:
    """What one date adds, of one value of the field asked for: how many, sum, squares."""

    on: date
    group: str
    of: int
    total: float
    squares: float | None


@dataclass(frozen=True)
class Kpi:
    """A measure by date: its declaration, name, the fields it can be narrowed by, and its reader.

    `kind`: of a share the sum counts; of a mean squares are summed too. `volume` says how many `of`
    are in a week.
    """

    measure: Measure
    name: Text
    kind: Literal["share", "mean"]
    fields: Mapping[str, Text]
    read: Callable[[Warehouse, str, KpiQuestion], list[KpiRow]]
    volume: Text = CASES


@cache
def kpis() -> Mapping[str, Kpi]:
    """Return all registered KPIs by key."""
    found: dict[str, Kpi] = {}
    for place in settings.SHINRAI_KPIS:
        found |= {one.measure.key: one for one in import_string(place)}
    return found


def kpi_rows(warehouse: Warehouse, key: str, asked: KpiQuestion) -> list[KpiRow]:
    """Return the rows of a KPI by date. Raises: KeyError for a key that is no KPI."""
    return kpis()[key].read(warehouse, key, asked)
