"""Measures over the published clocks, as query expressions; nothing is executed here."""

from datetime import date, datetime
from typing import Any

from shinrai.objectives.facts import CLOCKS
from shinrai.objectives.rules.clocks import NEVER
from shinrai.objectives.rules.states import ClockTable
from shinrai.units.measure import Measure
from shinrai.units.moments import as_us, epoch_us
from shinrai.warehouse.parameters import NAMED
from shinrai.warehouse.questions import DayCounts, Question, Questions

DAY_US = 24 * 3600 * 1_000_000


def states(clocks: Any, *, at: datetime | Any) -> Any:
    """Add the state of every clock at a moment as a column (MEASURES §3).

    Input:  objectives.facts.CLOCKS
    Shape:  the clocks that had started by then, with one more column, `state`.
    Only `stopped_us`, `cancelled_us`, `exempted_us` and the moment are compared with `due_us`.
    """
    import ibis

    now = as_us(at)
    before_due = clocks.due_us.isnull()
    void = clocks.cancelled_us.notnull() & (
        clocks.spam | before_due | (clocks.cancelled_us <= clocks.due_us)
    )
    exempt = clocks.exempted_us.notnull() & (before_due | (clocks.exempted_us <= clocks.due_us))
    stopped = clocks.stopped_us.notnull() & (clocks.stopped_us <= now)
    return clocks.filter(clocks.started_us <= now).mutate(
        state=ibis.cases(
            (void & (clocks.cancelled_us <= now), "void"),
            (exempt & (clocks.exempted_us <= now), "exempt"),
            (stopped & (clocks.stopped_us <= clocks.due_us), "kept"),
            (stopped, "missed"),
            (clocks.due_us.isnull(), "paused"),
            (clocks.cancelled_us.notnull() & (clocks.cancelled_us <= now), "missed"),
            (clocks.due_us < now, "overdue"),
            else_="running",
        )
    )


def clocks_due(clocks: Any, *, at: datetime, since: datetime, until: datetime) -> Any:
    """Count the clocks due in a window and by the moment `at`, by their state at that moment.

    Input:  objectives.facts.CLOCKS
    Shape:  one row per (objective, objective_version, mode, state).
    Unit:   clocks. Divide only after summing.
    """
    standing = states(clocks, at=at)
    inside = standing.filter(
        (standing.due_us >= epoch_us(since))
        & (standing.due_us < epoch_us(until))
        & (standing.due_us <= epoch_us(at))
    )
    return inside.group_by("objective", "objective_version", "mode", "state").aggregate(
        count=inside.count()
    )


def kept_by_week(clocks: Any, *, at: datetime | Any, since: date) -> Any:
    """Count the clocks due by a moment, per state and week; a week is named by its Monday.

    Input:  objectives.facts.CLOCKS
    Shape:  one row per (objective, week_on, state), from the week of `since` on.
    """
    standing = states(clocks, at=at)
    due = standing.filter((standing.due_on >= since) & (standing.due_us <= as_us(at)))
    return due.group_by("objective", "state", week_on=due.due_on.truncate("W")).aggregate(
        count=due.count()
    )


KEPT_CLOCKS = Measure(
    key="kept_clocks",
    version=1,
    question="Of the clocks that fell due, how many stopped in time?",
    owner="objectives",
    grain=("workspace_id", "objective", "objective_version", "mode", "window"),
    unit="clocks",
    numerator="kept",
    denominator="kept + missed + overdue",
    better="higher",
    unknown_when="nothing fell due in the window",
    expression=clocks_due,
)
MEASURES = (KEPT_CLOCKS,)


def questions() -> Questions:
    """Return the queries stored per day: states by due date, clocks by their last date."""
    at, clocks = NAMED["at"], CLOCKS.unbound()
    due = states(clocks, at=at)
    due = due.filter(due.due_us <= at)
    started = clocks.filter(clocks.started_us <= at)
    first = started.group_by("objective_id").aggregate(started_us=started.started_us.min())
    return Questions(
        held={},
        asked={
            "kept": Question(
                due.group_by("objective", "state", on=due.due_on).aggregate(count=due.count()),
                ("objective", "state"),
            ),
            "clocks": Question(
                last_days(clocks, at=at),
                ("objective_id", "objective_version", "spam"),
                summed=False,
            ),
            "first": Question(_of_no_day(first), ("objective_id",), summed=False),
        },
    )


def last_days(clocks: Any, *, at: datetime | Any) -> Any:
    """Give each clock the last date on which it started, was due or ended; null while it runs on.

    A query about the last 90 days then reads only the rows of these dates and those without one.
    Shape:  one row per clock: `on` and the columns of `rules.states.ClockTable`; NEVER for null.
    """
    import ibis

    now = as_us(at)
    ended_us = ibis.least(clocks.stopped_us, clocks.cancelled_us)
    ended_on = ibis.literal("1970-01-01").cast("date") + (
        (ibis.greatest(clocks.stopped_us, clocks.cancelled_us) // DAY_US)
        .cast("int32")
        .as_interval("D")
    )
    last = ibis.greatest(clocks.started_on, clocks.due_on, ended_on)
    moments = ("stopped_us", "due_us", "cancelled_us", "exempted_us")
    columns = [name for name in ClockTable.__slots__ if name not in (*moments, "spam")]
    return clocks.select(
        "objective_id",
        "objective_version",
        "spam",
        *columns,
        on=ibis.ifelse((ended_us <= now).fill_null(False), last, ibis.null("date")),
        **{name: clocks[name].coalesce(NEVER) for name in moments},
    )


def _of_no_day(rows: Any) -> Any:
    import ibis

    return rows.mutate(on=ibis.null("date"))


DAY_COUNTS = (DayCounts("objectives", (CLOCKS,), questions),)
