"""Make and revoke a link that shows one dashboard without signing in."""

import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.explore.models import DashboardLink
from shinrai.explore.rules.links import link_digest
from shinrai.units.errors import UserError
from shinrai.units.text import Text

MOST_DAYS: Final = 365


class BadLink(UserError, ValueError):
    """A link that cannot be made."""


def make_link(*, workspace_id: int, dashboard: str, days: int, at: datetime, by: str) -> str:
    """Make a link to a dashboard for some days; return its secret, which is nowhere stored.

    Raises: BadLink.
    """
    if not 1 <= days <= MOST_DAYS:
        raise BadLink(Text("a link is open for 1 to {most} days", most=MOST_DAYS))
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        row = DashboardLink.objects.create(
            workspace_id=workspace_id,
            dashboard=dashboard,
            token=link_digest(token),
            expires_at=at + timedelta(days=days),
            made_at=at,
            by=by,
        )
        _audit(workspace_id, "make dashboard link", row, at, by)
    return token


def revoke_link(*, workspace_id: int, number: int, at: datetime, by: str) -> bool:
    """Show nothing by a link any more; return whether it was open."""
    with transaction.atomic():
        mine = DashboardLink.objects.filter(
            id=number, workspace_id=workspace_id, revoked_at=None, expires_at__gt=at
        )
        if not mine.update(revoked_at=at, revoked_by=by):
            return False
        _audit(workspace_id, "revoke dashboard link", DashboardLink.objects.get(id=number), at, by)
    return True


def _audit(workspace_id: int, what: str, row: DashboardLink, at: datetime, by: str) -> None:
    subject = f"dashboard:{row.dashboard}/link:{row.pk}"
    record_action(workspace_id=workspace_id, what=what, subject=subject, at=at, by=by)
