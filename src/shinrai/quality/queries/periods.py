"""Quality of a week or a month beside those before it, all as at one moment, from one layout."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.ledger.queries import has_steps_after
from shinrai.quality.measures.trends import Period
from shinrai.quality.operations.basis import Ground, ground_of
from shinrai.quality.queries.lines import Lines, lines_of, period_rows
from shinrai.quality.queries.summary import (
    QualitySummary,
    TablesAsOf,
    _count,
    fresh_of,
    summary_of,
    tables_as_of,
    versions_of,
)
from shinrai.warehouse.store import Fresh, Warehouse

DAY = timedelta(days=1)
Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class PeriodQuality:
    """A span of dates, those before it taken together, and the weeks or months of both.

    Both are as at the same moment: what was solved lately is as young in one as it was then.
    """

    found: QualitySummary
    before: QualitySummary
    lines: Lines


@dataclass(frozen=True)
class PeriodCounted:
    """What both summaries and the lines are made of."""

    found: Rows
    before: Rows
    lines: Rows
    versions: dict[str, int]
    fresh: dict[str, Fresh | None]


@dataclass(frozen=True)
class PeriodAsked:
    """Dates from `since` to `until` and, beside them, those from `before` on, as at a moment."""

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
        """Count it from published tables, or from what they were at a past moment."""
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
    """Answer every figure from `since` to `until`, and from `before` to the day before `since`.

    `spans` are the weeks or months to draw, first and last date; one is over once the moment has
    passed it.
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
