"""Dashboards as they stand, and their earlier versions."""

from shinrai.explore.models import DashboardVersion
from shinrai.explore.rules.dashboard import Dashboard, read_dashboard
from shinrai.units.errors import UserError
from shinrai.units.text import Text


class UnknownDashboard(UserError, LookupError):
    """There is no dashboard of this key."""


def dashboards(*, workspace_id: int, with_retired: bool = False) -> tuple[Dashboard, ...]:
    """List the newest version of every dashboard, by title."""
    rows = DashboardVersion.objects.filter(workspace_id=workspace_id)
    newest = {row.key: row for row in rows.order_by("key", "number")}
    found = [_dashboard(row) for row in newest.values() if with_retired or not row.is_retired]
    return tuple(sorted(found, key=lambda one: one.title.lower()))


def dashboard_keys(*, workspace_id: int) -> list[str]:
    """List the keys that are taken, those of retired dashboards too."""
    rows = DashboardVersion.objects.filter(workspace_id=workspace_id)
    return list(rows.order_by("key").values_list("key", flat=True).distinct())


def dashboard_named(*, workspace_id: int, key: str, with_retired: bool = False) -> Dashboard:
    """Return a dashboard.

    Raises: UnknownDashboard, also for one that was retired unless that is asked for.
    """
    rows = DashboardVersion.objects.filter(workspace_id=workspace_id, key=key)
    row = rows.order_by("-number").first()
    if row is None or (row.is_retired and not with_retired):
        raise UnknownDashboard(Text("no dashboard {key!r} here", key=key[:80]))
    return _dashboard(row)


def _dashboard(row: DashboardVersion) -> Dashboard:
    period, tiles = read_dashboard(row.document)
    return Dashboard(
        key=row.key,
        number=row.number,
        title=row.title,
        period=period,
        tiles=tiles,
        is_retired=row.is_retired,
        at=row.at,
        by=row.by,
    )
