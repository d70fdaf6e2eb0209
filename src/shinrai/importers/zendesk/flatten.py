"""Flattens one ticket of Zendesk: the ticket, its states, comments, ratings, SLA events.

This module reads no files. The first comment is the ticket's own text, so it is no message.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from shinrai.importers.flatten.case_records import CaseRecords, StoredRecord
from shinrai.importers.flatten.csv_tables import FlatRow, FlatTable, columns
from shinrai.importers.flatten.pipeline import flatten_cases
from shinrai.importers.flatten.values import REFUSED, gaps_of, refused_rows
from shinrai.importers.zendesk.changes import (
    UNCHANGED,
    TicketChange,
    changes_of,
    has_history,
    merged_into,
    metrics_of,
    number_of,
    tags_of,
)
from shinrai.importers.zendesk.comments import comments_of
from shinrai.importers.zendesk.metrics import MOMENTS, TIMES, says_of, sla_rows
from shinrai.importers.zendesk.names import ZendeskNames, names_of

TICKET: Final = columns(
    "ticket_id created_at requester_id opened_by submitter channel group priority "
    "type brand_id form_id organization_id follow_up_of subject description gaps "
    "status tags",
)
STATE: Final = columns(
    "ticket_id entry place at by role requester_id status group assignee into",
)
TABLES: Final = (
    FlatTable("tickets", (*TICKET, *TIMES, *MOMENTS, REFUSED)),
    FlatTable("states", STATE),
    FlatTable(
        "comments",
        columns(
            "ticket_id comment_id place at what role by requester_id automatic channel text",
        ),
    ),
    FlatTable("ratings", ("ticket_id", "at", "score", "reason", "comment", "requester_id")),
    FlatTable("merges", ("ticket_id", "merged_from", "at")),
    FlatTable(
        "sla",
        columns(
            "ticket_id event at metric instance type target_minutes business_hours policy "
            "calendar business",
        ),
    ),
)


def flat_rows(cases: Iterable[CaseRecords]) -> Iterator[FlatRow]:
    """Flatten tickets one by one; the names come before the first."""
    return flatten_cases(cases, ZendeskNames(), names_of, rows_of)


def rows_of(case: CaseRecords, names: ZendeskNames) -> Iterator[FlatRow]:
    """Flatten one ticket; an unreadable record becomes a row without a key, to be quarantined."""
    yield from refused_rows(case, "tickets")
    for ticket in case.of("ticket"):
        changes = changes_of(case, ticket)
        yield "tickets", _ticket(ticket, case, changes, names)
        for change in changes:
            yield "states", _state(change, ticket, names)
        yield from comments_of(case, ticket, names)
        yield from _ratings(case, ticket, changes)
        yield from _merge(case, ticket, changes)
    yield from sla_rows(case, names.policies)


def _ticket(
    held: StoredRecord, case: CaseRecords, changes: Sequence[TicketChange], names: ZendeskNames
) -> dict[str, Any]:
    ticket = held.value
    first = changes[0] if changes and has_history(case) else None
    submitter = number_of(ticket.get("submitter_id"))
    is_staff = names.is_staff(submitter, ticket)
    via = ticket.get("via") or {}
    return {
        **held.origin,
        "ticket_id": ticket["id"],
        "created_at": ticket.get("created_at"),
        "requester_id": number_of(ticket.get("requester_id")),
        "opened_by": "staff" if is_staff else "customer",
        "submitter": names.person(submitter) if is_staff else None,
        "channel": via.get("channel"),
        "group": names.group(first.group if first else number_of(ticket.get("group_id"))),
        "priority": first.priority if first else ticket.get("priority"),
        "type": ticket.get("type"),
        "brand_id": ticket.get("brand_id"),
        "form_id": ticket.get("ticket_form_id"),
        "organization_id": ticket.get("organization_id"),
        "follow_up_of": _follow_up_of(ticket, via),
        "subject": ticket.get("raw_subject") or ticket.get("subject"),
        "description": ticket.get("description"),
        "gaps": " ".join(_gaps(ticket, case)),
        "status": ticket.get("status"),
        "tags": " ".join(tags_of(case, held)),
        **says_of(metrics_of(case)),
    }


def _follow_up_of(ticket: Mapping[str, Any], via: Mapping[str, Any]) -> str | None:
    """Return the closed ticket that this one follows up, from any of the fields for it."""
    source = via.get("source") or {}
    if source.get("rel") == "follow_up":
        found = number_of((source.get("from") or {}).get("ticket_id"))
        if found is not None:
            return found
    told = ticket.get("via_followup_source_id") or ticket.get("followup_source_id")
    return number_of(told)


def _gaps(ticket: Mapping[str, Any], case: CaseRecords) -> Iterator[str]:
    """Yield codes for what cannot be rebuilt of this ticket."""
    yield from gaps_of(case)
    if not has_history(case):
        metrics, status = metrics_of(case), ticket.get("status")
        yield "no_state_history"
        if status in ("pending", "hold", "on-hold"):
            yield "waits_without_a_moment"
        if int(metrics.get("reopens") or 0) > 0:
            yield "reopened_without_a_moment"
        if status in ("solved", "closed") and not metrics.get("solved_at"):
            yield "solved_without_a_moment"
    if not case.of("comment") and not case.of("audit"):
        yield "no_messages"


def _state(change: TicketChange, ticket: StoredRecord, names: ZendeskNames) -> dict[str, Any]:
    is_staff = names.is_staff(change.author, ticket.value)
    is_asker = change.author == number_of(ticket.value.get("requester_id"))
    return {
        **change.held.origin,
        "ticket_id": ticket.value["id"],
        "entry": change.entry,
        "place": change.place,
        "at": change.at,
        "by": names.person(change.author) if is_staff else None,
        "role": "agent" if is_staff else "customer" if is_asker and change.author else "system",
        "requester_id": number_of(ticket.value.get("requester_id")),
        "status": change.status or UNCHANGED,
        "group": names.group(change.group),
        "assignee": names.person(change.assignee),
        "into": change.into,
    }


def _ratings(
    case: CaseRecords, ticket: StoredRecord, changes: Sequence[TicketChange]
) -> Iterator[FlatRow]:
    """Yield the customer's present rating: from the ratings, otherwise from the audits."""
    shown = {"ticket_id": ticket.value["id"], "requester_id": ticket.value.get("requester_id")}
    for held in case.of("rating"):
        rating = held.value
        told = {"score": rating.get("score"), "comment": rating.get("comment")}
        at = rating.get("updated_at") or rating.get("created_at")
        yield "ratings", {**held.origin, **shown, **told, "at": at, "reason": rating.get("reason")}
        return
    rated = [change for change in changes if change.rating in ("good", "bad")]
    if rated:
        last = rated[-1]
        yield "ratings", {**last.held.origin, **shown, "at": last.at, "score": last.rating}


def _merge(
    case: CaseRecords, ticket: StoredRecord, changes: Sequence[TicketChange]
) -> Iterator[FlatRow]:
    """Yield a merge as a row of the ticket that remains, at the creation of this one."""
    into = merged_into(case, changes)
    if into is not None and into != str(ticket.value["id"]):
        at = ticket.value.get("created_at")
        told = {"ticket_id": into, "merged_from": ticket.value["id"], "at": at}
        yield "merges", {**ticket.origin, **told}
