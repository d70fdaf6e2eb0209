"""Events as PostHog's client libraries send them, in both of their capture modes.

Source: measured with posthog 7.91; https://posthog.com/docs/api/capture.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from shinrai.usage.rules.dialects.segment import text_of
from shinrai.usage.rules.event import (
    ALIAS,
    GROUP,
    IDENTIFY,
    MERGE,
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

# By event: how the claim is called, and which property names the other identifier.
CLAIMS: Final = {
    IDENTIFY: ("identify", "$anon_distinct_id"),
    ALIAS: ("alias", "alias"),
    MERGE: ("merge", "alias"),
}


def posthog_events(
    message: Mapping[str, Any], *, sent_at: datetime | None, received_at: datetime, ids: RowIds
) -> Iterator[UsageEvent | SameActor]:
    """Yield the event that a message says, and after it who is the same person.

    Raises: BadEvent.
    """
    given = message.get("properties")
    given = given if isinstance(given, Mapping) else {}
    options = message.get("options")
    is_exact = given.get("$ignore_sent_at") or (
        isinstance(options, Mapping) and options.get("disable_skew_correction")
    )
    said = message.get("timestamp")
    said_at = read_moment(said) if said else received_at
    at = corrected_moment(
        said_at, sent_at=None if is_exact or not said else sent_at, received_at=received_at
    )
    name = text_of(message, "event")
    actor = text_of(message, "distinct_id") or text_of(given, "distinct_id")
    groups = given.get("$groups")
    groups = groups if isinstance(groups, Mapping) else {}
    group = text_of(given, "$group_key") if name == GROUP else ""
    group = group or next((text_of(groups, key) for key in groups), "")
    event_id = text_of(message, "uuid") or text_of(given, "$insert_id") or ids.id_of(message)
    event = UsageEvent(
        id=event_id,
        actor=actor,
        name=name,
        at=at,
        is_known=given.get("$is_identified") is not False,
        zone=clean_text(text_of(given, "$timezone")) or None,
        group=group or None,
        properties=plain_properties(given),
        said_at=said_at,
    )
    yield checked_event(event, received_at=received_at)
    how, other = CLAIMS.get(name, ("", ""))
    if how:
        claim = checked_claim(SameActor(event_id, text_of(given, other), actor, at, how))
        if claim is not None:
            yield claim
