"""A ticket's comments: the direction and author of each; the first is the ticket's own text."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from shinrai.importers.flatten.case_records import CaseRecords, StoredRecord
from shinrai.importers.flatten.csv_tables import FlatRow
from shinrai.importers.zendesk.changes import audits_of, number_of
from shinrai.importers.zendesk.names import ZendeskNames

SPOKEN: Final = frozenset({"Comment", "VoiceComment"})
MACHINES: Final = frozenset({"rule", "system"})  # a trigger or an automation wrote it


def comments_of(case: CaseRecords, ticket: StoredRecord, names: ZendeskNames) -> Iterator[FlatRow]:
    """Yield comments as rows, except the first if it is the ticket's description."""
    told = list(_comments_in_order(case))
    for number, (held, comment, place) in enumerate(told):
        if number == 0 and _is_description(comment, ticket.value, place):
            continue
        yield "comments", _comment(held, comment, place, ticket.value, names)


def _comments_in_order(case: CaseRecords) -> Iterator[tuple[StoredRecord, Mapping[str, Any], int]]:
    """Yield comments in their order, each with the number of its audit, or its own number."""
    private: dict[str, bool] = {}
    found: list[tuple[StoredRecord, dict[str, Any], int]] = []
    for place, held in enumerate(audits_of(case), start=1):
        audit = held.value
        for event in audit.get("events") or ():
            if event.get("type") == "CommentPrivacyChange":
                private[str(event.get("comment_id"))] = not event.get("public")
            elif event.get("type") in SPOKEN:
                via = event.get("via") or audit.get("via")
                own = {"author_id": audit.get("author_id"), **event, "via": via}
                found.append((held, own | {"created_at": audit.get("created_at")}, place))
    if not found:
        apart = sorted(case.of("comment"), key=lambda held: held.value.get("created_at") or "")
        found = [(held, dict(held.value), place) for place, held in enumerate(apart, start=1)]
    for held, comment, place in found:
        if str(comment.get("id")) in private:
            comment["public"] = not private[str(comment.get("id"))]
        yield held, comment, place


def _is_description(comment: Mapping[str, Any], ticket: Mapping[str, Any], place: int) -> bool:
    """Return whether a comment is the ticket's description, which some exports leave out."""
    if place == 1 and str(comment.get("created_at"))[:16] == str(ticket.get("created_at"))[:16]:
        return True
    return _text(comment).strip() == str(ticket.get("description") or "").strip()


def _comment(
    held: StoredRecord,
    comment: Mapping[str, Any],
    place: int,
    ticket: Mapping[str, Any],
    names: ZendeskNames,
) -> dict[str, Any]:
    author = number_of(comment.get("author_id"))
    is_public = comment.get("public", True)
    via = comment.get("via") or {}
    is_asker = author is not None and author == number_of(ticket.get("requester_id"))
    is_staff = names.is_staff(author, ticket) or (not is_public and not is_asker)
    is_machine = author is None or via.get("channel") in MACHINES
    side = "staff" if is_staff or is_machine else "customer"
    return {
        "raw_file": held.file,
        "raw_line": held.line,
        "ticket_id": ticket["id"],
        "comment_id": comment.get("id"),
        "place": place,
        "at": comment.get("created_at"),
        "what": f"{side}_{'public' if is_public else 'private'}",
        "role": "system" if is_machine else "agent" if is_staff else "customer",
        "by": names.person(author) if is_staff and not is_machine else None,
        "requester_id": number_of(ticket.get("requester_id")),
        "automatic": True if is_machine else None,
        "channel": via.get("channel"),
        "text": _text(comment),
    }


def _text(comment: Mapping[str, Any]) -> str:
    return str(comment.get("plain_body") or comment.get("body") or "")
