"""Pull Zammad: it knows no "changed since", so all pages are walked and what is old passed over.

Pages come in the order of ids. A ticket that is deleted meanwhile moves all later ones forward,
past the page that is asked for next; so the list is walked twice (one request for a hundred
tickets), and the second walk also finds what changed behind the back of the first.

**Source:** docs.zammad.org (pagination by `page` and `per_page`, `expand=true` for names).
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from shinrai.importers.pull.errors import PullRefused, not_json
from shinrai.importers.pull.http_client import HttpClient
from shinrai.importers.pull.spool import Spool, Stream
from shinrai.importers.run.progress import Progress

PER_PAGE: Final = 100
PER_MINUTE: Final = 240
WALKS: Final = 2
NOT_FOR_US: Final = frozenset({403, 404, 422})


@dataclass(frozen=True)
class ZammadCursor:
    """Where a pull is: which page of which walk; what changed before `since` is known.

    `newest` is the last change that the first walk saw: the next pull begins there.
    """

    since: str = ""
    page: int = 1
    walk: int = 1
    newest: str = ""

    def after(self, tickets: list[Mapping[str, Any]]) -> "ZammadCursor":
        """Go on behind a page; behind the last one, to the next walk."""
        if not tickets:
            return replace(self, page=1, walk=self.walk + 1)
        newest = max((str(ticket.get("updated_at") or "") for ticket in tickets), default="")
        seen = max(self.newest, newest) if self.walk == 1 else self.newest
        return replace(self, page=self.page + 1, newest=seen)


def client(url: str, token: str) -> HttpClient:
    """Make a client; the token is one of a user's own access tokens.

    Raises: BadAddress.
    """
    headers = {"Authorization": f"Token token={token}"}
    return HttpClient(url, headers=headers, per_minute=PER_MINUTE)


def pull(client: HttpClient, spool: Spool, progress: Progress) -> None:
    """Keep every ticket that changed, each with its articles and its history.

    Raises: PullRefused, PullFailed.
    """
    stream = spool.stream("tickets")
    place = ZammadCursor(**json.loads(stream.cursor or "{}"))
    seen = {_mark(kept["ticket"]) for kept in stream.read() if "ticket" in kept}
    while not stream.is_done:
        asked: dict[str, str | int | None] = {
            "page": place.page,
            "per_page": PER_PAGE,
            "expand": "true",
        }
        answer = client.get("/api/v1/tickets", asked)
        if not isinstance(answer.value, list):
            raise not_json(answer.url)
        for ticket in answer.value:
            mark = _mark(ticket)
            if mark not in seen and mark[1] >= place.since:
                seen.add(mark)
                stream.append(_together(client, ticket), cursor=_text(place))
                progress("pulled", len(seen), len(seen))
        place = place.after(answer.value)
        if place.walk > WALKS:
            _end(stream, place)


def _end(stream: Stream, place: ZammadCursor) -> None:
    stream.append([], cursor=_text(ZammadCursor(since=place.newest or place.since)), done=True)


def _text(place: ZammadCursor) -> str:
    return json.dumps(asdict(place), sort_keys=True)


def _mark(ticket: Mapping[str, Any]) -> tuple[str, str]:
    return str(ticket.get("id")), str(ticket.get("updated_at") or "")


def _together(client: HttpClient, ticket: Mapping[str, Any]) -> dict[str, Any]:
    number = ticket["id"]
    articles = _asked(client, f"/api/v1/ticket_articles/by_ticket/{number}", {"expand": "true"})
    history = _asked(client, f"/api/v1/ticket_history/{number}", {})
    return {"ticket": ticket, "articles": articles, "history": history}


def _asked(client: HttpClient, path: str, params: dict[str, str | int | None]) -> Any:
    """Ask for what belongs to a ticket; None where the token may not see it, or it is gone."""
    try:
        return client.get(path, params).value
    except PullRefused as refused:
        if refused.status in NOT_FOR_US:
            return None
        raise
