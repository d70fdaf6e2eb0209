"""Quality of a week or a month beside those before it, all as at one moment, from one layout."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.calendars.rules.zones import zone_named
from shinrai.ledger.queries import has_steps_after
from shinrai.quality.measures.population import population
from shinrai.quality.measures.trends import Period, filed, trends
from shinrai.quality.operations.basis import ground_of
from shinrai.quality.queries.remembering import Lines, Stretch
from shinrai.quality.queries.summary import (
    TABLES,
    QualitySummary,
    _count,
    summary_of,
    tables_as_of,
)
from shinrai.quality.rules.counted import Counted
from shinrai.quality.rules.summary import figures_of
from shinrai.quality.tables import INQUIRIES, INVESTIGATIONS
from shinrai.warehouse.running import run_all
from shinrai.warehouse.store import Warehouse

DAY = timedelta(days=1)


@dataclass(frozen=True)
class PeriodQuality:
    """A span of dates, those before it taken together, and the weeks or months of both.

    Both are as at the same moment: what was solved lately is as young in one as it was then.
    """

    found: QualitySummary
    before: QualitySummary
    lines: Lines


def period_quality(
    *,
    workspace: WorkspaceRecord,
    at: datetime,
    warehouse: Warehouse,
    before: date,
    since: date,
    until: date,
    period: Period,
    spans: Sequence[tuple[date, date]],
) -> PeriodQuality:
    """Answer every figure from `since` to `until`, and from `before` to the day before `since`.

    `spans` are the weeks or months to draw, first and last date; one is over once the moment has
    passed it.
    """
    ground = ground_of(workspace)
    past = has_steps_after(workspace_id=workspace.id, at=at)
    with tables_as_of(warehouse, ground, at if past else None, since=before) as there:
        found, earlier = (
            summary_of(
                _count(there.warehouse, workspace.id, at, first, last, None, zone=ground.zone),
                there,
                workspace=workspace,
                ground=ground,
                at=at,
                since=first,
                until=last,
            )
            for first, last in ((since, until), (before, since - DAY))
        )
        inquiries = population(INQUIRIES.unbound(), at=at, since=before, until=until)
        ours = INVESTIGATIONS.unbound()
        ours = ours.filter((ours.filed_on >= before) & (ours.filed_on <= until))
        asked = {
            "came": trends(inquiries, at=at, period=period),
            "filed": filed(ours, period=period),
        }
        within = {"workspace_id": workspace.id}
        answers = run_all(there.warehouse, asked, tables=TABLES, within=within)
    rows = {name: answer.records() for name, answer in answers.items()}
    today = at.astimezone(zone_named(workspace.zone)).date()
    modes = sorted({row["mode"] for some in rows.values() for row in some})
    lines = {
        mode: tuple(
            _stretch(mode, rows["came"], rows["filed"], first, is_over=last < today)
            for first, last in spans
        )
        for mode in modes
    }
    return PeriodQuality(found, earlier, lines)


def _stretch(
    mode: str,
    came: list[dict[str, Any]],
    filed_rows: list[dict[str, Any]],
    first: date,
    *,
    is_over: bool,
) -> Stretch:
    mine = [row for row in came if row["mode"] == mode and row["since_on"] == first]
    ours = [row for row in filed_rows if row["mode"] == mode and row["since_on"] == first]
    counted = Counted(counts=mine, modes=(mode,))
    return Stretch(
        since=first,
        is_over=is_over,
        inquiries=counted.sum("inquiries") if mine else 0,
        filed=sum(int(row["filed"]) for row in ours),
        figures=figures_of(counted) if mine else {},
    )
