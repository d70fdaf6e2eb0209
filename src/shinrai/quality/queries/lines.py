"""Shares by week or month, for lines over time."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.quality.queries.day_counts import NAME, counts_by_period
from shinrai.quality.rules.counted import Counted
from shinrai.quality.rules.summary import figures_of
from shinrai.warehouse.day_counts import day_numbers

Period = Literal["W", "M"]  # a week from Monday, or a month


@dataclass(frozen=True)
class PeriodFigures:
    """A week or month: its first day, whether it is over, its inquiries, and its figures."""

    since: date
    is_over: bool
    inquiries: int
    filed: int
    figures: dict[str, Any]


Lines = dict[str, tuple[PeriodFigures, ...]]  # by mode


def lines_now(*, workspace: WorkspaceRecord, today: date, period: Period, count: int) -> Lines:
    """Return the last weeks or months by mode, with their figures."""
    starts = _starts(today, period, count)
    found = day_numbers(
        NAME,
        workspace_id=workspace.id,
        questions=("counts", "investigations"),
        since=starts[0],
    )
    if found is None:
        return {}
    came = counts_by_period(found[1]["counts"], starts)
    filed_rows = [
        {"mode": row["mode"], "since_on": row["since_on"], "filed": row["investigations"]}
        for row in counts_by_period(found[1]["investigations"], starts)
    ]
    return lines_of(came, filed_rows, {start: start != starts[-1] for start in starts})


def _starts(today: date, period: Period, count: int) -> list[date]:
    """List the first days of the last periods, the present one included."""
    if period == "W":
        monday = today - timedelta(days=today.weekday())
        return [monday - timedelta(weeks=back) for back in reversed(range(count))]
    months = today.year * 12 + today.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(months - count + 1, months + 1)]


def lines_of(
    came: list[dict[str, Any]], filed: list[dict[str, Any]], periods: Mapping[date, bool]
) -> Lines:
    """Return figures by mode and period; `periods` gives each first day, and whether it is over.

    Dates in the rows may be ISO texts.
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
) -> PeriodFigures:
    counted = Counted(counts=rows, modes=(mode,))
    return PeriodFigures(
        since=since,
        is_over=is_over,
        inquiries=counted.sum("inquiries") if rows else 0,
        filed=filed,
        figures=figures_of(counted) if rows else {},
    )
