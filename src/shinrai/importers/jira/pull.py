"""Pulls Jira: issues by a query, in the order they were created, each with all its parts.

An issue that changes meanwhile keeps its place in that order, but one deleted moves all later ones
forward, so the next page would miss some; so the list is read twice. The second time only the times
of the last changes are requested, which finds what the first time missed. Lists show a change some
time after it was made, and a query's times are minutes in the account's own time zone, which may
change its clock: the next pull begins two hours before the last change that was seen.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from shinrai.calendars.rules.time_zone import UnknownZone, zone_named
from shinrai.importers.jira.api import JiraServer, server_of
from shinrai.importers.jira.values import is_cycles
from shinrai.importers.pull.cursor import Cursor, kept_versions
from shinrai.importers.pull.errors import PullRefused
from shinrai.importers.pull.http_client import HttpClient, authorization
from shinrai.importers.pull.spool import Spool, Stream
from shinrai.importers.run.progress import Progress

PER_MINUTE: Final = 300
WALKS: Final = 2
OVERLAP: Final = timedelta(hours=2)
ANY_ZONE: Final = timedelta(hours=26)  # no two clocks on earth are further apart
LONGEST_SHOWN: Final = 20  # Cloud shows no more comments with an issue, and 40 changes
ORDERED: Final = re.compile(r"\border\s+by\b.*", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class JiraCursor(Cursor):
    """The page of the pull, in the first or second reading of the list (`walk`).

    Changes before `since` are stored. `scope` is the query without its time; `newest` is the last
    change seen in the first reading.
    """

    since: str = ""
    scope: str | None = None
    page: str | None = None
    walk: int = 1
    newest: str = ""

    def after(self, listed: Sequence[Mapping[str, Any]], next_page: str | None) -> "JiraCursor":
        """Return the cursor after a page; after the last page, for the next reading of the list."""
        newest = max([self.newest, *(_updated(issue) for issue in listed)], key=_instant)
        seen = newest if self.walk == 1 else self.newest
        if next_page is None:
            return replace(self, page=None, walk=self.walk + 1, newest=seen)
        return replace(self, page=next_page, newest=seen)


def client(url: str, token: str, *, jql: str | None = None) -> HttpClient:
    """Return a client; a token is `mail:TOKEN` for Cloud, or a personal access token.

    Raises: BadAddress.
    """
    made = HttpClient(url, headers=authorization(token), per_minute=PER_MINUTE)
    if jql is not None:  # queries of one server have cursors of their own
        made.host = f"{made.host}-{sha256(jql.encode()).hexdigest()[:12]}"
    return made


def pull(client: HttpClient, spool: Spool, progress: Progress, *, jql: str | None = None) -> None:
    """Store in the spool every issue changed since the last pull; the first pull takes all.

    Each comes with its history, comments, worklogs and, for service desks, SLA times. `jql` says
    which issues; without it, those of service desk projects, or all if there are none.
    Raises: PullRefused, PullFailed.
    """
    server = server_of(client)
    names = spool.stream("names")
    if not names.is_done:
        lists = {name: client.get(f"{server.api}/{name}").value for name in ("field", "status")}
        kept = {"fields": lists["field"], "statuses": lists["status"], "users": server.users()}
        names.append(kept, cursor=None, done=True)
    stream = spool.stream("issues")
    place = JiraCursor.of(stream)
    if place.scope is None:
        place = replace(place, scope=_scope(server, jql))
    seen = kept_versions(stream, "issue", _version)
    while not stream.is_done:
        place = _page(server, stream, place, seen, progress)
        if place.walk > WALKS:
            last = JiraCursor(since=place.newest or place.since)
            stream.append([], cursor=last.text(), done=True)


def _page(
    server: JiraServer,
    stream: Stream,
    place: JiraCursor,
    seen: set[tuple[str, str]],
    progress: Progress,
) -> JiraCursor:
    """Store the issues that are new on a page, and return the cursor of the next page."""
    marks_only = place.walk > 1
    query = _query(place, server.zone)
    try:
        listed = server.search(query, place.page, marks_only=marks_only)
    except PullRefused as refused:
        if refused.status != 400 or place.page is None:
            raise
        return replace(place, page=None)  # a token is good for a week: begin this walk again
    for found in listed.issues:
        version = _version(found)
        if version in seen:
            continue
        seen.add(version)
        issue = server.issue(version[0]) if marks_only else found
        if issue is not None:
            stream.append(_with_parts(server, issue), cursor=place.text())
            progress("pulling", len(seen), len(seen))
    return place.after(listed.issues, listed.next)


def _with_parts(server: JiraServer, issue: dict[str, Any]) -> dict[str, Any]:
    """Return an issue with its parts; those missing or incomplete in it are requested."""
    fields, number = issue.get("fields") or {}, issue["id"]
    path = f"{server.api}/issue/{number}"
    is_desk = (fields.get("project") or {}).get("projectTypeKey") == "service_desk"
    found: dict[str, Any] = {"issue": issue}
    if _is_cut(server, issue.get("changelog"), "histories"):
        found["changelog"] = server.all_of(f"{path}/changelog", "values")
    # Whether a comment is internal a data center says only in its properties.
    if _is_cut(server, fields.get("comment"), "comments") or (is_desk and not server.is_cloud):
        more = {"orderBy": "created", "expand": "properties"}
        found["comments"] = server.all_of(f"{path}/comment", "comments", more)
    if _is_cut(server, fields.get("worklog"), "worklogs"):
        found["worklogs"] = server.all_of(f"{path}/worklog", "worklogs")
    if is_desk and not any(map(is_cycles, fields.values())):
        path = f"rest/servicedeskapi/request/{number}/sla"
        found["sla"] = server.all_of(path, "values", by=("start", "limit"))
    return {name: kept for name, kept in found.items() if kept is not None}


def _is_cut(server: JiraServer, page: Any, name: str) -> bool:
    """Return whether an issue may have more items of a list than it holds."""
    if not isinstance(page, dict):
        return name != "worklogs"
    held = len(page.get(name) or ())
    return int(page.get("total") or 0) > held or (server.is_cloud and held >= LONGEST_SHOWN)


def _scope(server: JiraServer, jql: str | None) -> str:
    """Return the query for all issues to pull, without the time of their change."""
    if jql is not None and (wanted := ORDERED.sub("", jql).strip()):
        return f"({wanted})"
    if server.is_cloud:
        path, asked = f"{server.api}/project/search", {"typeKey": "service_desk"}
        projects = server.all_of(path, "values", asked) or []
    else:
        projects = server.client.get(f"{server.api}/project").records()
        projects = [each for each in projects if each.get("projectTypeKey") == "service_desk"]
    keys = ", ".join(f'"{project["key"]}"' for project in projects)
    return f"project in ({keys})" if keys else ""


def _query(place: JiraCursor, zone: str | None) -> str:
    since = "1970/01/02 00:00"
    if place.since:
        since = f"{_wall(datetime.fromisoformat(place.since), zone):%Y/%m/%d %H:%M}"
    parts = [place.scope or "", f'updated >= "{since}"']
    return f"{' AND '.join(filter(None, parts))} ORDER BY created ASC, key ASC"


def _wall(since: datetime, zone: str | None) -> datetime:
    """Return a moment, less a margin, in the time zone in which the server reads it."""
    try:
        return (since - OVERLAP).astimezone(zone_named(zone or ""))
    except UnknownZone:
        return (since - ANY_ZONE).astimezone(UTC)


def _version(issue: Mapping[str, Any]) -> tuple[str, str]:
    return str(issue["id"]), _updated(issue)


def _updated(issue: Mapping[str, Any]) -> str:
    return str((issue.get("fields") or {}).get("updated") or "")


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text) if text else datetime.min.replace(tzinfo=UTC)
