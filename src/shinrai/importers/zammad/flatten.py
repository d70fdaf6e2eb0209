"""Flattens one ticket of Zammad: the ticket, its states, its messages, its merges.

This module reads no files; the mapping decides what a state or a group means. Only three things are
decided here, from Zammad's own fields: the direction of an article (sender, internal, type),
whether a machine wrote it, and which history entries are merges.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    padded,
    refused_rows,
    unpadded,
)
from shinrai.importers.zammad.records import NOBODY

SAYS: Final = columns(
    "first_response_at first_response_escalation_at first_response_in_min "
    "first_response_diff_in_min close_at close_escalation_at close_in_min "
    "close_diff_in_min update_escalation_at update_in_min update_diff_in_min "
    "escalation_at article_count last_contact_at last_contact_agent_at "
    "last_contact_customer_at",
)
_MESSAGE: Final = ("ticket_id", "article_id", "at", "by", "type", "automatic", "subject", "body")
TABLES: Final = (
    FlatTable(
        "tickets",
        columns(
            "ticket_id number created_at customer_id title article_type article_sender "
            "group priority organization_id gaps",
            *SAYS,
            REFUSED,
        ),
    ),
    FlatTable("states", ("ticket_id", "entry", "at", "by", "state", "group", "owner")),
    FlatTable("inbound", _MESSAGE),
    FlatTable("outbound", _MESSAGE),
    FlatTable("notes", _MESSAGE),
    FlatTable("merges", ("ticket_id", "entry", "at", "by", "what", "into", "merged_from")),
)
WATCHED: Final = ("state", "group", "owner")
NOT_SAID: Final = frozenset({"note"})  # types of article that reach nobody outside


@dataclass(frozen=True)
class ZammadNames:
    """The names of users, groups, states and priorities, by number."""

    users: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)
    priorities: Mapping[str, str] = field(default_factory=dict)

    def person(self, number: Any, given: Any = None) -> str | None:
        """Return the name of a person of the desk; None for the system."""
        if number is None or str(number) == NOBODY or given == "-":
            return None
        return self.users.get(str(number)) or (str(given) if given else f"#{number}")


def flat_rows(cases: Iterable[CaseRecords]) -> Iterator[FlatRow]:
    """Flatten tickets one by one; the names come before the first."""
    return flatten_cases(cases, ZammadNames(), _names, rows_of)


def _names(case: CaseRecords) -> ZammadNames:
    return ZammadNames(*(names_in(case, kind) for kind in ("user", "group", "state", "priority")))


def rows_of(case: CaseRecords, names: ZammadNames) -> Iterator[FlatRow]:
    """Flatten one ticket; an unreadable record becomes a row without a key, to be quarantined."""
    yield from refused_rows(case, "tickets")
    key, history = unpadded(case.key), _in_order(case.of("history"))
    asker = next((held.value.get("customer_id") for held in case.of("ticket")), None)
    for held in case.of("ticket"):
        yield "tickets", _ticket(held, case, history, names)
        yield from _states(held, history, names)
    for held in case.of("article"):
        yield _article(held, key, asker, names)


def _in_order(history: Sequence[StoredRecord]) -> list[StoredRecord]:
    return sorted(
        history, key=lambda held: (held.value.get("created_at") or "", _entry(held.value))
    )


def _entry(entry: Mapping[str, Any]) -> str:
    return padded(entry.get("id", 0))


def _ticket(
    held: StoredRecord, case: CaseRecords, history: Sequence[StoredRecord], names: ZammadNames
) -> dict[str, Any]:
    ticket = held.value
    first = {
        name: _first(history, name, _now(ticket, name, names)) for name in ("group", "priority")
    }
    return {
        **held.origin,
        "ticket_id": ticket["id"],
        "number": ticket.get("number"),
        "created_at": ticket.get("created_at"),
        "customer_id": ticket.get("customer_id"),
        "title": _first(history, "title", ticket.get("title")),
        "article_type": ticket.get("create_article_type"),
        "article_sender": ticket.get("create_article_sender"),
        **first,
        "organization_id": ticket.get("organization_id"),
        "gaps": " ".join(_gaps(ticket, case, history, names)),
        **{name: ticket.get(name) for name in SAYS},
    }


def _gaps(
    ticket: Mapping[str, Any],
    case: CaseRecords,
    history: Sequence[StoredRecord],
    names: ZammadNames,
) -> Iterator[str]:
    """Yield codes for what cannot be rebuilt of this ticket."""
    yield from gaps_of(case)
    if not history:
        yield "no_state_history"
        if str(_now(ticket, "state", names)).startswith("pending"):
            yield "waits_without_a_moment"
    if not case.of("article") and ticket.get("article_count") != 0:
        yield "no_messages"


def _now(ticket: Mapping[str, Any], name: str, names: ZammadNames) -> Any:
    """Return the present value of a ticket's field, as a name."""
    number = ticket.get(f"{name}_id")
    if name == "owner":
        return names.person(number, ticket.get("owner"))
    if name in ticket or number is None:
        return ticket.get(name)
    known = {"state": names.states, "group": names.groups, "priority": names.priorities}[name]
    return known.get(str(number), f"#{number}")


def _first(history: Sequence[StoredRecord], name: str, now: Any) -> Any:
    """Return a field's value at creation: before its first change, or the present one."""
    changes = (held.value for held in history if held.value.get("attribute") == name)
    change = next(changes, None)
    return now if change is None else change.get("value_from")


def _states(
    held: StoredRecord, history: Sequence[StoredRecord], names: ZammadNames
) -> Iterator[FlatRow]:
    ticket = held.value
    if not history:
        yield from _two_states(held, names)
        return
    stands = {name: _first(history, name, _now(ticket, name, names)) for name in WATCHED}
    owners = (h.value for h in history if h.value.get("attribute") == "owner")
    if (change := next(owners, None)) is not None:
        stands["owner"] = names.person(change.get("id_from"), change.get("value_from"))
    yield "states", _state(held, ticket, "0", ticket.get("created_at"), None, stands)
    is_merged = any(each.value.get("type") == "merged_into" for each in history)
    for each in history:
        entry = each.value
        by = _author(ticket, entry, names)
        if entry.get("type") == "merged_into":
            yield from _merge(each, ticket, by)
        name = entry.get("attribute")
        if name not in WATCHED or (is_merged and entry.get("value_to") == "merged"):
            continue
        stands[name] = (
            names.person(entry.get("id_to"), entry.get("value_to"))
            if name == "owner"
            else entry.get("value_to")
        )
        yield "states", _state(each, ticket, entry.get("id"), entry.get("created_at"), by, stands)


def _two_states(held: StoredRecord, names: ZammadNames) -> Iterator[FlatRow]:
    """Yield the states known without a history: the creation, and the closing."""
    ticket = held.value
    yield "states", _state(held, ticket, "0", ticket.get("created_at"), None, {"state": "new"})
    now = _now(ticket, "state", names)
    at = {"closed": ticket.get("close_at"), "merged": ticket.get("updated_at")}.get(str(now))
    if at:
        yield "states", _state(held, ticket, "1", at, None, {"state": now})


def _state(
    held: StoredRecord,
    ticket: Mapping[str, Any],
    entry: Any,
    at: Any,
    by: str | None,
    stands: Mapping[str, Any],
) -> dict[str, Any]:
    return {
        **held.origin,
        "ticket_id": ticket["id"],
        "entry": entry,
        "at": at,
        "by": by,
        **stands,
    }


def _author(ticket: Mapping[str, Any], entry: Mapping[str, Any], names: ZammadNames) -> str | None:
    """Return the name of who made a change, if it was a person of the desk."""
    number = entry.get("created_by_id")
    return None if number == ticket.get("customer_id") else names.person(number)


def _merge(held: StoredRecord, ticket: Mapping[str, Any], by: str | None) -> Iterator[FlatRow]:
    """Yield a merge as two rows: one for the merged ticket, one for the ticket that remains."""
    entry = held.value
    into, number = entry.get("id_to"), entry.get("id")
    told = {**held.origin, "by": by}
    yield (
        "merges",
        told
        | {
            "ticket_id": ticket["id"],
            "entry": f"{number}-into",
            "at": entry.get("created_at"),
            "what": "merged_into",
            "into": into,
        },
    )
    yield (
        "merges",
        told
        | {
            "ticket_id": into,
            "entry": f"{number}-from",
            "at": ticket.get("created_at"),
            "what": "received_merge",
            "merged_from": ticket["id"],
        },
    )


def _article(held: StoredRecord, key: str, asker: Any, names: ZammadNames) -> FlatRow:
    article = held.value
    sender, kind = article.get("sender"), article.get("type")
    is_html = "html" in str(article.get("content_type") or "").lower()
    from_customer = sender == "Customer"
    author = article.get("origin_by_id") or article.get("created_by_id")
    given = None if article.get("origin_by_id") else article.get("created_by")
    writer = names.person(author, given)
    marks = article.get("preferences") or {}
    is_machine = sender == "System" or bool(marks.get("is-auto-response"))
    cells = {
        **held.origin,
        "ticket_id": key,
        "article_id": article.get("id"),
        "at": article.get("created_at"),
        "by": (author if author == asker else article.get("origin_by_id"))
        if from_customer
        else writer,
        "type": kind,
        "automatic": is_machine or None,
        "subject": article.get("subject"),
        "body": as_html(article.get("body"), is_html=is_html),
    }
    if article.get("internal") or (kind in NOT_SAID and not from_customer):
        return "notes", cells | {"by": writer}
    return ("inbound" if from_customer else "outbound"), cells
