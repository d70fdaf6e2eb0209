"""CloudEvents and xAPI statements, as events.

Source: CloudEvents 1.0.2; xAPI 1.0.3, "Statements" and "Inverse Functional Identifier".
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shinrai.usage.rules.dialects.segment import text_of
from shinrai.usage.rules.event import RowIds, UsageEvent, clean_text, plain_properties, read_moment

PERSONS = ("subject", "userid", "user_id", "actor", "distinct_id")


def cloud_event(message: Mapping[str, Any], *, received_at: datetime, ids: RowIds) -> UsageEvent:
    """Return the event that a CloudEvent says: its `subject` did what its `type` names.

    Its id is unique within its source alone. Raises: BadEvent.
    """
    data = message.get("data")
    data = data if isinstance(data, Mapping) else {}
    found = next((text_of(message, name) for name in PERSONS if text_of(message, name)), "")
    named = next((text_of(data, name) for name in PERSONS if text_of(data, name)), "")
    said = message.get("time")
    number, source = text_of(message, "id"), text_of(message, "source")
    return UsageEvent(
        id=f"{source}/{number}" if number else ids.id_of(message),
        actor=found or named,
        name=text_of(message, "type"),
        at=read_moment(said) if said else received_at,
        zone=clean_text(text_of(message, "timezone")) or None,
        properties=plain_properties(data),
    )


def xapi_statement(message: Mapping[str, Any], *, received_at: datetime, ids: RowIds) -> UsageEvent:
    """Return the event that an xAPI statement says: its actor did its verb. Raises: BadEvent."""
    verb, what, result = (
        part if isinstance(part, Mapping) else {}
        for part in (message.get("verb"), message.get("object"), message.get("result"))
    )
    said = message.get("timestamp") or message.get("stored")
    extensions = result.get("extensions")
    extensions = extensions if isinstance(extensions, Mapping) else {}
    facts = {name.rpartition("/")[2]: value for name, value in extensions.items()}
    return UsageEvent(
        id=text_of(message, "id") or ids.id_of(message),
        actor=_actor(message.get("actor")),
        name=text_of(verb, "id").rstrip("/").rpartition("/")[2],
        at=read_moment(said) if said else received_at,
        properties=plain_properties(
            {"object": text_of(what, "id"), **facts, **plain_properties(result.get("score"))}
        ),
    )


def _actor(given: object) -> str:
    """Return what identifies an agent: an account, else a mailbox, its hash, or an OpenID."""
    if not isinstance(given, Mapping):
        return ""
    account = given.get("account")
    if isinstance(account, Mapping):
        return text_of(account, "name")
    return next(
        (text_of(given, name) for name in ("mbox", "mbox_sha1sum", "openid") if given.get(name)), ""
    )
