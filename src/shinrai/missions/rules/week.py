"""The week's mission: on how many days to study, at the learner's own pace."""

import math
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final, Literal

from shinrai.missions.rules.attempt import Attempt, known_before

WEEK: Final = timedelta(days=7)
EVER: Final = datetime.max.replace(tzinfo=UTC)
WEEKS_OF_PACE: Final = 8
PACE: Final = (
    0.6  # the quantile of the last weeks' days: met in two of five weeks by doing as usual
)
FIRST_DAYS: Final = 2  # of a learner whose pace nobody knows yet
FEWEST, MOST = 1, 6  # a day of the week stays free
SYNC: Final = timedelta(
    days=3
)  # after the week's end: devices that were offline come in until then

State = Literal["open", "met", "missed", "rest", "waiting"]


@dataclass(frozen=True, slots=True)
class Rest:
    """Dates on which nothing is asked: holidays or illness, declared at a moment; both included."""

    since: date
    until: date
    declared_at: datetime
    why: str = ""


@dataclass(frozen=True, slots=True)
class Mission:
    """A week of a learner: the days asked for, those on which there was something, and its state.

    `waiting`: it is over and devices may still come in. `rest`: at least half of it is one.
    """

    start: date
    days: int
    active: tuple[date, ...]
    state: State
    final_at: datetime


def week_of(day: date) -> date:
    """Return the Monday of a date's week."""
    return day - timedelta(days=day.weekday())


def final_moment(start: date, zone: tzinfo) -> datetime:
    """Return the stated moment at which a week is final."""
    return _midnight(start + WEEK, zone) + SYNC


def weekly_mission(
    attempts: Sequence[Attempt], rests: Sequence[Rest], *, start: date, at: datetime, zone: tzinfo
) -> Mission:
    """Return the mission of the week that begins on a Monday, as seen at a moment.

    What was known when the week began sets its pace; what is known before its stated moment counts.
    """
    return mission_of_days(study_days(attempts), rests, start=start, at=at, zone=zone)


def study_days(attempts: Sequence[Attempt]) -> dict[date, datetime]:
    """Return the dates with an attempt, each with the moment since when one is known."""
    days: dict[date, datetime] = {}
    for one in known_before(attempts, EVER):
        days[one.on] = min(one.known_at, days.get(one.on, one.known_at))
    return days


def mission_of_days(
    days: Mapping[date, datetime],
    rests: Sequence[Rest],
    *,
    start: date,
    at: datetime,
    zone: tzinfo,
) -> Mission:
    """Return the mission of a week from the dates with an attempt, each known since a moment."""
    begins, ends = _midnight(start, zone), _midnight(start + WEEK, zone)
    final_at = final_moment(start, zone)
    known = {day for day, known_at in days.items() if known_at < begins}
    asked = _pace(known, _known_rests(rests, begins), start)
    until = min(at + timedelta(microseconds=1), final_at)
    week = (start + timedelta(days=n) for n in range(7))
    active = tuple(day for day in week if day in days and days[day] < until)
    free = _days_of_rest(_known_rests(rests, final_at), start)
    state: State
    if len(active) >= asked:
        state = "met"
    elif free >= 4:
        state = "rest"
    elif at < ends:
        state = "open"
    else:
        state = "waiting" if at < final_at else "missed"
    return Mission(start, asked, active, state, final_at)


def is_learner_of(days: Mapping[date, datetime], start: date) -> bool:
    """Return whether a week has a mission of this learner: they studied in it, or not long ago."""
    return any(start - WEEKS_OF_PACE * WEEK <= day < start + WEEK for day in days)


def _pace(days: Set[date], rests: Sequence[Rest], start: date) -> int:
    """Return the days to ask for: a quantile of the last eight weeks since the learner began.

    Weeks of rest do not count. Source: R. J. Hyndman, Y. Fan, Sample quantiles in statistical
    packages (1996), definition 7; rounded up, so that a pace can rise.
    """
    if not days:
        return FIRST_DAYS
    began = week_of(min(days))
    counts = []
    for back in range(1, WEEKS_OF_PACE + 1):
        monday = start - back * WEEK
        if monday >= began and _days_of_rest(rests, monday) < 4:
            counts.append(sum(monday + timedelta(days=n) in days for n in range(7)))
    if not counts:
        return FIRST_DAYS
    counts.sort()
    place = PACE * (len(counts) - 1)
    low = math.floor(place)
    high = min(low + 1, len(counts) - 1)
    usual = counts[low] + (place - low) * (counts[high] - counts[low])
    return min(max(math.ceil(usual - 1e-9), FEWEST), MOST)


def _known_rests(rests: Sequence[Rest], moment: datetime) -> tuple[Rest, ...]:
    return tuple(one for one in rests if one.declared_at < moment)


def _days_of_rest(rests: Sequence[Rest], start: date) -> int:
    near = [one for one in rests if one.since < start + WEEK and one.until >= start]
    days = (start + timedelta(days=n) for n in range(7 if near else 0))
    return sum(any(one.since <= day <= one.until for one in near) for day in days)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone)
