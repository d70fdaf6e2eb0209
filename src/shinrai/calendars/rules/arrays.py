"""Business time for whole arrays, with the same results as `rules.business_time`.

Shape: one row per clock; moments are int64 microseconds since 1970 UTC.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from shinrai.calendars.rules.business_time import NegativeTarget
from shinrai.calendars.rules.columns import blocks
from shinrai.calendars.rules.cumulative_time import CumulativeOpenTime
from shinrai.calendars.rules.pause_columns import OPEN, Pauses
from shinrai.calendars.rules.timetable import FAR, SECOND_US, Ints, Timetable
from shinrai.calendars.rules.wall_clock import clock_times, wall_moments

NO_DUE = np.iinfo(np.int64).min  # paused: there is no due time
MOST = 10**12  # seconds are 31,000 years: any target beyond is beyond the horizon too
Reach = Callable[[Pauses, slice], tuple[Ints, Ints]]
Targets = int | npt.NDArray[np.integer]


def elapsed_array(
    timetable: Timetable, start_us: Ints, end_us: Ints, pauses: Pauses | None = None
) -> Ints:
    """Return the open time in each [start, end), less the row's pauses; 0 if reversed or empty.

    Unit:   microseconds.
    Raises: BeyondHorizon.
    """
    start_us, end_us = _column(start_us), _column(end_us)
    timetable.require(start_us, "the start")
    timetable.require(end_us, "the end")
    out = np.empty(len(start_us), dtype=np.int64)
    sums = CumulativeOpenTime(timetable)
    given = _given(pauses, len(out))
    for rows in blocks(len(out)):
        started, ended = sums.of(start_us[rows]), sums.of(end_us[rows])
        block = np.maximum(ended - started, 0, out=out[rows])
        if given is not None:
            part = given.part(rows).merged
            begun = np.maximum(sums.of(part.starts_us), part.spread(started))
            over = np.minimum(sums.of(part.ends_us), part.spread(ended))
            block -= part.sum_rows(np.maximum(over - begun, 0))
    return out


def effective_array(timetable: Timetable, at_us: Ints) -> Ints:
    """Return when each moment counts (受付扱い日時): itself if open, else the next opening.

    Raises: BeyondHorizon.
    """
    at_us = _column(at_us)
    timetable.require(at_us, "the moment")
    effective = np.maximum(at_us, timetable.opens[_next_span(timetable, at_us)])
    timetable.require(effective, "the next opening")
    return effective


def due_array(
    timetable: Timetable, start_us: Ints, seconds: Targets, pauses: Pauses | None = None
) -> Ints:
    """Return for each row the first moment by which its open, unpaused time has passed.

    Shape:  NO_DUE if a pause that began before then has not ended.
    Raises: BeyondHorizon, NegativeTarget.
    """
    start_us = _column(start_us)
    paused = _given(pauses, len(start_us))
    timetable.require(start_us, "the start")
    target = _targets(seconds, len(start_us)) * SECOND_US
    # No time at all ends with the first moment the clock runs: one microsecond, less itself.
    nothing = (target == 0).astype(np.int64)
    sums = CumulativeOpenTime(timetable)
    started = sums.of(start_us)
    wanted = started + target + nothing
    is_paused = np.zeros(len(start_us), dtype=bool)
    if paused is not None:

        def reach(part: Pauses, rows: slice) -> tuple[Ints, Ints]:
            begun, over = sums.of(part.starts_us), sums.of(part.ends_us)
            earliest = part.spread(started[rows])
            return np.maximum(begun, earliest), np.maximum(over, earliest)

        wanted, is_paused = _pushed(timetable, paused, wanted, reach)
    span = np.searchsorted(timetable.passed[1:], wanted, side="left")
    is_beyond = span >= len(timetable.opens)
    span = np.where(is_beyond, 0, span)
    due = timetable.opens[span] + wanted - timetable.passed[span] - nothing
    return _checked(timetable, due, is_beyond, is_paused)


def due_by_close_array(
    timetable: Timetable, at_us: Ints, days: Targets, pauses: Pauses | None = None
) -> Ints:
    """Return for each row the close of the n-th counted business day after its effective day.

    Shape:  NO_DUE if a pause that began before that close has not ended.
    Raises: BeyondHorizon, NegativeTarget.
    """
    at_us = _column(at_us)
    paused = _given(pauses, len(at_us))
    timetable.require(at_us, "the moment")
    target = _targets(days, len(at_us))
    day_0 = timetable.owner[_next_span(timetable, at_us)]
    day, is_paused = _counted_day(timetable, day_0, target, paused)
    is_beyond = day >= len(timetable.day_close)
    due = timetable.day_close[np.where(is_beyond, 0, day)]
    return _checked(timetable, due, is_beyond, is_paused)


def due_same_time_array(
    timetable: Timetable, at_us: Ints, days: Targets, pauses: Pauses | None = None
) -> Ints:
    """Return the same time of day n business days later, or the next moment the clock runs.

    Shape:  NO_DUE if a pause that began before that moment has not ended.
    Raises: BeyondHorizon, NegativeTarget.
    """
    at_us = _column(at_us)
    paused = _given(pauses, len(at_us))
    paused = paused and paused.merged
    timetable.require(at_us, "the moment")
    target = _targets(days, len(at_us))
    on, passed = clock_times(timetable, at_us)
    day_0 = np.searchsorted(timetable.day_on, on, side="right") - 1
    day, is_paused = _counted_day(timetable, day_0, np.maximum(target - 1, 0), paused)
    day = np.where(target > 1, day + 1, day_0 + 1)
    due = np.full(len(at_us), NO_DUE, dtype=np.int64)
    none = np.flatnonzero(target == 0)
    due[none] = due_array(timetable, at_us[none], 0, paused and paused.take(none))
    rows = np.flatnonzero((target > 0) & ~((target > 1) & is_paused))
    while rows.size:
        if (day[rows] >= len(timetable.day_on)).any():
            raise timetable.beyond(
                "the due moment", int((day[rows] >= len(timetable.day_on)).sum())
            )
        of_rows = paused and paused.take(rows)
        local_times = wall_moments(timetable, timetable.day_on[day[rows]], passed[rows])
        timetable.require(local_times, "the due moment")
        moment = due_array(timetable, local_times, 0, of_rows)
        close = timetable.day_close[day[rows]]
        # (NO_DUE lies before every close.)
        is_found = (moment < close) | _counts(close, of_rows)
        due[rows[is_found]] = moment[is_found]
        rows = rows[~is_found]
        day[rows] += 1
    return due


def _column(moments: Ints) -> Ints:
    return np.ascontiguousarray(moments, dtype=np.int64)


def _given(pauses: Pauses | None, rows: int) -> Pauses | None:
    if pauses is None or not len(pauses.starts_us):
        return None
    if pauses.rows != rows:
        raise ValueError(f"pauses are given for {pauses.rows} rows, moments for {rows}")
    return pauses


def _targets(target: Targets, rows: int) -> Ints:
    targets = np.broadcast_to(np.asarray(target, dtype=np.int64), (rows,))
    if rows and targets.min() < 0:
        count = int((targets < 0).sum())
        raise NegativeTarget(f"the target of {count} rows is negative; give 0 or more")
    return np.minimum(targets, MOST)


def _pushed(
    timetable: Timetable, paused: Pauses, wanted: Ints, reach: Reach
) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """Move each row's goal later by the pauses that begin before it is reached.

    Goals are open time or days. For a block of rows, `reach` returns where each pause starts and
    ends on the scale of `wanted`, as if there were no pauses. How far a clock has run when a pause
    starts never falls from one pause to the next, so the pauses that count are the first in their
    row, and one step finds them all.
    Shape: (goals, whether a pause that has not ended begins before the goal).
    """
    goals, is_paused = np.empty_like(wanted), np.zeros(len(wanted), dtype=bool)
    unknown = 0
    for rows in blocks(len(wanted)):
        part = paused.part(rows).merged
        begun, over = reach(part, rows)
        length = over - begun
        counts = begun - part.before(length) < part.spread(wanted[rows])
        goals[rows] = wanted[rows] + part.sum_rows(length * counts)
        goes_on = part.ends_us == OPEN
        if goes_on.any():
            goes_on &= counts
            unknown += int(np.count_nonzero(goes_on & (part.starts_us > timetable.upper)))
            is_paused[rows] = part.sum_rows(goes_on.astype(np.int64)) > 0
    if unknown:
        raise timetable.beyond("the due moment", unknown)
    return goals, is_paused


def _counted_day(
    timetable: Timetable, day_0: Ints, days: Ints, paused: Pauses | None
) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """Return the index of the n-th counted day after day 0; for n = 0 day 0 itself may count.

    Shape: (index, whether a pause that has not ended begins before it).
    """
    wanted = day_0 + days
    if paused is None:
        return wanted, np.zeros(len(wanted), dtype=bool)
    earliest, closes = day_0 + (days > 0), timetable.day_close

    def reach(part: Pauses, rows: slice) -> tuple[Ints, Ints]:
        # The days a pause takes: it touches [close - 1 s, close).
        begun = np.searchsorted(closes, part.starts_us, side="right")
        over = np.searchsorted(closes, np.minimum(part.ends_us, FAR) + SECOND_US, side="left")
        # Two pauses within one last second take one day.
        taken = np.zeros(len(over), dtype=np.int64)
        taken[1:] = over[:-1]
        taken[part.offsets[:-1][part.counts > 0]] = 0
        begun = np.maximum(begun, np.maximum(taken, part.spread(earliest[rows])))
        return begun, np.maximum(over, begun)

    wanted, is_paused = _pushed(timetable, paused, wanted + 1, reach)
    return wanted - 1, is_paused


def _counts(close: Ints, paused: Pauses | None) -> npt.NDArray[np.bool_]:
    if paused is None:
        return np.ones(len(close), dtype=bool)
    until = paused.spread(close)
    takes = (paused.starts_us < until) & (paused.ends_us > until - SECOND_US)
    is_running: npt.NDArray[np.bool_] = paused.sum_rows(takes.astype(np.int64)) == 0
    return is_running


def _next_span(timetable: Timetable, at_us: Ints) -> Ints:
    span = np.searchsorted(timetable.closes, at_us, side="right")
    is_beyond = span >= len(timetable.closes)
    if is_beyond.any():
        raise timetable.beyond("the next opening", int(is_beyond.sum()))
    return span


def _checked(
    timetable: Timetable,
    due: Ints,
    is_beyond: npt.NDArray[np.bool_],
    is_paused: npt.NDArray[np.bool_],
) -> Ints:
    is_beyond = (is_beyond | (due > timetable.upper)) & ~is_paused
    if is_beyond.any():
        raise timetable.beyond("the due moment", int(is_beyond.sum()))
    return np.where(is_paused, NO_DUE, due)
