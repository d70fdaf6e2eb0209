"""Write rows to a table exactly once, even if publishing is repeated, killed or done twice at once.

The mark that records how far a table is filled is written in the same commit as the rows (Delta's
application transactions), so there is never one without the other. A killed publisher leaves files
that belong to no version; `compaction.clear` deletes them.
"""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError

from shinrai.postgres.failpoints import passed
from shinrai.units.errors import UserError
from shinrai.units.moments import epoch_us
from shinrai.units.text import Text
from shinrai.warehouse.store import EACH_ONCE, MARK, Warehouse
from shinrai.warehouse.tables import Table

COMPRESSED = pa.ipc.IpcWriteOptions(compression="lz4")
# Log files are a kilobyte per commit, and a kept version needs those before it: never expired here.
KEEP_LOG = {"delta.logRetentionDuration": "interval 36500 days"}


class PublishedMeanwhile(UserError, RuntimeError):
    """Another publisher went ahead after the caller read how far is published; nothing was written.

    Call `filled_upto` again and publish what is new after it.
    """


class NotPublished(UserError, RuntimeError):
    """Rows could not be written, for example because of a full disk or missing permissions."""


class OtherPublishers(UserError, RuntimeError):
    """One publisher cannot replace all rows of a table that others have also filled."""


@dataclass(frozen=True)
class Published:
    """What one publishing did.

    `done_before`: nothing was written, because nothing was new or the rows were there already.
    Otherwise `version` is the new version of the table and `rows` how many rows were written.
    `upto` is the mark up to which the publisher has filled the table.
    """

    version: int
    upto: int
    rows: int
    done_before: bool = False


def filled_upto(warehouse: Warehouse, table: Table, app: str) -> int | None:
    """Return the mark up to which a publisher has filled a table; None if it never did."""
    delta = warehouse.delta(table)
    return None if delta is None else delta.transaction_version(app)


def append_rows(
    warehouse: Warehouse,
    table: Table,
    batches: Iterable[pa.RecordBatch],
    *,
    app: str,
    since: int | None,
    upto: int,
    at: datetime,
    each_once: bool = False,
) -> Published:
    """Append the rows that are new after `since` up to `upto`, and move the mark, in one commit.

    `since` is what `filled_upto` returned before the rows were computed, `at` the moment the
    database was read. All rows are first collected on disk. A missing table is created. If the
    table is already filled up to `upto`, nothing happens and `batches` is not read. `each_once`
    states that no key occurs twice in `batches`.

    Raises: PublishedMeanwhile if the mark is neither `since` nor at least `upto`; WrongRows;
            NotPublished.
    """
    return _commit(warehouse, table, batches, _Step(app, since, upto, at, "append", each_once))


def replace_rows(
    warehouse: Warehouse,
    table: Table,
    batches: Iterable[pa.RecordBatch],
    *,
    app: str,
    upto: int,
    at: datetime,
    each_once: bool = False,
) -> Published:
    """Replace all rows of a table by new ones, and set the publisher's mark, in one commit.

    Readers see either all the old rows or all the new ones; the old version stays readable.

    Raises: PublishedMeanwhile if the table was published to while the rows were written;
            OtherPublishers if another `app` has filled it too; WrongRows; NotPublished.
    """
    delta = warehouse.delta(table)
    if delta is not None:
        others = {info[MARK]["app"] for info in delta.history() if MARK in info} - {app}
        if others:
            raise OtherPublishers(
                Text(
                    "table {name} is also filled by {others}, whose rows a rebuild by {app} "
                    "would lose; raise the contract's version and fill it anew",
                    name=table.name,
                    others=", ".join(sorted(others)),
                    app=app,
                ),
            )
    since = filled_upto(warehouse, table, app)
    return _commit(warehouse, table, batches, _Step(app, since, upto, at, "overwrite", each_once))


@dataclass(frozen=True)
class _Step:
    app: str
    since: int | None
    upto: int
    at: datetime
    mode: Literal["append", "overwrite"]
    each_once: bool

    def properties(self) -> CommitProperties:
        mark = {"app": self.app, "upto": self.upto, "at_us": epoch_us(self.at)}
        return CommitProperties(
            app_transactions=[Transaction(self.app, self.upto)],
            custom_metadata={MARK: mark, EACH_ONCE: self.each_once},
        )


def _commit(
    warehouse: Warehouse, table: Table, batches: Iterable[pa.RecordBatch], step: _Step
) -> Published:
    delta = _made(warehouse, table)
    done = _done_before(table, delta, step)
    if done:
        return done
    try:
        rows = _write(delta, table, batches, step)
    except CommitFailedError as error:
        # Of two publishers that started from the same mark, Delta lets one through.
        again = _made(warehouse, table)
        done = _done_before(table, again, step)
        if done:
            return done
        raise PublishedMeanwhile(
            Text(
                "table {name} was rewritten while {app} published; publish again ({error})",
                name=table.name,
                app=step.app,
                error=error,
            ),
        ) from error
    except (DeltaError, OSError) as error:
        raise not_published(warehouse, table, error) from error
    return Published(version=delta.version(), upto=step.upto, rows=rows)


def _write(delta: DeltaTable, table: Table, batches: Iterable[pa.RecordBatch], step: _Step) -> int:
    """Write rows in one commit and return their number."""
    with finished(table, _passing(batches)) as (rows, count):
        passed("publish.all_handed_over")
        write_deltalake(delta, rows, mode=step.mode, commit_properties=step.properties())
    passed("publish.committed")
    return count


def _passing(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for rows in batches:
        yield rows
        passed("publish.rows_handed_over")


@contextmanager
def finished(table: Table, batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[Any, int]]:
    """Collect all rows in a temporary file and yield a reader of them and their number.

    A Delta writer occupies one of Delta's threads (one per core) until it has its last row. If
    computing a row needed such a thread too, writers could wait for each other forever.

    Raises: WrongRows; OSError if the disk is full.
    """
    count = 0
    with tempfile.TemporaryFile(prefix="shinrai-rows-") as file:
        with pa.ipc.new_stream(file, table.schema(), options=COMPRESSED) as made:
            for rows in batches:
                made.write_batch(table.check(rows))
                count += rows.num_rows
        file.seek(0)
        yield pa.ipc.open_stream(file), count


def _made(warehouse: Warehouse, table: Table) -> DeltaTable:
    delta = warehouse.delta(table)
    if delta is not None:
        return delta
    try:
        DeltaTable.create(
            warehouse.place(table),
            schema=table.schema(),
            partition_by=[table.parted_by] if table.parted_by else None,
            configuration=KEEP_LOG,
            storage_options=dict(warehouse.options),
        )
    except DeltaError as error:
        if warehouse.delta(table) is None:  # else somebody else made it in the same moment
            raise not_published(warehouse, table, error) from error
    made = warehouse.delta(table)
    assert made is not None
    return made


def _done_before(table: Table, delta: DeltaTable, step: _Step) -> Published | None:
    filled = delta.transaction_version(step.app)
    if step.mode == "append" and filled is not None and filled >= step.upto:
        return Published(version=delta.version(), upto=filled, rows=0, done_before=True)
    if filled != step.since:
        raise PublishedMeanwhile(
            Text(
                "table {name} is filled up to {filled} by {app}, not to {since} as read "
                "before; read `filled_upto` again and publish what is new after it",
                name=table.name,
                filled=filled,
                app=step.app,
                since=step.since,
            ),
        )
    return None


def not_published(warehouse: Warehouse, table: Table, error: Exception) -> NotPublished:
    return NotPublished(
        Text(
            "table {name} could not be written at {place}: {error}. It stands as it "
            "stood; look at the space and the rights there, then publish again",
            name=table.name,
            place=warehouse.place(table),
            error=error,
        ),
    )
