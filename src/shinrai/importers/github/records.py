"""Finds what a JSON document of GitHub is, and its issue: comments, events, people and so on.

The key of an issue is its repository and number, `acme/app#12`: one workspace may import several
repositories. Pull requests, which GitHub lists among issues, are left out with all they contain.

**Source:** docs.github.com/rest/issues (issues, comments, events, timeline).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from shinrai.importers.flatten.case_records import CaseRecord
from shinrai.importers.flatten.json_files import RawRecord
from shinrai.importers.flatten.pipeline import assign_records
from shinrai.importers.flatten.schema import Kind, either, many, of, reads, record
from shinrai.importers.flatten.values import name_of, padded, unknown_record

OURS: Final = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})
_REPOSITORY: Final = re.compile(r"/repos/([^/]+/[^/]+?)(?:/|$)")
_ISSUE: Final = re.compile(r"/repos/([^/]+/[^/]+?)/issues/(\d+)(?:$|[/?#])")
_PAGE: Final = re.compile(r"//[^/]+/([^/]+/[^/]+)/(issues|pull)/(\d+)")
PERSON: Final = record(id=Kind.ref, login=Kind.text, type=Kind.plain)
LABEL: Final = record(name=Kind.text)
ISSUE: Final = record(
    number=Kind.key,
    **of(
        Kind.plain, "title body state state_reason author_association url html_url repository_url"
    ),
    **of(Kind.at, "created_at updated_at closed_at"),
    **of(PERSON, "user assignee"),
    **of(either(record(of(Kind.plain, "title name"))), "milestone type"),
    labels=many(either(LABEL)),
    comments=Kind.number,
)
SAID: Final = record(
    **of(Kind.plain, "id event body author_association state_reason lock_reason"),
    **of(Kind.plain, "url html_url issue_url"),
    **of(Kind.at, "created_at updated_at"),
    **of(PERSON, "user actor assignee"),
    label=LABEL,
    issue=either(record(of(Kind.plain, "number url html_url repository_url"))),
)


def assign(
    raw: RawRecord, value: dict[str, Any], whose: str | None = None
) -> Iterable[CaseRecord] | None:
    """Assign a document to its issue; None if it is not known.

    It is one record, or, from a pull, `{"issue": …, "timeline": […]}`.
    """
    if "timeline" in value and isinstance(value.get("issue"), dict):
        return _with_timeline(raw, value["issue"], value["timeline"] or [])
    if "number" in value and "title" in value:
        return _issue(raw, value)
    if "event" in value:
        return _event(whose, raw, value)
    if "body" in value and "created_at" in value:
        return _comment(whose, raw, value)
    return None


def _with_timeline(raw: RawRecord, issue: dict[str, Any], timeline: Any) -> Iterator[CaseRecord]:
    yield from _issue(raw.at("issue", issue), issue)
    whose = key_of(issue) if "number" in issue else None
    yield from assign_records([raw.at("timeline", timeline)], partial(assign, whose=whose))


def key_of(issue: Mapping[str, Any]) -> str:
    """Return the key of an issue: its repository and number."""
    address = str(issue.get("repository_url") or issue.get("url") or "")
    found = _REPOSITORY.search(address) or _PAGE.search(str(issue.get("html_url") or ""))
    return f"{found[1] if found else ''}#{padded(issue['number'])}"


@reads(ISSUE)
def _issue(raw: RawRecord, value: Mapping[str, Any]) -> Iterator[CaseRecord]:
    if "pull_request" in value:
        yield CaseRecord(key_of(value), "pull", "", "", raw.file, raw.line, True)
        return
    version = str(value.get("updated_at") or "")
    yield CaseRecord(key_of(value), "issue", "", version, raw.file, raw.line, value)
    yield from _person(raw, value)


@reads(SAID)
def _comment(whose: str | None, raw: RawRecord, value: Mapping[str, Any]) -> Iterator[CaseRecord]:
    yield from _belonging(raw, "comment", value, whose)
    yield from _person(raw, value)


@reads(SAID)
def _event(whose: str | None, raw: RawRecord, value: Mapping[str, Any]) -> Iterator[CaseRecord]:
    """Yield an event of an issue; a comment in a timeline becomes a comment."""
    if value["event"] == "commented":
        yield from _comment(whose, raw, value)
    elif value.get("id") is None or value.get("created_at") is None:
        return  # commits and reviews, which have a form of their own and happen elsewhere
    else:
        yield from _belonging(raw, "event", value, whose)


def _belonging(
    raw: RawRecord, kind: str, value: Mapping[str, Any], whose: str | None
) -> Iterator[CaseRecord]:
    if whose is None and _is_of_a_pull(value):
        return
    key = whose or _named_by(value)
    if key is None:
        yield unknown_record(raw)
        return
    version = str(value.get("updated_at") or "")
    number = padded(value.get("id", ""))
    yield CaseRecord(key, kind, number, version, raw.file, raw.line, value)


def _is_of_a_pull(value: Mapping[str, Any]) -> bool:
    inside = value.get("issue")
    if isinstance(inside, dict) and "pull_request" in inside:
        return True
    found = _PAGE.search(str(value.get("html_url") or ""))
    return found is not None and found[2] == "pull"


def _named_by(value: Mapping[str, Any]) -> str | None:
    """Return the key of a record's issue, from the issue inside it or from its addresses."""
    inside = value.get("issue")
    if isinstance(inside, dict) and "number" in inside:
        return key_of(inside)
    for name in ("issue_url", "url"):
        if found := _ISSUE.search(str(value.get(name) or "")):
            return f"{found[1]}#{padded(found[2])}"
    if found := _PAGE.search(str(value.get("html_url") or "")):
        return f"{found[1]}#{padded(found[3])}"
    return None


def _person(raw: RawRecord, value: Mapping[str, Any]) -> Iterator[CaseRecord]:
    """Yield the author as a person of our team, if the record states that."""
    person = value.get("user") or value.get("actor")
    if isinstance(person, dict) and value.get("author_association") in OURS:
        yield from name_of(raw, "ours", person.get("id"), person.get("login"))
