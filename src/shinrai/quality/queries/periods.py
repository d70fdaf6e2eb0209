"""Quality of a week or month compared with those before it, all as at one moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any

import pyarrow as pa

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.ledger.queries import has_steps_after
from shinrai.quality.facts.ground import Ground, ground_of
from shinrai.quality.facts.inquiries import INQUIRIES
from shinrai.quality.facts.investigations import INVESTIGATIONS
from shinrai.quality.measures.population import population
from shinrai.quality.measures.trends import Period, filed, trends
from shinrai.quality.queries.lines import Lines, lines_of
from shinrai.quality.queries.past_summary import (
    TablesAsOf,
    _count,
    fresh_of,
    summary_of,
    tables_as_of,
    versions_of,
)
from shinrai.quality.queries.summary import QualitySummary
from shinrai.units.moments import epoch_us
from shinrai.warehouse.fresh import Fresh
from shinrai.warehouse.parameters import of_shape, shape
from shinrai.warehouse.query import run_all
from shinrai.warehouse.store import Warehouse

DAY = timedelta(days=1)
TABLES = (INQUIRIES, INVESTIGATIONS)
Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class PeriodQuality:
    """A span of dates, the span before it, and the weeks or months of both.

    Both are as at the same moment, so that solutions in both had the same time to come back.
    """

    found: QualitySummary
    before: QualitySummary
    lines: Lines


@dataclass(frozen=True)
class PeriodCounted:
    """The counted rows of both summaries and of the lines."""

    found: Rows
    before: Rows
    lines: Rows
    versions: dict[str, int]
    fresh: dict[str, Fresh | None]


@dataclass(frozen=True)
class PeriodAsked:
    """Dates from `since` to `until`, compared with those from `before` on, as at a moment."""

    workspace: WorkspaceRecord
    warehouse: Warehouse
    at: datetime
    before: date
    since: date
    until: date
    period: Period

    @cached_property
    def ground(self) -> Ground:
        return ground_of(self.workspace)

    def count(self, *, past: bool) -> PeriodCounted:
        """Count both spans, in published tables or in rows as they were at a past moment."""
        there = tables_as_of(
            self.warehouse, self.ground, self.at if past else None, since=self.before
        )
        (found, answers), (earlier, _) = (
            _count(
                self.warehouse,
                self.workspace.id,
                self.at,
                first,
                last,
                None,
                zone=self.ground.zone,
                given=there.rows,
            )
            for first, last in ((self.since, self.until), (self.before, self.since - DAY))
        )
        lines = period_rows(
            self.warehouse,
            self.workspace.id,
            self.period,
            at=self.at,
            since=self.before,
            until=self.until,
            given=there.rows,
        )
        return PeriodCounted(
            found,
            earlier,
            lines,
            there.versions if past else versions_of(answers),
            there.fresh if past else fresh_of(answers),
        )


def period_quality(asked: PeriodAsked, *, spans: Sequence[tuple[date, date]]) -> PeriodQuality:
    """Return every figure from `since` to `until`, and from `before` to the day before `since`.

    `spans` are the weeks or months to draw, first and last date; one is over once its last date is
    before today.
    """
    workspace, at = asked.workspace, asked.at
    past = has_steps_after(workspace_id=workspace.id, at=at)
    counted = asked.count(past=past)
    there = TablesAsOf({} if past else None, counted.versions, counted.fresh)
    found, earlier = (
        summary_of(
            (rows, []),
            there,
            workspace=workspace,
            ground=asked.ground,
            at=at,
            since=first,
            until=last,
        )
        for rows, first, last in (
            (counted.found, asked.since, asked.until),
            (counted.before, asked.before, asked.since - DAY),
        )
    )
    today = at.astimezone(zone_named(workspace.zone)).date()
    lines = lines_of(**counted.lines, periods={first: last < today for first, last in spans})
    return PeriodQuality(found, earlier, lines)


def period_rows(
    warehouse: Warehouse,
    workspace_id: int,
    period: Period,
    *,
    at: datetime,
    since: date,
    until: date | None = None,
    given: Mapping[str, pa.Table] | None = None,
) -> dict[str, list[dict[str, Any]]]:
    """Count inquiries received and investigations filed by week or month, dates included."""
    values = {"at": epoch_us(at), "since": since, "until": until}
    answers = run_all(
        warehouse,
        _by_period(period, shape(values)),
        tables=TABLES,
        within={"workspace_id": workspace_id},
        given=given,
        parameters=values,
    )
    return {name: answer.records() for name, answer in answers.items()}


@lru_cache(maxsize=8)
def _by_period(period: Period, names: frozenset[str]) -> dict[str, Any]:
    asked = of_shape(names, "at", "since", "until")
    ours = INVESTIGATIONS.unbound()
    ours = ours.filter(ours.filed_on >= asked["since"])
    if asked["until"] is not None:
        ours = ours.filter(ours.filed_on <= asked["until"])
    return {
        "came": trends(population(INQUIRIES.unbound(), **asked), at=asked["at"], period=period),
        "filed": filed(ours, period=period),
    }
