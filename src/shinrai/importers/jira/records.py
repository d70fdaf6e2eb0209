"""Finds what a JSON document of Jira is, and its issue: histories, comments, SLA cycles, names.

**Source:** field names from developer.atlassian.com (issue search, changelogs, comments, worklogs,
fields, statuses; service desk: SLA information).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from shinrai.importers.flatten.case_records import CaseRecord
from shinrai.importers.flatten.json_files import RawRecord
from shinrai.importers.flatten.pipeline import assign_records
from shinrai.importers.flatten.schema import Kind, either, many, of, reads, record  # fmt: skip
from shinrai.importers.flatten.values import case_record, name_of, unknown_record
from shinrai.importers.jira.values import id_of, is_cycles, shown

PAGES: Final = (
    "issues",
    "comments",
    "worklogs",
    "histories",
    "values",
    "fields",
    "statuses",
    "users",
)
APART: Final = {"comment": "comments", "worklog": "worklogs"}  # fields that are pages of records
PEOPLE: Final = ("reporter", "creator", "assignee")
CHANNEL: Final = "request.channel.type"  # a property of the issues of a service desk
_OF_ISSUE: Final = re.compile(r"/(?:issue|request)/(\d+)/")
File = Callable[[RawRecord, Mapping[str, Any]], Iterator[CaseRecord]]
PERSON: Final = record(of(Kind.plain, "accountId key id name displayName accountType"))
STATUS: Final = record(statusCategory=record(key=Kind.text), id=Kind.ref, name=Kind.text)
ISSUE: Final = record(
    id=Kind.key,
    key=Kind.key,
    fields=record(
        **of(Kind.at, "created updated resolutiondate"),
        **of(either(PERSON), " ".join(PEOPLE)),
        comment=record(comments=many(), total=Kind.number),
        worklog=record(worklogs=many(), total=Kind.number),
        labels=many(Kind.plain),
        project=record(of(Kind.plain, "id key projectTypeKey")),
        status=either(STATUS),
    ),
    changelog=record(histories=many(), total=Kind.number),
    properties=record(),
)
ITEM: Final = record(
    {"from": Kind.plain}, **of(Kind.text, "field fieldId fromString toString"), to=Kind.plain
)
_OWN: Final = {
    **of(Kind.ref, "id issue_id issueId"),
    **of(Kind.plain, "self name"),
    **of(Kind.at, "created updated started"),
    "_links": record(self=Kind.plain),
    "author": either(PERSON),
}
HISTORY: Final = record(_OWN, items=many(ITEM))
COMMENT: Final = record(_OWN, properties=many(), jsdPublic=Kind.plain)
WORKLOG: Final = record(_OWN, timeSpentSeconds=Kind.number)
CYCLE: Final = record(
    **of(either(record(millis=Kind.number)), "elapsedTime goalDuration"),
    **of(either(record(epochMillis=Kind.at, iso8601=Kind.at)), "startTime stopTime breachTime"),
    **of(Kind.plain, "breached paused"),
)
CYCLES: Final = record(_OWN, completedCycles=many(CYCLE), ongoingCycle=CYCLE)
FIELD: Final = record(id=Kind.ref, name=Kind.text, schema=record(custom=Kind.plain))


class IssueRecords:
    """Assigns documents to their issues; remembers which names it has recorded."""

    def __init__(self) -> None:
        self._known: set[tuple[str, str]] = set()

    def records_of(self, documents: Iterable[RawRecord]) -> Iterator[CaseRecord]:
        """Yield the records in documents: single ones, lists, pages of the API, pulled issues."""
        return assign_records(documents, self._assign)

    def _assign(self, raw: RawRecord, value: Mapping[str, Any]) -> Iterator[CaseRecord] | None:
        """Assign one document, by its fields; None if it is not known."""
        shapes: tuple[tuple[bool, File], ...] = (
            (isinstance(value.get("issue"), dict), self._with_parts),
            ("key" in value and isinstance(value.get("fields"), dict), self._issue),
            ("id" not in value and any(name in value for name in PAGES), self._page),
            ("body" in value and "created" in value, self._comment),
            ("timeSpentSeconds" in value and "started" in value, self._worklog),
            ("created" in value and isinstance(value.get("items"), list), self._history),
            (is_cycles(value), self._cycles),
            ("id" in value and "statusCategory" in value, self._status),
            ("name" in value and ("schema" in value or "custom" in value), self._field),
            ("accountId" in value or "displayName" in value, self.person),
        )
        file = next((file for is_it, file in shapes if is_it), None)
        return None if file is None else file(raw, value)

    def _with_parts(self, raw: RawRecord, value: Mapping[str, Any]) -> Iterator[CaseRecord]:
        """Yield a pulled issue, with the parts that were requested separately."""
        issue = value["issue"]
        yield from self._issue(raw.at("issue", None), issue)
        for name in ("changelog", "comments", "worklogs", "sla"):
            yield from self._of(raw, name, issue.get("id"), value.get(name))

    def _page(self, raw: RawRecord, value: Mapping[str, Any]) -> Iterator[CaseRecord]:
        number = value.get("issue_id") or _number_in(value.get("self"))
        for name in PAGES:
            yield from self._of(raw, name, number, value.get(name))

    def _of(self, raw: RawRecord, name: str, number: Any, records: Any) -> Iterator[CaseRecord]:
        """Yield records; the id of their issue is added if it is known."""
        for each in raw.each(name, records):
            if number is not None and isinstance(each.value, dict):
                each = each._replace(value={**each.value, "issue_id": number})
            yield from self.records_of([each])

    @reads(ISSUE)
    def _issue(self, raw: RawRecord, value: Mapping[str, Any]) -> Iterator[CaseRecord]:
        fields, number, log = value.get("fields") or {}, value["id"], value.get("changelog")
        own = {
            "id": number,
            "key": value["key"],
            "fields": {name: kept for name, kept in fields.items() if name not in APART},
            "channel": shown((value.get("properties") or {}).get(CHANNEL)),
            "histories": _total(log, "histories"),
            "comments": _total(fields.get("comment"), "comments"),
        }
        yield case_record(raw, number, "issue", value=own, version=fields.get("updated"))
        yield from self._of(raw, "changelog.histories", number, (log or {}).get("histories"))
        for name, value in fields.items():
            if name in APART:
                its = (value or {}).get(APART[name])
                yield from self._of(raw, f"fields.{name}.{APART[name]}", number, its)
            elif is_cycles(value):
                yield from self._of(raw, f"fields.{name}", number, [value])
            elif name in PEOPLE and isinstance(value, dict):
                yield from self.person(raw, value)
            elif name == "status" and isinstance(value, dict):
                yield from self._status(raw, value)
            elif name.startswith("customfield_") and shown(value) is not None:
                yield from self.once(raw, "used", name, name)

    @reads(HISTORY)
    def _history(self, raw: RawRecord, value: Mapping[str, Any]) -> Iterator[CaseRecord]:
        yield from self._belonging(raw, "history", value.get("id"), value)
        for item in value["items"] or ():
            if item.get("field") == "assignee":
                for number, name in (("from", "fromString"), ("to", "toString")):
                    yield from self.once(raw, "user", item.get(number), item.get(name))

    @reads(COMMENT)
    def _comment(self, raw: RawRecord, value: Mapping[str, Any]) -> Iterator[CaseRecord]:
        yield from self._belonging(raw, "comment", value.get("id"), value)

    @reads(WORKLOG)
    def _worklog(self, raw: RawRecord, value: Mapping[str, Any]) -> Iterator[CaseRecord]:
        yield from self._belonging(raw, "worklog", value.get("id"), value)

    @reads(CYCLES)
    def _cycles(self, raw: RawRecord, value: Mapping[str, Any]) -> Iterator[CaseRecord]:
        yield from self._belonging(raw, "sla", value.get("name"), value)

    def _belonging(
        self, raw: RawRecord, kind: str, own: Any, value: Mapping[str, Any]
    ) -> Iterator[CaseRecord]:
        """Yield a record of the issue it names, in a field or in its address."""
        address = value.get("self") or (value.get("_links") or {}).get("self")
        number = value.get("issue_id") or value.get("issueId") or _number_in(address)
        if number is None:
            yield unknown_record(raw)
            return
        yield case_record(raw, number, kind, own, value, version=value.get("updated"))
        if isinstance(value.get("author"), dict):
            yield from self.person(raw, value["author"])

    @reads(PERSON)
    def person(self, raw: RawRecord, value: Mapping[str, Any]) -> Iterator[CaseRecord]:
        """Yield a person's name, and whether they are a customer or a machine."""
        number = id_of(value)
        yield from self.once(raw, "user", number, value.get("displayName") or value.get("name"))
        if value.get("accountType") in ("customer", "app"):
            yield from self.once(raw, str(value["accountType"]), number, "-")

    @reads(STATUS)
    def _status(self, raw: RawRecord, value: Mapping[str, Any]) -> Iterator[CaseRecord]:
        category = (value.get("statusCategory") or {}).get("key")
        yield from self.once(raw, "status", value.get("id"), value.get("name"))
        yield from self.once(raw, "category", value.get("id"), category)

    @reads(FIELD)
    def _field(self, raw: RawRecord, value: Mapping[str, Any]) -> Iterator[CaseRecord]:
        kind = str((value.get("schema") or {}).get("custom") or "").rpartition(":")[2]
        yield from self.once(raw, "field", value.get("id"), value["name"])
        yield from self.once(raw, "field_kind", value.get("id"), kind)

    def once(self, raw: RawRecord, kind: str, number: Any, name: Any) -> Iterator[CaseRecord]:
        """Yield a name as a record that all issues use, the first time it occurs."""
        if number is not None and name and (kind, str(number)) not in self._known:
            self._known.add((kind, str(number)))
            yield from name_of(raw, kind, number, name)


def _number_in(address: Any) -> str | None:
    found = _OF_ISSUE.search(f"{address or ''}/")
    return found[1] if found else None


def _total(page: Any, name: str) -> int | None:
    """Return how many records a list has, of which a page may hold some; None if unknown."""
    if not isinstance(page, dict):
        return None
    total: int | None = page.get("total")
    return len(page.get(name) or ()) if total is None else total
