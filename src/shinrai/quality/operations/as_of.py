"""The facts of a workspace as they were at a moment: what is published, but for what moved since.

A case without steps after the moment stands as it stood, so only the others are replayed: cost
follows what was under way then, not all that ever happened.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shinrai.ledger.queries import cases_under_way, parents_changed_after
from shinrai.quality.operations.basis import Ground, outdated
from shinrai.quality.operations.batches import inquiry_batch, investigation_batch
from shinrai.quality.operations.publishing import APP, publish_as_of
from shinrai.quality.operations.publishing_reviews import publish_reviews_as_of
from shinrai.quality.operations.reading import chunks, inquiry_rows, investigation_rows
from shinrai.quality.tables import INQUIRIES, INVESTIGATIONS
from shinrai.topics.operations.publishing import publish_topics_as_of
from shinrai.units.moments import epoch_us
from shinrai.warehouse.publishing import publish
from shinrai.warehouse.running import run
from shinrai.warehouse.store import Fresh, Warehouse, freshness
from shinrai.warehouse.tables import Table

# Findings are counted over 180 days; what they are about was asked a while before.
FINDINGS_SINCE = timedelta(days=270)
Batches = Iterator[pa.RecordBatch]


def lay_out_as_of(
    *,
    published: Warehouse,
    apart: Warehouse,
    ground: Ground,
    until: datetime,
    since: date | None = None,
) -> dict[str, Fresh | None]:
    """Put into a warehouse of its own the facts of one workspace as they were at a moment.

    With `since`, of what was received or filed on that date or later, of what findings of the last
    180 days are about, and of every account its first inquiry and its last touch: no figure about
    these looks further back. Answers what the published tables it took them from were fresh up to;
    nothing, where none rest on this ground and all is computed from the steps.
    """
    publish_topics_as_of(warehouse=apart, workspace_id=ground.workspace_id, until=until)
    publish_reviews_as_of(warehouse=apart, workspace_id=ground.workspace_id, until=until)
    if since is not None:
        since = min(since, (until - FINDINGS_SINCE).date())
    fresh = {table.name: freshness(published.delta(table)) for table in (INQUIRIES, INVESTIGATIONS)}
    if not all(fresh.values()) or outdated({ground.workspace_id: ground}):
        publish_as_of(warehouse=apart, ground=ground, until=until)
        return {}
    inquiries = _inquiries(published, ground, until, since)
    investigations = _investigations(published, ground, until, since)
    for table, rows in ((INQUIRIES, inquiries), (INVESTIGATIONS, investigations)):
        publish(apart, table, rows, app=APP, since=None, upto=1, at=until)
    return fresh


def _inquiries(
    published: Warehouse, ground: Ground, until: datetime, since: date | None
) -> Batches:
    there = ground.workspace_id
    moved = {
        *cases_under_way(workspace_id=there, at=until, record="inquiry"),
        *parents_changed_after(workspace_id=there, at=until),
    }
    stands = _standing(published, INQUIRIES, there, "received", until, since)
    yield from _others(stands, moved, INQUIRIES)
    wanted = _worth_replaying(stands, moved, published, INQUIRIES, there, since)
    for some in chunks(wanted):
        rows = inquiry_rows(some, workspace_id=there, until=until)
        yield inquiry_batch([row for row in rows if row.facts], ground, revision=1)


def _investigations(
    published: Warehouse, ground: Ground, until: datetime, since: date | None
) -> Batches:
    there = ground.workspace_id
    moved = set(cases_under_way(workspace_id=there, at=until, record="investigation"))
    stands = _standing(published, INVESTIGATIONS, there, "filed", until, since)
    yield from _others(stands, moved, INVESTIGATIONS)
    wanted = _worth_replaying(stands, moved, published, INVESTIGATIONS, there, since)
    for some in chunks(wanted):
        rows = investigation_rows(some, workspace_id=there, until=until)
        yield investigation_batch([row for row in rows if row.facts], ground, revision=1)


def _standing(
    published: Warehouse,
    table: Table,
    workspace_id: int,
    began: str,
    until: datetime,
    since: date | None,
) -> pa.Table:
    """Fetch the published rows of what had begun by a moment."""
    rows = table.unbound()
    rows = rows.filter(rows[f"{began}_us"] <= epoch_us(until))
    if since is not None:
        wanted = rows[f"{began}_on"] >= since
        rows = rows.filter(
            wanted | _tells_of_account(rows, until) if table is INQUIRIES else wanted
        )
    return run(published, rows, tables=[table], within={"workspace_id": workspace_id}).rows


def _tells_of_account(inquiries: Any, until: datetime) -> Any:
    """Tell which inquiries say since when an account is known, and when it was last touched.

    One touched since the moment moved since, and is replayed whenever it began.
    """
    import ibis

    theirs = ibis.window(group_by=[inquiries.source, inquiries.account])
    touched_us = ibis.ifelse(
        inquiries.touched_us <= epoch_us(until), inquiries.touched_us, ibis.null("int64")
    )
    is_first = inquiries.received_us == inquiries.received_us.min().over(theirs)
    is_last = (touched_us == touched_us.max().over(theirs)).fill_null(False)
    return inquiries.account.notnull() & (is_first | is_last)


def _others(stands: pa.Table, moved: set[int], table: Table) -> Batches:
    """Give the rows of the cases that did not move since, as they are to be stored."""
    kept = stands.filter(pc.invert(pc.is_in(stands["case_id"], pa.array(sorted(moved), "int64"))))
    columns = {name: kept[name].combine_chunks() for name in kept.column_names}
    yield table.batch({**columns, "revision": [1] * len(kept)})


def _worth_replaying(
    stands: pa.Table,
    moved: set[int],
    published: Warehouse,
    table: Table,
    workspace_id: int,
    since: date | None,
) -> list[int]:
    """Leave out of those that moved what began before the dates asked about, but for accounts'."""
    if since is None:
        return sorted(moved)
    rows = table.unbound()
    if table is INQUIRIES:
        rows = rows.filter(rows.account.isnull())
    within = {"workspace_id": workspace_id}
    known = run(published, rows.select("case_id"), tables=[table], within=within)
    earlier = np.setdiff1d(known.rows["case_id"].to_numpy(), stands["case_id"].to_numpy())
    return sorted(moved.difference(earlier.tolist()))
