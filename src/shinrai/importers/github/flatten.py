"""Flattens one issue of GitHub: the issue, its states, its messages, its events.

This module reads no files. It decides whether a person belongs to the repository's team, because
GitHub gives that with every text: the author's association to the repository. Anyone who closes,
labels or assigns another person's issue must have the right to, so they belong to the team.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from shinrai.importers.flatten.case_records import CaseRecords, StoredRecord
from shinrai.importers.flatten.csv_tables import FlatRow, FlatTable
from shinrai.importers.flatten.values import (
    DIRECTORY,
    REFUSED,
    gaps_of,
    names_in,
    refused_rows,
    unpadded,
)
from shinrai.importers.github.changes import GithubState, closed_for, events_of, states_of
from shinrai.importers.github.records import OURS

_MESSAGE: Final = ("issue", "comment_id", "at", "by", "association", "automatic", "text")
TABLES: Final = (
    FlatTable(
        "issues",
        ("issue", "created_at", "asker", "author", "opened_by", "association", "type", "milestone",
         "repository", "labels", "title", "body", "gaps", "state", "state_reason", "closed_at",
         "comments", "updated_at", "refused"),
    ),
    FlatTable(
        "states",
        ("issue", "entry", "place", "at", "by", "role", "asker", "closing", "state", "labels",
         "assignee"),
    ),
    FlatTable("inbound", _MESSAGE),
    FlatTable("outbound", _MESSAGE),
    FlatTable("events", ("issue", "entry", "at", "by", "role", "asker", "what", "label",
                         "repository")),
)  # fmt: skip
MOVED: Final = "transferred"  # here, from another repository
SHOWN: Final = frozenset({"labeled", MOVED})


def flat_rows(cases: Iterable[CaseRecords]) -> Iterator[FlatRow]:
    """Flatten issues one by one; the people of our team come before the first."""
    ours: frozenset[str] = frozenset()
    for case in cases:
        if case.key == DIRECTORY:
            ours = frozenset(names_in(case, "ours"))
        elif not case.of("pull"):
            yield from rows_of(case, ours)


def rows_of(case: CaseRecords, ours: frozenset[str]) -> Iterator[FlatRow]:
    """Flatten one issue; an unreadable record becomes a row without a key, to be quarantined."""
    yield from refused_rows(case, "issues")
    repository, _, number = case.key.rpartition("#")
    key = f"{repository}#{unpadded(number)}"
    for held in case.of("event") if not case.of("issue") else ():
        yield "issues", held.origin | {REFUSED: "no_issue"}
    for held in case.of("issue"):
        side = _side(held.value, held.value.get("user") or {}, ours)
        yield "issues", _issue(held, key, case, side)
        yield from _states(held, key, case, side)
        yield from _events(held, key, case, side)
    for held in case.of("comment"):
        yield _message(held, key, ours)


def _side(record: Mapping[str, Any], person: Mapping[str, Any], ours: frozenset[str]) -> str:
    """Return the side of a record's author: `ours`, `theirs` or `machine`."""
    if is_machine(person):
        return "machine"
    association = record.get("author_association")
    if association is None:
        return "ours" if str(person.get("id")) in ours else "theirs"
    return "ours" if association in OURS else "theirs"


def is_machine(person: Mapping[str, Any]) -> bool:
    """Return whether an account is an app, not a person."""
    return person.get("type") == "Bot" or str(person.get("login") or "").endswith("[bot]")


def _asker(issue: Mapping[str, Any], side: str) -> Any:
    """Return the id of the customer who asked, which stays if they change their name, or None."""
    return (issue.get("user") or {}).get("id") if side == "theirs" else None


def _issue(held: StoredRecord, key: str, case: CaseRecords, side: str) -> dict[str, Any]:
    issue = held.value
    kind, milestone = issue.get("type"), issue.get("milestone")
    return {
        **held.origin,
        "issue": key,
        "created_at": issue.get("created_at"),
        "asker": _asker(issue, side),
        "author": (issue.get("user") or {}).get("login") if side == "ours" else None,
        "opened_by": side,
        "association": issue.get("author_association"),
        "type": kind.get("name") if isinstance(kind, dict) else None,
        "milestone": milestone.get("title") if isinstance(milestone, dict) else None,
        "repository": key.rpartition("#")[0],
        "labels": ";".join(_label_names(issue)),
        "title": issue.get("title"),
        "body": issue.get("body"),
        "gaps": " ".join(_gaps(issue, case)),
        "state": issue.get("state"),
        "state_reason": issue.get("state_reason"),
        "closed_at": issue.get("closed_at"),
        "comments": issue.get("comments"),
        "updated_at": issue.get("updated_at"),
    }


def _label_names(issue: Mapping[str, Any]) -> list[str]:
    """Return the names of the labels, which may be objects or texts."""
    given = issue.get("labels") or ()
    return [str(each.get("name") if isinstance(each, dict) else each) for each in given]


def _gaps(issue: Mapping[str, Any], case: CaseRecords) -> Iterator[str]:
    """Yield codes for what cannot be rebuilt of this issue."""
    yield from gaps_of(case)
    if _lacks_history(issue, case):
        yield "no_state_history"
    told, there = len(case.of("comment")), issue.get("comments") or 0
    if there > told:
        yield "messages_cut" if told else "no_messages"


def _lacks_history(issue: Mapping[str, Any], case: CaseRecords) -> bool:
    """Return whether the issue changed but its events are missing."""
    happened = issue.get("state") == "closed" or issue.get("assignee") or _label_names(issue)
    return bool(happened) and not case.of("event")


def _states(held: StoredRecord, key: str, case: CaseRecords, side: str) -> Iterator[FlatRow]:
    issue = held.value
    told = {**held.origin, "issue": key, "asker": _asker(issue, side)}
    begun = {"entry": "0", "place": 0, "at": issue.get("created_at"), "role": "system"}
    yield "states", {**told, **begun, "state": "open"}
    events = events_of(case)
    for place, (each, standing) in enumerate(states_of(issue, events), start=1):
        who = _who(each.value.get("actor"), issue, side)
        at = {"entry": each.value["id"], "place": place, "at": each.value.get("created_at")}
        yield "states", {**told, **each.origin, **at, **who, **_cells(standing)}
    if not events and issue.get("state") == "closed":
        last = {"entry": "now", "place": 1, "at": issue.get("closed_at"), "role": "system"}
        now = GithubState(state=closed_for(issue.get("state_reason")))
        yield "states", {**told, **last, **_cells(now)}


def _cells(standing: GithubState) -> dict[str, Any]:
    is_open = standing.state == "open"
    return {
        "closing": None if is_open else standing.state,
        "state": "open" if is_open else None,
        "labels": ";".join(standing.labels).lower() if is_open else None,
        "assignee": standing.assignee,
    }


def _who(actor: Any, issue: Mapping[str, Any], side: str) -> dict[str, Any]:
    """Return who did something to an issue, and their role."""
    person = actor if isinstance(actor, dict) else {}
    if not person or is_machine(person):
        return {"by": None, "role": "system"}
    if person.get("id") == (issue.get("user") or {}).get("id") and side == "theirs":
        return {"by": None, "role": "customer"}
    return {"by": person.get("login"), "role": "agent"}


def _events(held: StoredRecord, key: str, case: CaseRecords, side: str) -> Iterator[FlatRow]:
    """Yield the events that are steps themselves, or that a mapping may make steps."""
    issue = held.value
    for each in events_of(case):
        event = each.value
        if event["event"] in SHOWN:
            yield (
                "events",
                {
                    **each.origin,
                    "issue": key,
                    "entry": event["id"],
                    "at": event.get("created_at"),
                    **_who(event.get("actor"), issue, side),
                    "asker": _asker(issue, side),
                    "what": event["event"],
                    "label": (event.get("label") or {}).get("name"),
                    "repository": key.rpartition("#")[0] if event["event"] == MOVED else None,
                },
            )


def _message(held: StoredRecord, key: str, ours: frozenset[str]) -> FlatRow:
    comment = held.value
    person = comment.get("user") or comment.get("actor") or {}
    side = _side(comment, person, ours)
    by = {"theirs": person.get("id"), "ours": person.get("login")}.get(side)
    return "inbound" if side == "theirs" else "outbound", {
        **held.origin,
        "issue": key,
        "comment_id": comment.get("id"),
        "at": comment.get("created_at"),
        "by": by,
        "association": comment.get("author_association"),
        "automatic": True if side == "machine" else None,
        "text": comment.get("body"),
    }
