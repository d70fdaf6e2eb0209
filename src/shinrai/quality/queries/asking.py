"""One question about one table of a workspace, at the version that was read before if need be."""

from typing import Any

import pyarrow as pa

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
