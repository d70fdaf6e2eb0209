"""How an objective stands at a moment: all values that pages, commands and reports show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

import numpy as np

from shinrai.calendars.rules.time_zone import midnight, zone_named
from shinrai.objectives.rules.alarms import Alarm, alarm_at
from shinrai.objectives.rules.budget import Attainment, Budget, Outcome, attainment, outcome
from shinrai.objectives.rules.burn import burn_rate
from shinrai.objectives.rules.clocks import NEVER
from shinrai.objectives.rules.counts import WindowCounts, count_window
from shinrai.objectives.rules.definition import Objective
from shinrai.objectives.rules.escalation import Escalation, escalation
from shinrai.objectives.rules.forecast import (
    WEEK,
    WEEKS_BACK,
    Arrivals,
    DueOf,
    arrivals_expected,
    break_probability,
)
from shinrai.objectives.rules.states import STATES, ClockTable, State, states_at
from shinrai.objectives.rules.windows import (
    CalendarWindow,
    RollingWindow,
    WindowSpan,
    window_at,
)
from shinrai.units.moments import epoch_us, from_us
from shinrai.units.share import Share
from shinrai.units.unknown import Unknown

NO_FORECAST = Unknown("the window ends now: nothing is still to come")
BURN_DAYS = (1, 7, 30)
ROLLING_DAYS = (30, 90)
FARTHEST_BACK = timedelta(days=max(*BURN_DAYS, *ROLLING_DAYS))


@dataclass(frozen=True)
class NextDue:
    """The running clocks of the next date on which any is due, and their last due moment."""

    count: int
    by: datetime
    is_today: bool


@dataclass(frozen=True)
class Standing:
    """How an objective stands: the outcome and every value it was computed from."""

    objective: Objective
    version: int
    zone: str
    at: datetime
    span: WindowSpan
    counts: WindowCounts
    attained: Attainment
    attained_with_exempted: Attainment
    arrivals: Arrivals
    budget: Budget
    outcome: Outcome | Unknown
    break_probability: float | Unknown
    burn_rates: tuple[tuple[int, Fraction | Unknown], ...]
    alarm: Alarm | Unknown
    escalation: Escalation
    late: int
    paused: int
    next_due: NextDue | None

    @property
    def is_lost(self) -> bool:
        """Return whether the window is broken or can no longer be kept."""
        return self.outcome in ("broken", "cannot_be_kept")

    @property
    def worst_first(self) -> tuple[bool, int, int, bool, str]:
        """Return a sort key of objectives: lost first, then by escalation level and late clocks."""
        level = self.escalation.level or 0
        is_other = self.objective.clock.clock != "investigation"
        return (not self.is_lost, -level, -self.late, is_other, self.objective.name)


def standing(
    objective: Objective,
    versions: Sequence[tuple[Fraction, ClockTable]],
    *,
    version: int,
    known_since: datetime,
    at: datetime,
    due_of: DueOf,
    zone: str,
    span: WindowSpan | None = None,
    alarm: Alarm | Unknown | None = None,
) -> Standing:
    """Compute how an objective stands.

    `versions` are target and clocks of every version, oldest first: each clock is judged by the
    version at its start, the window by the target in force now. `known_since` is the first start on
    record; `due_of` is `forecast.due_without_pauses`, `zone` the calendar's at the moment. Without
    a span, the window of the moment. `alarm` must be given if `versions` hold only recent clocks
    (since `told_since`), because it is computed over all clocks.
    """
    span = span or window_at(objective.window, at)
    since = told_since(span, at)
    tables = [_still_told_of(table, since, at) for _, table in versions]
    counts = _counted(tables, span, at)
    arrivals = _arrivals(objective, tables, span, known_since=known_since, at=at, due_of=due_of)
    budget = Budget(objective.target, span, counts, arrivals.expected)
    recent = _rolling(tables, WEEKS_BACK * WEEK, at)
    likely: float | Unknown = NO_FORECAST
    if isinstance(objective.window, CalendarWindow) and not span.finished:
        likely = break_probability(budget, Share(recent.misses, recent.fallen))
    if alarm is None:
        alarm = alarm_at(versions, known_since=known_since, at=at)
    return Standing(
        objective=objective,
        version=version,
        zone=zone,
        at=at,
        span=span,
        counts=counts,
        attained=attainment(counts.share, objective.target),
        attained_with_exempted=attainment(counts.share_with_exempted, objective.target),
        arrivals=arrivals,
        budget=budget,
        outcome=outcome(budget),
        break_probability=likely,
        burn_rates=tuple(
            (days, _burn(_rolling(tables, timedelta(days=days), at), objective.target))
            for days in BURN_DAYS
        ),
        alarm=alarm,
        escalation=escalation(
            break_probability=likely,
            alarm=alarm,
            rolling_30=_rolling_budget(objective, tables, ROLLING_DAYS[0], at),
            rolling_90=_rolling_budget(objective, tables, ROLLING_DAYS[1], at),
            at=at,
        ),
        late=_in_state(tables, "overdue", at),
        paused=_in_state(tables, "paused", at),
        next_due=_next_due(tables, zone, at),
    )


def told_since(span: WindowSpan, at: datetime) -> datetime:
    """Return the moment from which clocks are needed; unfinished ones are needed anyway.

    The alarm needs all clocks.
    """
    return min(span.start, at - max(FARTHEST_BACK, WEEKS_BACK * WEEK))


def _still_told_of(table: ClockTable, since: datetime, at: datetime) -> ClockTable:
    """Keep the clocks that started, were due or stopped since a moment, or have not stopped."""
    first, now = epoch_us(since), epoch_us(at)
    stopped = (table.stopped_us != NEVER) & (table.stopped_us <= now)
    recent = (table.started_us >= first) | (table.due_us >= first) | (table.stopped_us >= first)
    return table.where(recent | ~stopped)


def _arrivals(
    objective: Objective,
    tables: Sequence[ClockTable],
    span: WindowSpan,
    *,
    known_since: datetime,
    at: datetime,
    due_of: DueOf,
) -> Arrivals:
    if isinstance(objective.window, RollingWindow) or at >= span.end:
        return Arrivals(Fraction(0), 0)
    starts = []
    for table in tables:
        codes = states_at(table, at)
        starts.append(table.started_us[(codes >= 0) & (codes != STATES.index("void"))])
    return arrivals_expected(
        np.concatenate(starts) if starts else np.zeros(0, np.int64),
        known_since=known_since,
        at=at,
        until=span.end,
        zone=objective.window.zone,
        due_of=due_of,
    )


def _counted(tables: Sequence[ClockTable], span: WindowSpan, at: datetime) -> WindowCounts:
    return sum((count_window(table, span, at) for table in tables), WindowCounts())


def _rolling(tables: Sequence[ClockTable], length: timedelta, at: datetime) -> WindowCounts:
    return _counted(tables, WindowSpan(at - length, at, finished=True), at)


def _rolling_budget(
    objective: Objective, tables: Sequence[ClockTable], days: int, at: datetime
) -> Budget:
    span = window_at(RollingWindow(days), at)
    return Budget(objective.target, span, _counted(tables, span, at), Fraction(0))


def _burn(counts: WindowCounts, target: Fraction) -> Fraction | Unknown:
    return burn_rate(Share(counts.misses, counts.fallen), target)


def _in_state(tables: Sequence[ClockTable], state: State, at: datetime) -> int:
    wanted = STATES.index(state)
    return sum(int(np.count_nonzero(states_at(table, at) == wanted)) for table in tables)


def _next_due(tables: Sequence[ClockTable], zone: str, at: datetime) -> NextDue | None:
    running = STATES.index("running")
    due = np.sort(
        np.concatenate(
            [np.zeros(0, np.int64)]
            + [table.due_us[states_at(table, at) == running] for table in tables]
        )
    )
    if not len(due):
        return None
    local = zone_named(zone)
    on = from_us(int(due[0])).astimezone(local).date()
    until = epoch_us(midnight(zone, on + timedelta(days=1)))
    same_day = due[due < until]
    return NextDue(
        count=len(same_day),
        by=from_us(int(same_day[-1])),
        is_today=on == at.astimezone(local).date(),
    )
