"""An issue's comments: the direction of each, its author, and who can see it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from shinrai.importers.flatten.case_records import CaseRecords
from shinrai.importers.flatten.csv_tables import FlatRow
from shinrai.importers.flatten.values import padded
from shinrai.importers.jira.changes import instant
from shinrai.importers.jira.names import PARTICIPANTS, JiraNames
from shinrai.importers.jira.rich_text import plain
from shinrai.importers.jira.values import id_of

INTERNAL: Final = "sd.public.comment"  # a comment's property; a data center may say it only so


def comment_rows(
    case: CaseRecords, key: str, fields: Mapping[str, Any], names: JiraNames
) -> Iterator[FlatRow]:
    """Yield comments as rows, in the order they were written."""
    reporter = id_of(fields.get("reporter"))
    asking = {reporter, *_participants(fields, names)}
    told = sorted(
        case.of("comment"),
        key=lambda held: (instant(held.value.get("created")), padded(held.value.get("id", ""))),
    )
    for place, held in enumerate(told, start=1):
        comment = held.value
        author = id_of(comment.get("author"))
        is_machine = author in names.machines
        is_asking = author is not None and (author in asking or author in names.customers)
        side = "customer" if is_asking else "staff"
        yield (
            "comments",
            {
                "raw_file": held.file,
                "raw_line": held.line,
                "issue": key,
                "comment_id": comment.get("id"),
                "place": place,
                "at": comment.get("created"),
                "what": f"{side}_{'public' if is_public(comment) else 'internal'}",
                "role": "customer" if is_asking else "system" if is_machine else "agent",
                "by": None if is_asking else names.person(author),
                "author": names.person(author),
                "reporter": reporter,
                "automatic": True if is_machine else None,
                "text": plain(comment.get("body")),
            },
        )


def is_public(comment: Mapping[str, Any]) -> bool:
    """Return whether the asker can see a comment: it is neither internal nor limited to a role."""
    if comment.get("jsdPublic") is False or comment.get("visibility"):
        return False
    marks = comment.get("properties") or ()
    return not any(
        mark.get("key") == INTERNAL and (mark.get("value") or {}).get("internal")
        for mark in marks
        if isinstance(mark, dict) and isinstance(mark.get("value"), dict)
    )


def _participants(fields: Mapping[str, Any], names: JiraNames) -> set[str]:
    """Return the people the reporter shared the request with: they count as askers too."""
    value = fields.get(names.of_kind(PARTICIPANTS) or "")
    found = (id_of(each) for each in value) if isinstance(value, list) else ()
    return {person for person in found if person is not None}
