"""Links that show a dashboard without signing in: those of a dashboard, and the one of a secret."""

from dataclasses import dataclass
from datetime import datetime

from shinrai.explore.models import DashboardLink
from shinrai.explore.rules.links import link_digest


@dataclass(frozen=True)
class OpenLink:
    """A link as pages show it; its secret is not known any more."""

    id: int
    workspace_id: int
    dashboard: str
    expires_at: datetime
    made_at: datetime
    by: str


def open_links(*, workspace_id: int, dashboard: str, at: datetime) -> tuple[OpenLink, ...]:
    """List the links of a dashboard that are open, the newest first."""
    rows = DashboardLink.objects.filter(
        workspace_id=workspace_id, dashboard=dashboard, revoked_at=None, expires_at__gt=at
    )
    return tuple(_record(row) for row in rows.order_by("-id"))


def link_of(token: str, *, at: datetime) -> OpenLink | None:
    """Return the open link of a secret; None if it was revoked, has expired, or never was."""
    row = DashboardLink.objects.filter(
        token=link_digest(token), revoked_at=None, expires_at__gt=at
    ).first()
    return None if row is None else _record(row)


def _record(row: DashboardLink) -> OpenLink:
    return OpenLink(
        id=row.id,
        workspace_id=row.workspace_id,
        dashboard=row.dashboard,
        expires_at=row.expires_at,
        made_at=row.made_at,
        by=row.by,
    )
