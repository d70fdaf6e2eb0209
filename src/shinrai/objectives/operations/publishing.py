"""Publish what changed in the table `clocks`; cost follows what is new."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date, datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
from django.db import connection

from shinrai.accounts.queries import rezoned_workspaces
from shinrai.objectives.models import Objective
from shinrai.objectives.operations.alarms import walk_alarms
from shinrai.objectives.operations.statements import statement
from shinrai.objectives.tables import CLOCKS
from shinrai.units.moments import epoch_us
from shinrai.warehouse.day_count_writer import count_days
from shinrai.warehouse.following import follow
from shinrai.warehouse.publishing import Published
from shinrai.warehouse.store import Warehouse

APP = "objectives"
CHUNK = 50_000


def publish_clocks(*, warehouse: Warehouse, at: datetime) -> Published:
    """Publish the clocks written since last time, of every workspace.

    Raises: NotPublished; PublishedMeanwhile if others kept publishing faster.
    """
    return follow(warehouse, CLOCKS, _rows, app=APP, at=at)


def count_clocks(*, warehouse: Warehouse, at: datetime) -> None:
    """Count outcomes per day, lay clocks out by their last date, and walk the alarms."""
    from shinrai.objectives.measures import DAY_COUNTS  # Ibis: slow to load

    for workspace_id in Objective.objects.values_list("workspace_id", flat=True).distinct():
        count_days(warehouse, DAY_COUNTS, workspace_id=workspace_id, basis="", at=at)
    walk_alarms(warehouse=warehouse, at=at)


def _rows(since: int | None, upto: int) -> Iterator[pa.RecordBatch]:
    return _batches(_changed(since or 0, upto))


def _changed(since: int, upto: int) -> Iterator[Sequence[Any]]:
    """Read changed rows through a cursor on the server, so that memory stays bounded."""
    with closing(connection.chunked_cursor()) as cursor:
        cursor.execute(
            statement("clocks_to_publish"),
            {
                "since": since,
                "upto": upto,
                "rezoned": rezoned_workspaces(since=since, upto=upto),
            },
        )
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
