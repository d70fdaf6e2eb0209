"""Publish events that are columns already, past the inbox: for many of them, from our own hands.

The columns are those of a file with the usual names: user_id, event, event_id and timestamp; all
others are properties. A file with the same rows, taken in, gives the same events.
"""

import json
from contextlib import closing
from datetime import datetime
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.customers.operations import record_customers
from shinrai.postgres.locks import exclusive_lock
from shinrai.units.moments import epoch_us
from shinrai.usage.facts import DAYS, EVENTS
from shinrai.usage.models import MoveProgress
from shinrai.usage.operations.events import ACTORS, MOVE
from shinrai.usage.operations.move import (
    APP,
    MoveResult,
    count_days,
    mark_stale,
    masked_properties,
    move_batch,
    stored_rows,
)
from shinrai.usage.rules.periods import DAY_US, offsets
from shinrai.warehouse.publication import append_rows, filled_upto
from shinrai.warehouse.store import Warehouse

NAMED: Final = ("user_id", "event", "event_id", "timestamp")
FRESH: Final = "SELECT fresh.* FROM fresh ANTI JOIN stored USING (workspace_id, utc_on, event_id)"


def publish_events(
    warehouse: Warehouse, *, workspace: WorkspaceRecord, events: pa.Table, at: datetime
) -> MoveResult:
    """Publish a workspace's events as one batch; those which are there already change nothing.

    Whoever is killed in between leaves a batch without rows in the inbox, which the mover finishes.
    """
    identifiers = events["user_id"].unique().to_pylist()
    with exclusive_lock(MOVE, waits=True):
        while move_batch(warehouse, at=at) is not None:
            pass
        with transaction.atomic():
            known = record_customers(
                workspace_id=workspace.id, source=ACTORS, identifiers=identifiers, at=at
            )
        is_known = pc.is_in(events["user_id"], pa.array(known, pa.string()))
        kept = events.filter(is_known)
        marks = [filled_upto(warehouse, table, APP) for table in (EVENTS, DAYS)]
        progress, _ = MoveProgress.objects.get_or_create(id=1)
        number = max(progress.batch, *(mark or 0 for mark in marks)) + 1
        MoveProgress.objects.filter(id=1).update(batch=number, is_moving=True)
        numbers = {name: customer.id for name, customer in known.items()}
        rows = _new_rows(warehouse, _rows(kept, workspace, numbers, at, number))
        append_rows(
            warehouse,
            EVENTS,
            rows.to_batches(max_chunksize=100_000),
            app=APP,
            since=marks[0],
            upto=number,
            at=at,
            each_once=True,
        )
        count_days(warehouse, number, at)
        mark_stale([workspace.id], at=at)
        MoveProgress.objects.filter(id=1).update(is_moving=False)
    return MoveResult(rows.num_rows, kept.num_rows - rows.num_rows, len(events) - len(kept))


def _rows(
    events: pa.Table, workspace: WorkspaceRecord, actors: dict[str, int], at: datetime, number: int
) -> pa.Table:
    """Return the rows of `EVENTS`; all dates are those of the workspace's zone."""
    size = len(events)
    names = events["user_id"].combine_chunks().dictionary_encode()
    of_name = np.array([actors[name] for name in names.dictionary.to_pylist()], dtype=np.int64)
    happened_us = events["timestamp"].cast(pa.timestamp("us", "UTC")).cast(pa.int64()).to_numpy()
    since, ahead = np.array(offsets(workspace.zone, at)).T
    place = np.searchsorted(since, happened_us, side="right") - 1
    on = _date((happened_us + ahead[place.clip(0)]) // DAY_US)
    columns = {
        "workspace_id": np.full(size, workspace.id),
        "utc_on": _date(happened_us // DAY_US),
        "event_id": events["event_id"],
        "actor_id": of_name[names.indices.to_numpy()],
        "event": events["event"],
        "happened_us": happened_us,
        "received_us": np.full(size, epoch_us(at)),
        "own_on": on,
        "zone_on": on,
        "group_id": pa.nulls(size, pa.int64()),
        "properties": _properties(events.drop_columns(list(NAMED))),
        "revision": np.full(size, number),
        "gone": np.zeros(size, dtype=bool),
    }
    return pa.table(columns).cast(EVENTS.schema())


def _date(days: "np.typing.NDArray[np.int64]") -> pa.Array:
    return pa.array(days.astype("datetime64[D]"))


def _properties(columns: pa.Table) -> pa.Array:
    """Return each row's properties as JSON; equal ones are masked once."""
    import duckdb

    with closing(duckdb.connect()) as duck:
        duck.register("properties", columns)
        found = duck.sql("SELECT to_json(properties) AS said FROM properties").to_arrow_table()
    said = found["said"].cast(pa.string()).combine_chunks().dictionary_encode()
    masked = [
        masked_properties({name: one for name, one in json.loads(text).items() if one is not None})
        for text in said.dictionary.to_pylist()
    ]
    return pa.array(masked, pa.string()).take(said.indices)


def _new_rows(warehouse: Warehouse, rows: pa.Table) -> pa.Table:
    """Leave out the rows whose keys are in `EVENTS` already."""
    delta = warehouse.delta(EVENTS)
    if delta is None or not rows.num_rows:
        return rows
    dates = rows["utc_on"].unique().to_pylist()
    stored = stored_rows(
        delta, EVENTS.key, rows["workspace_id"].unique().to_pylist(), "utc_on", dates
    )
    with closing(warehouse.connect()) as duck:
        duck.register("fresh", rows)
        duck.register("stored", stored)
        return duck.sql(FRESH).to_arrow_table().cast(EVENTS.schema())
