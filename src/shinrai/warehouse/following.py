"""A published table that follows the books: what transactions wrote since the mark, and no more."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

import pyarrow as pa
from django.db import transaction

from shinrai.postgres.locks import lock_in_transaction
from shinrai.postgres.transactions import oldest_running_transaction
from shinrai.warehouse.publishing import (
    Published,
    PublishedMeanwhile,
    filled_upto,
    publish,
    rebuild,
)
from shinrai.warehouse.repair import is_damaged, repair
from shinrai.warehouse.store import Warehouse
from shinrai.warehouse.tables import Table

TRIES = 5
LOOKED_AT = 256  # tables of which it is remembered up to where nothing was found
_looked: OrderedDict[tuple[str, str, str, int], int] = OrderedDict()
Rows = Callable[[int | None, int], Iterator[pa.RecordBatch]]


def follow(warehouse: Warehouse, table: Table, rows: Rows, *, app: str, at: datetime) -> Published:
    """Publish what the books gained since last time.

    `rows(since, upto)` makes rows of what transactions from `since` to below `upto` wrote; since
    None: of everything there is. Only decided transactions are asked for, so none can turn up
    behind the mark later. Databases restored from a backup count their transactions anew; then, and
    where the table is damaged, everything is published again. With nothing new there is no commit:
    a page's figures keep naming the same version.
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
                return rebuild(warehouse, table, rows(None, upto), app=app, upto=upto, at=at)
    since = filled_upto(warehouse, table, app)
    with transaction.atomic():
        upto = oldest_running_transaction()
        if since is not None and upto < since:
            return rebuild(warehouse, table, rows(None, upto), app=app, upto=upto, at=at)
        key = (warehouse.root, table.name, app, since or 0)
        found = rows(None if since is None else _looked_upto(key, since, upto), upto)
        first = next(found, None)
        if first is None and since is not None:
            _note_nothing(key, upto)
            return Published(version=-1, upto=since, rows=0, done_before=True)
        batches = [] if first is None else _chained(first, found)
        return publish(warehouse, table, batches, app=app, since=since, upto=upto, at=at)


def _looked_upto(key: tuple[str, str, str, int], since: int, upto: int) -> int:
    """Say from where on to look: what was looked through in vain is not committed, but noted here.

    Else a table that seldom changes would look through all that changed elsewhere, every time.
    """
    looked = _looked.get(key, since)
    return looked if since <= looked <= upto else since


def _note_nothing(key: tuple[str, str, str, int], upto: int) -> None:
    _looked[key] = upto
    _looked.move_to_end(key)
    while len(_looked) > LOOKED_AT:
        _looked.popitem(last=False)


def _chained(first: pa.RecordBatch, rest: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    yield first
    yield from rest
