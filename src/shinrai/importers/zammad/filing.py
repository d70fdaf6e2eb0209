"""Tell what a JSON document of Zammad's is, and whose: tickets, articles, histories, names.

**Source:** field names and answers as docs.zammad.org gives them (api/ticket, api/ticket/articles),
and the answer of `ticket_history`, which holds entries and the people they name.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from shinrai.importers.flat.gathering import Belonging
from shinrai.importers.flat.records import RawRecord
from shinrai.importers.flat.values import belonging, name_of, unknown

ENDINGS: Final = (".json", ".ndjson", ".jsonl", ".json.gz", ".ndjson.gz", ".jsonl.gz")
NOBODY: Final = "1"  # Zammad's user 1, called "-", is the system itself
_ASSETS: Final = {
    "User": "user",
    "Group": "group",
    "TicketState": "state",
    "TicketPriority": "priority",
}


def filed(records: Iterable[RawRecord]) -> Iterator[Belonging]:
    """File documents under their tickets.

    A document is one record, a list of them, an answer of the API, or, as a pull keeps them,
    `{"ticket": …, "articles": […], "history": {…}}`.
    """
    for raw in records:
        yield from _filed(raw)


def _filed(raw: RawRecord) -> Iterator[Belonging]:
    value = raw.value
    if isinstance(value, list):
        for each in value:
            yield from _filed(raw._replace(value=each))
        return
    if not isinstance(value, dict):
        yield unknown(raw)
        return
    found = list(_record(raw, value))
    if isinstance(value.get("assets"), dict):
        found += _assets(raw, value["assets"])
    yield from found or [unknown(raw)]


def _record(raw: RawRecord, value: dict[str, Any]) -> Iterator[Belonging]:
    if isinstance(value.get("ticket"), dict):
        yield from _together(raw, value)
    elif "id" in value and "number" in value and ("state" in value or "state_id" in value):
        yield from _ticket(raw, value)
    elif "ticket_id" in value and ("sender" in value or "sender_id" in value):
        yield from _article(raw, value)
    elif isinstance(value.get("history"), list):
        yield from _history(raw, value["history"], value.get("ticket_id"))
    elif "login" in value and "id" in value:
        yield from _user(raw, value)


def _together(raw: RawRecord, value: dict[str, Any]) -> Iterator[Belonging]:
    yield from _ticket(raw, value["ticket"])
    for article in value.get("articles") or ():
        yield from _article(raw, article)
    history = value.get("history")
    if isinstance(history, dict):
        yield from _assets(raw, history.get("assets") or {})
        history = history.get("history")
    yield from _history(raw, history or (), value["ticket"].get("id"))


def _ticket(raw: RawRecord, value: dict[str, Any]) -> Iterator[Belonging]:
    own = {key: kept for key, kept in value.items() if key not in ("articles", "history", "assets")}
    yield belonging(raw, value["id"], "ticket", value=own, version=value.get("updated_at"))
    for person in ("owner", "updated_by", "created_by"):
        if value.get(f"{person}_id") != value.get("customer_id"):
            yield from name_of(raw, "user", value.get(f"{person}_id"), value.get(person))
    for article in value.get("articles") or ():
        yield from _article(raw, article)
    if isinstance(value.get("history"), list):
        yield from _history(raw, value["history"], value["id"])


def _article(raw: RawRecord, value: dict[str, Any]) -> Iterator[Belonging]:
    yield belonging(
        raw,
        value["ticket_id"],
        "article",
        value.get("id", ""),
        value,
        version=value.get("updated_at"),
    )


def _history(raw: RawRecord, entries: Iterable[Any], ticket_id: Any) -> Iterator[Belonging]:
    known = [entry for entry in entries if isinstance(entry, dict)]
    if ticket_id is None:
        own = (entry.get("o_id") for entry in known if entry.get("object") == "Ticket")
        ticket_id = next(own, None)
    if ticket_id is None:
        return
    for entry in known:
        if entry.get("object", "Ticket") == "Ticket":
            yield belonging(raw, ticket_id, "history", entry.get("id", ""), entry)


def _assets(raw: RawRecord, assets: dict[str, Any]) -> Iterator[Belonging]:
    for name, kind in _ASSETS.items():
        for each in (assets.get(name) or {}).values():
            if kind == "user":
                yield from _user(raw, each)
            else:
                yield from name_of(raw, kind, each.get("id"), each.get("name"))
    for ticket in (assets.get("Ticket") or {}).values():
        if "number" in ticket:
            yield from _ticket(raw, ticket)
    for article in (assets.get("TicketArticle") or {}).values():
        if "ticket_id" in article:
            yield from _article(raw, article)


def _user(raw: RawRecord, value: dict[str, Any]) -> Iterator[Belonging]:
    yield from name_of(raw, "user", value.get("id"), value.get("login") or value.get("email"))
