"""Fact tables: a package declares one, and the warehouse keeps its rows up to date.

Rows are computed from cases. Rows of cases that changed are computed again, and so are all rows of
a workspace whose basis (such as its calendar or time zone) changed. For a past moment the published
rows are used, except for cases that changed since then: their rows are computed again.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import chain, groupby, islice
from operator import itemgetter
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction

from shinrai.postgres.locks import lock_in_transaction
from shinrai.postgres.transactions import oldest_running_transaction
from shinrai.units.moments import epoch_us
from shinrai.warehouse.fresh import Fresh
from shinrai.warehouse.models import FactBasis, ReadMark, TableRepair
from shinrai.warehouse.parameters import of_shape, shape
from shinrai.warehouse.publication import (
    Published,
    PublishedMeanwhile,
    append_rows,
    filled_upto,
    replace_rows,
)
from shinrai.warehouse.repair import is_damaged, repair
from shinrai.warehouse.store import NEVER_PUBLISHED, Warehouse, freshness
from shinrai.warehouse.tables import Table

CHUNK = 10_000  # cases whose rows are made at once
TRIES = 5  # to publish while others publish too
Rows = Callable[[int | None, int], Iterator[pa.RecordBatch]]


class CaseSource(Protocol):
    """Where the rows of a fact table come from.

    A "case" is the number of a case, or of another row of PostgreSQL that rows are made of.
    """

    def changed(self, *, since: int, upto: int) -> Iterable[tuple[int, int]]:
        """Return (workspace, case) for what transactions from `since` to below `upto` changed.

        Shape: ordered by workspace; a case may be listed twice.
        """

    def of_workspace(self, workspace_id: int) -> Iterable[int]:
        """Return every case of a workspace, each once."""

    def moved(self, workspace_id: int, *, at: datetime) -> set[int]:
        """Return the cases that had begun by the moment `at` and have changed since."""

    def is_ahead(self, workspace_id: int, *, at: datetime) -> bool:
        """Return whether anything happened after the moment `at`."""


class RowBasis(Protocol):
    """What the rows of one workspace depend on besides its cases; a new `digest` means new rows."""

    @property
    def workspace_id(self) -> int: ...

    @property
    def digest(self) -> str: ...


log = logging.getLogger("shinrai.warehouse")


@dataclass(frozen=True)
class Earlier:
    """Which rows are included although their case began before the dates asked about.

    `wanted(rows, at)` selects them from the published rows. `is_possible(rows)` selects the rows
    that may be among them once they are computed again as of a past moment.
    """

    wanted: Callable[[Any, Any], Any]
    is_possible: Callable[[Any], Any]


@dataclass(frozen=True)
class FactTable:
    """Declare a published table: its cases, how rows are computed from them, and their basis.

    `rows(cases, basis, until, revision)` computes the rows of some cases as of `until` (None: now);
    a case without rows no longer exists. `began` is the prefix of the columns `<began>_us` and
    `<began>_on`, the start of a case; without it, all rows are computed again for a past moment.
    `case` is the column of the case's number; without it, `rows` must also return rows marked as
    gone. `app` is the publisher's name under which the table records how far it is filled.
    """

    table: Table
    app: str
    cases: CaseSource
    rows: Callable[[list[int], Any, datetime | None, int], pa.RecordBatch]
    bases: Callable[[], Mapping[int, RowBasis]]
    case: str | None = "case_id"
    began: str | None = None
    earlier: Earlier | None = None


@dataclass(frozen=True)
class RowsAsOf:
    """The rows of a table as of a moment.

    `fresh` is None if all rows were computed again and none were read from the published table.
    """

    rows: pa.Table
    fresh: Fresh | None


def publish(warehouse: Warehouse, fact_table: FactTable, *, at: datetime) -> Published:
    """Publish the rows of every case that changed since the last publishing, in every workspace.

    Raises: NotPublished; PublishedMeanwhile if others published at the same time at every try.
    """
    from shinrai.warehouse.compaction import compact  # DuckDB and Ibis: slow to load

    bases = fact_table.bases()
    known = _known_bases(fact_table.table)
    digests = {there: basis.digest for there, basis in bases.items()}
    # Of a workspace that was never noted every case is new, and so among those that changed.
    anew = {there for there, digest in digests.items() if known.get(there, digest) != digest}

    def rows(since: int | None, upto: int) -> Iterator[pa.RecordBatch]:
        for there in bases if since is None else anew:
            cases = fact_table.cases.of_workspace(there)
            yield from _batches(fact_table, cases, bases[there], upto, with_gone=since is not None)
        if since is not None:
            changed = fact_table.cases.changed(since=since, upto=upto)
            for there, some in groupby(changed, key=itemgetter(0)):
                cases = sorted({case for _, case in some})
                if there in bases and there not in anew:
                    yield from _batches(fact_table, cases, bases[there], upto, with_gone=True)

    done = follow(warehouse, fact_table.table, rows, app=fact_table.app, at=at)
    if not done.done_before or done.version < 0:  # else somebody else published meanwhile
        _note_bases(fact_table.table, known, digests)
    if done.rows:
        compact(warehouse, fact_table.table)  # only once small files have piled up
    return done


def _batches(
    fact_table: FactTable, cases: Iterable[int], basis: RowBasis, upto: int, *, with_gone: bool
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of some cases, in chunks of 10,000 cases.

    `with_gone`: also yield rows that mark the cases that no longer exist.
    """
    table = fact_table.table
    for some in _chunks(cases):
        made = fact_table.rows(some, basis, None, upto)
        if made.num_rows:
            yield made
        if with_gone and fact_table.case is not None:
            gone = np.setdiff1d(some, made.column(fact_table.case).to_numpy())
            if len(gone):
                key = {"workspace_id": [basis.workspace_id] * len(gone), fact_table.case: gone}
                yield table.gone(key, revision=upto)


def _chunks(cases: Iterable[int]) -> Iterator[list[int]]:
    walk = iter(cases)
    while some := list(islice(walk, CHUNK)):
        yield some


def _known_bases(table: Table) -> dict[int, str]:
    rows = FactBasis.objects.filter(table=table.name)
    return dict(rows.values_list("workspace_id", "digest"))


def _note_bases(table: Table, known: Mapping[int, str], digests: Mapping[int, str]) -> None:
    FactBasis.objects.bulk_create(
        [
            FactBasis(table=table.name, workspace_id=there, digest=digest)
            for there, digest in digests.items()
            if known.get(there) != digest
        ],
        update_conflicts=True,
        unique_fields=("table", "workspace_id"),
        update_fields=("digest",),
    )


def follow(warehouse: Warehouse, table: Table, rows: Rows, *, app: str, at: datetime) -> Published:
    """Publish what was written to PostgreSQL since the last publishing.

    `rows(since, upto)` yields rows of what transactions from `since` to below `upto` wrote, each
    key once; with `since` None, of everything. `upto` is the oldest transaction still running, so
    none can be missed later. After a restore from a backup transaction numbers are lower; then, and
    if the table is damaged, everything is published again. If nothing is new, nothing is committed
    and the table keeps its version.

    Raises: NotPublished; PublishedMeanwhile if others published at the same time at every try.
    """
    for _ in range(TRIES - 1):
        try:
            return _follow_once(warehouse, table, rows, app, at)
        except PublishedMeanwhile:
            continue
    return _follow_once(warehouse, table, rows, app, at)


def _follow_once(
    warehouse: Warehouse, table: Table, rows: Rows, app: str, at: datetime
) -> Published:
    if is_damaged(warehouse, table):
        with transaction.atomic():
            lock_in_transaction(f"warehouse:repair:{table.name}")
            if repair(warehouse, table):
                note_repair(table.name, at=at, is_lost=False)
                upto = oldest_running_transaction()
                return replace_rows(
                    warehouse, table, rows(None, upto), app=app, upto=upto, at=at, each_once=True
                )
    since = filled_upto(warehouse, table, app)
    with transaction.atomic():
        if since is None and _forget_mark(warehouse, table):
            note_repair(table.name, at=at, is_lost=True)
        upto = oldest_running_transaction()
        if since is not None and upto < since:
            return replace_rows(
                warehouse, table, rows(None, upto), app=app, upto=upto, at=at, each_once=True
            )
        found = rows(None if since is None else _read_upto(warehouse, table, since, upto), upto)
        first = next(found, None)
        if first is None and since is not None:
            _note_nothing(warehouse, table, upto)
            return Published(version=NEVER_PUBLISHED, upto=since, rows=0, done_before=True)
        batches = [] if first is None else chain([first], found)
        return append_rows(
            warehouse, table, batches, app=app, since=since, upto=upto, at=at, each_once=True
        )


def _read_upto(warehouse: Warehouse, table: Table, since: int, upto: int) -> int:
    """Return the transaction from which to look for changes.

    That is `since`, or a later one if nothing was found before it: otherwise a table that seldom
    changes would look through all changes made elsewhere each time.
    """
    mark = ReadMark.objects.filter(place=warehouse.place(table)).first()
    return mark.upto if mark is not None and since <= mark.upto <= upto else since


def _forget_mark(warehouse: Warehouse, table: Table) -> bool:
    """Return whether a table was filled at this place before, and forget up to where."""
    return bool(ReadMark.objects.filter(place=warehouse.place(table)).delete()[0])


def _note_nothing(warehouse: Warehouse, table: Table, upto: int) -> None:
    place = warehouse.place(table)
    ReadMark.objects.update_or_create(place=place, defaults={"upto": upto})


def as_of(
    warehouse: Warehouse,
    fact_table: FactTable,
    *,
    workspace_id: int,
    until: datetime,
    since: date | None = None,
    basis: RowBasis | None = None,
) -> RowsAsOf:
    """Return the rows of a workspace as they were at the moment `until`.

    With `since`, only rows of cases that began on that date or later, and those that
    `fact_table.earlier` selects. Only cases in progress at that moment are computed again; if the
    published rows have another basis, every case is.
    """
    basis = basis or fact_table.bases()[workspace_id]
    table, cases = fact_table.table, fact_table.cases
    is_published = _known_bases(table).get(workspace_id) == basis.digest
    fresh = freshness(warehouse.delta(table), table) if is_published and fact_table.began else None
    batches = []
    replayed = cases.of_workspace(workspace_id)
    if fresh is not None:
        moved = cases.moved(workspace_id, at=until)
        stands, known = _published(warehouse, fact_table, workspace_id, until, since)
        batches.append(_standing(fact_table, stands, moved))
        # Known, and not among what was asked for: it began before the dates, or not yet.
        other = np.setdiff1d(known[fact_table.case], stands[fact_table.case])
        replayed = sorted(moved.difference(other.tolist()))
    batches += [fact_table.rows(some, basis, until, 1) for some in _chunks(replayed)]
    return RowsAsOf(table.truth(batches), fresh)


def _published(
    warehouse: Warehouse,
    fact_table: FactTable,
    workspace_id: int,
    until: datetime,
    since: date | None,
) -> tuple[pa.Table, pa.Table]:
    """Return the published rows that are asked for, and the numbers of all known cases.

    The numbers are read only with `since`, without cases that `fact_table.earlier` may select.
    """
    from shinrai.warehouse.query import run_all  # DuckDB: slow to load

    values = {"at": epoch_us(until), "since": since}
    answers = run_all(
        warehouse,
        _expressions(fact_table, shape(values)),
        tables=[fact_table.table],
        within={"workspace_id": workspace_id},
        parameters=values,
    )
    return answers["stands"].rows, answers["known"].rows


@lru_cache(maxsize=16)
def _expressions(fact_table: FactTable, names: frozenset[str]) -> dict[str, Any]:
    asked, rows = of_shape(names, "at", "since"), fact_table.table.unbound()
    stands = rows.filter(rows[f"{fact_table.began}_us"] <= asked["at"])
    if asked["since"] is None:
        return {"stands": stands, "known": rows.select(fact_table.case).limit(0)}
    wanted = stands[f"{fact_table.began}_on"] >= asked["since"]
    if fact_table.earlier is not None:
        wanted |= fact_table.earlier.wanted(stands, asked["at"])
        rows = rows.filter(~fact_table.earlier.is_possible(rows))
    return {"stands": stands.filter(wanted), "known": rows.select(fact_table.case)}


def _standing(fact_table: FactTable, stands: pa.Table, moved: set[int]) -> pa.RecordBatch:
    """Return the published rows of the cases not in `moved`, in the columns used for publishing."""
    has_moved = pc.is_in(stands[fact_table.case], pa.array(sorted(moved), "int64"))
    kept = stands.filter(pc.invert(has_moved))
    columns = {name: kept[name].combine_chunks() for name in kept.column_names}
    return fact_table.table.batch({**columns, "revision": [1] * len(kept)})


def note_repair(table: str, *, at: datetime, is_lost: bool) -> None:
    """Record that a table is filled anew, and say so in the worker's log."""
    log.warning("table %s is %s; it is filled anew", table, "lost" if is_lost else "damaged")
    TableRepair.objects.create(table=table, at=at, is_lost=is_lost)
