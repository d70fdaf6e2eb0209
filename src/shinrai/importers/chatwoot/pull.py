"""Pulls Chatwoot: conversations, the last active first, back to what the last pull has seen.

A conversation that becomes active meanwhile moves to the front, which only repeats others; as it is
newer than the beginning of this pull, the next pull fetches it.

**Source:** Chatwoot's API description (conversations by page, messages by `before`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from shinrai.importers.pull.cursor import Cursor, kept_versions
from shinrai.importers.pull.errors import BadAddress, not_json
from shinrai.importers.pull.http_client import HttpClient, Params
from shinrai.importers.pull.spool import Spool, Stream
from shinrai.importers.run.progress import Progress
from shinrai.units.text import Text

PER_MINUTE: Final = 240
ABSENT: Final = frozenset({401, 403, 404})
_ACCOUNT: Final = re.compile(r"/(?:app|api/v1)/accounts/(\d+)(?:/.*)?$")


@dataclass(frozen=True)
class ChatwootCursor(Cursor):
    """The next page; conversations without activity after `since` are stored already.

    `newest` is the last activity when this pull began: the next pull stops there. Epoch seconds.
    """

    since: float = 0
    page: int = 1
    newest: float = 0


def client(url: str, token: str) -> HttpClient:
    """Return a client for one account; the address is the one the browser shows.

    Raises: BadAddress.
    """
    found = _ACCOUNT.search(url)
    if found is None:
        raise BadAddress(
            Text(
                "{url}: give the address with the account, such as "
                "https://chat.example.com/app/accounts/1",
                url=url,
            ),
        )
    server, account = url[: found.start()], found[1]
    whole = f"{server}/api/v1/accounts/{account}"
    made = HttpClient(whole, headers={"api_access_token": token}, per_minute=PER_MINUTE)
    made.host = f"{made.host}-{account}"  # accounts of one server have cursors of their own
    return made


def pull(client: HttpClient, spool: Spool, progress: Progress) -> None:
    """Store the names, every conversation that was active with its messages, and the ratings.

    Raises: PullRefused, PullFailed.
    """
    names = spool.stream("names")
    if not names.is_done:
        found = {name: _value(client, name) or [] for name in ("agents", "teams")}
        names.append(found, cursor=None, done=True)
    _conversations(client, spool.stream("conversations"), progress)
    _ratings(client, spool.stream("ratings"))


def _conversations(client: HttpClient, stream: Stream, progress: Progress) -> None:
    place = ChatwootCursor.of(stream)
    seen = kept_versions(stream, "conversation", _version)
    while not stream.is_done:
        asked: Params = {
            "status": "all",
            "assignee_type": "all",
            "sort_by": "last_activity_at_desc",
            "page": place.page,
        }
        listed = _payload(client.get("conversations", asked).value)
        newest = max((_active(each) for each in listed), default=0)
        place = replace(place, newest=place.newest or newest)
        for each in listed:
            if _active(each) >= place.since and _version(each) not in seen:
                seen.add(_version(each))
                stream.append(_with_parts(client, each), cursor=place.text())
                progress("pulled", len(seen), len(seen))
        if not listed or min(map(_active, listed)) < place.since:
            last = ChatwootCursor(since=place.newest or place.since)
            stream.append([], cursor=last.text(), done=True)
        place = replace(place, page=place.page + 1)


def _with_parts(client: HttpClient, conversation: Mapping[str, Any]) -> dict[str, Any]:
    number = conversation["id"]
    return {
        "conversation": conversation,
        "messages": _messages(client, number),
        "reporting_events": _events(client, number),
    }


def _messages(client: HttpClient, number: Any) -> list[Any]:
    """Return all messages, requested page by page from the last one back."""
    found: list[Any] = []
    before: int | None = None
    while True:
        answer = client.get(f"conversations/{number}/messages", {"before": before})
        page = _payload(answer.value)
        if not page:
            return found
        first = min(int(message["id"]) for message in page)
        found = page + found
        if before is not None and first >= before:
            return found
        before = first


def _events(client: HttpClient, number: Any) -> list[Any]:
    """Return Chatwoot's own times; empty for older servers, which have none."""
    value = _value(client, f"conversations/{number}/reporting_events")
    return [] if value is None else _payload(value)


def _ratings(client: HttpClient, stream: Stream) -> None:
    """Store the ratings given since the last pull; only administrators may read them."""
    since = float(stream.cursor or 0)
    newest, page = since, 1
    while not stream.is_done:
        asked: Params = {"sort": "-created_at", "page": page}
        listed = _payload(_value(client, "csat_survey_responses", asked) or [])
        fresh = [each for each in listed if float(each.get("created_at") or 0) >= since]
        newest = max([newest, *(float(each.get("created_at") or 0) for each in fresh)])
        is_last = len(fresh) < len(listed) or not listed
        # The cursor moves at the end alone: killed on the way, it begins with the first page again.
        stream.append({"csat": fresh}, cursor=str(newest) if is_last else None, done=is_last)
        page += 1


def _value(client: HttpClient, path: str, params: Params | None = None) -> Any:
    answer = client.get_or_none(path, params, absent=ABSENT)
    return None if answer is None else answer.value


def _payload(value: Any) -> list[Any]:
    """Return the list in an answer, which may be wrapped once, twice or not at all.

    Raises: PullRefused if there is none.
    """
    for name in ("data", "payload"):
        if isinstance(value, dict) and name in value:
            value = value[name]
    if not isinstance(value, list):
        raise not_json("chatwoot")
    return value


def _active(conversation: Mapping[str, Any]) -> float:
    return float(conversation.get("last_activity_at") or conversation.get("timestamp") or 0)


def _version(conversation: Mapping[str, Any]) -> tuple[str, float]:
    return str(conversation.get("id")), _active(conversation)
