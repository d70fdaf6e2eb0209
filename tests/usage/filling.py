"""Events typed by hand or read from a log, laid into the published tables as the worker does."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from shinrai.units.moments import epoch_us
from shinrai.usage.facts import DAYS, EVENTS
from shinrai.usage.queries.scope import UsageScope
from shinrai.warehouse.publication import append_rows
from shinrai.warehouse.store import Warehouse

WORKSPACE = 7


@dataclass(frozen=True)
class Act:
    """Something an actor did; `zone` is the person's own, without it the workspace's."""

    actor: int
    at: datetime
    event: str = "studied"
    zone: str | None = None
    properties: str | None = None
    group: int | None = None


def fill(
    warehouse: Warehouse, acts: Iterable[Act], *, zone: str = "UTC", workspace_id: int = WORKSPACE
) -> None:
    """Publish events and their days of use, all in one batch."""
    events: dict[str, list] = {column.name: [] for column in EVENTS.columns}
    days: dict[tuple, list] = {}
    for number, act in enumerate(acts):
        us = epoch_us(act.at)
        own_on = act.at.astimezone(ZoneInfo(act.zone or zone)).date()
        zone_on = act.at.astimezone(ZoneInfo(zone)).date()
        row = (workspace_id, act.at.astimezone(UTC).date(), f"e{number}", act.actor, act.event)
        row += (us, us, own_on, zone_on, act.group, act.properties)
        for name, value in zip(events, row, strict=True):
            events[name].append(value)
        known = days.setdefault((act.actor, act.event, own_on, zone_on), [0, us, act.group])
        known[0], known[1] = known[0] + 1, min(known[1], us)
    rows = [(workspace_id, *key, *rest) for key, rest in days.items()]
    names = [column.name for column in DAYS.columns]
    of_days = dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else {}
    for table, columns in ((EVENTS, events), (DAYS, of_days)):
        count = len(next(iter(columns.values()), ()))
        batches = [table.batch({**columns, "revision": [1] * count})] if count else []
        append_rows(
            warehouse,
            table,
            batches,
            app="usage",
            since=None,
            upto=1,
            at=datetime(2026, 12, 1, tzinfo=UTC),
            each_once=True,
        )


def scope_of(warehouse: Warehouse, *, at: datetime, zone: str = "UTC", **more) -> UsageScope:
    """Ask about everything that was filled in, at a moment."""
    return UsageScope(WORKSPACE, zone, at, warehouse, **more)
