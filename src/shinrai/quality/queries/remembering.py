"""Figures and lines as pages ask for them: computed once for each version of the tables.

Figures move with the days also where nothing new was published (a solution becomes 14 days old),
so an answer is kept for a quarter of an hour at most, and says as of when it is.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

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

    def made() -> Lines:
        """Count from the rows: where steps lie ahead, tallies would stand at a later moment."""
        found = population(INQUIRIES.unbound(), at=at, since=starts[0])
        investigations = INVESTIGATIONS.unbound()
        asked = {
            "came": trends(found, at=at, period=period),
            "filed": filed(
                investigations.filter(investigations.filed_on >= starts[0]), period=period
            ),
        }
        answers = run_all(warehouse, asked, tables=TABLES, within={"workspace_id": workspace.id})
        rows = {name: answer.records() for name, answer in answers.items()}
        return _lines(rows["came"], rows["filed"], starts)

    def counted() -> Lines:
        def ask(found: Tallied) -> Lines:
            return _lines(counts_by_period(found, starts), _filed(found, starts), starts)

        there = with_tallies(workspace_id=workspace.id, at=at, warehouse=warehouse, ask=ask)
        return made() if there is None else there

    if has_steps_after(workspace_id=workspace.id, at=at):
        return made()
    key = ("lines", workspace.id, ground_of(workspace).digest, period, starts[0], quarter(at))
    return remembered(warehouse, TABLES, key, counted)


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


def _lines(came: list[dict[str, Any]], filed: list[dict[str, Any]], starts: list[date]) -> Lines:
    modes = sorted({row["mode"] for row in (*came, *filed)})
    return {mode: tuple(_stretches(mode, came, filed, starts)) for mode in modes}


def _stretches(
    mode: str, came: list[dict[str, Any]], filed: list[dict[str, Any]], starts: list[date]
) -> list[Stretch]:
    mine = sorted((r for r in came if r["mode"] == mode), key=lambda row: row["since_on"])
    by_start = {since: list(rows) for since, rows in groupby(mine, lambda row: row["since_on"])}
    ours = {row["since_on"]: int(row["filed"]) for row in filed if row["mode"] == mode}
    found = []
    for since in starts:
        rows = by_start.get(since, [])
        counted = Counted(counts=rows, modes=(mode,))
        found.append(
            Stretch(
                since=since,
                is_over=since != starts[-1],
                inquiries=counted.sum("inquiries") if rows else 0,
                filed=ours.get(since, 0),
                figures=figures_of(counted) if rows else {},
            )
        )
    return found
