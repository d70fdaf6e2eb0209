"""A Zendesk on loopback: exports of changes by cursor and by time, lists by links."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.importers.fakes.server import Answerer, Ask, FakeServer, Reply


@dataclass
class FakeZendesk:
    """What the account holds; `closed` names the paths that its plan does not open."""

    tickets: list[dict[str, Any]] = field(default_factory=list)
    users: list[dict[str, Any]] = field(default_factory=list)
    groups: list[dict[str, Any]] = field(default_factory=list)
    schedules: list[dict[str, Any]] = field(default_factory=list)
    holidays: list[dict[str, Any]] = field(default_factory=list)
    metric_events: list[dict[str, Any]] = field(default_factory=list)
    ratings: list[dict[str, Any]] = field(default_factory=list)
    closed: tuple[str, ...] = ()
    per_page: int = 2

    def server(self) -> FakeServer:
        """Make the server; it answers with what the account holds when it is asked."""
        answers: dict[str, Answerer] = {
            "/api/v2/incremental/tickets/cursor.json": self._changed,
            "/api/v2/incremental/ticket_metric_events.json": self._metric_events,
            "/api/v2/tickets/": self._audits,
            "/api/v2/users.json": self._people,
            "/api/v2/groups.json": lambda ask: self._listed(ask, "groups", self.groups),
            "/api/v2/business_hours/schedules.json": lambda _: {"schedules": self.schedules},
            "/api/v2/business_hours/schedules/": lambda _: {"holidays": self.holidays},
            "/api/v2/slas/policies.json": lambda _: {"sla_policies": []},
            "/api/v2/satisfaction_ratings.json": self._rated,
        }
        refused = {path: lambda _: Reply(403, {"error": "Forbidden"}) for path in self.closed}
        made = FakeServer({**answers, **refused})
        self.made = made
        return made

    def _changed(self, ask: Ask) -> dict[str, Any]:
        """Answer the tickets changed since a moment, in the order of their change."""
        after = ask.one("cursor") or ""
        ordered = sorted(self.tickets, key=_mark)
        left = [ticket for ticket in ordered if _mark(ticket) > after]
        page = left[: self.per_page]
        inside = ("audits", "metric_set")
        return {
            "tickets": [{k: v for k, v in t.items() if k not in inside} for t in page],
            "metric_sets": [t["metric_set"] for t in page if "metric_set" in t],
            "after_cursor": _mark(page[-1]) if page else after or None,
            "end_of_stream": len(left) <= self.per_page,
        }

    def _audits(self, ask: Ask) -> Any:
        number = int(ask.path.split("/")[4])
        found = next((t for t in self.tickets if t["id"] == number and "audits" in t), None)
        if found is None:
            return Reply(404, {"error": "RecordNotFound"})
        return self._listed(ask, "audits", found["audits"])

    def _people(self, ask: Ask) -> dict[str, Any]:
        fitting = [user for user in self.users if user["role"] == ask.one("role")]
        return self._listed(ask, "users", fitting)

    def _rated(self, ask: Ask) -> dict[str, Any]:
        since = int(ask.one("start_time", "0"))
        fitting = [r for r in self.ratings if _seconds(r["updated_at"]) >= since]
        return self._listed(ask, "satisfaction_ratings", fitting)

    def _metric_events(self, ask: Ask) -> dict[str, Any]:
        """Answer by time: what happened in the last second is told again."""
        since = int(ask.one("start_time"))
        left = [event for event in self.metric_events if _seconds(event["time"]) >= since]
        page = left[:3]
        ends = _seconds(page[-1]["time"]) if page else None
        return {
            "ticket_metric_events": page,
            "end_time": ends,
            "end_of_stream": len(left) <= len(page),
        }

    def _listed(self, ask: Ask, name: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
        start = int(ask.one("page[after]", "0"))
        end = start + self.per_page
        more = end < len(rows)
        link = f"{self.made.url}{ask.path}?page%5Bafter%5D={end}&role={ask.one('role')}"
        return {
            name: rows[start:end],
            "meta": {"has_more": more},
            "links": {"next": link if more else None},
        }


def _mark(ticket: dict[str, Any]) -> str:
    return f"{ticket['updated_at']}|{ticket['id']:09d}"


def _seconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp())
