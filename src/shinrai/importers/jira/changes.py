"""How an issue stood after each change: from its changelog, or from a warehouse's field history.

This module reads no files; the mapping decides what a status means.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any, Final, NamedTuple

from shinrai.importers.flatten.case_records import CaseRecords, StoredRecord
from shinrai.importers.flatten.values import padded
from shinrai.importers.jira.names import JiraNames
from shinrai.importers.jira.values import id_of

DONE: Final = "done"
NEW: Final = "new"
AT_CREATION: Final = timedelta(seconds=2)  # a load notes the first values a moment after creation


class Item(NamedTuple):
    """A field that changed: its value as an id and as text, before and after."""

    field: str
    field_id: str | None
    old: str | None
    old_word: str | None
    new: str | None
    new_word: str | None


@dataclass(frozen=True)
class Update:
    """Everything that changed at one moment."""

    entry: str
    at: Any
    author: str | None
    items: tuple[Item, ...]
    held: StoredRecord


@dataclass(frozen=True)
class IssueState:
    """The state of an issue: its status, resolution, assignee and team."""

    status: str | None = None
    category: str | None = None
    resolution: str | None = None
    assignee: str | None = None
    team: str | None = None

    @property
    def ended_by(self) -> str | None:
        """Return the resolution of an issue that is done; None if it is not done."""
        return self.resolution if self.category in (DONE, None) else None


def updates_of(case: CaseRecords, issue: Mapping[str, Any]) -> list[Update]:
    """Return an issue's updates in the order they happened."""
    told = [_from_changelog(held) for held in case.of("history")]
    told = told or list(_from_history_rows(case.of("value"), issue["fields"].get("created")))
    return sorted(told, key=lambda update: (instant(update.at), padded(update.entry)))


def is_cut(case: CaseRecords, issue: Mapping[str, Any]) -> bool:
    """Return whether an issue has more history than was imported."""
    return (issue.get("histories") or 0) > len(case.of("history"))


def has_history(case: CaseRecords, issue: Mapping[str, Any]) -> bool:
    """Return whether the history of an issue is known, even if nothing changed."""
    if issue.get("histories") is not None or case.of("history"):
        return True
    return any(held.value["field_id"] == "status" for held in case.of("value"))


def instant(value: Any) -> datetime:
    """Return a moment to sort by; an unreadable one comes first, and is rejected later."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def first(updates: Sequence[Update], field: str) -> Item | None:
    """Return the first change of a field: its old value is that of the issue's creation."""
    return next((item for update in updates for item in update.items if item.field == field), None)


def at_first(updates: Sequence[Update], fields: Mapping[str, Any], names: JiraNames) -> IssueState:
    """Return the state at creation: the values before their first changes, or the present ones."""
    now = state_now(fields, names)
    status = first(updates, "status")
    if status is not None:
        word = status.old_word or names.known("status", status.old)
        now = replace(now, status=word, category=names.category(status.old, word))
    if (item := first(updates, "resolution")) is not None:
        now = replace(now, resolution=item.old_word or names.known("resolution", item.old))
    if (item := first(updates, "assignee")) is not None:
        now = replace(now, assignee=item.old)
    teams = (i for u in updates for i in u.items if names.is_team(i.field_id, i.field))
    if (item := next(teams, None)) is not None:
        now = replace(now, team=item.old_word or names.known("team", item.old))
    return now


def state_now(fields: Mapping[str, Any], names: JiraNames) -> IssueState:
    """Return the present state of an issue, from its own fields."""
    status = fields.get("status")
    word = names.word("status", status)
    own = (status.get("statusCategory") or {}).get("key") if isinstance(status, dict) else None
    number = status.get("id") if isinstance(status, dict) else None
    team = next((fields[n] for n in fields if names.is_team(n, None) and fields[n]), None)
    return IssueState(
        status=word,
        category=own or names.category(None if number is None else str(number), word),
        resolution=names.word("resolution", fields.get("resolution")),
        assignee=id_of(fields.get("assignee")),
        team=None if team is None else names.word("team", team),
    )


def after(standing: IssueState, update: Update, names: JiraNames) -> IssueState:
    """Return the state of an issue after an update."""
    for item in update.items:
        match item.field:
            case "status":
                word = item.new_word or names.known("status", item.new)
                category = names.category(item.new, word)
                standing = replace(standing, status=word, category=category)
            case "resolution":
                word = item.new_word or names.known("resolution", item.new)
                standing = replace(standing, resolution=word)
            case "assignee":
                standing = replace(standing, assignee=item.new)
            case _ if names.is_team(item.field_id, item.field):
                word = item.new_word or names.known("team", item.new)
                standing = replace(standing, team=word)
    return standing


def _from_changelog(held: StoredRecord) -> Update:
    """Return an entry of a changelog as an update."""
    log = held.value
    items = tuple(
        Item(
            str(item.get("field") or ""),
            item.get("fieldId"),
            _number(item.get("from")),
            item.get("fromString") or None,
            _number(item.get("to")),
            item.get("toString") or None,
        )
        for item in log.get("items") or ()
        if isinstance(item, dict)
    )
    entry = str(log.get("id") or log.get("created"))
    return Update(entry, log.get("created"), id_of(log.get("author")), items, held)


def _from_history_rows(rows: Sequence[StoredRecord], created: Any) -> Iterator[Update]:
    """Rebuild an issue's updates from the field history in tables loaded into a warehouse.

    Each row holds the value one field got at a moment; rows of one moment become one update. Values
    set at creation are no change.
    """
    ordered = sorted(rows, key=lambda held: (instant(held.value["at"]), held.value["field_id"]))
    stands: dict[str, str | None] = {}
    began = instant(created)
    for at, group in groupby(ordered, key=lambda held: held.value["at"]):
        items: list[Item] = []
        told = list(group)
        for held in told:
            name, value = held.value["field_id"], held.value["value"]
            is_first = name not in stands and instant(at) - began <= AT_CREATION
            old, stands[name] = stands.get(name), value
            if not is_first and old != value:
                items.append(Item(name, name, old, None, value, None))
        if items:
            yield Update(str(at), at, told[0].value["author_id"], tuple(items), told[0])


def _number(value: Any) -> str | None:
    return None if value in (None, "") else str(value)
