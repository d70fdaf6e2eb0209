"""The work of some weeks as its page asks for it: added up once for each version of the table.

An answer is kept for a quarter of an hour at most: work written down ahead of its time comes in.
"""

from datetime import date, datetime

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.warehouse.remembering import remembered
from shinrai.warehouse.store import Warehouse
from shinrai.workload.queries.summary import WorkSummary, work_summary
from shinrai.workload.tables import WORK

A_QUARTER_S = 15 * 60


def work_now(
    *,
    workspace: WorkspaceRecord,
    at: datetime,
    warehouse: Warehouse,
    since: date | None,
    until: date | None,
) -> WorkSummary:
    """Give what was worked between two dates, as of now."""
    key = ("work", workspace.id, since, until, int(at.timestamp()) // A_QUARTER_S)
    return remembered(
        warehouse,
        [WORK],
        key,
        lambda: work_summary(
            workspace=workspace, at=at, warehouse=warehouse, since=since, until=until
        ),
    )
