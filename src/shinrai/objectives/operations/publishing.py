"""Publish what changed in the table `clocks`; cost follows what is new."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date, datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
from django.db import connection, transaction

from shinrai.objectives.operations.statements import statement
from shinrai.objectives.tables import CLOCKS
from shinrai.units.moments import epoch_us
from shinrai.warehouse.publishing import (
    Published,
    PublishedMeanwhile,
    filled_upto,
    publish,
    rebuild,
)
from shinrai.warehouse.store import Warehouse

APP = "objectives"
CHUNK = 50_000
TRIES = 5


def publish_clocks(*, warehouse: Warehouse, at: datetime) -> Published:
    """Publish the clocks written since last time, of every workspace.

    Rows carry the number of the transaction that wrote them, and only those below the oldest one
    still running are taken: none can turn up behind the mark later. Books restored from a backup
    count their transactions anew; then everything is published again.
    Raises: NotPublished; PublishedMeanwhile if others kept publishing faster.
    """
    for _ in range(TRIES):
        since = filled_upto(warehouse, CLOCKS, APP)
        try:
            return _publish_since(warehouse, since, at)
        except PublishedMeanwhile:
            continue
    return _publish_since(warehouse, filled_upto(warehouse, CLOCKS, APP), at)


def _publish_since(warehouse: Warehouse, since: int | None, at: datetime) -> Published:
    with transaction.atomic():
        upto = _oldest_running()
        if since is not None and upto < since:
            rows = _batches(_changed(0, upto))
            return rebuild(warehouse, CLOCKS, rows, app=APP, upto=upto, at=at)
        rows = _batches(_changed(since or 0, upto))
        first = next(rows, None)
        if first is None and since is not None:
            # Nothing new: no commit, so that a page's figures keep naming the same version.
            return Published(version=-1, upto=since, rows=0, done_before=True)
        return publish(
            warehouse,
            CLOCKS,
            [] if first is None else _chained(first, rows),
            app=APP,
            since=since,
            upto=upto,
            at=at,
        )


def _chained(first: pa.RecordBatch, rest: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    yield first
    yield from rest


def _oldest_running() -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement("oldest_running"))
        [upto] = cursor.fetchone()
    return int(upto)


def _changed(since: int, upto: int) -> Iterator[Sequence[Any]]:
    """Read changed rows through a cursor on the server, so that memory stays bounded."""
    with closing(connection.chunked_cursor()) as cursor:
        cursor.execute(statement("clocks_to_publish"), {"since": since, "upto": upto})
        while some := cursor.fetchmany(10_000):
            yield from some


def _batches(rows: Iterator[Sequence[Any]]) -> Iterator[pa.RecordBatch]:
    while some := list(islice(rows, CHUNK)):
        yield _batch(some)


def _batch(rows: Sequence[Sequence[Any]]) -> pa.RecordBatch:
    columns = list(zip(*rows, strict=True))
    zones = [ZoneInfo(zone) for zone in columns[21]]
    started, due = columns[10], columns[13]
    return CLOCKS.batch(
        {
            "workspace_id": columns[0],
            "objective_id": columns[1],
            "objective": columns[2],
            "objective_version": columns[3],
            "calendar": columns[4],
            "tzdata": columns[5],
            "case_id": columns[6],
            "case_key": columns[7],
            "index": columns[8],
            "mode": columns[9],
            "started_us": _us(started),
            "effective_us": _us(columns[11]),
            "stopped_us": _us(columns[12]),
            "due_us": _us(due),
            "due_without_pauses_us": _us(columns[14]),
            "paused_since_us": _us(columns[15]),
            "cancelled_us": _us(columns[16]),
            "spam": columns[17],
            "exempted_us": _us(columns[18]),
            "open_s": columns[19],
            "paused_open_s": columns[20],
            "due_on": _on(due, zones),
            "started_on": _on(started, zones),
            "revision": columns[22],
            "gone": columns[23],
        }
    )


def _us(moments: Iterable[datetime | None]) -> list[int | None]:
    return [None if at is None else epoch_us(at) for at in moments]


def _on(moments: Iterable[datetime | None], zones: Iterable[ZoneInfo]) -> list[date | None]:
    """Name the date in the workspace's zone with our own tzdata, not the engine's."""
    return [
        None if at is None else at.astimezone(zone).date()
        for at, zone in zip(moments, zones, strict=True)
    ]
