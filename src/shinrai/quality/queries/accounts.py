"""Accounts read whole, or of what changed, and counted over some dates at the moment asked."""

from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shinrai.quality.measures.accounts import MOST, SILENCE_US
from shinrai.quality.queries.asking import ask
from shinrai.quality.queries.tallied import Read, Tallied
from shinrai.quality.rules.accounts import BETWEEN, Accounted, account_rows
from shinrai.quality.rules.kinds import Ints
from shinrai.quality.rules.tallies import NEVER, Span
from shinrai.quality.tables import INQUIRIES
from shinrai.warehouse.store import Warehouse

COLUMNS = ("case_id", "source", "account", "touched_us")


def read_accounts(warehouse: Warehouse, workspace_id: int, mine: Accounted, read: Read) -> None:
    """Read whose the inquiries are, of the version that tallies were read from."""
    rows = ask(warehouse, workspace_id, INQUIRIES, _accounts(), read=read).rows
    put_accounts(mine, rows, asked=np.empty(0, np.int64))


def put_accounts(mine: Accounted, rows: pa.Table, *, asked: Ints) -> None:
    """Write whose inquiries are, as they stand; those `asked` that name no account have none."""
    rows = rows.filter(rows["account"].is_valid()).sort_by("case_id")
    named = pc.binary_join_element_wise(rows["source"], rows["account"], BETWEEN)
    found = pc.dictionary_encode(named.combine_chunks())
    numbers = np.array(mine.names.numbers(found.dictionary.to_pylist()), np.int64)
    mine.rows.put_told(
        rows["case_id"].to_numpy(),
        asked=asked,
        account=numbers[np.asarray(found.indices, np.int64)],
        touched_us=np.asarray(rows["touched_us"].fill_null(NEVER).to_numpy(), np.int64),
    )


def accounts_in(found: Tallied, span: Span, *, at_us: int) -> dict[str, list[dict[str, Any]]]:
    """Count accounts over some dates as of a moment; as `measures.accounts` does from the rows."""
    return account_rows(
        found.accounted,
        found.inquiries,
        found.kinds,
        span.of(found.inquiries["on"]),
        at_us=at_us,
        silence_us=SILENCE_US,
        most=MOST,
    )


@lru_cache(maxsize=1)
def _accounts() -> Any:
    rows = INQUIRIES.unbound()
    return rows.filter(rows.account.notnull()).select(*COLUMNS)
