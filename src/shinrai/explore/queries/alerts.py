"""The alerts of dashboards, when they were raised, and what became of their messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shinrai.delivery.outbox import Delivery, deliveries
from shinrai.delivery.targets import CHANNELS
from shinrai.explore.models import AlertEvent, AlertVersion
from shinrai.explore.rules.alerts import KINDS, AlertRule
from shinrai.units.text import Text

ALERTED = {key: CHANNELS[key] for key in ("slack", "teams", "mail", "json")}
OVER = ":over"  # ends the name of the event that says that it is over


@dataclass(frozen=True)
class AlertRecord:
    """An alert as it stands, on which tile, and where it goes."""

    id: int
    workspace_id: int
    dashboard: str
    tile: str
    rule: AlertRule
    channel: str
    shown: str
    language: str
    at: datetime
    by: str
    raised_on: str  # the event it is raised for; "" if it is not raised

    @property
    def sender(self) -> str:
        """Return the name under which its messages stand in the outbox."""
        return f"alert:{self.id}"

    @property
    def name(self) -> Text:
        return KINDS[self.rule.kind]

    @property
    def place(self) -> Text:
        return CHANNELS[self.channel]


@dataclass(frozen=True)
class AlertHistory:
    """An alert that was raised, or was over, and its message."""

    alert: AlertRecord
    event: str
    is_over: bool
    at: datetime
    delivery: Delivery | None


def alerts(*, workspace_id: int, dashboard: str = "", tile: str = "") -> tuple[AlertRecord, ...]:
    """List the alerts in force, by dashboard and tile."""
    rows = AlertVersion.objects.filter(workspace_id=workspace_id)
    rows = rows.filter(dashboard=dashboard) if dashboard else rows
    rows = rows.filter(tile=tile) if tile else rows
    newest = {(row.dashboard, row.tile): row for row in rows.order_by("id")}
    kept = [row for row in newest.values() if row.kind]
    raised = _raised([row.id for row in kept])
    return tuple(
        AlertRecord(
            id=row.id,
            workspace_id=row.workspace_id,
            dashboard=row.dashboard,
            tile=row.tile,
            rule=AlertRule(row.kind, row.settings["side"], row.settings["value"]),
            channel=row.channel,
            shown=row.shown,
            language=row.settings["language"],
            at=row.at,
            by=row.by,
            raised_on=raised.get(row.id, ""),
        )
        for row in sorted(kept, key=lambda row: (row.dashboard, row.tile))
    )


def alert_history(of: Sequence[AlertRecord], *, most: int = 50) -> tuple[AlertHistory, ...]:
    """List when alerts were raised and over, the newest first."""
    by_id = {one.id: one for one in of}
    sent = {one.once: one for one in deliveries(senders=[one.sender for one in of], most=most)}
    rows = AlertEvent.objects.filter(alert_id__in=by_id).order_by("-id")[:most]
    return tuple(
        AlertHistory(
            alert=by_id[row.alert_id],
            event=row.event.removesuffix(OVER),
            is_over=row.event.endswith(OVER),
            at=row.at,
            delivery=sent.get(f"alert:{row.alert_id}:{row.event}"),
        )
        for row in rows
    )


def _raised(ids: Sequence[int]) -> dict[int, str]:
    """Return the event each alert is raised for: its newest, unless that says it is over."""
    found: dict[int, str] = {}
    for number, event in (
        AlertEvent.objects.filter(alert_id__in=ids).order_by("id").values_list("alert_id", "event")
    ):
        found[number] = "" if event.endswith(OVER) else event
    return found
