"""Tallies as they are read: which cases changed, and the rows of some of them or of all.

Every question here is compiled once: moments and case numbers are rows handed over with it.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shinrai.quality.measures.investigated import every_investigated
from shinrai.quality.measures.repeats import followed
from shinrai.quality.measures.tallies import (
    MOMENT,
    WAITS,
    inquiry_conditions,
    inquiry_numbers,
    inquiry_tallies,
    investigation_tallies,
    spread_columns,
)
from shinrai.quality.queries.asking import as_asked, ask, moment
from shinrai.quality.queries.tallied import (
    MOMENTS,
    Changed,
    Followed,
    Named,
    Read,
    Rows,
    Tallied,
    inquiry_rows,
    investigation_rows,
)
from shinrai.quality.rules.kinds import Ints, Kinds
from shinrai.quality.rules.tallies import Columns
from shinrai.quality.tables import INQUIRIES, INVESTIGATIONS
from shinrai.warehouse.running import Answer, revisions_after, run_all
from shinrai.warehouse.store import Warehouse
from shinrai.warehouse.tables import Table, newest


@lru_cache(maxsize=1)
def _names() -> tuple[tuple[str, ...], tuple[str, ...], dict[str, tuple[str, ...]]]:
    rows = as_asked(INQUIRIES.unbound())
    return inquiry_conditions(rows), inquiry_numbers(rows), spread_columns(rows)


def nothing_yet(workspace_id: int, at_us: int) -> Tallied:
    """Give tallies of nothing, to be filled."""
    conditions, numbers, spreads = _names()
    ours = tuple(every_investigated(INVESTIGATIONS.unbound()))
    kind_columns = [name for name in _tally().columns if _is_of_kind(name, numbers)]
    return Tallied(
        workspace_id=workspace_id,
        at_us=at_us,
        read={},
        kinds=Kinds(kind_columns, conditions),
        inquiries=Columns(
            ("on", "kind", "customer", *MOMENTS, "again", "again_on_topic", *WAITS, *numbers)
        ),
        naming={},
        our_kinds=Kinds(("mode", "bits_0"), ours),
        investigations=Columns(("on", "kind", "steps")),
        numbers=numbers,
        conditions=conditions,
        spreads=spreads,
    )


def _is_of_kind(name: str, numbers: Sequence[str]) -> bool:
    return name in ("mode", "source", "rule") or name.startswith("bits_") or "__" in name


@lru_cache(maxsize=1)
def _tally() -> Any:
    return inquiry_tallies(as_asked(INQUIRIES.unbound()))


def _wanted(name: str = "wanted") -> Any:
    return ibis.table({"case_id": "int64"}, name=name)


@lru_cache(maxsize=2)
def _standing(table: Table) -> Any:
    """Give the newest revisions of the cases wanted, none that are gone."""
    rows = table.revisions()
    found = newest(table, rows.semi_join(_wanted(), "case_id"))
    return found.filter(~found.gone).select([c.name for c in table.columns])


def _held(table: Table) -> Any:
    return ibis.table({**dict(table.unbound().schema().items()), MOMENT: "int64"}, name="held")


@lru_cache(maxsize=1)
def _some_inquiries() -> Any:
    return inquiry_tallies(_held(INQUIRIES)).semi_join(_wanted("counted"), "case_id")


@lru_cache(maxsize=1)
def _some_investigations() -> Any:
    return investigation_tallies(_held(INVESTIGATIONS))


@lru_cache(maxsize=2)
def _followed(same: tuple[str, ...]) -> Any:
    alike = dict.fromkeys(same, "int64")
    asked = {**alike, "received_us": "int64"}
    settled = {"first_solved_us": "int64", "came_back": "boolean", "mode": "string"}
    settled |= {"case_id": "int64", **alike}
    return followed(ibis.table(asked, name="asked"), ibis.table(settled, name="settled"), same=same)


@lru_cache(maxsize=1)
def _keys_of_wanted() -> Any:
    rows = INQUIRIES.revisions()
    return rows.semi_join(_wanted(), "case_id").select("source", "case_key").distinct()


@lru_cache(maxsize=1)
def _named() -> Any:
    rows = INQUIRIES.revisions()
    names = ibis.table({"source": "string", "case_key": "string"}, name="named")
    return rows.semi_join(names, ["source", "case_key"]).select("case_id").distinct()


def _cases(ids: Ints) -> pa.Table:
    return pa.table({"case_id": pa.array(ids, pa.int64())})


def _read(answer: Answer, table: Table) -> Read:
    return Read(answer.versions[table.name], answer.fresh[table.name])


def all_inquiries(warehouse: Warehouse, found: Tallied) -> tuple[Rows, Read]:
    """Read the tallies of all inquiries."""
    asked = moment(found.at_us)
    answer = ask(warehouse, found.workspace_id, INQUIRIES, _tally(), asked=asked)
    return inquiry_rows(answer.rows, found), _read(answer, INQUIRIES)


def some_inquiries(warehouse: Warehouse, found: Tallied, rows: pa.Table, ids: Ints) -> Rows:
    """Give the tallies of some inquiries; `rows` are theirs, and of those that name them."""
    given = {"held": _as_of(rows, found), "counted": _cases(ids)}
    answer = run_all(warehouse, {"": _some_inquiries()}, tables=[], given=given)[""]
    return inquiry_rows(answer.rows, found)


def standing_rows(warehouse: Warehouse, found: Tallied, read: Read, ids: Ints) -> pa.Table:
    """Read the rows of some inquiries as they stand, wherever in the table they lie."""
    if not len(ids):
        return _empty(INQUIRIES)
    expression, wanted = _standing(INQUIRIES), _cases(ids)
    there = found.workspace_id
    return ask(warehouse, there, INQUIRIES, expression, read=read, wanted=wanted).rows


def _as_of(rows: pa.Table, found: Tallied) -> pa.Table:
    moments = pa.array(np.full(len(rows), found.at_us), pa.int64())
    return rows.append_column(MOMENT, moments)


def _empty(table: Table) -> pa.Table:
    return _plain(table, table.schema().empty_table())


def _plain(table: Table, rows: pa.Table) -> pa.Table:
    """Keep the columns of the contract, and do not say which of them can be null."""
    return pa.table({column.name: rows[column.name] for column in table.columns})


def all_investigations(warehouse: Warehouse, found: Tallied) -> tuple[Rows, Read]:
    """Read the tallies of all investigations."""
    expression = investigation_tallies(as_asked(INVESTIGATIONS.unbound()))
    asked = moment(found.at_us)
    answer = ask(warehouse, found.workspace_id, INVESTIGATIONS, expression, asked=asked)
    return investigation_rows(answer.rows, found), _read(answer, INVESTIGATIONS)


def some_investigations(warehouse: Warehouse, found: Tallied, rows: pa.Table) -> Rows:
    """Give the tallies of some investigations."""
    given = {"held": _as_of(rows, found)}
    answer = run_all(warehouse, {"": _some_investigations()}, tables=[], given=given)[""]
    return investigation_rows(answer.rows, found)


def changed(
    warehouse: Warehouse, workspace_id: int, table: Table, read: Read
) -> tuple[Changed, Read]:
    """Read the cases of which there are newer revisions than those read before."""
    columns = [column.name for column in table.columns]
    answer = revisions_after(
        warehouse,
        table,
        read.fresh.upto if read.fresh is not None else 0,
        columns=(*columns, "revision", "gone"),
        within={"workspace_id": workspace_id},
    )
    rows = answer.rows.sort_by([("case_id", "ascending"), ("revision", "ascending")])
    ids = rows["case_id"].to_numpy()
    last = np.flatnonzero(np.append(ids[1:] != ids[:-1], True)[: len(ids)])
    rows = rows.take(last)
    named: list[Named] = []
    if table is INQUIRIES:
        keys = rows["follow_up_of"].to_pylist()
        sources = rows["source"].to_pylist()
        named = [(s, key) for s, key in zip(sources, keys, strict=True) if key is not None]
    standing = _plain(table, rows.filter(pc.invert(rows["gone"])))
    return Changed(ids[last], named, standing), _read(answer, table)


def cases_named(
    warehouse: Warehouse, workspace_id: int, read: Read, named: Iterable[Named]
) -> Ints:
    """Find the inquiries that others name as their origin, by source and key."""
    pairs = sorted(set(named))
    if not pairs:
        return np.empty(0, np.int64)
    given = pa.table(
        {
            "source": pa.array([source for source, _ in pairs], pa.string()),
            "case_key": pa.array([key for _, key in pairs], pa.string()),
        }
    )
    answer = ask(warehouse, workspace_id, INQUIRIES, _named(), read=read, named=given)
    return np.unique(answer.rows["case_id"].to_numpy())


def naming_them(warehouse: Warehouse, found: Tallied, read: Read, ids: Ints) -> Ints:
    """Find the inquiries that name some others as their origin."""
    if not found.naming:
        return np.empty(0, np.int64)
    wanted = _cases(ids)
    answer = ask(
        warehouse, found.workspace_id, INQUIRIES, _keys_of_wanted(), read=read, wanted=wanted
    )
    keys = {(row["source"], row["case_key"]) for row in answer.records()}
    found_ids = [number for number, named in found.naming.items() if named in keys]
    return np.array(sorted(found_ids), np.int64)


def followed_of(
    warehouse: Warehouse, found: Tallied, *, asked: Ints, settled: Ints, about: Ints | None = None
) -> Followed:
    """Ask of settled inquiries, given by place, whether another of the same customer followed.

    With `about`, what all inquiries are about, place by place, the other must be about the same.
    """
    mine = found.inquiries
    came_back = found.kinds.holds("came_back__in")[mine["kind"][settled]]
    same = {"customer_id": mine["customer"]} | ({} if about is None else {"about": about})
    given_asked = {name: column[asked] for name, column in same.items()}
    given_settled: dict[str, Any] = {name: column[settled] for name, column in same.items()}
    given_asked["received_us"] = mine["received_us"][asked]
    given_settled |= {
        "first_solved_us": mine["solved_us"][settled],
        "came_back": came_back,
        "mode": pa.array(["any"] * len(settled), pa.string()),
        "case_id": mine["case_id"][settled],
    }
    answer = run_all(
        warehouse,
        {"": _followed(tuple(same))},
        tables=[],
        given={"asked": pa.table(given_asked), "settled": pa.table(given_settled)},
    )[""]
    rows = answer.rows
    return Followed(
        case_ids=rows["case_id"].to_numpy(),
        repeated=np.asarray(rows["repeated"].to_numpy(), np.bool_),
        held=np.asarray(rows["held"].to_numpy(), np.bool_),
    )
