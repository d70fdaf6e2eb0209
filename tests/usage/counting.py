"""Measures of usage counted slowly, in plain Python, from their words in MEASURES §6."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from shinrai.usage.queries.retention import RetentionRequest
from tests.usage.filling import Act

Buckets = dict[int, list]


def cut(period: str, zone: str, week_starts: str = "sunday") -> Callable[[datetime], object]:
    """Return what says in which hour, day, week or month of a zone a moment lies."""

    def bucket(at: datetime) -> object:
        there = at.astimezone(ZoneInfo(zone))
        if period == "hour":
            return at.replace(minute=0, second=0, microsecond=0)  # zones of whole hours only
        return start_of(there.date(), period, week_starts)

    return bucket


def start_of(on: date, period: str, week_starts: str) -> date:
    if period == "month":
        return on.replace(day=1)
    if period == "week":
        shift = on.isoweekday() % 7 if week_starts == "sunday" else on.weekday()
        return on - timedelta(days=shift)
    return on


def following(start, period: str, count: int):
    """Return the bucket so many later."""
    if period == "month":
        month = start.year * 12 + start.month - 1 + count
        return date(month // 12, month % 12 + 1, 1)
    return start + count * timedelta(**{f"{period}s": 1})


def has(act: Act, where: Iterable[tuple[str, str]]) -> bool:
    return all(f'"{key}":"{value}"' in (act.properties or "") for key, value in where)


def returned(acts: list[Act], request: RetentionRequest, *, zone: str, persons: dict) -> dict:
    """Return, by start of the cohort, how many came back in each column, open or not."""
    period = request.span.period
    bucket = cut(period, request.span.zone or zone, request.span.week_starts)
    by_person: dict[int, list[Act]] = defaultdict(list)
    for act in sorted(acts, key=lambda act: act.at):
        by_person[persons.get(act.actor, act.actor)].append(act)
    triangle: dict = defaultdict(lambda: [0] * request.periods)
    for of_person in by_person.values():
        starts = [act for act in of_person if request.start in (None, act.event)]
        if request.kind == "first-ever":
            starts = [act for act in starts[:1] if has(act, request.where)]
        starts = [act for act in starts if has(act, request.where)]
        if request.kind != "recurring":
            starts = starts[:1]
        back = [
            act.at
            for act in of_person
            if request.back in (None, act.event) and has(act, request.back_where)
        ]
        bases = {}
        for act in starts:
            bases.setdefault(bucket(act.at), act.at)
        for base, first_at in bases.items():
            triangle[base][0] += 1
            reached = []
            for column in range(1, request.periods):
                if request.windows:
                    length = timedelta(**{f"{period}s": 1})
                    times = sum((at - first_at) // length == column for at in back)
                else:
                    times = sum(bucket(at) == following(base, period, column) for at in back)
                reached.append(times >= request.minimum)
            for column in range(1, request.periods):
                here = reached[column - 1 :] if request.is_cumulative else [reached[column - 1]]
                triangle[base][column] += any(here)
    return dict(triangle)


def active(acts: list[Act], *, period: str, zone: str, persons: dict) -> dict[object, set[int]]:
    """Return who was active in each bucket."""
    bucket, found = cut(period, zone), defaultdict(set)
    for act in acts:
        found[bucket(act.at)].add(persons.get(act.actor, act.actor))
    return found


def lifecycle(active: dict, start, period: str) -> tuple[int, int, int, int]:
    """Return who is new, returning, resurrecting and dormant in a bucket."""
    here, before = active.get(start, set()), active.get(following(start, period, -1), set())
    ever = set().union(*(people for when, people in active.items() if when < start))
    return (
        len(here - ever),
        len(here & before),
        len((here & ever) - before),
        len(before - here),
    )


def runs(days: Iterable[date]) -> list[tuple[int, date]]:
    """Return every run of days without a gap, as its length and its last day."""
    found: list[list[date]] = []
    for day in sorted(set(days)):
        if found and day - found[-1][-1] == timedelta(days=1):
            found[-1].append(day)
        else:
            found.append([day])
    return [(len(run), run[-1]) for run in found]


def by_number(people: dict[object, set[int]]) -> Counter:
    """Count persons by the number of buckets they were active in."""
    return Counter(Counter(one for there in people.values() for one in there).values())
