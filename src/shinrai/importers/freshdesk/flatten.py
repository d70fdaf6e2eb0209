"""Flattens one ticket of Freshdesk: the ticket, moments at which its state is known, its messages.

Freshdesk provides no history. A ticket holds its state at single moments only (its stats, and its
state at the last update); each pull adds more of them, and earlier ones are kept. This module reads
no files; the mapping decides what codes and groups mean.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from shinrai.importers.flatten.case_records import CaseRecords, StoredRecord
from shinrai.importers.flatten.csv_tables import FlatRow, FlatTable, columns
from shinrai.importers.flatten.pipeline import flatten_cases
from shinrai.importers.flatten.values import (
    REFUSED,
    as_html,
    gaps_of,
    names_in,
    refused_rows,
    unpadded,
)

STATS: Final = columns(
    "first_responded_at agent_responded_at requester_responded_at status_updated_at "
    "pending_since reopened_at resolved_at closed_at",
)
SAYS: Final = ("due_by", "fr_due_by", "is_escalated", "fr_escalated")
_MESSAGE: Final = ("ticket_id", "message_id", "at", "by", "source", "body")
TABLES: Final = (
    FlatTable(
        "tickets",
        columns(
            "ticket_id created_at requester_id subject source priority type product_id "
            "company_id tags gaps",
            *STATS,
            *SAYS,
            REFUSED,
        ),
    ),
    FlatTable("states", ("ticket_id", "entry", "at", "state", "group", "agent")),
    FlatTable("inbound", _MESSAGE),
    FlatTable("outbound", _MESSAGE),
    FlatTable("notes", _MESSAGE),
    FlatTable(
        "ratings",
        ("ticket_id", "rating_id", "at", "score", "question", "feedback", "agent", "survey_id"),
    ),
)
# States as codes: what a moment in the stats says the ticket became. Its own words may differ.
OPEN, PENDING, RESOLVED, CLOSED = "2", "3", "4", "5"
WE_WROTE_FIRST: Final = frozenset({"10", "Outbound Email"})
FORWARDED: Final = 8
# The exported list's names for what the API gives.
LISTED: Final = {
    "subject": "Subject",
    "status": "Status",
    "priority": "Priority",
    "source": "Source",
    "type": "Type",
    "created_at": "Created time",
    "updated_at": "Last update time",
    "due_by": "Due by Time",
    "product_id": "Product",
    "tags": "Tags",
    "group_id": "Group",
    "responder_id": "Agent",
    "company_id": "Company Name",
}
LISTED_STATS: Final = {
    "first_responded_at": "Initial response time",
    "resolved_at": "Resolved time",
    "closed_at": "Closed time",
}


@dataclass(frozen=True)
class FreshdeskNames:
    """The names of agents and groups, by number."""

    users: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)

    def person(self, number: Any) -> str | None:
        """Return an agent's name; in an exported list it is a name already."""
        return _named(self.users, number)

    def group(self, number: Any) -> str | None:
        """Return a group's name."""
        return _named(self.groups, number)


def _named(names: Mapping[str, str], number: Any) -> str | None:
    if number in (None, "", "No Agent", "No Group"):
        return None
    text = str(number)
    return names.get(text) or (f"#{text}" if text.isdigit() else text)


def flat_rows(cases: Iterable[CaseRecords]) -> Iterator[FlatRow]:
    """Flatten tickets one by one; the names come before the first."""
    return flatten_cases(cases, FreshdeskNames(), _names, rows_of)


def _names(case: CaseRecords) -> FreshdeskNames:
    return FreshdeskNames(names_in(case, "user"), names_in(case, "group"))


def rows_of(case: CaseRecords, names: FreshdeskNames) -> Iterator[FlatRow]:
    """Flatten one ticket; an unreadable record becomes a row without a key, to be quarantined."""
    yield from refused_rows(case, "tickets")
    own = case.of("ticket") or [_as_ticket(held) for held in case.of("listed")]
    for held in own:
        yield "tickets", _ticket(held, case)
        yield from _states(held, names)
        yield from _first_message(held, names)
    key = unpadded(case.key)
    for held in case.of("conversation"):
        yield _message(held, key, names)
    for held in case.of("rating"):
        yield "ratings", _rating(held, key, names)


def _as_ticket(held: StoredRecord) -> StoredRecord:
    """Return a row of the exported list as a ticket."""
    row = held.value
    ticket = {name: row.get(column) or None for name, column in LISTED.items()}
    ticket["stats"] = {name: row.get(column) or None for name, column in LISTED_STATS.items()}
    ticket["id"] = row["Ticket ID"]
    ticket["requester_id"] = row.get("Contact ID") or row.get("Email") or None
    return StoredRecord(held.file, held.line, ticket)


def _ticket(held: StoredRecord, case: CaseRecords) -> dict[str, Any]:
    ticket = held.value
    stats = ticket.get("stats") or {}
    tags = ticket.get("tags")
    return {
        **held.origin,
        "ticket_id": ticket["id"],
        **{name: ticket.get(name) for name in ("created_at", "requester_id", "subject", "source")},
        **{name: ticket.get(name) for name in ("priority", "type", "product_id", "company_id")},
        "tags": ",".join(map(str, tags)) if isinstance(tags, list) else tags,
        "gaps": " ".join(_gaps(ticket, stats, case)),
        **{name: stats.get(name) for name in STATS},
        **{name: ticket.get(name) for name in SAYS},
    }


def _gaps(ticket: Mapping[str, Any], stats: Mapping[str, Any], case: CaseRecords) -> Iterator[str]:
    """Yield codes for what cannot be rebuilt of this ticket."""
    yield from gaps_of(case)
    yield "no_state_history"
    reopened, solved = stats.get("reopened_at"), stats.get("resolved_at") or stats.get("closed_at")
    if reopened and (not solved or solved > reopened):
        yield "reopened_after_unknown"
    if str(ticket.get("status")) in (PENDING, "Pending") and not stats.get("pending_since"):
        yield "waits_without_a_moment"
    if not case.of("conversation") and not case.of("complete"):
        yield "no_messages"


def _states(held: StoredRecord, names: FreshdeskNames) -> Iterator[FlatRow]:
    """Yield the moments at which the state is known; those of earlier pulls are further rows.

    Entries begin with a number, so that those of the same second are sorted.
    """
    ticket = held.value
    stats, now = ticket.get("stats") or {}, ticket.get("status")
    is_gone = "spam" if ticket.get("spam") else "deleted" if ticket.get("deleted") else None
    known: list[tuple[str, Any, Any, dict[str, Any]]] = [
        ("0-created", ticket.get("created_at"), OPEN, {}),
        ("1-reopened", stats.get("reopened_at"), OPEN, {}),
        ("2-pending", stats.get("pending_since"), PENDING, {}),
        ("3-resolved", stats.get("resolved_at"), RESOLVED, {}),
        ("4-closed", stats.get("closed_at"), CLOSED, {}),
        ("5-status", stats.get("status_updated_at"), now, {}),
    ]
    if stats.get("status_updated_at") or is_gone:
        # Who holds it, too, is known at this moment: since when, nobody says.
        holds = {
            "group": names.group(ticket.get("group_id")),
            "agent": names.person(ticket.get("responder_id")),
        }
        known.append(("6-seen", ticket.get("updated_at"), is_gone or now, holds))
    for entry, at, state, holds in known:
        if at and state is not None:
            yield (
                "states",
                {
                    **held.origin,
                    "ticket_id": ticket["id"],
                    "entry": f"{entry}@{at}",
                    "at": at,
                    "state": state,
                    **holds,
                },
            )


def _first_message(held: StoredRecord, names: FreshdeskNames) -> Iterator[FlatRow]:
    """Yield the text of the ticket itself: the requester's first message, or ours."""
    ticket = held.value
    text = as_html(ticket.get("description"), is_html=True) or as_html(
        ticket.get("description_text"), is_html=False
    )
    if text is None:
        return
    is_ours = str(ticket.get("source")) in WE_WROTE_FIRST
    cells = {
        **held.origin,
        "ticket_id": ticket["id"],
        "message_id": f"ticket-{ticket['id']}",
        "at": ticket.get("created_at"),
        "by": names.person(ticket.get("responder_id")) if is_ours else ticket.get("requester_id"),
        "source": ticket.get("source"),
        "body": text,
    }
    yield ("outbound" if is_ours else "inbound"), cells


def _message(held: StoredRecord, key: str, names: FreshdeskNames) -> FlatRow:
    said = held.value
    is_inside = bool(said.get("private")) or said.get("source") == FORWARDED
    from_customer = bool(said.get("incoming")) and not is_inside
    author = said.get("user_id")
    cells = {
        **held.origin,
        "ticket_id": key,
        "message_id": said.get("id"),
        "at": said.get("created_at"),
        "by": author if from_customer else names.person(author),
        "source": said.get("source"),
        "body": as_html(said.get("body"), is_html=True)
        or as_html(said.get("body_text"), is_html=False),
    }
    return ("notes" if is_inside else "inbound" if from_customer else "outbound"), cells


def _rating(held: StoredRecord, key: str, names: FreshdeskNames) -> dict[str, Any]:
    """Return a rating with the first question's score, which Freshdesk's own report counts."""
    rating = held.value
    ratings = rating.get("ratings") or {}
    question = "default_question" if "default_question" in ratings else min(ratings, default=None)
    return {
        **held.origin,
        "ticket_id": key,
        "rating_id": rating.get("id"),
        "at": rating.get("created_at"),
        "score": ratings.get(question) if question else None,
        "question": question,
        "feedback": rating.get("feedback"),
        "agent": names.person(rating.get("agent_id")),
        "survey_id": rating.get("survey_id"),
    }
