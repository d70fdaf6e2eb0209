"""Finds what a document of Chatwoot is, and its conversation: messages, events, ratings and so on.

**Source:** field names from Chatwoot's API description and its JSON views.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from shinrai.importers.flatten.case_records import CaseRecord
from shinrai.importers.flatten.json_files import RawRecord
from shinrai.importers.flatten.pipeline import assign_lists
from shinrai.importers.flatten.schema import Kind, either, many, of, reads, record
from shinrai.importers.flatten.values import case_record, name_of

_LISTS: Final = ("payload", "agents", "teams", "csat")
AGENT: Final = record(id=Kind.ref, **of(Kind.text, "email name available_name role type"))
TEAM: Final = record(id=Kind.ref, name=Kind.text)
CONVERSATION: Final = record(
    id=Kind.key,
    **of(Kind.at, "created_at first_reply_created_at snoozed_until timestamp last_activity_at"),
    **of(Kind.plain, "inbox_id sla_policy_id"),
    meta=record(assignee=AGENT, team=TEAM, sender=record(id=Kind.ref), channel=Kind.plain),
    labels=many(Kind.plain),
    messages=many(),
    applied_sla=record(of(Kind.plain, "sla_name sla_status")),
    sla_events=many(record(event_type=Kind.plain)),
)
MESSAGE: Final = record(
    **of(Kind.plain, "id message_type private content sender_type sender_id"),
    **of(Kind.at, "created_at updated_at"),
    conversation_id=Kind.ref,
    sender=AGENT,
    additional_attributes=record(campaign_id=Kind.plain),
    content_attributes=record(
        submitted_values=either(record(csat_survey_response=either(record(rating=Kind.plain))))
    ),
)
EVENT: Final = record(
    **of(Kind.number, "value value_in_business_hours"),
    **of(Kind.plain, "id name"),
    conversation_id=Kind.ref,
)
RATING: Final = record(
    **of(Kind.plain, "id rating feedback_message"), conversation_id=Kind.key, created_at=Kind.at
)


def assign(raw: RawRecord, value: dict[str, Any]) -> Iterable[CaseRecord] | None:
    """Assign a document to its conversation; None if it is not known.

    It is one record, a page of the API, or, from a pull, `{"conversation": …, "messages": […],
    "reporting_events": […]}`.
    """
    if isinstance(value.get("data"), dict):
        raw, value = raw.at("data", value["data"]), value["data"]
    return assign_lists(raw, value, _LISTS, assign) or list(_record(raw, value)) or None


def _record(raw: RawRecord, value: dict[str, Any]) -> Iterator[CaseRecord]:
    if isinstance(value.get("conversation"), dict) and isinstance(value.get("messages"), list):
        yield from _with_parts(raw, value)
    elif "inbox_id" in value and "status" in value and "message_type" not in value:
        yield from _conversation(raw, value)
    elif "message_type" in value and "conversation_id" in value:
        yield from _message(value["conversation_id"], raw, value)
    elif "event_start_time" in value and "conversation_id" in value:
        yield from _event(value["conversation_id"], raw, value)
    elif "rating" in value and "conversation_id" in value:
        yield from _rating(raw, value)
    elif "id" in value and "name" in value and ("email" in value or "role" in value):
        yield from _agent(raw, value)
    elif "id" in value and "name" in value and "allow_auto_assign" in value:
        yield from _team(raw, value)


def _with_parts(raw: RawRecord, value: dict[str, Any]) -> Iterator[CaseRecord]:
    own = value["conversation"]
    case, messages = own.get("id"), value["messages"]
    filed = list(_conversation(raw.at("conversation", own), own))
    if any(each.kind == "conversation" for each in filed):
        yield case_record(raw, case, "complete", value={"messages": len(messages)})
    yield from filed
    for each in raw.each("messages", messages):
        yield from _message(case, each, each.value)
    for each in raw.each("reporting_events", value.get("reporting_events")):
        yield from _event(case, each, each.value)


@reads(CONVERSATION)
def _conversation(raw: RawRecord, value: dict[str, Any]) -> Iterator[CaseRecord]:
    own = {key: kept for key, kept in value.items() if key != "messages"}
    # Of two copies the later one counts, by its last activity.
    version = value.get("last_activity_at") or value.get("timestamp")
    yield case_record(raw, value["id"], "conversation", value=own, version=version)
    meta = value.get("meta") or {}
    agent, team = meta.get("assignee") or {}, meta.get("team") or {}
    yield from _agent(raw, agent)
    yield from name_of(raw, "team", team.get("id"), team.get("name"))
    for each in raw.each("messages", value.get("messages")):
        yield from _message(value["id"], each, each.value)


@reads(AGENT)
def _agent(raw: RawRecord, value: dict[str, Any]) -> Iterator[CaseRecord]:
    """Yield an agent's mail address by number, and by the names that activity lines use."""
    number, mail = value.get("id"), value.get("email")
    yield from name_of(raw, "user", number, mail)
    for name in (value.get("name"), value.get("available_name")):
        if number is not None and name:
            yield from name_of(raw, "called", f"{name}\n{number}", mail or f"{name} #{number}")


@reads(MESSAGE)
def _message(case: Any, raw: RawRecord, value: dict[str, Any]) -> Iterator[CaseRecord]:
    version = value.get("updated_at")
    yield case_record(raw, case, "message", value.get("id", ""), value, version=version)


@reads(EVENT)
def _event(case: Any, raw: RawRecord, value: dict[str, Any]) -> Iterator[CaseRecord]:
    yield case_record(raw, case, "event", value.get("id", ""), value)


@reads(RATING)
def _rating(raw: RawRecord, value: dict[str, Any]) -> Iterator[CaseRecord]:
    yield case_record(raw, value["conversation_id"], "rating", value.get("id", ""), value)


@reads(TEAM)
def _team(raw: RawRecord, value: dict[str, Any]) -> Iterator[CaseRecord]:
    yield from name_of(raw, "team", value.get("id"), value.get("name"))
