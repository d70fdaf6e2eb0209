"""Pulls Zammad: it cannot list only changed tickets, so all pages are read and old ones left out.

Pages are in the order of ids. A ticket that is deleted meanwhile moves all later ones forward, so
the next page would miss some; so the list is read twice (one request for a hundred tickets), and
the second time also finds what changed after the first time.

**Source:** docs.zammad.org (pagination by `page` and `per_page`, `expand=true` for names).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from shinrai.importers.pull.cursor import Cursor, kept_versions, updated_version
from shinrai.importers.pull.http_client import HttpClient, Params
from shinrai.importers.pull.spool import Spool
from shinrai.importers.run.progress import Progress

PER_PAGE: Final = 100
PER_MINUTE: Final = 240
WALKS: Final = 2
ABSENT: Final = frozenset({403, 404, 422})


@dataclass(frozen=True)
class ZammadCursor(Cursor):
    """The page of the pull, in the first or second reading of the list (`walk`).

    Changes before `since` are stored. `newest` is the last change seen in the first reading: the
    next pull begins there.
    """

    since: str = ""
    page: int = 1
    walk: int = 1
    newest: str = ""

    def after(self, tickets: list[Mapping[str, Any]]) -> "ZammadCursor":
        """Return the cursor after a page; after the last page, for the next reading of the list."""
        if not tickets:
            return replace(self, page=1, walk=self.walk + 1)
        newest = max((str(ticket.get("updated_at") or "") for ticket in tickets), default="")
        seen = max(self.newest, newest) if self.walk == 1 else self.newest
        return replace(self, page=self.page + 1, newest=seen)


def client(url: str, token: str) -> HttpClient:
    """Return a client; the token is one of a user's own access tokens.

    Raises: BadAddress.
    """
    headers = {"Authorization": f"Token token={token}"}
    return HttpClient(url, headers=headers, per_minute=PER_MINUTE)


def pull(client: HttpClient, spool: Spool, progress: Progress) -> None:
    """Store every ticket that changed, each with its articles and its history.

    Raises: PullRefused, PullFailed.
    """
    stream = spool.stream("tickets")
    place = ZammadCursor.of(stream)
    seen = kept_versions(stream, "ticket", updated_version)
    while not stream.is_done:
        params: Params = {"page": place.page, "per_page": PER_PAGE, "expand": "true"}
        tickets = client.get("/api/v1/tickets", params).records()
        for ticket in tickets:
            version = updated_version(ticket)
            if version not in seen and version[1] >= place.since:
                seen.add(version)
                stream.append(_with_parts(client, ticket), cursor=place.text())
                progress("pulled", len(seen), len(seen))
        place = place.after(tickets)
        if place.walk > WALKS:
            last = ZammadCursor(since=place.newest or place.since)
            stream.append([], cursor=last.text(), done=True)


def _with_parts(client: HttpClient, ticket: Mapping[str, Any]) -> dict[str, Any]:
    """Return a ticket with its articles and its history, if the token may read them."""
    number, expanded = ticket["id"], {"expand": "true"}
    articles = client.get_or_none(
        f"/api/v1/ticket_articles/by_ticket/{number}", expanded, absent=ABSENT
    )
    history = client.get_or_none(f"/api/v1/ticket_history/{number}", absent=ABSENT)
    return {
        "ticket": ticket,
        "articles": articles and articles.value,
        "history": history and history.value,
    }
