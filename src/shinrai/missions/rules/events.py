"""Which usage events say that an activity was begun or completed, by which properties."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

import msgspec

from shinrai.missions.rules.attempt import ReportedAttempt
from shinrai.units.errors import UserError
from shinrai.units.text import Text
from shinrai.usage.rules.event import MOST_NAME, UsageEvent, clean_text


class BadEventNames(UserError, ValueError):
    """A declaration of completion events that cannot be used."""


@dataclass(frozen=True, slots=True)
class EventNames:
    """The names of two events and of their properties, as the product says them.

    `most`: the highest score possible, where an event does not say it in its property `of`.
    """

    completed: str = "activity_completed"
    started: str = "activity_started"
    activity: str = "activity"
    score: str = "score"
    of: str = "of"
    most: float = 100.0


WORDS: Final = tuple(one.name for one in fields(EventNames) if one.name != "most")


def named(given: Mapping[str, Any]) -> EventNames:
    """Return the names that are declared; the usual ones for those that are not given.

    Raises: BadEventNames.
    """
    words = {name: clean_text(given[name]).strip() for name in WORDS if given.get(name) is not None}
    for name, word in words.items():
        if not word or len(word) > MOST_NAME:
            raise BadEventNames(Text("The name of {name} is missing or too long.", name=name))
    found = EventNames(**words, most=number(given.get("most")) or EventNames().most)
    if found.completed == found.started:
        raise BadEventNames(Text("One event cannot say both: begun and completed."))
    if not 0 < found.most < math.inf:
        raise BadEventNames(Text("The highest score possible is a number above 0."))
    return found


def reported(
    event: UsageEvent, names: EventNames, known_at: datetime | None = None
) -> ReportedAttempt | None:
    """Return the attempt that an event reports; None if it reports none."""
    if event.name not in (names.completed, names.started):
        return None
    most = number(event.properties.get(names.of))
    return ReportedAttempt(
        id=event.id,
        learner=event.actor,
        activity=str(event.properties.get(names.activity) or ""),
        at=event.at,
        zone=event.zone,
        is_completed=event.name == names.completed,
        score=number(event.properties.get(names.score)),
        most=names.most if most is None else most,
        known_at=known_at,
    )


def usage_event(one: ReportedAttempt, names: EventNames) -> UsageEvent:
    """Return the event by which an attempt counts as use; `reported` makes the attempt of it."""
    properties: dict[str, str | float] = {names.activity: one.activity}
    if one.score is not None:
        properties |= {names.score: one.score, names.of: one.most}
    name = names.completed if one.is_completed else names.started
    return UsageEvent(
        one.id, one.learner, name, one.at, zone=one.zone, properties=properties, said_at=one.at
    )


def message(one: ReportedAttempt, names: EventNames) -> bytes:
    """Return an attempt that cannot count as a message, which can be tried again as such."""
    event = usage_event(one, names)
    return msgspec.json.encode(
        {
            "type": "track",
            "messageId": clean_text(event.id),
            "userId": clean_text(event.actor),
            "event": event.name,
            "timestamp": event.at,
            "properties": {name: _plain(value) for name, value in event.properties.items()},
            "context": {"timezone": event.zone},
        }
    )


def number(value: Any) -> float | None:
    """Return a number; None for nothing, and what no score can be for what is no number."""
    if value is None or value == "":
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


def _plain(value: Any) -> Any:
    is_number = isinstance(value, float) and math.isfinite(value)
    return value if is_number else clean_text(value)
