"""Our own figures: counts and times of an inquiry, computed from its standing steps.

Every time is computed twice: around the clock, and by a calendar. Unit: whole seconds.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from shinrai.calendars.rules.business_time import elapsed
from shinrai.calendars.rules.hours import Calendar, Memory
from shinrai.importers.rules.reconciliation.evidence import Evidence
from shinrai.units.moments import epoch_us

Reading = Callable[[Evidence, Calendar | None], int | None]
Moment = Callable[[Evidence], int | None]


def around_the_clock(reading: Reading) -> Callable[[Evidence], int | None]:
    """Return a function that measures a time with every hour counted."""
    return lambda evidence: reading(evidence, None)


def by_calendar(reading: Reading) -> Callable[[Evidence], int | None]:
    """Return a function that measures a time in open hours; None without a calendar."""
    return lambda evidence: (
        None if evidence.calendar is None else reading(evidence, evidence.calendar)
    )


def first_reply(evidence: Evidence, calendar: Calendar | None) -> int | None:
    """Return the time from receipt to the first substantive message of a person to the customer."""
    messages = evidence.life.messages
    answers = (m.at for m in messages if not m.inbound and m.substantive and not m.automatic)
    return _since_receipt(evidence, next(answers, None), calendar)


def first_message_out(evidence: Evidence, calendar: Calendar | None) -> int | None:
    """Return the time from receipt to the first message to the customer of any kind."""
    out = (m.at for m in evidence.life.messages if not m.inbound)
    return _since_receipt(evidence, next(out, None), calendar)


def first_solution(evidence: Evidence, calendar: Calendar | None) -> int | None:
    """Return the time from receipt to the first solution."""
    solved = (r.solved_at for r in evidence.life.resolutions if r.solved_at is not None)
    return _since_receipt(evidence, next(solved, None), calendar)


def full_solution(evidence: Evidence, calendar: Calendar | None) -> int | None:
    """Return the time from receipt to the last solution."""
    solved = [r.solved_at for r in evidence.life.resolutions if r.solved_at is not None]
    return _since_receipt(evidence, solved[-1] if solved else None, calendar)


def closing(evidence: Evidence, calendar: Calendar | None) -> int | None:
    """Return the time from receipt to the last closing."""
    closed = [step.at for step in evidence.steps if step.kind == "closed"]
    return _since_receipt(evidence, closed[-1] if closed else None, calendar)


def resting(*reasons: str) -> Reading:
    """Return a function that measures waits for these: customer, third_party, problem."""

    def read(evidence: Evidence, calendar: Calendar | None) -> int | None:
        spans = [(p.since, p.until) for p in evidence.life.pauses if p.reason in reasons]
        if any(until is None for _, until in spans):
            return None  # it waits still: the source's figure is of the day it was taken
        return sum(seconds(since, until, calendar) for since, until in spans if until is not None)

    return read


def working(evidence: Evidence, calendar: Calendar | None) -> int | None:
    """Return how long the case was unsolved and did not wait for the customer."""
    spans = [(r.started_at, r.solved_at) for r in evidence.life.resolutions]
    waited = resting("customer")(evidence, calendar)
    if waited is None or not spans or any(until is None for _, until in spans):
        return None
    open_s = sum(seconds(since, until, calendar) for since, until in spans if until is not None)
    return open_s - waited


def working_since_reopened(evidence: Evidence, calendar: Calendar | None) -> int | None:
    """Return the last unsolved period alone, less its waits for the customer."""
    rounds = evidence.life.resolutions
    if len(rounds) < 2 or rounds[-1].solved_at is None:
        return None
    since, until = rounds[-1].started_at, rounds[-1].solved_at
    waits = [p for p in evidence.life.pauses if p.reason == "customer" and p.since >= since]
    if any(pause.until is None for pause in waits):
        return None
    waited = sum(seconds(p.since, p.until, calendar) for p in waits if p.until is not None)
    return seconds(since, until, calendar) - waited


def working_for_nobody(evidence: Evidence, calendar: Calendar | None) -> int | None:
    """Return how long the case was unsolved and did not wait for anybody."""
    own = working(evidence, calendar)
    others = resting("third_party", "problem")(evidence, calendar)
    return None if own is None or not others else own - others


def pieces(evidence: Evidence) -> int:
    """Return how many parts of a summed time may have been rounded separately."""
    return len(evidence.life.pauses) + len(evidence.life.resolutions) + 1


def replies(evidence: Evidence) -> int:
    """Count the messages that people wrote to the customer."""
    return sum(not m.inbound and not m.automatic for m in evidence.life.messages)


def messages_out(evidence: Evidence) -> int:
    """Count all messages to the customer."""
    return sum(not m.inbound for m in evidence.life.messages)


def reopenings(evidence: Evidence) -> int:
    """Count how often the case was reopened."""
    return evidence.count("reopened")


def handovers(evidence: Evidence) -> int:
    """Count the changes from one group to another."""
    return max(len(evidence.life.groups) - 1, 0)


def groups(evidence: Evidence) -> int:
    """Count the groups that held the case, one after the other."""
    return len(evidence.life.groups)


def assignees(evidence: Evidence) -> int:
    """Count the persons who held the case, one after the other."""
    held = [step.detail["to"] for step in evidence.steps if step.detail.get("to")]
    return sum(place == 0 or held[place - 1] != name for place, name in enumerate(held))


def seconds(since: datetime, until: datetime, calendar: Calendar | None) -> int:
    """Return the whole seconds between two times; 0 if they are reversed."""
    if calendar is None:
        return max(round((until - since).total_seconds()), 0)
    return round(elapsed(calendar, since, until).total_seconds())


def with_last_version(calendar: Calendar) -> Calendar | None:
    """Return the calendar with its last hours valid for all time; None if it never changed."""
    if len(calendar.versions) < 2:
        return None
    return Calendar(versions=(replace(calendar.versions[-1], valid_from=None),), memory=Memory())


def in_zone(calendar: Calendar, zone: str) -> Calendar | None:
    """Return the calendar with its hours in another time zone; None if that is its own."""
    if all(version.zone == zone for version in calendar.versions):
        return None
    return Calendar(
        versions=tuple(replace(version, zone=zone) for version in calendar.versions),
        memory=Memory(),
    )


def last_step(*kinds: str) -> Callable[[Evidence], int | None]:
    """Return a function that finds the last step of some kinds, in microseconds since 1970."""

    def find(evidence: Evidence) -> int | None:
        found: Iterable[datetime] = (step.at for step in evidence.steps if step.kind in kinds)
        last = max(found, default=None)
        return None if last is None else epoch_us(last)

    return find


def _since_receipt(
    evidence: Evidence, until: datetime | None, calendar: Calendar | None
) -> int | None:
    received = evidence.life.received_at
    return None if received is None or until is None else seconds(received, until, calendar)
