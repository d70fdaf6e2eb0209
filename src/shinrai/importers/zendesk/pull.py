"""Pulls Zendesk: changed tickets with their metrics, the audits of each, and names and settings.

Exports of changes allow ten requests a minute and leave out the last minute; each answer holds a
cursor for the next one, which is stored for the next pull. All other requests keep to the limit of
a small plan. What a plan or a token does not allow (metric events, schedules, ratings) is left out.

**Source:** developer.zendesk.com (incremental exports, cursor pagination, rate limits).
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from shinrai.importers.pull.errors import PullRefused
from shinrai.importers.pull.http_client import (
    ABSENT,
    HttpClient,
    Params,
    authorization,
    suppress_absent,
)
from shinrai.importers.pull.rate_limit import RateLimit
from shinrai.importers.pull.spool import Spool, Stream
from shinrai.importers.run.progress import Progress
from shinrai.importers.zendesk.records import EVENTS_SHOWN

PER_MINUTE: Final = 200
EXPORTS_PER_MINUTE: Final = 10
FROM_THE_BEGINNING: Final = 0  # start_time, in epoch seconds
PER_PAGE: Final = 100


def client(url: str, token: str) -> HttpClient:
    """Return a client; a token is `mail/token:KEY` for the API, or an OAuth token.

    Raises: BadAddress.
    """
    return HttpClient(url, headers=authorization(token), per_minute=PER_MINUTE)


def pull(client: HttpClient, spool: Spool, progress: Progress) -> None:
    """Store what changed since the last pull; a killed pull is resumed.

    Raises: PullRefused, PullFailed.
    """
    exports = client.rate_limit(EXPORTS_PER_MINUTE)
    for name, path, key, params in _LISTS:
        _list(client, spool.stream(name), path, key, params)
    _holidays(client, spool)
    tickets = spool.stream("tickets")
    _tickets(client, tickets, exports, progress)
    _audits(client, spool.stream("audits"), tickets, progress)
    _metric_events(client, spool.stream("metric_events"), exports)
    _ratings(client, spool.stream("ratings"))


# What explains tickets: all of it each time, for it is little.
_LISTS: Final[tuple[tuple[str, str, str, Mapping[str, str]], ...]] = (
    ("agents", "/api/v2/users.json", "users", {"role": "agent"}),
    ("admins", "/api/v2/users.json", "users", {"role": "admin"}),
    ("groups", "/api/v2/groups.json", "groups", {}),
    ("schedules", "/api/v2/business_hours/schedules.json", "schedules", {}),
    ("policies", "/api/v2/slas/policies.json", "sla_policies", {}),
)


def _list(
    client: HttpClient, stream: Stream, path: str, key: str, params: Mapping[str, str]
) -> None:
    asked: Params = {**params, "page[size]": PER_PAGE}
    if stream.is_done:
        return
    try:
        for page, is_last in _pages(client, path, asked):
            stream.append({key: page.get(key) or []}, cursor=None, done=is_last)
    except PullRefused as refused:
        if refused.status not in ABSENT or key == "users":
            raise
        stream.append({key: []}, cursor=None, done=True)


def _holidays(client: HttpClient, spool: Spool) -> None:
    stream = spool.stream("holidays")
    if stream.is_done:
        return
    for page in spool.stream("schedules").read():
        for schedule in page.get("schedules") or ():
            path = f"/api/v2/business_hours/schedules/{schedule['id']}/holidays.json"
            answer = client.get_or_none(path)
            found = {} if answer is None else answer.object()
            kept = {"schedule_id": schedule["id"], "holidays": found.get("holidays") or []}
            stream.append(kept, cursor=None)
    stream.end()


def _tickets(client: HttpClient, stream: Stream, exports: RateLimit, progress: Progress) -> None:
    """Store all pages of the export of changed tickets, following its cursor."""
    path = "/api/v2/incremental/tickets/cursor.json"
    count = 0
    while not stream.is_done:
        asked: dict[str, str | int | None] = {"include": "metric_sets", "per_page": 1000}
        begins = {"start_time": FROM_THE_BEGINNING} if stream.cursor is None else {}
        page = client.get(
            path, {**asked, **begins, "cursor": stream.cursor}, limit=exports
        ).object()
        is_last = bool(page.get("end_of_stream")) or not page.get("tickets")
        stream.append(
            {"tickets": page.get("tickets") or [], "metric_sets": page.get("metric_sets") or []},
            cursor=page.get("after_cursor"),
            done=is_last,
        )
        count += len(page.get("tickets") or ())
        progress("pulling", count, count)


def _audits(client: HttpClient, stream: Stream, tickets: Stream, progress: Progress) -> None:
    """Store the audits of every ticket that changed, in the order of the export."""
    if stream.is_done:
        return
    numbers = list(dict.fromkeys(_numbers(tickets)))
    done = stream.pages
    for place, number in enumerate(numbers[done:], start=done + 1):
        audits: list[Any] = []
        path = f"/api/v2/tickets/{number}/audits.json"
        with suppress_absent():  # of a deleted ticket there are none
            for page, _ in _pages(client, path, {"page[size]": PER_PAGE}):
                audits.extend(page.get("audits") or ())
        stream.append({"ticket_id": number, "audits": audits}, cursor=None)
        progress("pulling", place, len(numbers))
    stream.end()


def _numbers(tickets: Stream) -> Iterator[Any]:
    for page in tickets.read():
        for ticket in page.get("tickets") or ():
            yield ticket["id"]


def _metric_events(client: HttpClient, stream: Stream, exports: RateLimit) -> None:
    """Store the export of metric events, by time; repeated events are merged when it is read."""
    path = "/api/v2/incremental/ticket_metric_events.json"
    while not stream.is_done:
        since = int(stream.cursor or FROM_THE_BEGINNING)
        page: Mapping[str, Any] = {}
        with suppress_absent():
            page = client.get(path, {"start_time": since}, limit=exports).object()
        events = page.get("ticket_metric_events") or []
        ends = int(page.get("end_time") or since)
        kept = [event for event in events if event.get("type") in EVENTS_SHOWN]
        is_last = bool(page.get("end_of_stream")) or ends <= since or not events
        stream.append({"ticket_metric_events": kept}, cursor=str(max(ends, since)), done=is_last)


def _ratings(client: HttpClient, stream: Stream) -> None:
    """Store the ratings given or changed since the newest one stored."""
    if stream.is_done:
        return
    path, newest = "/api/v2/satisfaction_ratings.json", stream.cursor
    asked: Params = {
        "score": "received",
        "start_time": None if newest is None else _seconds(newest),
        "page[size]": PER_PAGE,
    }
    with suppress_absent():
        for page, is_last in _pages(client, path, asked):
            ratings = page.get("satisfaction_ratings") or []
            moments = [str(each["updated_at"]) for each in ratings if each.get("updated_at")]
            newest = max([*moments, newest or ""]) or None
            kept = {"satisfaction_ratings": ratings}
            # Half-way the old cursor stays: pages come in no order a cursor could go on from.
            stream.append(kept, cursor=newest if is_last else None, done=is_last)
    if not stream.is_done:
        stream.end()


def _seconds(moment: str) -> int:
    found = datetime.fromisoformat(moment)
    return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp())


def _pages(
    client: HttpClient, path: str, asked: Params
) -> Iterator[tuple[Mapping[str, Any], bool]]:
    """Yield the pages of a list, following its links, each with whether it is the last."""
    url: str | None = path
    params: Params | None = asked
    while url is not None:
        page = client.get(url, params).object()
        more = (page.get("meta") or {}).get("has_more")
        url = (page.get("links") or {}).get("next") if more else page.get("next_page")
        params = None  # the link says it all
        yield page, url is None
