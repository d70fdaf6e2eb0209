"""The facts of a workspace as they were at a moment: what is published, but for what moved since.

A case without steps after the moment stands as it stood, so only the others are replayed: cost
follows what was under way then, not all that ever happened.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shinrai.ledger.queries import cases_under_way, parents_changed_after
from shinrai.quality.facts import ANSWERS, INQUIRIES, INVESTIGATIONS
from shinrai.quality.operations.basis import Ground, outdated
from shinrai.quality.operations.batches import inquiry_batch, investigation_batch
from shinrai.quality.operations.publishing_reviews import reviews_as_of
from shinrai.quality.operations.reading import (
    all_inquiry_rows,
    all_investigation_rows,
    chunks,
    inquiry_rows,
    investigation_rows,
)
from shinrai.topics.facts import TOPICS
from shinrai.topics.operations.publishing import topics_as_of
from shinrai.units.moments import epoch_us
from shinrai.warehouse.fresh import Fresh
from shinrai.warehouse.parameters import of_shape, shape
from shinrai.warehouse.running import run_all
from shinrai.warehouse.store import Warehouse, freshness
from shinrai.warehouse.tables import Table

# Findings are counted over 180 days; what they are about was asked a while before.
FINDINGS_SINCE = timedelta(days=270)
FACTS = (INQUIRIES, INVESTIGATIONS)
Batches = Iterator[pa.RecordBatch]


@dataclass(frozen=True)
class FactsAsOf:
    """The rows of each table by its name, and how fresh the tables were they were taken from."""

    rows: dict[str, pa.Table]
    fresh: dict[str, Fresh | None]


def facts_as_of(
    *, published: Warehouse, ground: Ground, until: datetime, since: date | None = None
) -> FactsAsOf:
    """Give the facts of one workspace as they were at a moment.

    With `since`, of what was received or filed on that date or later, of what findings of the last
    180 days are about, and of every account its first inquiry and its last touch: no figure about
    these looks further back. `fresh` is empty where no published table rests on this ground and all
    is computed from the steps.
    """
    there = ground.workspace_id
    if since is not None:
        since = min(since, (until - FINDINGS_SINCE).date())
    fresh = {table.name: freshness(published.delta(table), table) for table in FACTS}
    if not all(fresh.values()) or outdated({there: ground}):
        fresh = {}
        inquiries, investigations = _from_steps(ground, until)
    else:
        inquiries = _inquiries(published, ground, until, since)
        investigations = _investigations(published, ground, until, since)
    found = {
        TOPICS: topics_as_of(workspace_id=there, until=until),
        ANSWERS: reviews_as_of(workspace_id=there, until=until),
        INQUIRIES: inquiries,
        INVESTIGATIONS: investigations,
    }
    return FactsAsOf({table.name: table.truth(rows) for table, rows in found.items()}, fresh)


def _from_steps(ground: Ground, until: datetime) -> tuple[Batches, Batches]:
    there = ground.workspace_id
    return (
        inquiry_batch(rows, ground, revision=1)
        for rows in all_inquiry_rows(workspace_id=there, until=until)
    ), (
        investigation_batch(rows, ground, revision=1)
        for rows in all_investigation_rows(workspace_id=there, until=until)
    )


def _inquiries(
    published: Warehouse, ground: Ground, until: datetime, since: date | None
) -> Batches:
    there = ground.workspace_id
    moved = {
        *cases_under_way(workspace_id=there, at=until, record="inquiry"),
        *parents_changed_after(workspace_id=there, at=until),
    }
    stands, known = _published(published, INQUIRIES, there, until, since)
    yield _others(stands, moved, INQUIRIES)
    for some in chunks(_worth_replaying(stands, moved, known)):
        rows = inquiry_rows(some, workspace_id=there, until=until)
        yield inquiry_batch([row for row in rows if row.facts], ground, revision=1)


def _investigations(
    published: Warehouse, ground: Ground, until: datetime, since: date | None
) -> Batches:
    there = ground.workspace_id
    moved = set(cases_under_way(workspace_id=there, at=until, record="investigation"))
    stands, known = _published(published, INVESTIGATIONS, there, until, since)
    yield _others(stands, moved, INVESTIGATIONS)
    for some in chunks(_worth_replaying(stands, moved, known)):
        rows = investigation_rows(some, workspace_id=there, until=until)
        yield investigation_batch([row for row in rows if row.facts], ground, revision=1)


def _published(
    published: Warehouse, table: Table, workspace_id: int, until: datetime, since: date | None
) -> tuple[pa.Table, pa.Table]:
    """Fetch the rows of what had begun by a moment; and which cases there are, but for accounts'.

    The latter only with `since`: what is not among the former began before it.
    """
    values = {"at": epoch_us(until), "since": since}
    answers = run_all(
        published,
        _asked(table, shape(values)),
        tables=[table],
        within={"workspace_id": workspace_id},
        parameters=values,
    )
    return answers["stands"].rows, answers["known"].rows


@lru_cache(maxsize=8)
def _asked(table: Table, names: frozenset[str]) -> dict[str, Any]:
    asked, rows = of_shape(names, "at", "since"), table.unbound()
    began = "received" if table is INQUIRIES else "filed"
    stands = rows.filter(rows[f"{began}_us"] <= asked["at"])
    if asked["since"] is None:
        return {"stands": stands, "known": rows.select("case_id").limit(0)}
    wanted = stands[f"{began}_on"] >= asked["since"]
    if table is INQUIRIES:
        wanted |= _tells_of_account(stands, asked["at"])
        rows = rows.filter(rows.account.isnull())
    return {"stands": stands.filter(wanted), "known": rows.select("case_id")}


def _tells_of_account(inquiries: Any, until_us: Any) -> Any:
    """Tell which inquiries say since when an account is known, and when it was last touched.

    One touched since the moment moved since, and is replayed whenever it began.
    """
    import ibis

    theirs = ibis.window(group_by=[inquiries.source, inquiries.account])
    touched_us = ibis.ifelse(
        inquiries.touched_us <= until_us, inquiries.touched_us, ibis.null("int64")
    )
    is_first = inquiries.received_us == inquiries.received_us.min().over(theirs)
    is_last = (touched_us == touched_us.max().over(theirs)).fill_null(False)
    return inquiries.account.notnull() & (is_first | is_last)


def _others(stands: pa.Table, moved: set[int], table: Table) -> pa.RecordBatch:
    """Give the rows of the cases that did not move since, as they are to be stored."""
    kept = stands.filter(pc.invert(pc.is_in(stands["case_id"], pa.array(sorted(moved), "int64"))))
    columns = {name: kept[name].combine_chunks() for name in kept.column_names}
    return table.batch({**columns, "revision": [1] * len(kept)})


def _worth_replaying(stands: pa.Table, moved: set[int], known: pa.Table) -> list[int]:
    """Leave out of those that moved what began before the dates asked about, but for accounts'."""
    earlier = np.setdiff1d(known["case_id"].to_numpy(), stands["case_id"].to_numpy())
    return sorted(moved.difference(earlier.tolist()))
