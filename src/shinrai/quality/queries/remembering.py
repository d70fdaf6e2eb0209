"""Figures and lines as pages ask for them: computed once for each version of the tables.

Figures move with the days also where nothing new was published (a solution becomes 14 days old),
so an answer is kept for a quarter of an hour at most, and says as of when it is.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import pyarrow as pa

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.ledger.queries import has_steps_after
from shinrai.quality.measures.population import population
from shinrai.quality.measures.trends import Period, filed, trends
from shinrai.quality.operations.basis import ground_of
from shinrai.quality.queries.counting import counted_in, counts_by_period, investigation_rows
from shinrai.quality.queries.summary import (
    Asked,
    QualitySummary,
    fresh_of,
    quality_summary,
    summarised,
    versions_of,
)
from shinrai.quality.queries.tallied import Tallied
from shinrai.quality.queries.tallying import with_tallies
from shinrai.quality.queries.topical import marks_by_day, marks_in, topical_in
from shinrai.quality.rules.counted import Counted
from shinrai.quality.rules.summary import figures_of
from shinrai.quality.rules.tallies import Span
from shinrai.quality.tables import ANSWERS, INQUIRIES, INVESTIGATIONS
from shinrai.topics.tables import TOPICS
from shinrai.units.moments import epoch_us
from shinrai.warehouse.parameters import of_shape, shape
from shinrai.warehouse.remembering import remembered
from shinrai.warehouse.running import Answer, run_all
from shinrai.warehouse.store import Warehouse

A_QUARTER_S = 15 * 60
TABLES = (INQUIRIES, INVESTIGATIONS, TOPICS, ANSWERS)


@dataclass(frozen=True)
class Stretch:
    """A week or a month: its first day, whether it is over, how many came, and its figures."""

    since: date
    is_over: bool
    inquiries: int
    filed: int
    figures: dict[str, Any]


Lines = dict[str, tuple[Stretch, ...]]  # by mode


def summary_now(
    *,
    workspace: WorkspaceRecord,
    at: datetime,
    warehouse: Warehouse,
    since: date | None = None,
    until: date | None = None,
) -> QualitySummary:
    """Give every figure as of now; steps from the future are answered from the steps, unkept."""

    def made() -> QualitySummary:
        return quality_summary(
            workspace=workspace, at=at, warehouse=warehouse, since=since, until=until
        )

    if has_steps_after(workspace_id=workspace.id, at=at):
        return made()
    ground = ground_of(workspace)

    def counted() -> QualitySummary:
        def ask(found: Tallied) -> QualitySummary:
            asked = Asked(workspace.slug, at, since, until)
            judged = _marks_now(warehouse, workspace.id, at)
            by_topic = topical_in(found, at=at, since=since, until=until, zone=ground.zone)
            by_topic["marks"] = marks_in(judged, since=since, until=until)
            return summarised(
                replace(counted_in(found, Span(since, until)), **dict[str, Any](by_topic)),
                asked,
                ground,
                versions=versions_of([judged])
                | {name: read.version for name, read in found.read.items()},
                fresh=fresh_of([judged]) | {name: read.fresh for name, read in found.read.items()},
            )

        there = with_tallies(workspace_id=workspace.id, at=at, warehouse=warehouse, ask=ask)
        return there or made()

    key = ("quality", workspace.id, ground.digest, since, until, quarter(at))
    return remembered(warehouse, TABLES, key, counted)


def _marks_now(warehouse: Warehouse, workspace_id: int, at: datetime) -> Answer:
    """Give what reviewers said, by day; made once for all dates, and for a quarter of an hour."""
    return remembered(
        warehouse,
        [ANSWERS],
        ("marks", workspace_id, quarter(at)),
        lambda: marks_by_day(warehouse, workspace_id, at=at),
    )


def lines_now(
    *,
    workspace: WorkspaceRecord,
    at: datetime,
    today: date,
    warehouse: Warehouse,
    period: Period,
    count: int,
) -> Lines:
    """Give the last weeks or months by mode, with the shares that can be drawn as a line."""
    starts = _starts(today, period, count)
    periods = {start: start != starts[-1] for start in starts}

    def made() -> Lines:
        """Count from the rows: where steps lie ahead, tallies would stand at a later moment."""
        rows = period_rows(warehouse, workspace.id, period, at=at, since=starts[0])
        return lines_of(rows["came"], rows["filed"], periods)

    def counted() -> Lines:
        def ask(found: Tallied) -> Lines:
            return lines_of(counts_by_period(found, starts), _filed(found, starts), periods)

        there = with_tallies(workspace_id=workspace.id, at=at, warehouse=warehouse, ask=ask)
        return made() if there is None else there

    if has_steps_after(workspace_id=workspace.id, at=at):
        return made()
    key = ("lines", workspace.id, ground_of(workspace).digest, period, starts[0], quarter(at))
    return remembered(warehouse, TABLES, key, counted)


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
    """Count by week or month what came and what was filed between two dates, both included."""
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


def _filed(found: Tallied, starts: list[date]) -> list[dict[str, Any]]:
    """Count investigations by mode and period, as `measures.trends.filed` does."""
    ends = [*(start - timedelta(days=1) for start in starts[1:]), None]
    return [
        {"mode": row["mode"], "since_on": since, "filed": row["investigations"]}
        for since, until in zip(starts, ends, strict=True)
        for row in investigation_rows(found, Span(since, until))
    ]


def quarter(at: datetime) -> int:
    """Number the quarter of an hour a moment lies in."""
    return int(at.timestamp()) // A_QUARTER_S


def _starts(today: date, period: Period, count: int) -> list[date]:
    """List the first days of the last periods, the one under way included."""
    if period == "W":
        monday = today - timedelta(days=today.weekday())
        return [monday - timedelta(weeks=back) for back in reversed(range(count))]
    months = today.year * 12 + today.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(months - count + 1, months + 1)]


def lines_of(
    came: list[dict[str, Any]], filed: list[dict[str, Any]], periods: Mapping[date, bool]
) -> Lines:
    """Lay counts out by mode and period; `periods` say of each first day whether it is over.

    Dates among the rows may be words.
    """
    counts, cases = defaultdict[tuple[str, str], list[dict[str, Any]]](list), Counter[Any]()
    for row in came:
        counts[row["mode"], str(row["since_on"])].append(row)
    for row in filed:
        cases[row["mode"], str(row["since_on"])] += int(row["filed"])
    return {
        mode: tuple(
            _stretch(since, is_over, counts[mode, str(since)], cases[mode, str(since)], mode)
            for since, is_over in periods.items()
        )
        for mode in sorted({row["mode"] for row in (*came, *filed)})
    }


def _stretch(
    since: date, is_over: bool, rows: list[dict[str, Any]], filed: int, mode: str
) -> Stretch:
    counted = Counted(counts=rows, modes=(mode,))
    return Stretch(
        since=since,
        is_over=is_over,
        inquiries=counted.sum("inquiries") if rows else 0,
        filed=filed,
        figures=figures_of(counted) if rows else {},
    )
