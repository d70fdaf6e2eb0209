"""Save and change dashboards; each change is a version."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.explore.models import DashboardVersion
from shinrai.explore.queries.dashboards import dashboard_keys, dashboard_named
from shinrai.explore.queries.questions import question_keys
from shinrai.explore.rules.dashboard import (
    BadDashboard,
    Dashboard,
    Tile,
    dashboard_document,
    read_dashboard,
    with_tile,
)
from shinrai.explore.rules.question import checked_key
from shinrai.postgres.locks import lock_in_transaction
from shinrai.units.text import Text
from shinrai.warehouse.kpis import kpis


def save_dashboard(
    *,
    workspace_id: int,
    key: str,
    title: str,
    period: str,
    tiles: Sequence[Tile],
    is_new: bool,
    at: datetime,
    by: str,
) -> Dashboard:
    """Save a dashboard, or the next version of one; one that was retired is there again.

    Raises: BadDashboard, also for a tile of a question or measure that is none; BadQuestion for its
            key; UnknownDashboard.
    """
    title = " ".join(title.split())
    if not title or len(title) > 200:
        raise BadDashboard(Text("give it a title of 1 to {most} characters", most=200))
    document = dashboard_document(period, tiles)
    read_dashboard(document)
    _refuse_unknown(workspace_id, tiles)
    with transaction.atomic():
        lock_in_transaction(f"dashboards:{workspace_id}")
        number = 1
        if is_new:
            taken = dashboard_keys(workspace_id=workspace_id)
            key = checked_key(key, title, taken, "dashboard")
        else:
            before = dashboard_named(workspace_id=workspace_id, key=key, with_retired=True)
            if (before.title, before.document) == (title, document) and not before.is_retired:
                return before
            number = before.number + 1
        _keep(workspace_id, key, number, title, document, is_retired=False, at=at, by=by)
        _audit(workspace_id, "save dashboard", key, at, by)
    return dashboard_named(workspace_id=workspace_id, key=key)


def add_tile(*, workspace_id: int, key: str, tile: Tile, at: datetime, by: str) -> Dashboard:
    """Put a tile at the end of a dashboard; its id is made from what it shows.

    Raises: BadDashboard, UnknownDashboard.
    """
    with transaction.atomic():
        lock_in_transaction(f"dashboards:{workspace_id}")
        before = dashboard_named(workspace_id=workspace_id, key=key)
        return save_dashboard(
            workspace_id=workspace_id,
            key=key,
            title=before.title,
            period=before.period,
            tiles=with_tile(before.tiles, tile),
            is_new=False,
            at=at,
            by=by,
        )


def retire_dashboard(*, workspace_id: int, key: str, at: datetime, by: str) -> None:
    """Retire a dashboard; its links show nothing any more.

    Raises: UnknownDashboard.
    """
    with transaction.atomic():
        lock_in_transaction(f"dashboards:{workspace_id}")
        before = dashboard_named(workspace_id=workspace_id, key=key)
        number = before.number + 1
        _keep(
            workspace_id, key, number, before.title, before.document, is_retired=True, at=at, by=by
        )
        _audit(workspace_id, "retire dashboard", key, at, by)


def _refuse_unknown(workspace_id: int, tiles: Sequence[Tile]) -> None:
    known = {"question": set(question_keys(workspace_id=workspace_id)), "measure": set(kpis())}
    for tile in tiles:
        if tile.kind in known and tile.source not in known[tile.kind]:
            raise BadDashboard(
                Text(
                    "tile {name}: there is no {kind} {source}",
                    name=tile.id,
                    kind=tile.kind,
                    source=tile.source,
                )
            )


def _keep(
    workspace_id: int,
    key: str,
    number: int,
    title: str,
    document: dict[str, object],
    *,
    is_retired: bool,
    at: datetime,
    by: str,
) -> None:
    DashboardVersion.objects.create(
        workspace_id=workspace_id,
        key=key,
        number=number,
        title=title,
        document=document,
        is_retired=is_retired,
        at=at,
        by=by,
    )


def _audit(workspace_id: int, what: str, key: str, at: datetime, by: str) -> None:
    subject = f"dashboard:{key}"
    record_action(workspace_id=workspace_id, what=what, subject=subject, at=at, by=by)
