"""What fell due in a span of dates under every objective, with what it rests on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.calendars.rules.zones import midnight, zone_named
from shinrai.objectives.queries.showing import never_paused_share
from shinrai.objectives.queries.standings import (
    DueLine,
    ObjectiveReport,
    objective_judges,
    objective_names,
    objective_report,
)
from shinrai.objectives.queries.waits import business_seconds
from shinrai.objectives.rules.windows import WindowSpan
from shinrai.units.share import Share
from shinrai.units.unknown import Unknown
from shinrai.units.wording import SaidInBoth
from shinrai.warehouse.store import Warehouse

JUDGED = ("kept", "missed", "overdue")
LONGEST = timedelta(days=400)


class BadPeriod(SaidInBoth, ValueError):
    """A span of dates that cannot be reported."""


@dataclass(frozen=True)
class Week:
    """One week of the span: its first and last date in it, and what was kept of those due."""

    first: date
    last: date
    share: Share
    is_over: bool


@dataclass(frozen=True)
class Spread:
    """How long answers took in business time: middle, mean and tail stand together."""

    count: int
    median_s: int
    mean_s: int
    tail_s: int


@dataclass(frozen=True)
class Section:
    """One objective over the span."""

    report: ObjectiveReport
    calendar: str
    weeks: tuple[Week, ...]
    misses: tuple[DueLine, ...]
    never_paused: Share
    spread: Spread | Unknown


@dataclass(frozen=True)
class PeriodReport:
    """A report: whose, of which dates, as of when, and a section per objective."""

    workspace: WorkspaceRecord
    first: date
    last: date
    span: WindowSpan
    at: datetime
    sections: tuple[Section, ...]


def period_report(
    *, workspace: WorkspaceRecord, first: date, last: date, at: datetime, warehouse: Warehouse
) -> PeriodReport:
    """Report a span of dates, both included, in the workspace's zone.

    A span that is over is reported as it stood at its end; one that is not, as it stands now.
    Raises: BadPeriod.
    """
    span = _span(workspace, first, last, at)
    moment = min(at, span.end)
    return PeriodReport(
        workspace=workspace,
        first=first,
        last=last,
        span=span,
        at=moment,
        sections=tuple(
            _section(workspace, name, span, moment, warehouse)
            for name in objective_names(workspace_id=workspace.id)
        ),
    )


def _span(workspace: WorkspaceRecord, first: date, last: date, at: datetime) -> WindowSpan:
    if last < first:
        raise BadPeriod(
            f"{last} lies before {first}. Give the earlier date first.",
            f"{last}は{first}より前の日付です。開始日と終了日をご確認ください。",
        )
    if last - first > LONGEST:
        raise BadPeriod(
            f"{first} to {last} is more than {LONGEST.days} days. Ask for fewer.",
            f"{first}から{last}までは{LONGEST.days}日を超えています。期間を短くしてください。",
        )
    if first.year < 2 or last.year > 9998:
        raise BadPeriod(
            f"{first} to {last} lies beyond what a calendar reaches.",
            f"{first}から{last}までは、カレンダーで扱えない日付です。",
        )
    start = midnight(workspace.zone, first)
    end = midnight(workspace.zone, last + timedelta(days=1))
    if start > at:
        raise BadPeriod(
            f"{first} has not come yet. Give a date that has.",
            f"{first}はまだ来ていない日付です。過去の日付を入力してください。",
        )
    return WindowSpan(start, end, finished=end <= at)


def _section(
    workspace: WorkspaceRecord, name: str, span: WindowSpan, at: datetime, warehouse: Warehouse
) -> Section:
    report = objective_report(
        workspace_id=workspace.id, name=name, at=at, warehouse=warehouse, span=span
    )
    judge = objective_judges(workspace_id=workspace.id, name=name)[-1]
    waits = business_seconds(objective_id=judge.objective_id, span=span, at=at)
    return Section(
        report=report,
        calendar=judge.calendar_name,
        weeks=tuple(_weeks(report.lines, workspace.zone, span, at)),
        misses=tuple(line for line in report.lines if line.state in ("missed", "overdue")),
        never_paused=never_paused_share(judge.objective_id, span, at),
        spread=_spread(waits),
    )


def _weeks(lines: Sequence[DueLine], zone: str, span: WindowSpan, at: datetime) -> Iterable[Week]:
    """Cut the span at its Mondays; the first and last week may be shorter."""
    here = zone_named(zone)
    judged = [
        (line.due_at.astimezone(here).date(), line.state == "kept")
        for line in lines
        if line.state in JUDGED and line.due_at <= at
    ]
    first = span.start.astimezone(here).date()
    end = span.end.astimezone(here).date()
    while first < end:
        after = min(first + timedelta(days=7 - first.weekday()), end)
        found = [kept for on, kept in judged if first <= on < after]
        is_over = midnight(zone, after) <= at
        yield Week(first, after - timedelta(days=1), Share(sum(found), len(found)), is_over)
        first = after


def _spread(seconds: Sequence[int]) -> Spread | Unknown:
    """Give middle, mean and 90 % tail; each is a wait that was, but for the mean."""
    if not seconds:
        return Unknown("nothing to count")
    ordered = sorted(seconds)
    return Spread(
        count=len(ordered),
        median_s=ordered[(len(ordered) - 1) // 2],
        mean_s=round(sum(ordered) / len(ordered)),
        tail_s=ordered[ceil(len(ordered) * 0.9) - 1],
    )
