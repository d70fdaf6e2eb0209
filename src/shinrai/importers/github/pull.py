"""Pulls GitHub: issues in the order of their last change, each with its whole timeline.

Pages are not counted: an issue that changes meanwhile moves to the end and all others move forward,
so the next page would miss some. Instead the list is always requested from the last change seen;
only if many issues changed in one second, the link to the next page is used.

**Source:** docs.github.com/rest (issues with `since`, timelines, `Link`, rate limits: primary by
`x-ratelimit-remaining` and `x-ratelimit-reset`, secondary by `retry-after` or a word in a 403).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from shinrai.importers.pull.cursor import Cursor, kept_versions
from shinrai.importers.pull.errors import BadAddress, PullRefused
from shinrai.importers.pull.http_client import HttpClient, Params, ServerResponse
from shinrai.importers.pull.retry import LimitedResponse
from shinrai.importers.pull.spool import Spool
from shinrai.importers.run.progress import Progress
from shinrai.units.text import Text

PER_PAGE: Final = 100
PER_MINUTE: Final = 80  # 5,000 an hour
HOUR_S: Final = 3_600.0
SECONDARY_S: Final = 60.0  # what GitHub asks for where it says nothing
API: Final = "https://api.github.com"
GONE: Final = frozenset({403, 404, 410})
_WEB: Final = re.compile(r"https://(?:www\.)?github\.com/([^/]+/[^/]+?)(?:\.git)?(?:/.*)?$")
_REPOSITORY: Final = re.compile(r"/repos/([^/]+)/([^/]+?)/?$")
_NEXT: Final = re.compile(r'<([^>]+)>\s*;[^,]*rel="next"')


@dataclass(frozen=True)
class GithubCursor(Cursor):
    """The change from which the list is requested, or the link to its next page."""

    since: str = ""
    link: str | None = None


def client(url: str, token: str) -> HttpClient:
    """Return a client for one repository; the address may be the one the browser shows.

    Raises: BadAddress.
    """
    if found := _WEB.match(url.strip()):
        url = f"{API}/repos/{found[1]}"
    named = _REPOSITORY.search(url.strip())
    if named is None:
        raise BadAddress(
            Text(
                "{url}: give the address of a repository, such as {api}/repos/acme/app",
                url=url,
                api=API,
            ),
        )
    headers = {
        "Accept": "application/vnd.github+json",
        "Authorization": f"Bearer {token}",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    made = HttpClient(
        url, headers=headers, per_minute=PER_MINUTE, limited=limited, longest_s=HOUR_S + 60
    )
    made.host = f"{made.host}-{named[1]}-{named[2]}"  # repositories have cursors of their own
    return made


def limited(answer: LimitedResponse) -> float | None:
    """Return how many seconds a rate limit makes us wait; None if the answer is a refusal."""
    if answer.status not in (403, 429):
        return None
    if answer.retry_after_s is not None:
        return answer.retry_after_s
    if answer.headers.get("x-ratelimit-remaining") == "0":
        reset = answer.headers.get("x-ratelimit-reset", "")
        return max(float(reset) - answer.now, 1.0) if reset.isdigit() else HOUR_S
    is_secondary = "rate limit" in answer.said.lower() or answer.status == 429
    return SECONDARY_S if is_secondary else None


def pull(client: HttpClient, spool: Spool, progress: Progress) -> None:
    """Store every issue that changed since the last pull, with its timeline.

    Raises: PullRefused, PullFailed.
    """
    stream = spool.stream("issues")
    place = GithubCursor.of(stream)
    seen = kept_versions(stream, "issue", _version)
    while not stream.is_done:
        answer = _issues_page(client, place)
        listed = answer.records()
        for issue in listed:
            if _version(issue) in seen:
                continue
            seen.add(_version(issue))
            if "pull_request" not in issue:
                stream.append(_with_timeline(client, issue), cursor=place.text())
            progress("pulling", len(seen), len(seen))
        place, is_last = _next_cursor(place, listed, answer)
        if is_last:
            stream.append([], cursor=GithubCursor(since=place.since).text(), done=True)


def _issues_page(client: HttpClient, place: GithubCursor) -> ServerResponse:
    if place.link is not None:
        return client.get(place.link)
    asked: Params = {
        "state": "all",
        "sort": "updated",
        "direction": "asc",
        "since": place.since or None,
        "per_page": PER_PAGE,
    }
    return client.get("issues", asked)


def _next_cursor(
    place: GithubCursor, listed: list[Any], answer: ServerResponse
) -> tuple[GithubCursor, bool]:
    """Return the cursor after a page, and whether that page was the last."""
    newest = max([place.since, *(str(issue["updated_at"]) for issue in listed)])
    link = _NEXT.search(answer.headers.get("link", ""))
    if link is None:
        return GithubCursor(newest), True
    if newest > place.since:
        return GithubCursor(newest), False
    return GithubCursor(place.since, link[1]), False


def _with_timeline(client: HttpClient, issue: Mapping[str, Any]) -> dict[str, Any]:
    try:
        pages = list(_pages(client, f"issues/{issue['number']}/timeline"))
    except PullRefused as refused:
        if refused.status not in GONE:
            raise
        return {"issue": issue, "timeline": None}  # moved or deleted since it was listed
    return {"issue": issue, "timeline": [each for page in pages for each in page]}


def _pages(client: HttpClient, path: str) -> Iterator[list[Any]]:
    """Yield the pages of a list, following its links."""
    url: str | None = path
    asked: Params | None = {"per_page": PER_PAGE}
    while url is not None:
        answer = client.get(url, asked)
        yield answer.records()
        found = _NEXT.search(answer.headers.get("link", ""))
        url, asked = (found[1] if found else None), None  # the link says it all


def _version(issue: Mapping[str, Any]) -> tuple[str, str]:
    return str(issue["number"]), str(issue.get("updated_at") or "")
