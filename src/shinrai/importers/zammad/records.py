"""Finds what a JSON document of Zammad is, and its ticket: articles, histories, names and so on.

**Source:** field names and answers from docs.zammad.org (api/ticket, api/ticket/articles), and the
answer of `ticket_history`, which holds entries and the people they name.
"""

from collections.abc import Iterator
from typing import Any, Final

from shinrai.importers.flatten.case_records import CaseRecord
from shinrai.importers.flatten.json_files import RawRecord
from shinrai.importers.flatten.schema import Kind, many, of, reads, record
from shinrai.importers.flatten.values import case_record, name_of

MOST_DIGITS: Final = 20  # of a number that stands as a name
NOBODY: Final = "1"  # Zammad's user 1, called "-", is the system itself
_ASSETS: Final = {
    "User": "user",
    "Group": "group",
    "TicketState": "state",
    "TicketPriority": "priority",
}
TICKET: Final = record(
    id=Kind.key,
    **of(Kind.ref, "customer_id owner_id updated_by_id created_by_id organization_id"),
    **of(Kind.ref, "state_id group_id priority_id"),
    **of(Kind.plain, "number title owner updated_by created_by state group priority article_count"),
    **of(Kind.plain, "create_article_type create_article_sender"),
    **of(Kind.at, "created_at updated_at close_at"),
    articles=many(),
)
ARTICLE: Final = record(
    ticket_id=Kind.key,
    **of(Kind.ref, "origin_by_id created_by_id"),
    **of(Kind.plain, "id sender type content_type created_by subject body internal"),
    **of(Kind.at, "created_at updated_at"),
    preferences=record(),
)
ENTRY: Final = record(
    **of(Kind.ref, "id created_by_id o_id id_from id_to"),
    **of(Kind.plain, "object attribute type value_from value_to"),
    created_at=Kind.at,
)
NAMED: Final = record(id=Kind.ref, **of(Kind.plain, "login email name"))


def assign(raw: RawRecord, value: dict[str, Any]) -> list[CaseRecord] | None:
    """Assign a document to its ticket; None if it is not known.

    It is one record, an answer of the API, or, from a pull, `{"ticket": …, "articles": […],
    "history": {…}}`.
    """
    found = list(_record(raw, value))
    if isinstance(value.get("assets"), dict):
        found += _assets(raw.at("assets", None), value["assets"])
    return found or None


def _record(raw: RawRecord, value: dict[str, Any]) -> Iterator[CaseRecord]:
    if isinstance(value.get("ticket"), dict):
        yield from _with_parts(raw, value)
    elif "id" in value and "number" in value and ("state" in value or "state_id" in value):
        yield from _ticket(raw, value)
    elif "ticket_id" in value and ("sender" in value or "sender_id" in value):
        yield from _article(raw, value)
    elif isinstance(value.get("history"), list):
        yield from _history(raw, value["history"], value.get("ticket_id"))
    elif "login" in value and "id" in value:
        yield from _named("user", raw, value)


def _with_parts(raw: RawRecord, value: dict[str, Any]) -> Iterator[CaseRecord]:
    ticket, history = value["ticket"], value.get("history")
    yield from _ticket(raw.at("ticket", None), ticket)
    for each in raw.each("articles", value.get("articles")):
        yield from _article(each, each.value)
    if isinstance(history, dict):
        if isinstance(history.get("assets"), dict):
            yield from _assets(raw.at("history.assets", None), history["assets"])
        history = history.get("history")
    yield from _history(raw, history, ticket.get("id"))


@reads(TICKET)
def _ticket(raw: RawRecord, value: dict[str, Any]) -> Iterator[CaseRecord]:
    own = {key: kept for key, kept in value.items() if key not in ("articles", "history", "assets")}
    yield case_record(raw, value["id"], "ticket", value=own, version=value.get("updated_at"))
    for person in ("owner", "updated_by", "created_by"):
        if value.get(f"{person}_id") != value.get("customer_id"):
            yield from name_of(raw, "user", value.get(f"{person}_id"), value.get(person))
    for each in raw.each("articles", value.get("articles")):
        yield from _article(each, each.value)
    yield from _history(raw, value.get("history"), value["id"])


@reads(ARTICLE)
def _article(raw: RawRecord, value: dict[str, Any]) -> Iterator[CaseRecord]:
    yield case_record(
        raw,
        value["ticket_id"],
        "article",
        value.get("id", ""),
        value,
        version=value.get("updated_at"),
    )


def _history(raw: RawRecord, entries: Any, ticket_id: Any) -> Iterator[CaseRecord]:
    listed = list(raw.each("history", entries))
    if ticket_id is None:
        known = (each.value for each in listed if isinstance(each.value, dict))
        own = (entry.get("o_id") for entry in known if entry.get("object") == "Ticket")
        ticket_id = next(own, None)
    for each in listed if isinstance(ticket_id, int | str) else ():
        yield from _entry(ticket_id, each, each.value)


@reads(ENTRY)
def _entry(ticket_id: int | str, raw: RawRecord, value: dict[str, Any]) -> Iterator[CaseRecord]:
    if value.get("object", "Ticket") == "Ticket":
        yield case_record(raw, ticket_id, "history", value.get("id") or "", value)


def _assets(raw: RawRecord, assets: dict[str, Any]) -> Iterator[CaseRecord]:
    for name, kind in _ASSETS.items():
        for each in _of_assets(raw, assets, name):
            yield from _named(kind, each, each.value)
    for each in _of_assets(raw, assets, "Ticket"):
        if "number" in each.value:
            yield from _ticket(each, each.value)
    for each in _of_assets(raw, assets, "TicketArticle"):
        if "ticket_id" in each.value:
            yield from _article(each, each.value)


def _of_assets(raw: RawRecord, assets: dict[str, Any], name: str) -> Iterator[RawRecord]:
    held = assets.get(name)
    for number, value in held.items() if isinstance(held, dict) else ():
        if isinstance(value, dict):
            yield raw.at(f"{name}.{number[:MOST_DIGITS]}", value)


@reads(NAMED)
def _named(kind: str, raw: RawRecord, value: dict[str, Any]) -> Iterator[CaseRecord]:
    shown = value.get("login") or value.get("email") if kind == "user" else value.get("name")
    yield from name_of(raw, kind, value.get("id"), shown)
