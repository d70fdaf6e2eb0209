"""One usage event, as all ways in hand it over, and the limits of what is believed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from shinrai.units.errors import UserError
from shinrai.units.text import Text

MOST_ID: Final = 200
MOST_NAME: Final = 200
MOST_PROPERTIES: Final = 32 * 1024  # as JSON, in bytes; Segment refuses longer messages as well
MOST_DEPTH: Final = 20
EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
AHEAD: Final = timedelta(days=1)  # clocks of devices run ahead; a day more is no clock

Scalar = str | int | float | bool | None


class BadEvent(UserError, ValueError):
    """An event that cannot count; it goes to the quarantine, with the reason."""


@dataclass(frozen=True, slots=True)
class UsageEvent:
    """Something a person did in the service.

    `actor` is the identifier the service uses: of a known person, or of a device (`is_known`).
    `at` is when it happened, corrected for the device's clock. `zone` is the person's own time
    zone, if the device said it; `group` the company or household the service named.
    """

    id: str
    actor: str
    name: str
    at: datetime
    is_known: bool = True
    zone: str | None = None
    group: str | None = None
    properties: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SameActor:
    """A claim that two identifiers are one person: identify, alias or a merge."""

    id: str
    anonymous: str
    known: str
    at: datetime
    how: str  # identify, alias, merge


def checked_event(event: UsageEvent, *, received_at: datetime) -> UsageEvent:
    """Return an event that may count.

    Raises: BadEvent, which says what is wrong.
    """
    for name, value, most in (
        ("id", event.id, MOST_ID),
        ("actor", event.actor, MOST_ID),
        ("event", event.name, MOST_NAME),
    ):
        if not value.strip():
            raise BadEvent(Text("it has no {name}", name=name))
        if len(value) > most:
            raise BadEvent(Text("its {name} is longer than {most}", name=name, most=most))
        if "\0" in value or not _is_encodable(value):
            raise BadEvent(Text("its {name} holds signs that are no text", name=name))
    if event.at < EARLIEST:
        raise BadEvent(Text("it is dated {at:%Y-%m-%d}, before any service", at=event.at))
    if event.at > received_at + AHEAD:
        raise BadEvent(Text("it is dated {at:%Y-%m-%d}, which is to come", at=event.at))
    size = len(json.dumps(dict(event.properties), ensure_ascii=False).encode("utf-8", "replace"))
    if size > MOST_PROPERTIES:
        raise BadEvent(Text("its properties take {size:,} bytes", size=size))
    return event


def corrected_moment(at: datetime, *, sent_at: datetime | None, received_at: datetime) -> datetime:
    """Return when an event happened, by our clock: its age when it was sent, before it arrived.

    Source: https://segment.com/docs/connections/spec/common/, "timestamps": timestamp =
    receivedAt - (sentAt - originalTimestamp).
    """
    return at if sent_at is None else received_at - (sent_at - at)


def _is_encodable(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:  # a lone surrogate
        return False
    return True
