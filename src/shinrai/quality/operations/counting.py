"""Count per day what the pages of quality add up."""

from datetime import datetime, timedelta
from typing import Final

from shinrai.accounts.queries import WorkspaceRecord, workspaces
from shinrai.ledger.queries import has_steps_after
from shinrai.quality.operations.as_of import facts_as_of
from shinrai.quality.operations.basis import Ground, ground_of
from shinrai.quality.queries.day_counts import NAME
from shinrai.warehouse.day_count_writer import count_days
from shinrai.warehouse.day_counts import fill_of
from shinrai.warehouse.store import Warehouse, version_of

# What moves with time alone (14 days have passed, a day ended) is counted again after this long.
STANDS: Final = timedelta(minutes=4)


def count_what_changed(*, warehouse: Warehouse, at: datetime) -> None:
    """Count every workspace whose tables, calendar or moment differ from those last counted."""
    from shinrai.quality.measures.by_day import QUALITY  # Ibis: slow to load

    versions = {table.name: version_of(warehouse, table) for table in QUALITY.tables}
    for there in workspaces():
        fill, ground = fill_of(NAME, workspace_id=there.id), ground_of(there)
        if (
            fill is None
            or (fill.versions, fill.basis) != (versions, ground.digest)
            or at >= fill.at + STANDS
        ):
            _count(warehouse, there, ground, at)


def count_quality(*, warehouse: Warehouse, workspace: WorkspaceRecord, at: datetime) -> None:
    """Count every day of a workspace anew, as of a moment."""
    _count(warehouse, workspace, ground_of(workspace), at)


def _count(warehouse: Warehouse, there: WorkspaceRecord, ground: Ground, at: datetime) -> None:
    from shinrai.quality.measures.by_day import QUALITY

    given = None
    if has_steps_after(workspace_id=there.id, at=at):  # as a clock that runs ahead writes them
        given = facts_as_of(published=warehouse, ground=ground, until=at).rows
    count_days(
        warehouse,
        QUALITY,
        workspace_id=there.id,
        basis=ground.digest,
        notes={"calendar": ground.calendar_name, "zone": ground.zone},
        at=at,
        given=given,
    )
