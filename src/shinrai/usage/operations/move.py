"""Move events from the inbox into the published tables, each once, a numbered batch at a time.

A batch is chosen in one transaction, written to `EVENTS` and then to `DAYS` under its number (the
mark of each table says whether that is done), and deleted in one transaction, which also records
the merges it claims. Whoever is killed in between continues with the same batch.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable
from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from shinrai.accounts.queries import workspace_numbered
from shinrai.customers.operations import record_customers
from shinrai.postgres.failpoints import passed
from shinrai.postgres.locks import exclusive_lock
from shinrai.privacy.rules.masking import mask
from shinrai.units.moments import epoch_us
from shinrai.usage.facts import DAYS, EVENTS
from shinrai.usage.models import InboxEvent, MoveProgress, PreparedUsage
from shinrai.usage.operations.events import ACTORS, MOVE, compact_json, decoded
from shinrai.usage.operations.merges import record_claims
from shinrai.usage.rules.event import NO_DEEDS, SameActor, UsageEvent
from shinrai.warehouse.publication import append_rows, filled_upto
from shinrai.warehouse.store import Warehouse
from shinrai.warehouse.tables import Table

APP: Final = "usage"
GROUPS: Final = "usage-group"  # the source of companies and households, as customers
MOST_ROWS: Final = 50_000  # held in memory at once, some 5 KB each
FEW_DATES: Final = 40  # asked for one by one; more, as a span
# Up to an id: one pass, whatever statistics say of a table that is empty most of the time. What is
# committed later under a lower id is in the next batch.
CHOOSE: Final = """
    UPDATE usage_inboxevent SET batch = %s WHERE batch IS NULL AND id <= (
        SELECT max(id) FROM (
            SELECT id FROM usage_inboxevent WHERE batch IS NULL ORDER BY id LIMIT %s) AS first)
"""
KNOWN: Final = """
    SELECT DISTINCT workspace_id, utc_on, event_id FROM fresh
    SEMI JOIN stored USING (workspace_id, utc_on, event_id)
"""
# The newest row of each touched key, with what is new: it becomes the next revision of the key.
COUNTED: Final = """
    WITH added AS (
        SELECT workspace_id, actor_id, event, own_on, zone_on, count(*) AS event_count,
            min(happened_us) AS first_us, arg_max(group_id, happened_us) AS group_id
        FROM fresh GROUP BY ALL
    ), known AS (
        SELECT * FROM stored SEMI JOIN added USING (workspace_id, actor_id, event, own_on, zone_on)
        QUALIFY row_number() OVER (
            PARTITION BY workspace_id, actor_id, event, own_on, zone_on ORDER BY revision DESC) = 1
    )
    SELECT workspace_id, actor_id, event, own_on, zone_on,
        added.event_count + coalesce(known.event_count, 0) AS event_count,
        least(added.first_us, coalesce(known.first_us, added.first_us)) AS first_us,
        coalesce(added.group_id, known.group_id) AS group_id, {number} AS revision, false AS gone
    FROM added LEFT JOIN known USING (workspace_id, actor_id, event, own_on, zone_on)
    ORDER BY ALL
"""


@dataclass(frozen=True)
class MoveResult:
    """How many events were new, were there already, were of erased people; and merges recorded."""

    events: int = 0
    known: int = 0
    erased: int = 0
    merges: int = 0

    def __add__(self, other: "MoveResult") -> "MoveResult":
        return MoveResult(
            self.events + other.events,
            self.known + other.known,
            self.erased + other.erased,
            self.merges + other.merges,
        )


def move_all(warehouse: Warehouse, *, at: datetime, waits: bool = False) -> MoveResult:
    """Move until nothing waits.

    Raises: AlreadyHeld if another process moves, unless it `waits`.
    """
    done = MoveResult()
    with exclusive_lock(MOVE, waits=waits):
        while (batch := move_batch(warehouse, at=at)) is not None:
            done += batch
    return done


def move_batch(warehouse: Warehouse, *, at: datetime, most: int = MOST_ROWS) -> MoveResult | None:
    """Move one batch, or finish the one that a killed process left; None if nothing waits.

    The caller holds the lock `MOVE`.
    """
    number = _chosen(warehouse, most)
    if number is None:
        return None
    passed("usage.chosen")
    rows = InboxEvent.objects.filter(batch=number).order_by("id")
    batch = _Batch(
        [
            (workspace_id, decoded(bytes(document)), received_at)
            for workspace_id, document, received_at in rows.values_list(
                "workspace_id", "document", "received_at"
            ).iterator(10_000)
        ],
        at=at,
    )
    filled = filled_upto(warehouse, EVENTS, APP)
    fresh = batch.events(warehouse, number) if filled is None or filled < number else None
    if fresh is not None:
        batches = fresh.to_batches(max_chunksize=20_000)
        _append(warehouse, EVENTS, batches, since=filled, upto=number, at=at)
    count_days(warehouse, number, at)
    merges = _finish(number, batch)
    return MoveResult(batch.new, batch.known, batch.erased, merges)


def _chosen(warehouse: Warehouse, most: int) -> int | None:
    """Return the number of the batch to move: a new one, or that which is being moved."""
    progress, _ = MoveProgress.objects.get_or_create(id=1)
    filled = max(filled_upto(warehouse, table, APP) or 0 for table in (EVENTS, DAYS))
    if progress.is_moving and filled <= progress.batch:
        return progress.batch
    number = max(progress.batch, filled) + 1
    with transaction.atomic(), connection.cursor() as cursor:
        # The tables are ahead of a restored database: its batch gets a number that is free.
        InboxEvent.objects.exclude(batch=None).update(batch=None)
        cursor.execute(CHOOSE, [number, most])
        if not cursor.rowcount:
            MoveProgress.objects.filter(id=1, is_moving=True).update(is_moving=False)
            return None
        MoveProgress.objects.filter(id=1).update(batch=number, is_moving=True)
    return number


class _Batch:
    """The rows of a batch, and the customers they are of."""

    def __init__(
        self, rows: list[tuple[int, UsageEvent | SameActor, datetime]], *, at: datetime
    ) -> None:
        self.rows, self.at = rows, at
        self.new = self.known = self.erased = 0
        self.actors = self._customers(ACTORS, _identifiers)
        self.groups = self._customers(GROUPS, _group)

    def _customers(self, source: str, names_of: Any) -> dict[int, dict[str, int]]:
        wanted: dict[int, dict[str, None]] = {}
        for workspace_id, row, _ in self.rows:
            wanted.setdefault(workspace_id, {}).update(dict.fromkeys(names_of(row)))
        with transaction.atomic():
            return {
                workspace_id: {
                    name: customer.id
                    for name, customer in record_customers(
                        workspace_id=workspace_id,
                        source=source,
                        identifiers=list(names),
                        at=self.at,
                    ).items()
                }
                for workspace_id, names in wanted.items()
            }

    def events(self, warehouse: Warehouse, number: int) -> pa.Table | None:
        """Return the rows of `EVENTS` that are new; None if there are none."""
        found: dict[tuple[int, date, str], dict[str, Any]] = {}
        zones = {one: ZoneInfo(workspace_numbered(one).zone) for one in self.actors}
        count = 0
        for workspace_id, event, received_at in self.rows:
            if isinstance(event, SameActor):
                continue
            count += 1
            actor = self.actors[workspace_id].get(event.actor)
            if actor is None:
                self.erased += 1
                continue
            utc_on = (event.said_at or event.at).date()
            zone = zones[workspace_id]
            zone_on = event.at.astimezone(zone).date()
            own = _zone(event.zone) if event.zone else None
            found.setdefault(
                (workspace_id, utc_on, event.id),
                {
                    "workspace_id": workspace_id,
                    "utc_on": utc_on,
                    "event_id": event.id,
                    "actor_id": actor,
                    "event": event.name,
                    "happened_us": epoch_us(event.at),
                    "received_us": epoch_us(received_at),
                    "own_on": event.at.astimezone(own).date() if own else zone_on,
                    "zone_on": zone_on,
                    "group_id": self.groups[workspace_id].get(event.group or ""),
                    "properties": masked_properties(event.properties),
                    "revision": number,
                    "gone": False,
                },
            )
        for key in _known(warehouse, found):
            del found[key]
        self.new, self.known = len(found), count - self.erased - len(found)
        if not found:
            return None
        return pa.Table.from_pylist(list(found.values()), schema=EVENTS.schema())


def _identifiers(row: UsageEvent | SameActor) -> Iterable[str]:
    return (row.anonymous, row.known) if isinstance(row, SameActor) else (row.actor,)


def _group(row: UsageEvent | SameActor) -> Iterable[str]:
    return (row.group,) if isinstance(row, UsageEvent) and row.group else ()


@lru_cache(maxsize=1000)
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (
        KeyError,
        ValueError,
        OSError,
    ):  # what a device calls so; it counts in the workspace's zone
        return None


def masked_properties(properties: Mapping[str, Any]) -> str | None:
    if not properties:
        return None
    plain = {
        name: mask(value) if isinstance(value, str) else value for name, value in properties.items()
    }
    return compact_json(plain)


def _known(
    warehouse: Warehouse, found: Mapping[tuple[int, date, str], Any]
) -> list[tuple[int, date, str]]:
    """Return the keys that are in `EVENTS` already; only files of these dates are read."""
    delta = warehouse.delta(EVENTS)
    if delta is None or not found:
        return []
    columns = dict(zip(EVENTS.key, zip(*found, strict=True), strict=True))
    fresh = pa.table({name: pa.array(values) for name, values in columns.items()})
    stored = stored_rows(delta, EVENTS.key, columns["workspace_id"], "utc_on", columns["utc_on"])
    with closing(warehouse.connect()) as duck:
        duck.register("fresh", fresh)
        duck.register("stored", stored)
        return duck.sql(KNOWN).fetchall()


def stored_rows(
    delta: DeltaTable, columns: Iterable[str], workspaces: Iterable[int], on: str, dates: Any
) -> pa.RecordBatchReader:
    """Read the rows of some workspaces and dates, from the files that can hold them."""
    days = sorted(set(dates))
    is_of = pc.field("workspace_id").isin(sorted(set(workspaces)))
    if len(days) > FEW_DATES:
        days_asked = (pc.field(on) >= days[0]) & (pc.field(on) <= days[-1])
    else:
        days_asked = pc.field(on) == days[0]
        for day in days[1:]:
            days_asked = days_asked | (pc.field(on) == day)
    scanner = delta.to_pyarrow_dataset().scanner(list(columns), filter=is_of & days_asked)
    return scanner.to_reader()


def count_days(warehouse: Warehouse, number: int, at: datetime) -> None:
    """Append to `DAYS` what the events of a batch add, as the next revision of each key."""
    filled = filled_upto(warehouse, DAYS, APP)
    events = warehouse.delta(EVENTS)
    if (filled is not None and filled >= number) or events is None:
        return
    names = ["workspace_id", "actor_id", "event", "own_on", "zone_on", "happened_us", "group_id"]
    is_new = (pc.field("revision") == number) & ~pc.field("event").isin(NO_DEEDS)
    fresh = events.to_pyarrow_dataset().to_table(names, filter=is_new)
    if not fresh.num_rows:
        return
    with closing(warehouse.connect()) as duck:
        duck.register("fresh", fresh)
        days = warehouse.delta(DAYS)
        duck.register(
            "stored",
            DAYS.schema().empty_table()
            if days is None
            else stored_rows(
                days,
                [column.name for column in DAYS.stored],
                fresh["workspace_id"].unique().to_pylist(),
                "own_on",
                fresh["own_on"].unique().to_pylist(),
            ),
        )
        rows = duck.sql(COUNTED.format(number=number)).to_arrow_table()
    schema = DAYS.schema()
    batches = rows.select(schema.names).cast(schema).to_batches()
    _append(warehouse, DAYS, batches, since=filled, upto=number, at=at)


def _append(
    warehouse: Warehouse,
    table: Table,
    batches: Iterable[pa.RecordBatch],
    *,
    since: int | None,
    upto: int,
    at: datetime,
) -> None:
    append_rows(warehouse, table, batches, app=APP, since=since, upto=upto, at=at, each_once=True)


def _finish(number: int, batch: _Batch) -> int:
    """Record the merges that a batch claims, hand it on, delete it; return how many merges."""
    claims: dict[int, list[SameActor]] = {}
    for workspace_id, row, _ in batch.rows:
        if isinstance(row, SameActor):
            claims.setdefault(workspace_id, []).append(row)
    with transaction.atomic():
        count = sum(
            record_claims(workspace_id=one, claims=found, actors=batch.actors[one], at=batch.at)
            for one, found in claims.items()
        )
        mark_stale({workspace_id for workspace_id, *_ in batch.rows}, at=batch.at)
        _hand_on(batch)
        InboxEvent.objects.filter(batch=number).delete()
        MoveProgress.objects.filter(id=1).update(is_moving=False)
    return count


def _hand_on(batch: _Batch) -> None:
    """Hand events to the package above that settings name: in the batch's transaction, so once."""
    reader: Callable[..., None] = import_string(settings.SHINRAI_EVENT_READER)
    events: dict[int, list[tuple[UsageEvent, datetime]]] = {}
    for workspace_id, row, received_at in batch.rows:
        if isinstance(row, UsageEvent):
            events.setdefault(workspace_id, []).append((row, received_at))
    for workspace_id, some in events.items():
        reader(workspace_id=workspace_id, events=some, at=batch.at)


def mark_stale(workspaces: Iterable[int], *, at: datetime) -> None:
    """Note that the prepared views of workspaces do not show all that lies in the tables."""
    prepared = PreparedUsage.objects.filter(workspace_id__in=list(workspaces), stale_at=None)
    prepared.update(stale_at=at)
