"""Totals of minutes per kind of job with their interval, and averages per week."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from typing import Any

from shinrai.statistics.bootstrap import bootstrap_mean
from shinrai.statistics.interval import Interval, two_sided_z
from shinrai.units.unknown import Unknown

WEEK = timedelta(days=7)
SEED = 20260406
NO_MINUTES = Unknown("not recorded: nobody wrote minutes down")
NO_WEEK = Unknown("no whole week lies in these dates")


@dataclass(frozen=True)
class Job:
    """A kind of work on a topic at a tier, and the time spent on it.

    Unit: `spent_s` seconds in all, `low_s` and `high_s` its 95 % interval; `cases` are distinct.
    """

    mode: str
    job: str
    tier: int | None
    topic: str | None
    cases: int
    spent_s: int
    low_s: float
    high_s: float


@dataclass(frozen=True)
class Weekly:
    """An average per week, over whole weeks, including those with nothing."""

    mean: float | Unknown
    interval: Interval | Unknown
    weeks: tuple[tuple[date, float], ...]


def jobs(rows: Iterable[Mapping[str, Any]]) -> tuple[Job, ...]:
    """Return the kinds of work with the interval of their total time, most time first.

    Shape:  rows of `measures.jobs`.
    Source: cases come at random (Poisson), each with its own minutes x, so the sum of x has
            variance sum of x squared (compound Poisson; e.g. Ross, Introduction to Probability
            Models, 11th ed., section 5.4.2), which the data estimates by itself.
    """
    z = two_sided_z(0.95)
    found = []
    for row in rows:
        spread = z * sqrt(float(row["squares"]))
        spent = int(row["spent_s"])
        found.append(
            Job(
                mode=row["mode"],
                job=row["job"],
                tier=row["tier"],
                topic=row["topic"],
                cases=int(row["cases"]),
                spent_s=spent,
                low_s=max(0.0, spent - spread),
                high_s=spent + spread,
            )
        )
    return tuple(sorted(found, key=lambda job: (-job.spent_s, job.job, job.topic or "")))


def whole_weeks(since: date, until: date) -> tuple[date, ...]:
    """Return the Mondays of the whole weeks between two dates, both included."""
    monday = since + timedelta(days=-since.weekday() % 7)
    found = []
    while monday + WEEK - timedelta(days=1) <= until:
        found.append(monday)
        monday += WEEK
    return tuple(found)


def weekly_hours(spent_s: Mapping[date, int], weeks: Sequence[date]) -> Weekly | Unknown:
    """Return average hours over whole weeks; unknown if no minutes were recorded in any."""
    if weeks and not any(spent_s.get(week) for week in weeks):
        return NO_MINUTES
    return weekly({week: seconds / 3600 for week, seconds in spent_s.items()}, weeks)


def weekly(values: Mapping[date, float], weeks: Sequence[date]) -> Weekly:
    """Return the average over whole weeks; a week without an entry counts as 0."""
    known = tuple((week, values.get(week, 0.0)) for week in weeks)
    if not known:
        return Weekly(NO_WEEK, NO_WEEK, ())
    figures = [value for _, value in known]
    return Weekly(sum(figures) / len(figures), bootstrap_mean(figures, seed=SEED), known)
