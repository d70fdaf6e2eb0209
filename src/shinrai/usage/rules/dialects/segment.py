"""Messages as Segment's and RudderStack's client libraries send them.

Source: https://segment.com/docs/connections/spec/; measured with segment-analytics-python 2.4 and
rudder-sdk-python 2.1.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from shinrai.units.text import Text
from shinrai.usage.rules.event import (
    ALIAS,
    GROUP,
    IDENTIFY,
    BadEvent,
    RowIds,
    SameActor,
    UsageEvent,
    checked_claim,
    checked_event,
    clean_text,
    corrected_moment,
    plain_properties,
    read_moment,
)

TYPES: Final = ("track", "identify", "alias", "group", "page", "screen")
NAMES: Final = {
    "identify": IDENTIFY,
    "alias": ALIAS,
    "group": GROUP,
    "page": "$pageview",
    "screen": "$screen",
}


def segment_events(
    message: Mapping[str, Any], *, sent_at: datetime | None, received_at: datetime, ids: RowIds
) -> Iterator[UsageEvent | SameActor]:
    """Yield the event that a message says, and after it who is the same person.

    Raises: BadEvent.
    """
    kind = message.get("type", "track")
    if kind not in TYPES:
        raise BadEvent(Text("its type is none of {known}", known=", ".join(TYPES)))
    context = message.get("context")
    context = context if isinstance(context, Mapping) else {}
    user, device = text_of(message, "userId"), text_of(message, "anonymousId")
    said = message.get("originalTimestamp") or message.get("timestamp")
    said_at = read_moment(said) if said else received_at
    if "timestamp" in message and "originalTimestamp" in message:
        at = read_moment(message["timestamp"])  # corrected by whoever passed it on
    else:
        at = corrected_moment(said_at, sent_at=sent_at, received_at=received_at)
    properties = dict(plain_properties(message.get("properties") or message.get("traits")))
    if kind in ("page", "screen") and message.get("name"):
        properties.setdefault("page", clean_text(message["name"])[:200])
    group = text_of(message, "groupId") or text_of(context, "groupId")
    event_id = text_of(message, "messageId") or ids.id_of(message)
    event = UsageEvent(
        id=event_id,
        actor=user or device,
        name=text_of(message, "event") if kind == "track" else NAMES[str(kind)],
        at=at,
        is_known=bool(user),
        zone=clean_text(text_of(context, "timezone")) or None,
        group=group or None,
        properties=properties,
        said_at=said_at,
    )
    yield checked_event(event, received_at=received_at)
    other = text_of(message, "previousId") if kind == "alias" else device
    if kind in ("identify", "alias"):
        claim = checked_claim(SameActor(event_id, other, user, at, str(kind)))
        if claim is not None:
            yield claim


def text_of(given: Mapping[str, Any], name: str) -> str:
    """Return a value as text; "" if there is none."""
    value = given.get(name)
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    return str(value)
