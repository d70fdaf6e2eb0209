"""Unusual days and weeks of topics: which method says so, and how often it is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

import numpy as np

from shinrai.statistics.outbreaks import FarringtonPlan, Watched, daily_rises, ears, farrington
from shinrai.trends.rules.arrived import Arrived, Floats, customers_by

Method = Literal["negative_binomial", "farrington", "c1", "c2", "c3"]
METHODS: Final[tuple[Method, ...]] = ("negative_binomial", "farrington", "c1", "c2", "c3")
USUAL: Final[tuple[Method, ...]] = ("negative_binomial", "farrington")
RAREST: Final = 1e-4  # of a topic's day
A_YEAR: Final = 1.0  # false alarms of all topics together, at most
YEAR: Final = 365.25
WEEKS: Final = 4  # whole weeks that Farrington judges
NEAR: Final = 3  # days between alarms of one rise
BEFORE: Final = 7  # days by which an event may lie before what began with it


@dataclass(frozen=True)
class RiseAlarm:
    """A day (or the Monday of a week) on which a topic had more customers than it should have."""

    topic: str
    on: date
    method: str
    observed: int
    expected: float
    threshold: float


@dataclass(frozen=True)
class TopicRise:
    """Alarms of one topic that follow each other; the figures are of the worst day or week."""

    topic: str
    first_on: date
    last_on: date
    worst: RiseAlarm
    alarms: int


@dataclass(frozen=True)
class Happening:
    """A declared event: when, of which kind, and its name."""

    kind: str
    name: str
    first_on: date
    last_on: date


def alarm_level(topics: int) -> float:
    """Return the probability below which a topic's day is an alarm.

    So small that days on which nothing is the matter raise at most one alarm a year, in all topics
    together, and never above RAREST.
    """
    return min(RAREST, A_YEAR / (YEAR * max(topics, 1)))


def false_alarms_a_year(topics: int) -> float:
    """Return how many alarms a year are expected where nothing is the matter, at most."""
    return alarm_level(topics) * topics * YEAR


def alarms(found: Arrived, *, until: date, methods: Sequence[Method] = USUAL) -> list[RiseAlarm]:
    """Judge every day up to a date, and the last whole weeks, by some methods; the oldest first."""
    names = found.keyed["topic"].names
    if not len(found) or not names:
        return []
    first, last = int(found.on.min()), until.toordinal()
    days = customers_by(found, "topic", found.on - first, last - first + 1)
    level = alarm_level(len(names))
    every: list[RiseAlarm] = []
    for method in methods:
        if method == "farrington":
            every += _weekly(found, first, last, level)
        elif method == "negative_binomial":
            watched = daily_rises(days, alpha=level)
            every += _alarms(names, days, watched, first, 1, method)
        else:
            watched = ears(days, method, least_sd=1.0)
            every += _alarms(names, days, watched, first, 1, method)
    return sorted(every, key=lambda one: (one.on, one.topic, one.method))


def _weekly(found: Arrived, first: int, last: int, level: float) -> list[RiseAlarm]:
    """Judge the last whole weeks by the same weeks of earlier years; nothing without those."""
    plan = FarringtonPlan(alpha=level * 7)  # a week is seven days: as rare a year as by days
    monday = first - (first - 1) % 7  # the ordinal of 1 is a Monday
    whole = (last + 1 - monday) // 7
    if whole <= plan.reach:
        plan = FarringtonPlan(years=2, alpha=level * 7)
    judged = np.arange(max(plan.reach, whole - WEEKS), whole)
    if not len(judged):
        return []
    weeks = customers_by(found, "topic", (found.on - monday) // 7, whole)
    watched = farrington(weeks, judged, plan)
    names = found.keyed["topic"].names
    start = monday + 7 * int(judged[0])
    return _alarms(names, weeks[:, judged], watched, start, 7, "farrington")


def _alarms(
    names: Sequence[str], seen: Floats, watched: Watched, first: int, step: int, method: str
) -> list[RiseAlarm]:
    return [
        RiseAlarm(
            names[topic],
            date.fromordinal(first + step * place),
            method,
            int(seen[topic, place]),
            round(float(watched.expected[topic, place]), 2),
            round(float(watched.threshold[topic, place]), 2),
        )
        for topic, place in np.argwhere(watched.alarms).tolist()
    ]


def rises(found: Sequence[RiseAlarm]) -> list[TopicRise]:
    """Put alarms of a topic together that follow each other, the newest first.

    A week that lies in the days of a rise adds nothing to it.
    """
    by_topic: dict[str, list[RiseAlarm]] = {}
    for one in sorted(found, key=lambda one: one.on):
        by_topic.setdefault(one.topic, []).append(one)
    made: list[TopicRise] = []
    for topic, listed in by_topic.items():
        group: list[RiseAlarm] = []
        for one in listed:
            if group and (one.on - max(map(_ends, group))).days > NEAR:
                made.append(_rise(topic, group))
                group = []
            group.append(one)
        made.append(_rise(topic, group))
    return sorted(made, key=lambda one: (one.last_on, one.worst.observed), reverse=True)


def _rise(topic: str, group: Sequence[RiseAlarm]) -> TopicRise:
    worst = max(group, key=lambda alarm: alarm.observed / max(alarm.expected, 0.1))
    return TopicRise(topic, group[0].on, max(map(_ends, group)), worst, len(group))


def _ends(alarm: RiseAlarm) -> date:
    return alarm.on + timedelta(days=6) if alarm.method == "farrington" else alarm.on


def event_behind(rise: TopicRise, events: Sequence[Happening]) -> tuple[Happening, int] | None:
    """Return the declared event a rise began with, and how many days after its first; or None.

    It began no more than a week before, or was still on. The nearest counts. That one came after
    the other does not say that it came of it.
    """
    near = [
        (one, (rise.first_on - one.first_on).days)
        for one in events
        if one.first_on <= rise.first_on
        and ((rise.first_on - one.first_on).days <= BEFORE or rise.first_on <= one.last_on)
    ]
    return min(near, key=lambda pair: (pair[1], pair[0].name), default=None)
