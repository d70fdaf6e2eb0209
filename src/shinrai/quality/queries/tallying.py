"""Tallies are made once and then brought forward: what changed is read again, nothing else.

What is remembered is one kind number and a few columns a case, some 140 bytes, in the memory of the
process that answers. A case is tallied again when a new revision of it was published, when the
moment of its next turn has passed, or when a matter that names it as its origin changed; whether a
customer came again is asked anew for the customers of such cases. Everything else stands. Rebuilt
tables, and many changes at once, are tallied from scratch.
"""

import atexit
import gc
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import TypeVar

import numpy as np
import pyarrow as pa

from shinrai.quality.queries import tally_rows
from shinrai.quality.queries.accounts import put_accounts, read_accounts
from shinrai.quality.queries.labelling import (
    find_bearers,
    put_findings,
    put_labels,
    read_codebook,
    read_whole,
)
from shinrai.quality.queries.tallied import NOBODY, Rows, Tallied
from shinrai.quality.rules.kinds import Ints
from shinrai.quality.rules.labels import NOTHING
from shinrai.quality.rules.tallies import GONE, HELD, NEVER, REPEATED, SETTLED, among
from shinrai.quality.tables import INQUIRIES, INVESTIGATIONS
from shinrai.topics.tables import TOPICS
from shinrai.units.moments import epoch_us
from shinrai.warehouse.store import Warehouse, version_of, was_rebuilt

WORKSPACES = 8  # whose tallies are kept in a process
MOST_CHANGED = 5  # one in so many changed: from scratch is no slower

T = TypeVar("T")


@dataclass
class _Kept:
    """A workspace's tallies and whose turn it is to use them."""

    lock: Lock = field(default_factory=Lock)
    found: Tallied | None = None


_kept: OrderedDict[tuple[str, int], _Kept] = OrderedDict()
_keeping = Lock()


def with_tallies(
    *, workspace_id: int, at: datetime, warehouse: Warehouse, ask: Callable[[Tallied], T]
) -> T | None:
    """Bring a workspace's tallies forward to a moment and ask something of them.

    Answers None where they stand at a later moment already: they do not go back.
    """
    with _keeping:
        kept = _kept.setdefault((warehouse.root, workspace_id), _Kept())
        _kept.move_to_end((warehouse.root, workspace_id))
        while len(_kept) > WORKSPACES:
            _kept.popitem(last=False)
    with kept.lock:
        found, kept.found = kept.found, None  # half brought forward, it would be wrong
        if found is not None and epoch_us(at) < found.at_us:
            kept.found = found
            return None
        kept.found = _forward(warehouse, workspace_id, epoch_us(at), found)
        return ask(kept.found)


def _forward(warehouse: Warehouse, workspace_id: int, at_us: int, found: Tallied | None) -> Tallied:
    for table in (INQUIRIES, INVESTIGATIONS):
        if found is not None and (
            not found.read[table.name].is_there
            or was_rebuilt(warehouse, table, since=found.read[table.name].version)
        ):
            found = None
    if found is None:
        return _from_scratch(warehouse, workspace_id, at_us)
    found.at_us = at_us
    if not _investigations_forward(warehouse, found) or not _inquiries_forward(warehouse, found):
        return _from_scratch(warehouse, workspace_id, at_us)
    if version_of(warehouse, TOPICS) != found.read[TOPICS.name].version:
        found.read[TOPICS.name] = read_codebook(warehouse, workspace_id, found.labelled)
        _ask_again_on_topic(warehouse, found, np.arange(len(found.inquiries)))
    find_bearers(warehouse, workspace_id, found.labelled, found.read[INQUIRIES.name])
    return found


def _from_scratch(warehouse: Warehouse, workspace_id: int, at_us: int) -> Tallied:
    found = tally_rows.nothing_yet(workspace_id, at_us)
    rows, found.read[INQUIRIES.name] = tally_rows.all_inquiries(warehouse, found)
    _put_inquiries(found, rows, rows.case_ids)
    ours, found.read[INVESTIGATIONS.name] = tally_rows.all_investigations(warehouse, found)
    _put_investigations(found, ours, ours.case_ids)
    read_whole(
        warehouse,
        workspace_id,
        found.labelled,
        inquiries=found.read[INQUIRIES.name],
        investigations=found.read[INVESTIGATIONS.name],
    )
    read_accounts(warehouse, workspace_id, found.accounted, found.read[INQUIRIES.name])
    found.read[TOPICS.name] = read_codebook(warehouse, workspace_id, found.labelled)
    find_bearers(warehouse, workspace_id, found.labelled, found.read[INQUIRIES.name])
    _ask_again(warehouse, found, np.arange(len(found.inquiries)))
    _leave_what_stays()
    return found


def _leave_what_stays() -> None:
    """Have Python look for cycles in new objects alone: what is loaded by now stays.

    Going through 200,000 functions and types of libraries takes longer than what is counted here,
    and with every thousand rows it was done again.
    """
    gc.collect()
    gc.freeze()


# Python's last search for cycles passes by what is frozen; DuckDB then tells the user of a leak.
atexit.register(gc.unfreeze)


def _inquiries_forward(warehouse: Warehouse, found: Tallied) -> bool:
    """Tally again what changed and what had its turn; False: so much that scratch is better."""
    read, mine = found.read[INQUIRIES.name], found.inquiries
    changed = None
    if version_of(warehouse, INQUIRIES) != read.version:
        changed, read = tally_rows.changed(warehouse, found.workspace_id, INQUIRIES, read)
    due = mine["case_id"][mine["until_us"] <= found.at_us]
    ids = due if changed is None else np.union1d(due, changed.case_ids)
    if len(ids) * MOST_CHANGED > len(mine):
        return False
    if changed is not None:
        named = [found.naming[n] for n in changed.case_ids.tolist() if n in found.naming]
        named += changed.named
        ids = np.union1d(ids, tally_rows.cases_named(warehouse, found.workspace_id, read, named))
    found.read[INQUIRIES.name] = read
    if not len(ids):
        return True
    customers = [_customers_of(found, ids)]
    around = tally_rows.naming_them(warehouse, found, read, ids)
    others = np.union1d(ids, around)
    if changed is not None:
        others = np.setdiff1d(others, changed.case_ids, assume_unique=True)
    held = tally_rows.standing_rows(warehouse, found, read, others)
    if changed is not None:
        held = pa.concat_tables([held, changed.rows])
        put_labels(found.labelled, changed.rows, asked=changed.case_ids)
        put_accounts(found.accounted, changed.rows, asked=changed.case_ids)
    rows = tally_rows.some_inquiries(warehouse, found, held, ids)
    _put_inquiries(found, rows, ids)
    customers.append(_customers_of(found, ids))
    touched = np.unique(np.concatenate(customers))
    _ask_again(warehouse, found, np.flatnonzero(among(mine["customer"], touched)))
    return True


def _customers_of(found: Tallied, ids: Ints) -> Ints:
    places = found.inquiries.places(ids)
    customers = found.inquiries["customer"][places[places >= 0]]
    known: Ints = customers[customers != NOBODY]
    return known


def _put_inquiries(found: Tallied, rows: Rows, ids: Ints) -> None:
    """Write tallies over; those asked about that did not come back are gone."""
    gone = np.setdiff1d(ids, rows.case_ids, assume_unique=True)
    gone = gone[found.inquiries.places(gone) >= 0]
    if len(gone):
        blank = {name: np.zeros(len(gone), np.int64) for name in rows.columns}
        blank |= {
            "on": np.full(len(gone), GONE),
            "customer": np.full(len(gone), NOBODY),
            "until_us": np.full(len(gone), NEVER),
            "again": np.zeros(len(gone), np.int64),
            "again_on_topic": np.zeros(len(gone), np.int64),
        }
        found.inquiries.put(gone, **blank)
    again = np.zeros(len(rows.case_ids), np.int64)
    found.inquiries.put(rows.case_ids, **rows.columns, again=again, again_on_topic=again)
    for number in ids.tolist() if found.naming else ():
        found.naming.pop(number, None)
    found.naming.update(rows.naming)


def _ask_again(warehouse: Warehouse, found: Tallied, places: Ints) -> None:
    """Ask of the solutions of some customers whether another matter followed; all of theirs."""
    mine = found.inquiries
    places = places[(mine["on"][places] != GONE)]
    places = places[mine["customer"][places] != NOBODY]
    _mark(warehouse, found, places, "again")
    _ask_again_on_topic(warehouse, found, places)


def _ask_again_on_topic(warehouse: Warehouse, found: Tallied, places: Ints) -> None:
    """Ask the same within each topic; inquiries of which no topic is known are left out."""
    mine, labelled = found.inquiries, found.labelled
    mine["again_on_topic"][places] = 0
    if not len(labelled.inquiries):
        return
    there = mine.places(labelled.inquiries["case_id"])
    about = np.full(len(mine), NOTHING)
    about[there[there >= 0]] = labelled.about(labelled.inquiries["label"])[there >= 0]
    places = places[(about[places] != NOTHING) & (mine["on"][places] != GONE)]
    places = places[mine["customer"][places] != NOBODY]
    if len(places):
        _mark(warehouse, found, places, "again_on_topic", about=about)


def _mark(
    warehouse: Warehouse, found: Tallied, places: Ints, column: str, *, about: Ints | None = None
) -> None:
    mine = found.inquiries
    mine[column][places] = 0
    kind = mine["kind"][places]
    answer = tally_rows.followed_of(
        warehouse,
        found,
        asked=places[found.kinds.holds("counts")[kind]],
        settled=places[found.kinds.holds("settled")[kind]],
        about=about,
    )
    bits = SETTLED + REPEATED * answer.repeated + HELD * answer.held
    mine[column][mine.places(answer.case_ids)] = bits


def _investigations_forward(warehouse: Warehouse, found: Tallied) -> bool:
    read = found.read[INVESTIGATIONS.name]
    if version_of(warehouse, INVESTIGATIONS) == read.version:
        return True
    changed, read = tally_rows.changed(warehouse, found.workspace_id, INVESTIGATIONS, read)
    ids = changed.case_ids
    if len(ids) * MOST_CHANGED > len(found.investigations):
        return False
    found.read[INVESTIGATIONS.name] = read
    if len(ids):
        put_findings(found.labelled, changed.rows, asked=changed.case_ids)
        rows = tally_rows.some_investigations(warehouse, found, changed.rows)
        _put_investigations(found, rows, ids)
    return True


def _put_investigations(found: Tallied, rows: Rows, ids: Ints) -> None:
    gone = np.setdiff1d(ids, rows.case_ids, assume_unique=True)
    gone = gone[found.investigations.places(gone) >= 0]
    if len(gone):
        zeros = np.zeros(len(gone), np.int64)
        found.investigations.put(gone, on=np.full(len(gone), GONE), kind=zeros, steps=zeros)
    found.investigations.put(rows.case_ids, **rows.columns)
