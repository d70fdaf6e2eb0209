"""Reads the tables of Jira in a warehouse, and turns their rows into objects of its API.

Tables are recognised by their file names (issue, issue_field_history, comment, user, status, …);
those that are not needed are left out. Moments without an offset are UTC, as loading tools write.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from shinrai.importers.flatten.case_records import CaseRecord
from shinrai.importers.flatten.json_files import RawRecord
from shinrai.importers.flatten.schema import Kind, of, reads, record
from shinrai.importers.flatten.values import case_record
from shinrai.importers.flatten.warehouse_load import Line, rows_of_table, table_name, utc
from shinrai.importers.jira.records import IssueRecords

CATEGORIES: Final = {"2": "new", "3": "done", "4": "indeterminate"}  # the same on every site
Tell = Callable[[IssueRecords, RawRecord, Line], Iterator[CaseRecord]]


def knows(path: Path) -> bool:
    """Return whether a table is one of those we read, by its file name."""
    return table_name(path, prefix="jira_") in _TABLES


def table_records(filing: IssueRecords, paths: Iterable[Path]) -> Iterator[CaseRecord]:
    """Yield the rows of a warehouse's tables as records of their issues.

    Raises: UnreadableTable for a file that is not UTF-8, or whose rows are cut off.
    """
    for path in paths:
        tell = _TABLES.get(table_name(path, prefix="jira_"))
        if tell is not None:
            for raw in rows_of_table(path):
                yield from tell(filing, raw, raw.value)


def _issue(filing: IssueRecords, raw: RawRecord, row: Line) -> Iterator[CaseRecord]:
    if row.get("_fivetran_deleted", "").lower() == "true":
        return
    people = {name: _person(row, name) for name in ("assignee", "reporter", "creator")}
    numbers = {
        "status": "status", "priority": "priority", "resolution": "resolution",
        "issuetype": "issue_type", "project": "project",
    }  # fmt: skip
    fields: dict[str, Any] = {
        "summary": row.get("summary") or None,
        "description": row.get("description") or None,
        "created": utc(row.get("created", "")),
        "updated": utc(row.get("updated", "")),
        "resolutiondate": utc(row.get("resolved", "")) or None,
        **{name: {"id": row[own]} for name, own in numbers.items() if row.get(own)},
        **{name: value for name, value in people.items() if value},
        **{name: cell or None for name, cell in row.items() if name.startswith("customfield_")},
    }
    issue = {"id": row.get("id"), "key": row.get("key"), "fields": fields}
    yield from filing.records_of([raw._replace(value=issue)])


def _person(row: Line, name: str) -> dict[str, str] | None:
    return {"accountId": row[name]} if row.get(name) else None


@reads(record(of(Kind.key, "issue_id time field_id")))
def _history(filing: IssueRecords, raw: RawRecord, row: Line) -> Iterator[CaseRecord]:
    at, name = utc(row["time"]), row["field_id"]
    value = {
        "field_id": name,
        "at": at,
        "value": row.get("value") or None,
        "author_id": row.get("author_id") or None,
    }
    yield case_record(raw, row["issue_id"], "value", f"{at}/{name}", value)


def _comment(filing: IssueRecords, raw: RawRecord, row: Line) -> Iterator[CaseRecord]:
    is_public = row.get("is_public", "").lower() != "false"
    comment = {
        "id": row.get("id"),
        "issue_id": row.get("issue_id"),
        "author": _person(row, "author_id"),
        "body": row.get("body"),
        "created": utc(row.get("created", "")),
        "updated": utc(row.get("updated", "")),
        "jsdPublic": is_public,
    }
    yield from filing.records_of([raw._replace(value=comment)])


@reads(record(id=Kind.key))
def _user(filing: IssueRecords, raw: RawRecord, row: Line) -> Iterator[CaseRecord]:
    yield from filing.once(raw, "user", row["id"], row.get("name") or row.get("email"))


@reads(record(id=Kind.key))
def _status(filing: IssueRecords, raw: RawRecord, row: Line) -> Iterator[CaseRecord]:
    category = CATEGORIES.get(row.get("status_category_id", ""))
    yield from filing.once(raw, "status", row["id"], row.get("name"))
    yield from filing.once(raw, "category", row["id"], category)


@reads(record(id=Kind.key))
def _field(filing: IssueRecords, raw: RawRecord, row: Line) -> Iterator[CaseRecord]:
    yield from filing.once(raw, "field", row["id"], row.get("name"))


@reads(record(id=Kind.key))
def _project(filing: IssueRecords, raw: RawRecord, row: Line) -> Iterator[CaseRecord]:
    yield from filing.once(raw, "project", row["id"], row.get("key"))
    yield from filing.once(raw, "project_kind", row["id"], row.get("project_type_key"))


def _named(kind: str) -> Tell:
    @reads(record(id=Kind.key))
    def tell(filing: IssueRecords, raw: RawRecord, row: Line) -> Iterator[CaseRecord]:
        yield from filing.once(raw, kind, row["id"], row.get("name"))

    return tell


_TABLES: Final[dict[str, Tell]] = {
    "issue": _issue,
    "issue_field_history": _history,
    "comment": _comment,
    "user": _user,
    "status": _status,
    "field": _field,
    "project": _project,
    "priority": _named("priority"),
    "issue_type": _named("issuetype"),
    "resolution": _named("resolution"),
    "field_option": _named("option"),
    "team": _named("team"),
}
