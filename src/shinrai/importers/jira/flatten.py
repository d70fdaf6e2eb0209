"""Flattens one issue of Jira: the issue, its states, comments, SLA cycles and ratings.

This module reads no files; the mapping decides what a status, a team or a custom field means. The
key of an issue is the one it was created with, so that one moved to another project is the same.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from shinrai.importers.flatten.case_records import CaseRecords, StoredRecord
from shinrai.importers.flatten.csv_tables import FlatRow, FlatTable, columns
from shinrai.importers.flatten.values import MISSED, REFUSED, UNKNOWN, gaps_of, refused_rows
from shinrai.importers.jira import sla_cycles
from shinrai.importers.jira.changes import (
    DONE,
    NEW,
    IssueState,
    Update,
    after,
    at_first,
    first,
    has_history,
    is_cut,
    state_now,
    updates_of,
)
from shinrai.importers.jira.comments import comment_rows
from shinrai.importers.jira.names import ORGANIZATIONS, RATED_AT, RATING, REQUEST_TYPE, JiraNames
from shinrai.importers.jira.rich_text import plain
from shinrai.importers.jira.values import id_of, shown

ISSUE: Final = columns(
    "issue issue_id created_at reporter reporter_name creator_name channel "
    "request_type issue_type project project_type priority components labels "
    "organization summary description gaps key_now status resolution resolved_at "
    "updated_at refused",
    *sla_cycles.SAYS,
)
STATE: Final = columns(
    "issue entry place at by author role reporter status category ended_by assignee team",
)
COMMENT: Final = columns(
    "issue comment_id place at what role by author reporter automatic text",
)
CUSTOM: Final = (
    "issue", "entry", "place", "at", "by", "author", "role", "reporter", "field", "old", "new",
)  # fmt: skip


def tables(names: JiraNames) -> tuple[FlatTable, ...]:
    """Return the tables; `issues` has a column for each custom field used in any issue."""
    return (
        FlatTable("issues", (*ISSUE, *names.columns())),
        FlatTable("states", STATE),
        FlatTable("comments", COMMENT),
        FlatTable("customs", CUSTOM),
        FlatTable("worklogs", ("issue", "worklog_id", "at", "by", "reporter", "minutes")),
        FlatTable("ratings", ("issue", "at", "score", "comment", "reporter")),
        FlatTable("sla", sla_cycles.COLUMNS),
    )


def flat_rows(cases: Iterable[CaseRecords], names: JiraNames) -> Iterator[FlatRow]:
    """Flatten issues one by one."""
    for case in cases:
        yield from rows_of(case, names)


def rows_of(case: CaseRecords, names: JiraNames) -> Iterator[FlatRow]:
    """Flatten one issue; an unreadable record becomes a row without a key, to be quarantined.

    So do records of an issue that is not among the files, as its key is not known.
    """
    yield from refused_rows(case, "issues")
    known = case.of("issue")
    for kind, records in case.kinds.items():
        for held in records if not known and kind not in (UNKNOWN, MISSED) else ():
            yield "issues", held.origin | {REFUSED: "no_issue"}
    for held in known:
        issue = held.value
        updates = updates_of(case, issue)
        key = _first_key(issue, updates)
        yield "issues", _issue(held, key, case, updates, names)
        yield from _states(held, key, case, updates, names)
        yield from comment_rows(case, key, issue["fields"], names)
        yield from _customs(key, issue, updates, names)
        yield from _worklogs(case, key, issue, names)
        yield from _rating(held, key, names)
        yield from sla_cycles.cycle_rows(case, key)


def _first_key(issue: Mapping[str, Any], updates: Sequence[Update]) -> str:
    moved = first(updates, "Key")
    return str(issue["key"]) if moved is None else str(moved.old_word or issue["key"])


def _issue(
    held: StoredRecord, key: str, case: CaseRecords, updates: Sequence[Update], names: JiraNames
) -> dict[str, Any]:
    issue = held.value
    fields = issue["fields"]
    reporter, creator = id_of(fields.get("reporter")), id_of(fields.get("creator"))
    now, project = state_now(fields, names), fields.get("project") or {}
    return {
        **held.origin,
        "issue": key,
        "issue_id": issue["id"],
        "created_at": fields.get("created"),
        "reporter": reporter,
        "reporter_name": names.person(reporter),
        "creator_name": names.person(creator) if creator != reporter else None,
        "channel": issue.get("channel"),
        "request_type": _request_type(fields, names),
        "issue_type": _first(updates, "issuetype", fields.get("issuetype"), names),
        "project": key.rpartition("-")[0] or project.get("key"),
        "project_type": project.get("projectTypeKey")
        or names.words.get("project_kind", {}).get(str(project.get("id"))),
        "priority": _first(updates, "priority", fields.get("priority"), names),
        "components": shown(fields.get("components")),
        "labels": " ".join(map(str, fields.get("labels") or ())),
        "organization": shown(fields.get(names.of_kind(ORGANIZATIONS) or "")),
        "summary": _first(updates, "summary", fields.get("summary"), names),
        "description": plain(fields.get("description")),
        "gaps": " ".join(_gaps(case, issue, names)),
        "key_now": issue["key"],
        "status": now.status,
        "resolution": now.resolution,
        "resolved_at": fields.get("resolutiondate"),
        "updated_at": fields.get("updated"),
        **sla_cycles.says_of(case),
        **names.customs(fields),
    }


def _first(updates: Sequence[Update], name: str, now: Any, names: JiraNames) -> str | None:
    """Return a field's value at creation: before its first change, or the present one."""
    change = first(updates, name)
    if change is None:
        return names.word(name, now)
    if name == "summary":  # a load may note it late, but nothing is created without one
        return change.old_word or change.old or names.word(name, now)
    return change.old_word or names.known(name, change.old)


def _request_type(fields: Mapping[str, Any], names: JiraNames) -> str | None:
    value = fields.get(names.of_kind(REQUEST_TYPE) or "")
    return shown(value.get("requestType")) if isinstance(value, dict) else shown(value)


def _gaps(case: CaseRecords, issue: Mapping[str, Any], names: JiraNames) -> Iterator[str]:
    """Yield codes for what cannot be rebuilt of this issue."""
    yield from gaps_of(case)
    if not has_history(case, issue):
        yield "no_state_history"
    elif is_cut(case, issue):
        yield "history_cut"
    told = len(case.of("comment"))
    if issue.get("comments") is None and not told:
        yield "no_messages"
    elif (issue.get("comments") or 0) > told:
        yield "messages_cut"
    score, at = _score_of(issue["fields"], names)
    if score is not None and not at:
        yield "rated_without_a_moment"


def _states(
    held: StoredRecord, key: str, case: CaseRecords, updates: Sequence[Update], names: JiraNames
) -> Iterator[FlatRow]:
    """Yield the state of the issue at its creation, and after each change of it."""
    issue = held.value
    fields = issue["fields"]
    reporter = id_of(fields.get("reporter"))
    told = {**held.origin, "issue": key, "reporter": reporter}
    if not has_history(case, issue):
        yield from _two_states(told, fields, names)
        return
    standing = at_first(updates, fields, names)
    begun = {"entry": "0", "place": 0, "at": fields.get("created"), "role": "system"}
    yield "states", told | begun | _cells(standing, names)
    for place, update in enumerate(updates, start=1):
        stood, standing = standing, after(standing, update, names)
        if standing == stood:
            continue
        who = {
            "entry": update.entry,
            "place": place,
            "at": update.at,
            **who_did(update.author, reporter, names),
        }
        yield "states", told | update.held.origin | who | _cells(standing, names)


def _two_states(
    told: Mapping[str, Any], fields: Mapping[str, Any], names: JiraNames
) -> Iterator[FlatRow]:
    """Yield the states known without a history: the creation, and the resolution."""
    begun = IssueState(category=NEW)
    first_row = {"entry": "0", "place": 0, "at": fields.get("created"), "role": "system"}
    yield "states", {**told, **first_row, **_cells(begun, names)}
    now = state_now(fields, names)
    if fields.get("resolutiondate") and now.category in (DONE, None):
        last = {"entry": "now", "place": 1, "at": fields["resolutiondate"], "role": "agent"}
        yield "states", {**told, **last, **_cells(now, names)}


def _cells(standing: IssueState, names: JiraNames) -> dict[str, Any]:
    return {
        "status": standing.status,
        "category": standing.category,
        "ended_by": standing.ended_by,
        "assignee": names.person(standing.assignee),
        "team": standing.team,
    }


def who_did(author: str | None, reporter: str | None, names: JiraNames) -> dict[str, Any]:
    """Return who did something, and their role; `by` is empty for askers."""
    name = names.person(author)
    if author is None or author in names.machines:
        return {"role": "system", "by": None, "author": None}
    if author == reporter or author in names.customers:
        return {"role": "customer", "by": None, "author": name}
    return {"role": "agent", "by": name, "author": name}


def _customs(
    key: str, issue: Mapping[str, Any], updates: Sequence[Update], names: JiraNames
) -> Iterator[FlatRow]:
    """Yield each change of a custom field, as a mapping may make it a step."""
    reporter = id_of(issue["fields"].get("reporter"))
    for place, update in enumerate(updates, start=1):
        for number, item in enumerate(update.items):
            if not (item.field_id or "").startswith("customfield_"):
                continue
            yield (
                "customs",
                {
                    **update.held.origin,
                    "issue": key,
                    "entry": f"{update.entry}-{number}",
                    "place": place,
                    "at": update.at,
                    **who_did(update.author, reporter, names),
                    "reporter": reporter,
                    "field": names.fields.get(item.field_id or "", item.field),
                    "old": item.old_word or _name_of(item.old, names),
                    "new": item.new_word or _name_of(item.new, names),
                },
            )


def _name_of(number: str | None, names: JiraNames) -> str | None:
    return names.words.get("option", {}).get(number or "", number)


def _worklogs(
    case: CaseRecords, key: str, issue: Mapping[str, Any], names: JiraNames
) -> Iterator[FlatRow]:
    for held in case.of("worklog"):
        log = held.value
        minutes = round(int(log.get("timeSpentSeconds") or 0) / 60)
        if minutes:
            yield (
                "worklogs",
                {
                    **held.origin,
                    "issue": key,
                    "worklog_id": log.get("id"),
                    "at": log.get("started"),
                    "by": names.person(id_of(log.get("author"))),
                    "reporter": id_of(issue["fields"].get("reporter")),
                    "minutes": minutes,
                },
            )


def _rating(held: StoredRecord, key: str, names: JiraNames) -> Iterator[FlatRow]:
    """Yield the customer's rating, if it is known when it was given."""
    fields = held.value["fields"]
    score, at = _score_of(fields, names)
    if score is None or not at:
        return
    value = fields.get(names.of_kind(RATING) or "")
    words = value.get("comment") if isinstance(value, dict) else None
    whose = {"issue": key, "reporter": id_of(fields.get("reporter"))}
    yield "ratings", {**held.origin, **whose, "at": at, "score": score, "comment": plain(words)}


def _score_of(fields: Mapping[str, Any], names: JiraNames) -> tuple[Any, Any]:
    """Return a rating and when it was given; either may be None."""
    value = fields.get(names.of_kind(RATING) or "")
    score = value.get("rating") if isinstance(value, dict) else value
    return score, fields.get(names.of_kind(RATED_AT) or "")
