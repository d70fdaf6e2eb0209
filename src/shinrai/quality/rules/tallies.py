"""Tallies of all cases of a workspace as columns: brought forward, and counted over any dates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np

from shinrai.quality.rules.kinds import Bools, Ints, Kinds, nth_values

NEVER: Final = np.iinfo(np.int64).max  # in columns: there is no such moment, time or customer
GONE: Final = np.iinfo(np.int64).min  # in `on`: the case is no more
ROOM: Final = 1.05  # columns are made a little longer, so that new cases fit in
NO_RULE: Final = -1
SETTLED, REPEATED, HELD = 1, 2, 4  # bits of `again`


class Columns:
    """Columns of whole numbers by case, in the order of case numbers, with room for more."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = ("case_id", *names)
        self._kept = {name: np.empty(0, np.int64) for name in self.names}
        self._count = 0

    def __len__(self) -> int:
        """Count the cases, those that are gone included."""
        return self._count

    def __getitem__(self, name: str) -> Ints:
        """Give a column; writing into it changes what is kept."""
        return self._kept[name][: self._count]

    def places(self, case_ids: Ints) -> Ints:
        """Find where cases stand; -1 for those that are not here."""
        mine = self["case_id"]
        found = np.searchsorted(mine, case_ids)
        inside = found < self._count
        there = np.zeros(len(case_ids), np.bool_)
        there[inside] = mine[found[inside]] == case_ids[inside]
        return np.where(there, found, -1)

    def put(self, case_ids: Ints, **columns: Ints) -> None:
        """Write rows over those of the same cases, and add those that are new.

        Shape: `case_ids` rise; every column is given.
        """
        places = self.places(case_ids)
        new = places < 0
        if new.any():
            self._add(case_ids[new])
            places = self.places(case_ids)
        for name, values in columns.items():
            self[name][places] = values

    def put_told(self, case_ids: Ints, *, asked: Ints, **columns: Ints) -> None:
        """Write rows over, and have the others of those `asked` that are here say nothing: NEVER.

        For columns that hold few of the cases: one that never said anything is not added.
        """
        bare = np.setdiff1d(asked, case_ids, assume_unique=True)
        bare = bare[self.places(bare) >= 0]
        if len(bare):
            nothing = np.full(len(bare), NEVER, np.int64)
            self.put(bare, **dict.fromkeys(columns, nothing))
        if len(case_ids):
            self.put(case_ids, **columns)

    def _add(self, case_ids: Ints) -> None:
        count = self._count + len(case_ids)
        at_end = not self._count or case_ids[0] > self["case_id"][-1]
        if at_end and count <= len(self._kept["case_id"]):
            self._kept["case_id"][self._count : count] = case_ids
            self._count = count
            return
        order = np.argsort(np.concatenate([self["case_id"], case_ids]), kind="stable")
        for name in self.names:
            fresh = case_ids if name == "case_id" else np.zeros(len(case_ids), np.int64)
            column = np.empty(int(count * ROOM) + 1, np.int64)
            column[:count] = np.concatenate([self[name], fresh])[order]
            self._kept[name] = column
        self._count = count


def among(values: Ints, wanted: Ints) -> Bools:
    """Tell which values are among some few; a table of remainders passes over most at once."""
    size = 1 << 16
    marked = np.zeros(size, np.bool_)
    marked[wanted & (size - 1)] = True
    found: Bools = marked[values & (size - 1)]
    places = np.flatnonzero(found)
    found[places] = np.isin(values[places], wanted)
    return found


@dataclass(frozen=True)
class Span:
    """Which cases are counted: received between two dates, both included; perhaps of one mode."""

    since: date | None = None
    until: date | None = None

    def of(self, on: Ints) -> Bools:
        """Tell which dates lie in it; None is since ever, or up to now."""
        found: Bools = on != GONE
        if self.since is not None:
            found &= on >= self.since.toordinal()
        if self.until is not None:
            found &= on <= self.until.toordinal()
        return found


def rows_among(wanted: Bools) -> Ints | slice:
    """Give the rows that are wanted, by place."""
    return one_piece(np.flatnonzero(wanted))


def one_piece(rows: Ints) -> Ints | slice:
    """Give rows in one piece, as those of some dates mostly lie, as a slice: it needs no copy."""
    if len(rows) and rows[-1] - rows[0] + 1 == len(rows):
        return slice(int(rows[0]), int(rows[-1]) + 1)
    return rows


def count_rows(
    kinds: Kinds, kind: Ints, numbers: Mapping[str, Ints], conditions: Sequence[str]
) -> list[dict[str, Any]]:
    """Add tallies up by mode and source, as `measures.counts.counted` does.

    Input: the kind of each case counted, and its numbers.
    """
    groups, group_of = kinds.groups(("mode", "source"))
    counts = np.bincount(kind, minlength=len(kinds))
    by_case = group_of[kind]
    flags, rules = kinds.matrix(conditions), kinds.ints("rule", none=NO_RULE)
    rows = []
    for place, (mode, source) in enumerate(groups):
        there = np.flatnonzero((group_of == place) & (counts > 0))
        if not len(there):
            continue
        # Groups are few: taking the rows of each is twice as fast as adding them up by weight.
        mine = np.flatnonzero(by_case == place)
        sums = {name: int(values[mine].sum()) for name, values in numbers.items()}
        sums |= dict(zip(conditions, (counts[there] @ flags[there]).tolist(), strict=True))
        rule = int(rules[there].max())
        row = {"mode": mode, "source": source, **sums}
        rows.append({**row, "rule": None if rule == NO_RULE else rule})
    return rows


def waiting_rows(
    modes: Sequence[str],
    mode_of: Ints,
    kind: Ints,
    waits: Mapping[str, Ints],
    marks: Mapping[str, Bools],
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Give medians and tails of waits by mode, as `waiting_times` and `plain_waiting_times` do.

    Input: per kind its mode, and the marks measured, sound, told; per case its kind and its waits.
    """
    shares = {"median": 0.5, "p75": 0.75, "p90": 0.9}
    timed, plain = [], []
    for place, mode in enumerate(modes):
        mine = mode_of == place
        measured = np.flatnonzero((mine & marks["measured"])[kind])
        if len(measured):
            row: dict[str, Any] = {"mode": mode, "measured": len(measured)}
            every = _points("{}_s", waits["first_reply_s"][measured], shares)
            is_sound = not (mine & marks["measured"] & ~marks["sound"])[kind].any()
            sound = measured if is_sound else measured[marks["sound"][kind[measured]]]
            row["sound_measured"] = len(sound)
            row |= every
            row |= _points("{}_business_s", waits["first_reply_open_s"][sound], shares)
            if is_sound:
                row |= {f"sound_{name}": value for name, value in every.items()}
            else:
                row |= _points("sound_{}_s", waits["first_reply_s"][sound], shares)
            timed.append(row)
        told = np.flatnonzero((mine & marks["told"])[kind])
        if len(told):
            found = _points("{}_s", waits["first_outbound_s"][told], shares)
            plain.append({"mode": mode, **found})
    return timed, plain


def _points(name: str, values: Ints, shares: Mapping[str, float]) -> dict[str, float | None]:
    found = nth_values(values[values != NEVER], list(shares.values()))
    return {name.format(key): value for key, value in zip(shares, found, strict=True)}


def repeat_rows(modes: Sequence[str], mode_of: Ints, again: Ints) -> list[dict[str, Any]]:
    """Count settled inquiries and those followed by another, as `measures.repeats` does."""
    found = np.bincount(mode_of * 8 + again, minlength=8 * len(modes)).reshape(len(modes), 8)
    bits = np.arange(8)
    rows = []
    for place, mode in enumerate(modes):
        by_bit = {
            name: int(found[place][bits & bit > 0].sum())
            for name, bit in (("settled", SETTLED), ("repeated", REPEATED), ("held", HELD))
        }
        if by_bit["settled"]:
            rows.append({"mode": mode, **by_bit})
    return rows
