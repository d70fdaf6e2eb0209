"""Tell which dialect a JSON document speaks, and read it."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from shinrai.units.text import Text
from shinrai.usage.rules.dialects.posthog import posthog_events
from shinrai.usage.rules.dialects.segment import TYPES, segment_events
from shinrai.usage.rules.dialects.standards import cloud_event, xapi_statement
from shinrai.usage.rules.event import (
    MOST_DEPTH,
    BadEvent,
    RowIds,
    SameActor,
    UsageEvent,
    checked_event,
)


def read_json(text: str | bytes) -> Any:
    """Return a JSON document. Raises: BadEvent, also for one that is too deep."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        pass  # what only the other takes: lone surrogates, NaN, a byte order mark
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        deep = isinstance(error, RecursionError)
        raise BadEvent(Text("it is nested too deep") if deep else Text("it is not JSON")) from error


def message_events(
    message: object,
    *,
    dialect: str = "",
    sent_at: datetime | None = None,
    received_at: datetime,
    ids: RowIds,
) -> list[UsageEvent | SameActor]:
    """Return what a message says, in the dialect named, or in the one it looks like.

    Raises: BadEvent.
    """
    if not isinstance(message, Mapping):
        raise BadEvent(Text("it is no JSON object"))
    if is_deep(message):
        raise BadEvent(Text("it is nested too deep"))
    dialect = dialect or dialect_of(message)
    timing: dict[str, Any] = {"received_at": received_at, "ids": ids}
    if dialect == "posthog":
        return list(posthog_events(message, sent_at=sent_at, **timing))
    if dialect == "segment":
        return list(segment_events(message, sent_at=sent_at, **timing))
    read = xapi_statement if dialect == "xapi" else cloud_event
    return [checked_event(read(message, **timing), received_at=received_at)]


def dialect_of(message: Mapping[str, Any]) -> str:
    """Return the dialect of a message: posthog, xapi, cloudevents or segment."""
    if "distinct_id" in message and "event" in message:
        return "posthog"
    if "actor" in message and "verb" in message:
        return "xapi"
    if "specversion" in message and message.get("type") not in TYPES:
        return "cloudevents"
    return "segment"


def is_deep(document: object, most: int = MOST_DEPTH) -> bool:
    """Return whether a document is nested deeper than `most`; walks it without recursion."""
    level = [document] if isinstance(document, dict | list) else []
    for _ in range(most):
        if not level:
            return False
        level = [
            inner
            for one in level
            for inner in (one.values() if isinstance(one, dict) else one)
            if isinstance(inner, dict | list)
        ]
    return bool(level)
