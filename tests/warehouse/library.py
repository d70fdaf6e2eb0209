"""A town library with branches: what the warehouse is tried on, since it knows no trade itself."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa

from shinrai.warehouse.publication import Published, append_rows, filled_upto
from shinrai.warehouse.query import run
from shinrai.warehouse.store import Warehouse
from shinrai.warehouse.tables import Column, Table

MONDAY = datetime(2026, 6, 1, 9, tzinfo=UTC)
NORTH, SOUTH = 1, 2

LOANS = Table(
    name="loans",
    grain="one row per loan of a branch",
    key=("branch_id", "loan_id"),
    columns=(
        Column("branch_id", "int", "the branch that lent it"),
        Column("loan_id", "int", "the loan, counted in its branch"),
        Column("state", "string", "lent, late or returned"),
        Column("due_us", "int", "when it is due back", null_means="lent without a limit"),
        Column("lent_on", "date", "the day it was lent", null_means="before there were records"),
        Column("is_renewed", "bool", "it was renewed at least once"),
    ),
    parted_by="branch_id",
)


@dataclass(frozen=True)
class Loan:
    """A loan as of one revision."""

    branch_id: int
    loan_id: int
    state: str = "lent"
    due_us: int | None = None
    lent_on: date | None = date(2026, 6, 1)
    is_renewed: bool = False
    revision: int = 1
    gone: bool = False


def rows(*loans: Loan, table: Table = LOANS) -> pa.RecordBatch:
    """Make a batch of loans."""
    columns = zip(*(astuple(loan) for loan in loans), strict=True)
    names = list(Loan.__dataclass_fields__)
    return table.batch(dict(zip(names, columns, strict=True)))


def publish_loans(
    warehouse: Warehouse,
    *loans: Loan,
    app: str = "desk",
    table: Table = LOANS,
    at: datetime = MONDAY,
    upto: int | None = None,
) -> Published:
    """Publish loans, as a publisher does that has just read up to where the table is filled."""
    since = filled_upto(warehouse, table, app)
    upto = max((loan.revision for loan in loans), default=0) if upto is None else upto
    batches = [rows(*loans, table=table)] if loans else []
    return append_rows(warehouse, table, batches, app=app, since=since, upto=upto, at=at)


def true_loans(warehouse: Warehouse, **how: Any) -> list[tuple[int, int, str]]:
    """Say what is true: branch, loan and state of each loan."""
    loans = LOANS.unbound()
    asked = loans.select("branch_id", "loan_id", "state").order_by("branch_id", "loan_id")
    return [tuple(row.values()) for row in run(warehouse, asked, tables=[LOANS], **how).records()]


def all_revisions(warehouse: Warehouse) -> list[int]:
    """List every revision that lies in the table, in order."""
    asked = LOANS.revisions().select("revision").order_by("revision")
    return [row["revision"] for row in run(warehouse, asked, tables=[LOANS]).records()]


def replayed(loans: Iterable[Loan]) -> list[tuple[int, int, str]]:
    """Say what is true after these revisions, by a dictionary: the plain form of `latest`."""
    newest: dict[tuple[int, int], Loan] = {}
    for loan in sorted(loans, key=lambda loan: loan.revision):
        newest[loan.branch_id, loan.loan_id] = loan
    return [(*key, loan.state) for key, loan in sorted(newest.items()) if not loan.gone]


def days_later(days: int) -> datetime:
    """Name the moment so many days after Monday, nine o'clock."""
    return MONDAY + timedelta(days=days)
