"""The tallies of a workspace as they are kept, and how rows that were read become columns."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shinrai.quality.measures.tallies import WAITS
from shinrai.quality.rules.accounts import Accounted
from shinrai.quality.rules.kinds import Bools, Ints, Kinds
from shinrai.quality.rules.labels import Labelled
from shinrai.quality.rules.tallies import NEVER, Columns
from shinrai.warehouse.store import Fresh

NOBODY = NEVER
MOMENTS = ("received_us", "solved_us", "until_us")
EPOCH = 719_163  # 1970-01-01, counted as `date.toordinal` does
Named = tuple[str, str]  # source and key by which a matter names the one it goes on with


@dataclass(frozen=True)
class Read:
    """Which version of a table tallies were read from, and how fresh it is."""

    version: int
    fresh: Fresh | None

    @property
    def is_there(self) -> bool:
        """Say whether anything was ever published."""
        return self.fresh is not None


@dataclass
class Tallied:
    """The tallies of a workspace as of a moment."""

    workspace_id: int
    at_us: int
    read: dict[str, Read]
    kinds: Kinds
    inquiries: Columns
    naming: dict[int, Named]
    our_kinds: Kinds
    investigations: Columns
    labelled: Labelled = field(default_factory=Labelled)
    accounted: Accounted = field(default_factory=Accounted)
    numbers: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    spreads: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Rows:
    """Tallies just read, by rising case number; `naming` are those that name an origin."""

    case_ids: Ints
    columns: dict[str, Ints]
    naming: dict[int, Named]


@dataclass(frozen=True)
class Changed:
    """Cases of which there is a new revision, the origins they name now, rows that stand."""

    case_ids: Ints
    named: list[Named]
    rows: pa.Table


@dataclass(frozen=True)
class Followed:
    """Settled inquiries, and whether another of the same customer followed."""

    case_ids: Ints
    repeated: Bools
    held: Bools


def inquiry_rows(rows: pa.Table, found: Tallied) -> Rows:
    rows = rows.sort_by("case_id")
    columns = {
        "on": _dates(rows["on"]),
        "kind": _numbered(rows, found.kinds),
        "customer": _filled(rows["customer_id"]),
        **{name: _filled(rows[name]) for name in (*MOMENTS, *WAITS, *found.numbers)},
    }
    naming = rows.filter(pc.is_valid(rows["follow_up_of"]))
    pairs = zip(naming["source"].to_pylist(), naming["follow_up_of"].to_pylist(), strict=True)
    return Rows(
        case_ids=rows["case_id"].to_numpy(),
        columns=columns,
        naming=dict(zip(naming["case_id"].to_pylist(), pairs, strict=True)),
    )


def investigation_rows(rows: pa.Table, found: Tallied) -> Rows:
    rows = rows.sort_by("case_id")
    columns = {
        "on": _dates(rows["on"]),
        "kind": _numbered(rows, found.our_kinds),
        "steps": _filled(rows["steps"]),
    }
    return Rows(case_ids=rows["case_id"].to_numpy(), columns=columns, naming={})


def _filled(column: Any) -> Ints:
    return np.asarray(column.fill_null(NEVER).to_numpy(), np.int64)


def _dates(column: Any) -> Ints:
    return np.asarray(column.cast(pa.int32()).to_numpy(), np.int64) + EPOCH


def _numbered(rows: pa.Table, kinds: Kinds) -> Ints:
    """Number the kind of each row; each combination is looked up once, however many have it."""
    codes = np.zeros(len(rows), np.int64)
    for name in kinds.columns:
        column = pc.dictionary_encode(rows[name].combine_chunks(), null_encoding="encode")
        both = codes * len(column.dictionary) + np.asarray(column.indices, np.int64)
        codes = np.asarray(pc.dictionary_encode(pa.array(both)).indices, np.int64)
    count = int(codes.max(initial=-1)) + 1
    first = np.zeros(count, np.int64)
    first[codes[::-1]] = np.arange(len(rows))[::-1]  # the last one written is the first there is
    some = rows.select(list(kinds.columns)).take(pa.array(first))
    combinations = list(zip(*(some[name].to_pylist() for name in kinds.columns), strict=True))
    numbers = kinds.number(combinations)
    return numbers[codes] if count else codes
