"""Tell what a document of Chatwoot's is, and whose: conversations, messages, events, ratings.

**Source:** field names as Chatwoot's API description and its JSON views give them.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from shinrai.importers.flat.gathering import Belonging
from shinrai.importers.flat.records import RawRecord
from shinrai.importers.flat.values import belonging, name_of, unknown

ENDINGS: Final = (".json", ".ndjson", ".jsonl", ".json.gz", ".ndjson.gz", ".jsonl.gz")
_LISTS: Final = ("payload", "agents", "teams", "csat")


def filed(records: Iterable[RawRecord]) -> Iterator[Belonging]:
    """File documents under their conversations.

    A document is one record, a list of them, a page of the API, or, as a pull keeps them,
    `{"conversation": …, "messages": […], "reporting_events": […]}`.
    """
    for raw in records:
        yield from _filed(raw)


def _filed(raw: RawRecord) -> Iterator[Belonging]:
    value = raw.value
    if isinstance(value, dict) and isinstance(value.get("data"), dict):
        value = value["data"]
    if isinstance(value, list):
        for each in value:
            yield from _filed(raw._replace(value=each))
        return
    if not isinstance(value, dict):
        yield unknown(raw)
        return
    listed = [value[name] for name in _LISTS if isinstance(value.get(name), list)]
    if listed:
        for each in listed:
            yield from _filed(raw._replace(value=each))
        return
    yield from list(_record(raw, value)) or [unknown(raw)]


def _record(raw: RawRecord, value: dict[str, Any]) -> Iterator[Belonging]:
    if isinstance(value.get("conversation"), dict) and "messages" in value:
        yield from _together(raw, value)
    elif "inbox_id" in value and "status" in value and "message_type" not in value:
        yield from _conversation(raw, value)
    elif "message_type" in value and "conversation_id" in value:
        yield from _message(raw, value["conversation_id"], value)
    elif "event_start_time" in value and "conversation_id" in value:
        yield _event(raw, value["conversation_id"], value)
    elif "rating" in value and "conversation_id" in value:
        yield belonging(raw, value["conversation_id"], "rating", value.get("id", ""), value)
    elif "id" in value and "name" in value and ("email" in value or "role" in value):
        yield from _agent(raw, value)
    elif "id" in value and "name" in value and "allow_auto_assign" in value:
        yield from name_of(raw, "team", value["id"], value["name"])


def _together(raw: RawRecord, value: dict[str, Any]) -> Iterator[Belonging]:
    own = value["conversation"]
    yield belonging(raw, own["id"], "complete", value={"messages": len(value["messages"])})
    yield from _conversation(raw, own)
    for message in value["messages"]:
        yield from _message(raw, own["id"], message)
    for event in value.get("reporting_events") or ():
        yield _event(raw, own["id"], event)


def _conversation(raw: RawRecord, value: dict[str, Any]) -> Iterator[Belonging]:
    own = {key: kept for key, kept in value.items() if key != "messages"}
    # Of two copies the later one counts; its last activity, in seconds, always has ten digits.
    version = value.get("last_activity_at") or value.get("timestamp")
    yield belonging(raw, value["id"], "conversation", value=own, version=version)
    meta = value.get("meta") or {}
    agent, team = meta.get("assignee") or {}, meta.get("team") or {}
    yield from _agent(raw, agent)
    yield from name_of(raw, "team", team.get("id"), team.get("name"))
    for message in value.get("messages") or ():
        yield from _message(raw, value["id"], message)


def _agent(raw: RawRecord, value: dict[str, Any]) -> Iterator[Belonging]:
    """File an agent by number, and by the names that activity lines call them."""
    number, mail = value.get("id"), value.get("email")
    yield from name_of(raw, "user", number, mail)
    for name in (value.get("name"), value.get("available_name")):
        if number is not None and name:
            yield from name_of(raw, "called", f"{name}\n{number}", mail or f"{name} #{number}")


def _message(raw: RawRecord, case: Any, value: dict[str, Any]) -> Iterator[Belonging]:
    version = value.get("updated_at")
    yield belonging(raw, case, "message", value.get("id", ""), value, version=version)


def _event(raw: RawRecord, case: Any, value: dict[str, Any]) -> Belonging:
    return belonging(raw, case, "event", value.get("id", ""), value)
