"""Keep published tables small: `compact` merges files, `clear` deletes files no longer needed.

Neither changes an answer, how far a table is filled, or how fresh it is reported to be.
"""

from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from typing import Any

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
    """`clear` was asked to delete files so recent that a reader may still be using them."""


@dataclass(frozen=True)
class Compacted:
    """What one compaction did.

    `parts` were rewritten. `busy` were not, because others kept publishing to them.
    """

    parts: int
    busy: int
    files_before: int
    files_after: int


def compact(warehouse: Warehouse, table: Table, *, files_over: int = 16) -> Compacted:
    """Rewrite each part that has more than `files_over` files, keeping the newest row per key.

    A part is one value of the table's `parted_by`, or the whole table. Rows marked as gone are
    kept, so that an older revision that arrives late does not bring the key back. Others can
    publish meanwhile; a part they published to is tried again, up to 3 times in all.

    Raises: NotPublished, for example if the disk is full.
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


def compact_small(warehouse: Warehouse, table: Table, *, target_mb: int) -> int:
    """Join files smaller than `target_mb` to some of that size; return how many were joined.

    No row is left out, so the cost follows what is new and not what is there. For tables whose keys
    have one revision each, or are counted anew by `compact_grown`. The caller keeps others from
    compacting at the same time.
    """
    delta = warehouse.delta(table)
    if delta is None or len(delta.file_uris()) < 2:
        return 0
    done = delta.optimize.compact(target_size=target_mb << 20)
    return int(done["numFilesRemoved"])


def compact_grown(warehouse: Warehouse, table: Table) -> int:
    """Rewrite each part whose newer files hold half as many rows as its largest; return how many.

    A row is so rewritten a few times in all, however often that is called.
    """
    delta = warehouse.delta(table)
    if delta is None:
        return 0
    files = pa.table(delta.get_add_actions(flatten=True))
    parts: dict[int | None, list[int]] = {}
    of_part = files[f"partition.{table.parted_by}"] if table.parted_by else [None] * len(files)
    for part, rows in zip(map(_plain, of_part), files["num_records"].to_pylist(), strict=True):
        parts.setdefault(part, []).append(rows or 0)
    due = [part for part, rows in parts.items() if 2 * (sum(rows) - max(rows)) >= max(rows)]
    return sum(_rewrite(warehouse, table, part) for part in due if len(parts[part]) > 1)


def _plain(value: Any) -> int | None:
    found: int | None = value.as_py() if isinstance(value, pa.Scalar) else value
    return found


def clear(warehouse: Warehouse, table: Table, *, hours: int = LEAST_HOURS) -> int:
    """Delete files that no version of the last `hours` and no kept version needs; return how many.

    Raises: TooSoon if `hours` is less than 168.
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
