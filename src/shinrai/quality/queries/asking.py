"""One question about one table of a workspace, at the version that was read before if need be."""

from typing import Any

import ibis
import pyarrow as pa

from shinrai.quality.measures.tallies import MOMENT
from shinrai.quality.queries.tallied import Read
from shinrai.warehouse.running import Answer, run_all
from shinrai.warehouse.store import Warehouse
from shinrai.warehouse.tables import Table


def ask(
    warehouse: Warehouse,
    workspace_id: int,
    table: Table,
    expression: Any,
    *,
    read: Read | None = None,
    **given: pa.Table,
) -> Answer:
    """Answer an expression that is compiled once; what changes from time to time is `given`."""
    return run_all(
        warehouse,
        {"": expression},
        tables=[table],
        within={"workspace_id": workspace_id},
        versions={table.name: read.version} if read is not None and read.is_there else None,
        given=given,
    )[""]


def as_asked(rows: Any) -> Any:
    """Put the moment asked about beside each row: it is handed over, so this is compiled once."""
    return rows.cross_join(ibis.table({MOMENT: "int64"}, name="asked"))


def moment(at_us: int) -> pa.Table:
    """Hand over the moment asked about, as `asked`."""
    return pa.table({MOMENT: pa.array([at_us], pa.int64())})
