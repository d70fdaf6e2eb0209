"""Requests lists from Jira, page by page: issues by a query, and what belongs to an issue.

Cloud (API 3) uses tokens for the next page, a data center (API 2) uses numbers.

**Source:** developer.atlassian.com (`search/jql` with `nextPageToken`; `search` with `startAt`;
changelogs, comments, worklogs; service desk: `start` and `isLastPage`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from shinrai.importers.jira.records import CHANNEL
from shinrai.importers.pull.http_client import HttpClient, Params

PER_PAGE: Final = 100
MARKS_PER_PAGE: Final = 1000  # of issues asked for their last change alone
USERS_PER_PAGE: Final = 200
PAGED: Final = ("startAt", "maxResults")
ABSENT: Final = frozenset({403, 404, 405})


@dataclass(frozen=True)
class IssuePage:
    """A page of issues, and the token or number of the next page; None after the last."""

    issues: list[dict[str, Any]]
    next: str | None


@dataclass(frozen=True)
class JiraServer:
    """A Jira server: Cloud or a data center; `zone` is the time zone of the account we use."""

    client: HttpClient
    is_cloud: bool
    zone: str | None

    @property
    def api(self) -> str:
        """Return the path of the API that this server has."""
        return f"rest/api/{3 if self.is_cloud else 2}"

    def search(self, query: str, page: str | None, *, marks_only: bool) -> IssuePage:
        """Return a page of issues, complete or with the time of their last change only.

        Raises: PullRefused, PullFailed.
        """
        params: dict[str, str | int | None] = {
            "jql": query,
            "maxResults": MARKS_PER_PAGE if marks_only else PER_PAGE,
            **({"fields": "updated"} if marks_only else self._whole()),
        }
        if self.is_cloud:
            answer = self.client.get(f"{self.api}/search/jql", {**params, "nextPageToken": page})
            told = answer.object()
            found = answer.records("issues")
            token = told.get("nextPageToken")
            return IssuePage(found, None if told.get("isLast") or not token else str(token))
        start = int(page or 0)
        answer = self.client.get(f"{self.api}/search", {**params, "startAt": start})
        found = answer.records("issues")
        end = start + len(found)
        is_last = not found or end >= int(answer.object().get("total") or 0)
        return IssuePage(found, None if is_last else str(end))

    def issue(self, number: Any) -> dict[str, Any] | None:
        """Return one complete issue; None if it no longer exists."""
        answer = self.client.get_or_none(f"{self.api}/issue/{number}", self._whole(), absent=ABSENT)
        return None if answer is None else dict(answer.object())

    def all_of(
        self,
        path: str,
        name: str,
        params: Params | None = None,
        *,
        by: tuple[str, str] = PAGED,
    ) -> list[Any] | None:
        """Return all items of a list; None if we may not read it. `by`: its paging parameters."""
        start_at, per_page = by
        found: list[Any] = []
        while True:
            asked: Params = {**(params or {}), start_at: len(found), per_page: PER_PAGE}
            answer = self.client.get_or_none(path, asked, absent=ABSENT)
            if answer is None:
                return None
            told, page = answer.object(), answer.records(name)
            if _is_over(found, page):
                return found
            found += page
            is_last = told.get("isLast", told.get("isLastPage"))
            if is_last is None:
                is_last = len(found) >= int(told.get("total") or 0)
            if is_last:
                return found

    def users(self) -> list[Any]:
        """Return all users, so that those with one name can be told apart; empty if not allowed."""
        everybody = {} if self.is_cloud else {"username": ".", "includeInactive": "true"}
        path = f"{self.api}/{'users' if self.is_cloud else 'user'}/search"
        found: list[Any] = []
        while True:
            asked: Params = {**everybody, "startAt": len(found), "maxResults": USERS_PER_PAGE}
            answer = self.client.get_or_none(path, asked, absent=ABSENT)
            if answer is None or not isinstance(answer.value, list):
                return found
            if _is_over(found, answer.value):
                return found
            found += answer.value

    def _whole(self) -> Mapping[str, str | int | None]:
        return {
            "fields": "*all",
            "expand": "changelog",
            "properties": CHANNEL if self.is_cloud else None,
        }


def server_of(client: HttpClient) -> JiraServer:
    """Find out which kind of Jira answers, and the time zone of our queries.

    Raises: PullRefused, PullFailed.
    """
    told = client.get("rest/api/2/serverInfo").object()
    me = client.get("rest/api/2/myself").object()
    return JiraServer(client, told.get("deploymentType") == "Cloud", me.get("timeZone"))


def _is_over(found: list[Any], page: list[Any]) -> bool:
    """Return whether a page is after the end: it is empty, or repeats the page before."""
    return not page or found[-len(page) :] == page
