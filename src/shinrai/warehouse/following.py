"""A published table that follows the books: what transactions wrote since the mark, and no more."""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import chain

import pyarrow as pa
from django.db import transaction

from shinrai.postgres.locks import lock_in_transaction
from shinrai.postgres.transactions import oldest_running_transaction
from shinrai.warehouse.models import ReadMark
from shinrai.warehouse.publishing import (
    Published,
    PublishedMeanwhile,
    filled_upto,
    publish,
    rebuild,
)
from shinrai.warehouse.repair import is_damaged, repair
from shinrai.warehouse.store import NEVER_PUBLISHED, Warehouse
from shinrai.warehouse.tables import Table

TRIES = 5
Rows = Callable[[int | None, int], Iterator[pa.RecordBatch]]


def follow(warehouse: Warehouse, table: Table, rows: Rows, *, app: str, at: datetime) -> Published:
    """Publish what the books gained since last time.

    `rows(since, upto)` makes rows of what transactions from `since` to below `upto` wrote, each key
    once; since None: of everything there is. Only decided transactions are asked for, so none can
    turn up behind the mark later. A database restored from a backup counts its transactions anew;
    then, and where the table is damaged, everything is published again. With nothing new there is
    no commit: a page's figures keep naming the same version.
    Raises: NotPublished; PublishedMeanwhile if others kept publishing faster.
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
                upto = oldest_running_transaction()
                return rebuild(
                    warehouse, table, rows(None, upto), app=app, upto=upto, at=at, each_once=True
                )
    since = filled_upto(warehouse, table, app)
    with transaction.atomic():
        upto = oldest_running_transaction()
        if since is not None and upto < since:
            return rebuild(
                warehouse, table, rows(None, upto), app=app, upto=upto, at=at, each_once=True
            )
        found = rows(None if since is None else _read_upto(warehouse, table, since, upto), upto)
        first = next(found, None)
        if first is None and since is not None:
            _note_nothing(warehouse, table, upto)
            return Published(version=NEVER_PUBLISHED, upto=since, rows=0, done_before=True)
        batches = [] if first is None else chain([first], found)
        return publish(
            warehouse, table, batches, app=app, since=since, upto=upto, at=at, each_once=True
        )


def _read_upto(warehouse: Warehouse, table: Table, since: int, upto: int) -> int:
    """Say from which transaction on to look: where nothing was found, nothing was committed.

    Otherwise a table that seldom changes would look through all that changed elsewhere, each time.
    """
    mark = ReadMark.objects.filter(place=warehouse.place(table)).first()
    return mark.upto if mark is not None and since <= mark.upto <= upto else since


def _note_nothing(warehouse: Warehouse, table: Table, upto: int) -> None:
    place = warehouse.place(table)
    ReadMark.objects.update_or_create(place=place, defaults={"upto": upto})
