"""Pulls Freshdesk: tickets in the order of their last change, each with its conversations.

Pages are not counted: a ticket that changes meanwhile moves to the end and all others move forward,
so the next page would miss some. Instead the list is always requested from the last change seen,
which also avoids the limit of 300 pages. Spam and deleted tickets are separate lists.

**Source:** developers.freshdesk.com/api (`updated_since`, `order_by`, `include=stats`, 300 pages).
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from shinrai.importers.pull.cursor import Cursor, kept_versions, updated_version
from shinrai.importers.pull.errors import PullFailed
from shinrai.importers.pull.http_client import HttpClient, Params
from shinrai.importers.pull.spool import Spool, Stream
from shinrai.importers.run.progress import Progress
from shinrai.units.text import Text

PER_PAGE: Final = 100
PER_MINUTE: Final = 180  # the smallest plan that has the API allows 200
LISTS_PER_MINUTE: Final = 20
LAST_PAGE: Final = 300
BEGINNING: Final = "1970-01-01T00:00:00Z"
LISTS: Final = {"tickets": None, "spam": "spam", "deleted": "deleted"}


@dataclass(frozen=True)
class FreshdeskCursor(Cursor):
    """The change from which the list is requested, and the next page of that list."""

    since: str = BEGINNING
    page: int = 1

    def after(self, tickets: list[Mapping[str, Any]]) -> "FreshdeskCursor":
        """Return the cursor after a page: from a second before its last change, or the next page.

        Raises: PullFailed if more tickets changed in one second than Freshdesk lists.
        """
        last = datetime.fromisoformat(tickets[-1]["updated_at"]) - timedelta(seconds=1)
        since = f"{last:%Y-%m-%dT%H:%M:%SZ}"
        if since > self.since:
            return FreshdeskCursor(since)
        if self.page == LAST_PAGE:
            raise PullFailed(
                Text(
                    "more than {last_page:,} tickets changed at {since}; Freshdesk lists no "
                    "more of them: import its account export instead",
                    last_page=LAST_PAGE * PER_PAGE,
                    since=self.since,
                ),
            )
        return replace(self, page=self.page + 1)


def client(url: str, token: str) -> HttpClient:
    """Return a client; the token is an agent's API key, the user name of Basic authentication.

    Raises: BadAddress.
    """
    basic = b64encode(f"{token}:X".encode()).decode()
    return HttpClient(url, headers={"Authorization": f"Basic {basic}"}, per_minute=PER_MINUTE)


def pull(client: HttpClient, spool: Spool, progress: Progress) -> None:
    """Store the names, every ticket that changed with its conversations, and the ratings.

    Raises: PullRefused, PullFailed.
    """
    names = spool.stream("names")
    if not names.is_done:
        found = {name: _all(client, f"/api/v2/{name}") for name in ("agents", "groups")}
        names.append(found, cursor=None, done=True)
    for name, kept_apart in LISTS.items():
        _tickets(client, spool.stream(name), kept_apart, progress)
    _ratings(client, spool.stream("ratings"))


def _tickets(
    client: HttpClient, stream: Stream, kept_apart: str | None, progress: Progress
) -> None:
    place = FreshdeskCursor.of(stream)
    seen = kept_versions(stream, "ticket", updated_version)
    limit = client.rate_limit(LISTS_PER_MINUTE)
    while not stream.is_done:
        asked: Params = {
            "filter": kept_apart,
            "updated_since": place.since,
            "order_by": "updated_at",
            "order_type": "asc",
            "include": "stats,description",
            "per_page": PER_PAGE,
            "page": place.page,
        }
        tickets = client.get("/api/v2/tickets", asked, limit=limit).records()
        for ticket in tickets:
            if updated_version(ticket) not in seen:
                seen.add(updated_version(ticket))
                said = _all(client, f"/api/v2/tickets/{ticket['id']}/conversations")
                kept = {kept_apart: True} if kept_apart else {}
                page = {"ticket": {**ticket, **kept}, "conversations": said}
                stream.append(page, cursor=place.text())
                progress("pulled", len(seen), len(seen))
        if tickets:
            place = place.after(tickets)
        if len(tickets) < PER_PAGE:
            stream.append([], cursor=replace(place, page=1).text(), done=True)


def _ratings(client: HttpClient, stream: Stream) -> None:
    """Store the ratings given since the last pull; none if the desk lacks this feature."""
    if stream.is_done:
        return
    since = stream.cursor or BEGINNING
    path = "/api/v2/surveys/satisfaction_ratings"
    found = _all(client, path, {"created_since": since})
    newest = max((str(rating.get("created_at")) for rating in found), default=since)
    stream.append({"ratings": found}, cursor=max(newest, since), done=True)


def _all(client: HttpClient, path: str, more: Mapping[str, str] | None = None) -> list[Any]:
    """Return all pages of a short list; empty if the plan or the token does not allow it."""
    found: list[Any] = []
    for page in range(1, LAST_PAGE + 1):
        asked: Params = {**(more or {}), "per_page": PER_PAGE, "page": page}
        answer = client.get_or_none(path, asked)
        if answer is None:
            return found
        records = answer.records()
        if page > 1 and records == found[-len(records) :]:
            return found  # a desk that knows no pages says the same again
        found += records
        if len(records) < PER_PAGE:
            return found
    raise PullFailed(
        Text(
            "{path} has more than {last_page} pages; Freshdesk lists no more of them: "
            "import its account export instead",
            path=path,
            last_page=LAST_PAGE,
        ),
    )
