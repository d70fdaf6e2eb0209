"""Measures of usage by week, as `warehouse.kpis` hands them to other packages."""

from datetime import date, timedelta
from typing import Final

from shinrai.units.text import Text
from shinrai.usage.measures.weekly import NEXT_WEEK_RETURN
from shinrai.usage.queries.actors import actors_merged
from shinrai.usage.queries.scope import Span, UsageScope
from shinrai.usage.rules.periods import PeriodBuckets
from shinrai.warehouse.kpis import PERSON, Kpi, KpiQuestion, KpiRow
from shinrai.warehouse.store import Warehouse


def return_by_week(warehouse: Warehouse, key: str, asked: KpiQuestion) -> list[KpiRow]:
    """Return, at the Monday of each week, who was active in it and who came back in the next.

    A week counts once the next one is over.
    """
    from shinrai.usage.measures import habit

    persons = actors_merged(asked.workspace_id)
    scope = UsageScope(asked.workspace_id, asked.zone, asked.at, warehouse, persons)
    buckets = Span("week", week_starts="monday").buckets(scope)
    first = buckets.of_day(asked.since + timedelta(days=6))  # the first that begins in the dates
    last = min(buckets.of_day(asked.until), buckets.of_moment(asked.at) - 2)
    by_person = asked.by == PERSON
    found = habit.active(scope.reading(buckets))
    rows = scope.ask(rows=habit.next_return(found, first=first, last=last, by_person=by_person))[
        "rows"
    ]
    return [
        KpiRow(
            _monday(buckets, row["bucket"]),
            str(row["person_id"]) if by_person else "",
            row["of"],
            row["total"],
            None,
        )
        for row in rows
    ]


ACTIVE: Final = Text("{a_week:.0f} active persons a week")
KPIS: Final = (
    Kpi(NEXT_WEEK_RETURN, Text("return in the next week"), "share", {}, return_by_week, ACTIVE),
)


def _monday(buckets: PeriodBuckets, bucket: int) -> date:
    start = buckets.start(bucket)
    assert isinstance(start, date)
    return start
