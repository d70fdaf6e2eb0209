"""Finds which desk the records in a file come from, by the fields of the first ones.

Desks use many names alike: each mark below belongs to one desk only, so that a file is either
recognised for sure or not at all. For a file that is not recognised, the user is asked.

**Source:** field names as the desks document them; see `records` of each.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

from shinrai.importers.flatten.json_files import records_in

MOST_DOCUMENTS: Final = 100  # names and settings may stand before the first case
MOST_INSIDE: Final = 20
DEEPEST: Final = 3  # a line that holds a page that holds a list of cases
ADDRESSES: Final = ("url", "html_url", "repository_url", "issue_url", "self")
_GITHUBS: Final = re.compile(r"^https://[^/]+/(?:api/v\d+/)?repos/[^/]+/[^/]+")
_JIRAS: Final = re.compile(r"^https?://.+/rest/(?:api|servicedeskapi)/")
_ZENDESKS: Final = re.compile(r"^https://[^/]+\.zendesk\.com/")
Record = Mapping[str, Any]
CALLED: Final = {
    "zendesk": "Zendesk",
    "zammad": "Zammad",
    "freshdesk": "Freshdesk",
    "chatwoot": "Chatwoot",
    "jira": "Jira",
    "github": "GitHub",
}


def sources_of_files(paths: Sequence[Path]) -> Mapping[str, str]:
    """Return the source of each file by its name; files that are not recognised are left out.

    Raises: UnreadableTable for a file that is not JSON.
    """
    told = ((path.name, _source_of(path)) for path in paths)
    return {name: desk for name, desk in told if desk is not None}


def _source_of(path: Path) -> str | None:
    documents = islice(records_in(path), MOST_DOCUMENTS)
    found = (desk for raw in documents for desk in _desks_in(raw.value, DEEPEST))
    return next(found, None)


def _desks_in(value: Any, deep: int) -> Iterator[str]:
    """Yield the desk of a record, by its own fields or by those of the records in it."""
    if isinstance(value, Mapping):
        desk = next((name for name, is_theirs in _MARKS.items() if is_theirs(value)), None)
        if desk is not None:
            yield desk
            return
        value = [each for each in value.values() if isinstance(each, (list, dict))]
    if isinstance(value, list) and deep:
        for each in value[:MOST_INSIDE]:
            yield from _desks_in(each, deep - 1)


def _is_github(value: Record) -> bool:
    is_event = "event" in value and "actor" in value
    return is_event or ("created_at" in value and _has_address(value, _GITHUBS))


def _is_jira(value: Record) -> bool:
    is_issue = "key" in value and isinstance(value.get("fields"), dict)
    is_change = "created" in value and isinstance(value.get("items"), list)
    is_field = "schema" in value and "custom" in value
    return is_issue or is_change or is_field or _has_address(value, _JIRAS)


def _is_zendesk(value: Record) -> bool:
    is_ticket = "requester_id" in value and bool({"submitter_id", "assignee_id"} & value.keys())
    is_audit = "ticket_id" in value and "author_id" in value and "events" in value
    is_metric = "reopens" in value and "ticket_id" in value
    is_theirs = is_ticket and not _is_freshdesk(value)
    return is_theirs or is_audit or is_metric or _has_address(value, _ZENDESKS)


def _is_zammad(value: Record) -> bool:
    is_ticket = {"number", "customer_id"} <= value.keys()
    return is_ticket or ("ticket_id" in value and bool({"sender", "sender_id"} & value.keys()))


def _is_freshdesk(value: Record) -> bool:
    is_ticket = "requester_id" in value and bool({"responder_id", "fr_escalated"} & value.keys())
    return is_ticket or {"ticket_id", "incoming"} <= value.keys()


def _is_chatwoot(value: Record) -> bool:
    is_conversation = {"inbox_id", "status"} <= value.keys()
    is_message = {"message_type", "conversation_id"} <= value.keys()
    return is_conversation or is_message or {"event_start_time", "conversation_id"} <= value.keys()


def _has_address(value: Record, where: re.Pattern[str]) -> bool:
    """Return whether a record has an address of its source."""
    return any(where.match(str(value.get(name) or "")) for name in ADDRESSES)


_MARKS: Final[dict[str, Callable[[Record], bool]]] = {
    "jira": _is_jira,
    "github": _is_github,
    "zendesk": _is_zendesk,
    "zammad": _is_zammad,
    "freshdesk": _is_freshdesk,
    "chatwoot": _is_chatwoot,
}
