"""The desk of Tanuki Juku in May 2026, published, with snapshots for SQL of members.

Twelve customers wrote about signing in, three about refunds by phone; one wrote to its
simulated sister.
"""

from dataclasses import dataclass
from datetime import datetime

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.customers.operations import record_customers
from shinrai.desk.operations.steps import take_step
from shinrai.explore.operations.runs import run_sql
from shinrai.explore.operations.snapshots import prepare_snapshots
from shinrai.explore.rules.answer import SqlAnswer, SqlRequest
from shinrai.explore.rules.permission import CASES
from shinrai.inquiries.operations import receive_inquiry
from shinrai.warehouse.refresh import refresh
from shinrai.warehouse.store import Warehouse
from tests.cast import Cast, open_stage
from tests.desk.stage import tokyo

LOGIN, REFUND = 12, 3
NOW = tokyo(20, 9, month=6)
SECRET = "TOP-SECRET-OTHER-WORKSPACE"


@dataclass
class SqlStage:
    """The cast, its workspace, and a way to ask it in SQL."""

    cast: Cast
    there: WorkspaceRecord
    now: datetime = NOW

    def ask(self, sql: str, role: str = CASES, **given: object) -> SqlAnswer:
        """Run SQL as Aoi, the CRE engineer, unless told otherwise."""
        limit = given.pop("limit_s", 10.0)
        request = SqlRequest(self.there.id, role, sql, given, limit)  # type: ignore[arg-type]
        return run_sql(request=request, at=NOW, by="staff:1", language="en")


def open_sql_stage(warehouse: str) -> SqlStage:
    """Fill two workspaces, publish their tables and write the snapshots."""
    cast = open_stage()
    there = cast.workspace.id
    for n in range(LOGIN):
        asks(there, f"IN-{n}", 4 + n, "login", f"L-{n}")
    for n in range(REFUND):
        asks(there, f"RE-{n}", 12 + n, "refund", f"R-{n}")
    asks(cast.simulated.id, SECRET, 6, SECRET, "X-1")
    refresh(Warehouse(warehouse), at=NOW)
    stage = SqlStage(cast, cast.workspace)
    prepare_snapshots(workspace=stage.there, at=NOW)
    return stage


def asks(workspace_id: int, key: str, day: int, topic: str, customer: str) -> None:
    """Let a customer write, and somebody say what it is about."""
    at = tokyo(day, 11, month=5)
    found = record_customers(
        workspace_id=workspace_id, source="desk", identifiers=[customer], at=at
    )
    who = found[customer]
    case = receive_inquiry(
        workspace_id=workspace_id,
        source_key=key,
        at=at,
        by="customer",
        words="ログインできません",
        mode="via_cs",
        customer=(who.id, who.key_id),
    )
    take_step(
        case_id=case, kind="labelled", at=at, by="staff:1", role="agent", detail={"topic": topic}
    )
