"""Keeping tables small: compaction rewrites revisions, clearing takes files that nobody can name.

Neither changes an answer, a fill-state, or how fresh a table says it is.
"""

from collections import Counter
from contextlib import closing
from dataclasses import dataclass

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError

from shinrai.units.errors import Misuse
from shinrai.warehouse.kept_versions import kept_versions
from shinrai.warehouse.publication import finished, not_published
from shinrai.warehouse.store import EACH_ONCE, Warehouse
from shinrai.warehouse.tables import Table, newest
from shinrai.warehouse.views import bind, compiled

LEAST_HOURS = 168  # a reader, or a report being made, may hold a list of files this old
TRIES = 3
BATCH_ROWS = 65_536


class TooSoon(Misuse, ValueError):
    """Files were to be cleared that a reader may still be reading."""


@dataclass(frozen=True)
class Compacted:
    """Say how many parts were rewritten, and how many were left because rows kept coming."""

    parts: int
    busy: int
    files_before: int
    files_after: int


def compact(warehouse: Warehouse, table: Table, *, files_over: int = 16) -> Compacted:
    """Rewrite each part that lies in more than `files_over` files to the newest row per key.

    A part is one value of the table's `parted_by`, or the whole table. Rows of keys that are gone
    stay, so that an older revision that comes late does not bring them back. Publishing goes on
    meanwhile; a part that was published to while it was rewritten is tried again, then left.
    Raises: NotPublished if there is no room for the new files.
    """
    delta = warehouse.delta(table)
    if delta is None:
        return Compacted(parts=0, busy=0, files_before=0, files_after=0)
    parts = _parts(table, delta)
    due = [part for part, files in parts.items() if files > files_over]
    done = sum(_rewrite(warehouse, table, part) for part in due)
    now = warehouse.delta(table)
    assert now is not None
    return Compacted(
        parts=done,
        busy=len(due) - done,
        files_before=parts.total(),
        files_after=len(now.file_uris()),
    )


def _parts(table: Table, delta: DeltaTable) -> Counter[int | None]:
    if table.parted_by is None:
        return Counter({None: len(delta.file_uris())})
    files = pa.table(delta.get_add_actions(flatten=True))
    return Counter(files[f"partition.{table.parted_by}"].to_pylist())


def _rewrite(warehouse: Warehouse, table: Table, part: int | None) -> bool:
    within = {} if part is None or table.parted_by is None else {table.parted_by: part}
    # Whole values of the parting column: Delta then swaps files and reads none of them.
    swapped = " AND ".join(f"{name} = {value:d}" for name, value in within.items()) or None
    for _ in range(TRIES):
        delta = warehouse.delta(table)
        assert delta is not None
        rows = newest(table, table.revisions()).order_by(list(table.key))
        with closing(warehouse.connect()) as connection:
            bind(connection, warehouse, table, delta, within)
            reader = connection.sql(compiled(rows)).to_arrow_reader(BATCH_ROWS)
            typed = (batch.cast(table.schema()) for batch in reader)
            try:
                with finished(table, typed) as (whole, _):
                    # The same `delta` as was read from: what was added after it makes this fail.
                    write_deltalake(
                        delta,
                        whole,
                        mode="overwrite",
                        predicate=swapped,
                        commit_properties=CommitProperties(custom_metadata={EACH_ONCE: True}),
                    )
            except CommitFailedError:
                continue
            except (DeltaError, OSError) as error:
                raise not_published(warehouse, table, error) from error
        return True
    return False


def clear(warehouse: Warehouse, table: Table, *, hours: int = LEAST_HOURS) -> int:
    """Delete files that no version of the last `hours` lists and no kept version needs; count them.

    Raises: TooSoon below 168 hours.
    """
    if hours < LEAST_HOURS:
        raise TooSoon(f"files are cleared after {LEAST_HOURS} hours at the earliest, not {hours}")
    delta = warehouse.delta(table)
    if delta is None:
        return 0
    gone = delta.vacuum(
        retention_hours=hours,
        dry_run=False,
        enforce_retention_duration=False,  # enforced above
        full=True,  # also what killed publishers left, which no version ever listed
        keep_versions=[kept.version for kept in kept_versions(warehouse, table)],
    )
    return len(gone)
