"""A Jira on loopback: Cloud, which leads on by tokens, or a data center, which counts."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.importers.fakes.server import Answerer, Ask, FakeServer, Reply

UPDATED = re.compile(r'updated >= "([^"]+)"')
PROJECTS = re.compile(r"project (?:in \(([^)]*)\)|= ?(\w+))")


@dataclass
class FakeJira:
    """What the site holds, as a pull keeps it; an issue shows `shown` records of a list."""

    issues: list[dict[str, Any]] = field(default_factory=list)
    fields: list[dict[str, Any]] = field(default_factory=list)
    statuses: list[dict[str, Any]] = field(default_factory=list)
    projects: list[dict[str, Any]] = field(default_factory=list)
    users: list[dict[str, Any]] = field(default_factory=list)
    is_cloud: bool = True
    zone: str = "Asia/Tokyo"
    per_page: int = 1
    shown: int = 1
    closed: tuple[str, ...] = ()

    def server(self) -> FakeServer:
        """Make the server; it answers with what the site holds when it is asked."""
        api = f"/rest/api/{3 if self.is_cloud else 2}"
        answers: dict[str, Answerer] = {
            "/rest/api/2/serverInfo": lambda _: {
                "deploymentType": "Cloud" if self.is_cloud else "Server"
            },
            "/rest/api/2/myself": lambda _: {"timeZone": self.zone},
            f"{api}/field": lambda _: self.fields,
            f"{api}/status": lambda _: self.statuses,
            f"{api}/issue/": self._of_issue,
            f"{api}/user{'s' if self.is_cloud else ''}/search": self._users,
            "/rest/servicedeskapi/request/": self._sla,
        }
        if self.is_cloud:
            answers[f"{api}/search/jql"] = self._by_token
            answers[f"{api}/project/search"] = self._projects
        else:
            answers[f"{api}/search"] = self._by_number
            answers[f"{api}/project"] = lambda _: self.projects
        refused = {path: lambda _: Reply(403, {"message": "Forbidden"}) for path in self.closed}
        return FakeServer({**answers, **refused})

    def _users(self, ask: Ask) -> list[dict[str, Any]]:
        start = int(ask.one("startAt", "0"))
        return self.users[start : start + 1]

    def _projects(self, ask: Ask) -> dict[str, Any]:
        own = [p for p in self.projects if p["projectTypeKey"] == ask.one("typeKey")]
        return {"values": own, "isLast": True}

    def _by_token(self, ask: Ask) -> Any:
        token = ask.one("nextPageToken")
        if token and not token.startswith("t"):
            return Reply(400, {"errorMessages": ["the token is not valid"]})
        start = int(token[1:]) if token else 0
        found = self._found(ask)
        end = start + self._size(ask)
        more = {"nextPageToken": f"t{end}"} if end < len(found) else {}
        return {"issues": self._shown(found[start:end], ask), "isLast": not more, **more}

    def _by_number(self, ask: Ask) -> dict[str, Any]:
        start, found = int(ask.one("startAt", "0")), self._found(ask)
        page = found[start : start + self._size(ask)]
        return {"issues": self._shown(page, ask), "startAt": start, "total": len(found)}

    def _size(self, ask: Ask) -> int:
        return min(int(ask.one("maxResults", "50")), self.per_page)

    def _found(self, ask: Ask) -> list[dict[str, Any]]:
        """Find issues as the query says, in the order they were created."""
        query = ask.one("jql")
        moment = UPDATED.search(query)
        assert moment is not None, query
        wall = datetime.strptime(moment[1], "%Y/%m/%d %H:%M")  # noqa: DTZ007
        since = wall.replace(tzinfo=ZoneInfo(self.zone))
        named = PROJECTS.search(query)
        wanted = re.findall(r"\w+", named[1] or named[2]) if named else None
        own = [
            kept
            for kept in self.issues
            if datetime.fromisoformat(kept["issue"]["fields"]["updated"]) >= since
            and (wanted is None or kept["issue"]["key"].partition("-")[0] in wanted)
        ]
        return sorted(own, key=lambda kept: kept["issue"]["fields"]["created"])

    def _shown(self, found: list[dict[str, Any]], ask: Ask) -> list[dict[str, Any]]:
        if ask.one("fields") == "updated":
            return [
                {"id": kept["issue"]["id"], "key": kept["issue"]["key"],
                 "fields": {"updated": kept["issue"]["fields"]["updated"]}}
                for kept in found
            ]  # fmt: skip
        return [self._whole(kept) for kept in found]

    def _whole(self, kept: dict[str, Any]) -> dict[str, Any]:
        """Show an issue with the newest of its changes, and the first of its comments."""
        log, said = kept["changelog"], kept["comments"]
        fields = {
            **kept["issue"]["fields"],
            "comment": {"comments": said[: self.shown], "total": len(said), "startAt": 0},
            "worklog": {"worklogs": [], "total": 0},
        }
        newest = list(reversed(log))[: self.shown]
        changelog = {"histories": newest, "total": len(log), "startAt": 0}
        return {**kept["issue"], "fields": fields, "changelog": changelog}

    def _of_issue(self, ask: Ask) -> Any:
        number, *rest = ask.path.partition("/issue/")[2].split("/")
        kept = next((k for k in self.issues if k["issue"]["id"] == number), None)
        if kept is None:
            return Reply(404, {"errorMessages": ["Issue does not exist"]})
        if not rest:
            return self._whole(kept)
        start = int(ask.one("startAt", "0"))
        if rest[0] == "changelog" and self.is_cloud:
            page = kept["changelog"][start : start + 2]
            is_last = start + len(page) >= len(kept["changelog"])
            return {"values": page, "total": len(kept["changelog"]), "isLast": is_last}
        if rest[0] == "comment":
            page = kept["comments"][start : start + 2]
            return {"comments": page, "total": len(kept["comments"]), "startAt": start}
        return Reply(404, {"errorMessages": ["null for uri"]})

    def _sla(self, ask: Ask) -> Any:
        number = ask.path.split("/")[4]
        kept = next(k for k in self.issues if k["issue"]["id"] == number)
        start = int(ask.one("start", "0"))
        page = kept["sla"][start : start + 1]
        return {"values": page, "start": start, "isLastPage": start + 1 >= len(kept["sla"])}
