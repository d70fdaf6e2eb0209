"""How a ticket stood after each change: from its audits, or from a warehouse's field history.

Where there is neither, the ticket's metrics say who has it and when it was solved. This module
reads no database and no files.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from shinrai.importers.flatten.case_records import CaseRecords, StoredRecord

BY_MERGE: Final = "closed_by_merge"
UNCHANGED: Final = "unchanged"
SET: Final = frozenset({"Create", "Change"})


@dataclass(frozen=True)
class TicketChange:
    """One update of a ticket; `place` counts updates, the other fields are the state after it."""

    entry: str
    place: int
    at: str
    author: str | None
    status: str | None
    group: str | None
    assignee: str | None
    priority: str | None
    rating: str | None
    into: str | None
    held: StoredRecord


def number_of(value: Any) -> str | None:
    """Return an id as text, whether it is a number or text; None if it is empty."""
    return None if value in (None, "", -1, "-1") else str(value)


def audits_of(case: CaseRecords) -> list[StoredRecord]:
    """Return a ticket's audits in the order they were written."""
    return sorted(
        case.of("audit"), key=lambda held: (held.value.get("created_at") or "", _id(held))
    )


def has_history(case: CaseRecords) -> bool:
    """Return whether a ticket's past states are known."""
    return bool(case.of("audit")) or any(
        held.value["field_name"] == "status" for held in case.of("history")
    )


def changes_of(case: CaseRecords, ticket: StoredRecord) -> list[TicketChange]:
    """Return how a ticket stood after each update, oldest first.

    A ticket that was deleted, or merged without an entry in its audits, gets a last change from its
    own row.
    """
    told = _from_audits(audits_of(case)) or _from_history(case.of("history"))
    found = list(_states(told))
    if not has_history(case):
        found += _of_metrics(case, ticket, len(found))
    return _with_end(found, case, ticket)


@dataclass(frozen=True)
class _Update:
    entry: str
    at: str
    author: str | None
    fields: Mapping[str, Any]
    into: str | None
    held: StoredRecord


def _from_audits(audits: Sequence[StoredRecord]) -> list[_Update]:
    return [
        _Update(
            entry=str(held.value["id"]),
            at=held.value.get("created_at") or "",
            author=number_of(held.value.get("author_id")),
            fields={
                event["field_name"]: event.get("value")
                for event in held.value.get("events") or ()
                if event.get("type") in SET and "field_name" in event
            },
            into=_merged_into(held.value),
            held=held,
        )
        for held in audits
    ]


def _from_history(history: Sequence[StoredRecord]) -> list[_Update]:
    """Return the rows of a field history, one for each field, as one update per moment."""
    ordered = sorted(history, key=lambda held: held.value["at"])
    updates: list[_Update] = []
    for at, held in groupby(ordered, key=lambda held: held.value["at"]):
        rows = list(held)
        authors = [number_of(row.value["author_id"]) for row in rows]
        fields = {row.value["field_name"]: row.value["value"] for row in rows}
        author = next((one for one in authors if one is not None), None)
        updates.append(_Update(at, at, author, fields, None, rows[0]))
    return updates


def _merged_into(audit: Mapping[str, Any]) -> str | None:
    source = (audit.get("via") or {}).get("source") or {}
    if source.get("rel") != "merge":
        return None
    found = source.get("from") or {}
    return number_of(found.get("ticket_id"))


def _states(updates: Sequence[_Update]) -> Iterator[TicketChange]:
    status = group = assignee = priority = None
    for place, update in enumerate(updates, start=1):
        fields = update.fields
        status = fields.get("status", status)
        group = number_of(fields["group_id"]) if "group_id" in fields else group
        assignee = number_of(fields["assignee_id"]) if "assignee_id" in fields else assignee
        priority = fields.get("priority", priority)
        is_merge = update.into is not None and fields.get("status") == "closed"
        if is_merge:
            status = BY_MERGE
        yield TicketChange(
            entry=update.entry,
            place=place,
            at=update.at,
            author=update.author,
            status=status,
            group=group,
            assignee=assignee,
            priority=priority,
            rating=fields.get("satisfaction_score"),
            into=update.into if is_merge else None,
            held=update.held,
        )


def _of_metrics(case: CaseRecords, ticket: StoredRecord, place: int) -> Iterator[TicketChange]:
    """Yield changes from the metrics of a ticket without history: its assignment and solution."""
    metrics = metrics_of(case)
    group, assignee = (number_of(ticket.value.get(f"{name}_id")) for name in ("group", "assignee"))
    given = metrics.get("assigned_at") or ticket.value.get("created_at")
    yield _now("now-assigned", place + 1, given, UNCHANGED, group, assignee, ticket)
    if ticket.value.get("status") in ("solved", "closed") and metrics.get("solved_at"):
        at = metrics["solved_at"]
        yield _now("now-solved", place + 2, at, "solved", group, assignee, ticket)


def _now(
    entry: str,
    place: int,
    at: Any,
    status: str,
    group: str | None,
    assignee: str | None,
    ticket: StoredRecord,
) -> TicketChange:
    return TicketChange(
        entry, place, str(at), None, status, group, assignee, None, None, None, held=ticket
    )


def _with_end(
    found: list[TicketChange], case: CaseRecords, ticket: StoredRecord
) -> list[TicketChange]:
    """Add the last change if only the ticket's own row has it: deleted, or merged into another."""
    value = ticket.value
    at = str(value.get("updated_at") or value.get("created_at"))
    last = found[-1] if found else None
    place = last.place + 1 if last else 1
    group, assignee = (last.group, last.assignee) if last else (None, None)
    if value.get("status") == "deleted" and (last is None or last.status != "deleted"):
        return [*found, _now("now-deleted", place, at, "deleted", group, assignee, ticket)]
    into = merged_into(case, found)
    if BY_MERGE not in tags_of(case, ticket) and into is None:
        return found
    if any(change.status == BY_MERGE for change in found):
        return found
    if last is None or last.status != "closed":
        end = _now(f"now-{BY_MERGE}", place, at, BY_MERGE, group, assignee, ticket)
        return [*found, _with(end, into)]
    return [_with(c, into) if c.status == "closed" else c for c in found]


def _with(change: TicketChange, into: str | None) -> TicketChange:
    kept = {**change.__dict__, "status": BY_MERGE, "into": into}
    return TicketChange(**kept)


def merged_into(case: CaseRecords, changes: Sequence[TicketChange]) -> str | None:
    """Return the ticket this one was merged into, from either of the two; otherwise None."""
    told = next((change.into for change in changes if change.into), None)
    return told or next((number_of(held.value) for held in case.of("merged_into")), None)


def metrics_of(case: CaseRecords) -> Mapping[str, Any]:
    """Return a ticket's metric set; empty if there is none."""
    return next((held.value for held in case.of("metric_set")), {})


def tags_of(case: CaseRecords, ticket: StoredRecord) -> list[str]:
    """Return a ticket's tags."""
    return list(ticket.value.get("tags") or ()) + [held.value for held in case.of("tag")]


def _id(held: StoredRecord) -> str:
    return str(held.value.get("id", "")).zfill(20)
