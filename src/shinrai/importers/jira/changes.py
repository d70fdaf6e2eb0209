"""How an issue stood after each change: from its changelog, or from a load's history of fields.

Pure. What a status means is said by the mapping.
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
    """A field that changed, by its number and by its word, before and after."""

    field: str
    field_id: str | None
    old: str | None
    old_word: str | None
    new: str | None
    new_word: str | None


@dataclass(frozen=True)
class Update:
    """Everything that changed in one stroke."""

    entry: str
    at: Any
    author: str | None
    items: tuple[Item, ...]
    held: StoredRecord


@dataclass(frozen=True)
class IssueState:
    """How an issue stands: its words, and what ended it if it is done."""

    status: str | None = None
    category: str | None = None
    resolution: str | None = None
    assignee: str | None = None
    team: str | None = None

    @property
    def ended_by(self) -> str | None:
        """Name the resolution of an issue that is done; one that stayed behind says nothing."""
        return self.resolution if self.category in (DONE, None) else None


def updates_of(case: CaseRecords, issue: Mapping[str, Any]) -> list[Update]:
    """Return an issue's changes in the order they happened in."""
    told = [_from_changelog(held) for held in case.of("history")]
    told = told or list(_from_history_rows(case.of("value"), issue["fields"].get("created")))
    return sorted(told, key=lambda update: (instant(update.at), padded(update.entry)))


def is_cut(case: CaseRecords, issue: Mapping[str, Any]) -> bool:
    """Return whether an issue has more history than is here."""
    return (issue.get("histories") or 0) > len(case.of("history"))


def has_history(case: CaseRecords, issue: Mapping[str, Any]) -> bool:
    """Return whether the changes of an issue are known; one that never changed has them all."""
    if issue.get("histories") is not None or case.of("history"):
        return True
    return any(held.value["field_id"] == "status" for held in case.of("value"))


def instant(value: Any) -> datetime:
    """Read a moment to sort by; what cannot be read comes first, to be set aside later."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def first(updates: Sequence[Update], field: str) -> Item | None:
    """Find the first change of a field: what stood there before is how the issue was created."""
    return next((item for update in updates for item in update.items if item.field == field), None)


def at_first(updates: Sequence[Update], fields: Mapping[str, Any], names: JiraNames) -> IssueState:
    """Return how an issue stood when it was created: before its first changes, or as it stands."""
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
    """Return how an issue stands as its own row tells."""
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
    """Return how an issue stands after a change."""
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
    """Read an entry of a changelog."""
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
    """Read a load's history, which keeps a row for each value of each field."""
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
