"""Flattens one conversation of Chatwoot: the conversation, its states, its messages.

This module reads no files; the mapping decides what a state or a team means.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from shinrai.importers.chatwoot.changes import ActivityChange, change_in
from shinrai.importers.flatten.case_records import CaseRecords, StoredRecord
from shinrai.importers.flatten.csv_tables import FlatRow, FlatTable, columns
from shinrai.importers.flatten.pipeline import flatten_cases
from shinrai.importers.flatten.values import (
    REFUSED,
    as_html,
    gaps_of,
    moment,
    names_in,
    refused_rows,
    unpadded,
)

EVENTS: Final = ("first_response", "conversation_resolved", "reply_time")
SAYS: Final = (
    *(f"{name}{part}" for name in EVENTS for part in ("", "_business", "_count")),
    *columns(
        "first_reply_created_at snoozed_until sla_policy_id sla_name sla_status sla_missed "
        "csat_rating"
    ),
)
_MESSAGE: Final = ("conversation_id", "message_id", "at", "by", "automatic", "body")
TABLES: Final = (
    FlatTable(
        "conversations",
        ("conversation_id", "created_at", "contact_id", "channel", "inbox_id", "first_by",
         "labels", "gaps", *SAYS, REFUSED),
    ),
    FlatTable("states", ("conversation_id", "message_id", "at", "by", "state", "team", "assignee")),
    FlatTable("inbound", _MESSAGE),
    FlatTable("outbound", _MESSAGE),
    FlatTable("notes", _MESSAGE),
    FlatTable("ratings", ("conversation_id", "rating_id", "at", "score", "feedback")),
)  # fmt: skip
KINDS: Final = {"0": "incoming", "1": "outgoing", "2": "activity", "3": "template"}
MACHINES: Final = frozenset({"agent_bot", "agentbot", "captain_assistant", "captain::assistant"})


@dataclass(frozen=True)
class ChatwootNames:
    """Agents by number and by their names, and the names of all teams."""

    users: Mapping[str, str] = field(default_factory=dict)
    teams: frozenset[str] = frozenset()
    called: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def person(self, sender: Mapping[str, Any]) -> str | None:
        """Return an agent's mail address; the name and number of one no longer listed."""
        number = sender.get("id")
        if number is None:
            return None
        return self.users.get(str(number)) or f"{sender.get('name') or ''} #{number}".strip()

    def agent(self, name: str | None) -> str | None:
        """Return the one agent with this name; None if there are two or none."""
        found = self.called.get(name or "", frozenset())
        return next(iter(found)) if len(found) == 1 else None


def flat_rows(cases: Iterable[CaseRecords]) -> Iterator[FlatRow]:
    """Flatten conversations one by one; the names come before the first."""
    return flatten_cases(cases, ChatwootNames(), _names, rows_of)


def _names(case: CaseRecords) -> ChatwootNames:
    called: dict[str, frozenset[str]] = {}
    for key, person in names_in(case, "called").items():
        name = key.partition("\n")[0]
        called[name] = called.get(name, frozenset()) | {person}
    teams = frozenset(names_in(case, "team").values())
    return ChatwootNames(names_in(case, "user"), teams, called)


def rows_of(case: CaseRecords, names: ChatwootNames) -> Iterator[FlatRow]:
    """Flatten one conversation; an unreadable record becomes a row without a key."""
    yield from refused_rows(case, "conversations")
    key = unpadded(case.key)
    said = [held for held in case.of("message") if _kind(held.value) != "activity"]
    done = [held for held in case.of("message") if _kind(held.value) == "activity"]
    changes = [(held, change_in(str(held.value.get("content") or ""))) for held in done]
    rated = [held for held in said if _score(held.value) is not None]
    for held in case.of("conversation"):
        states = list(_states(held, key, changes, names))
        is_unread = any(change is None for _, change in changes)
        yield "conversations", _conversation(held, case, said, rated, is_unread=is_unread)
        yield from states
    for held in said:
        yield _message(held, key, names)
    for held in case.of("rating"):
        yield "ratings", _rating(held, key)


def _kind(message: Mapping[str, Any]) -> str:
    word = str(message.get("message_type"))
    return KINDS.get(word, word)


def _conversation(
    held: StoredRecord,
    case: CaseRecords,
    said: Sequence[StoredRecord],
    rated: Sequence[StoredRecord],
    *,
    is_unread: bool,
) -> dict[str, Any]:
    own = held.value
    meta = own.get("meta") or {}
    spoken = [h.value for h in said if _kind(h.value) in ("incoming", "outgoing")]
    first = next((message for message in spoken if not message.get("private")), None)
    gaps = gaps_of(case) + [
        code
        for code, holds in (
            ("activity_unread", is_unread),
            ("no_messages", _lacks_messages(own, case, said)),
            ("rated_without_a_moment", bool(rated) and not case.of("rating")),
        )
        if holds
    ]
    sla = own.get("applied_sla") or {}
    return {
        **held.origin,
        "conversation_id": own["id"],
        "created_at": moment(own.get("created_at")),
        "contact_id": (meta.get("sender") or {}).get("id"),
        "channel": meta.get("channel"),
        "inbox_id": own.get("inbox_id"),
        "first_by": _kind(first) if first else None,
        "labels": ",".join(map(str, own.get("labels") or ())),
        "gaps": " ".join(gaps),
        **_measurements(case),
        "first_reply_created_at": moment(own.get("first_reply_created_at")),
        "snoozed_until": moment(own.get("snoozed_until")),
        "sla_policy_id": own.get("sla_policy_id"),
        "sla_name": sla.get("sla_name"),
        "sla_status": sla.get("sla_status"),
        "sla_missed": " ".join(
            sorted({str(event.get("event_type")) for event in own.get("sla_events") or ()})
        ),
        "csat_rating": _score(rated[-1].value) if rated else None,
    }


def _lacks_messages(
    own: Mapping[str, Any], case: CaseRecords, said: Sequence[StoredRecord]
) -> bool:
    """Return whether messages are missing: a list holds only the last of a conversation."""
    if case.of("complete"):
        return False
    return len(said) <= 1 and own.get("last_activity_at") != own.get("created_at")


def _measurements(case: CaseRecords) -> dict[str, Any]:
    """Return Chatwoot's own times, in seconds: of several values their sum, and the count."""
    found: dict[str, Any] = {}
    for name in EVENTS:
        events = [held.value for held in case.of("event") if held.value.get("name") == name]
        if events:
            found[name] = _sum(events, "value")
            found[f"{name}_business"] = _sum(events, "value_in_business_hours")
            found[f"{name}_count"] = len(events)
    return found


def _sum(events: Sequence[Mapping[str, Any]], name: str) -> float | int | None:
    values = [float(event[name]) for event in events if event.get(name) is not None]
    total = sum(values)
    return None if not values else int(total) if total == int(total) else round(total, 3)


def _states(
    held: StoredRecord,
    key: str,
    changes: Sequence[tuple[StoredRecord, ActivityChange | None]],
    names: ChatwootNames,
) -> Iterator[FlatRow]:
    own = held.value
    stands: dict[str, Any] = {"state": "open", "team": None, "assignee": None}
    yield "states", {
        **held.origin, "conversation_id": key, "message_id": 0,
        "at": moment(own.get("created_at")), **stands,
    }  # fmt: skip
    for each, change in changes:
        if change is None or not any(value is not None for value in change[:4]):
            continue
        to_team = change.to in names.teams
        who = change.assignee if to_team or change.to is None else change.to
        news = {
            "state": change.state,
            "team": change.to if to_team else change.team,
            "assignee": names.agent(who) or who,
        }
        stands |= {name: value for name, value in news.items() if value is not None}
        yield "states", {
            **each.origin, "conversation_id": key, "message_id": each.value.get("id"),
            "at": moment(each.value.get("created_at")), "by": names.agent(change.by), **stands,
        }  # fmt: skip


def _message(held: StoredRecord, key: str, names: ChatwootNames) -> FlatRow:
    message = held.value
    kind, sender = _kind(message), message.get("sender") or {}
    sent_by = str(message.get("sender_type") or sender.get("type") or "").lower()
    more = message.get("additional_attributes") or {}
    is_machine = kind == "template" or sent_by in MACHINES or bool(more.get("campaign_id"))
    table = "notes" if message.get("private") else "inbound" if kind == "incoming" else "outbound"
    number = sender.get("id", message.get("sender_id"))
    by = names.person({**sender, "id": number}) if sent_by == "user" and not is_machine else None
    return table, {
        **held.origin,
        "conversation_id": key,
        "message_id": message.get("id"),
        "at": moment(message.get("created_at")),
        "by": number if table == "inbound" and sent_by == "contact" else by,
        "automatic": is_machine or None,
        "body": as_html(message.get("content"), is_html=False),
    }


def _score(message: Mapping[str, Any]) -> Any:
    """Return the rating given in a survey message, or None."""
    given = (message.get("content_attributes") or {}).get("submitted_values")
    answer = given.get("csat_survey_response") if isinstance(given, dict) else None
    return answer.get("rating") if isinstance(answer, dict) else None


def _rating(held: StoredRecord, key: str) -> dict[str, Any]:
    rating = held.value
    return {
        **held.origin,
        "conversation_id": key,
        "rating_id": rating.get("id"),
        "at": moment(rating.get("created_at")),
        "score": rating.get("rating"),
        "feedback": rating.get("feedback_message"),
    }
