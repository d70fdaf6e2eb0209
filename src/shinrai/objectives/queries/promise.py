"""What a drafted promise would have said of the last months; nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shinrai.calendars.rules.hours import Calendar
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.inquiries.queries import inquiries_of
from shinrai.investigations.queries import investigations_of
from shinrai.ledger.queries import cases_between
from shinrai.objectives.queries.judges import Judge, judges_of, spans_by_judge
from shinrai.objectives.rules.budget import attainment
from shinrai.objectives.rules.counts import WindowCounts, count_window
from shinrai.objectives.rules.definition import BusinessDays, Objective
from shinrai.objectives.rules.durations import Duration
from shinrai.objectives.rules.promise import worked_example
from shinrai.objectives.rules.states import ClockTable
from shinrai.objectives.rules.windows import (
    CalendarWindow,
    RollingWindow,
    WindowSpan,
    window_at,
    windows_between,
)

MONTHS = 3
MOST = 20_000  # cases looked at, those that came last: a page is to answer within seconds
PAUSED = timedelta(days=31)  # how long before a window a case that falls due in it may have begun


@dataclass(frozen=True)
class PromisedMonth:
    """A month under the drafted promise: its clocks, and how its windows would have ended.

    `windows` of the promise ended in the month with anything due, `held` of them within target.
    """

    first: date
    counts: WindowCounts
    windows: int
    held: int
    is_over: bool


@dataclass(frozen=True)
class DraftedPromise:
    """The last months under a drafted promise, oldest first; the last one is under way.

    `left_out` cases came too long ago to be looked at.
    """

    months: tuple[PromisedMonth, ...]
    left_out: int

    @property
    def windows(self) -> int:
        """Return how many windows ended in these months with anything due."""
        return sum(month.windows for month in self.months)

    @property
    def held(self) -> int:
        """Return how many of the windows would have been held."""
        return sum(month.held for month in self.months)

    @property
    def has_due(self) -> bool:
        """Return whether anything at all fell due."""
        return any(month.counts.fallen or month.counts.exempt_kept for month in self.months)


def drafted_promise(
    *, workspace_id: int, objective: Objective, calendar: Calendar, digest: str, at: datetime
) -> DraftedPromise:
    """Judge the cases of the last three months, and of this one so far, by a drafted promise.

    `digest` is the calendar's. Corrections made since are in it, as in every figure of today.
    """
    judge = Judge(0, objective, 0, 0, calendar, "", digest, None, None)
    months = _months(judge.zone_at(at), at)
    windows = [_ended(objective, month, at) for month in months]
    since = min(span.start for span in [*months, *(w for found in windows for w in found)])
    days = objective.clock.within.days if isinstance(objective.clock.within, BusinessDays) else 7
    table, left_out = _table(judge, workspace_id, since - PAUSED - 2 * timedelta(days=days), at)
    return DraftedPromise(
        tuple(
            _month(objective, table, month, ended, judge.zone_at(at), at)
            for month, ended in zip(months, windows, strict=True)
        ),
        left_out,
    )


def promised_reply(*, workspace_id: int, mode: str, at: datetime) -> datetime | None:
    """Return until when an inquiry that comes at a moment is promised a first reply, if it is.

    It comes from calendar and promise alone. Of several promises the one with the highest target
    is told, as a person relies on it; of equal ones the earliest.
    """
    found = [
        (-judge.objective.target, due_at)
        for judge in judges_of(workspace_id=workspace_id)
        if judge.definition.clock == "first_reply"
        and judge.definition.mode == mode
        and judge.judges(at)
        and (due_at := worked_example(judge.objective, judge.calendar, at).due_at)
    ]
    return min(found)[1] if found else None


def _months(zone: str, at: datetime) -> list[WindowSpan]:
    """Return the last months and the one a moment lies in, oldest first."""
    month = CalendarWindow(Duration(1, "M"), datetime.fromisoformat("2026-01-01"), zone)
    found = [window_at(month, at)]
    for _ in range(MONTHS):
        found.insert(0, window_at(month, found[0].start - timedelta.resolution))
    return found


def _ended(objective: Objective, month: WindowSpan, at: datetime) -> list[WindowSpan]:
    """List the windows that ended in a month by now; of a rolling one, that at its end."""
    if isinstance(objective.window, RollingWindow):
        return [window_at(objective.window, month.end)] if month.end <= at else []
    found = windows_between(objective.window, month.start, month.end, at=at)
    return [span for span in found if month.start < span.end <= month.end and span.finished]


def _table(
    judge: Judge, workspace_id: int, since: datetime, at: datetime
) -> tuple[ClockTable, int]:
    ids = cases_between(workspace_id=workspace_id, record=judge.record, since=since, until=at)
    replayed = investigations_of if judge.record == "investigation" else inquiries_of
    cases = replayed(ids[-MOST:], workspace_id=workspace_id, until=at)
    [(_, spans)] = spans_by_judge([judge], cases.items())
    return judge.table(spans), max(0, len(ids) - MOST)


def _month(
    objective: Objective,
    table: ClockTable,
    month: WindowSpan,
    ended: Sequence[WindowSpan],
    zone: str,
    at: datetime,
) -> PromisedMonth:
    met = [
        attainment(count_window(table, span, at).share, objective.target).is_met for span in ended
    ]
    return PromisedMonth(
        first=month.start.astimezone(zone_named(zone)).date(),
        counts=count_window(table, month, at),
        windows=sum(isinstance(found, bool) for found in met),
        held=sum(found is True for found in met),
        is_over=month.end <= at,
    )
