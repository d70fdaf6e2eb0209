"""Tallies of a kind: combinations of conditions, each kept once, and how many cases are of it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
IN_A_NUMBER: Final = 62  # as many conditions as `measures.tallies` writes into one number


class Kinds:
    """Number the combinations of some columns in the order in which they turn up.

    Most cases are like many others: a million inquiries are of some ten thousand kinds. A case is
    then one number, and counting cases is counting numbers.
    """

    def __init__(self, columns: Sequence[str], conditions: Sequence[str]) -> None:
        self.columns = tuple(columns)
        self._conditions = {name: place for place, name in enumerate(conditions)}
        self._rows: list[tuple[Any, ...]] = []
        self._places: dict[tuple[Any, ...], int] = {}
        self._made: dict[str, Any] = {}

    @property
    def conditions(self) -> tuple[str, ...]:
        """Name the conditions in the order of their bits."""
        return tuple(self._conditions)

    def __len__(self) -> int:
        """Count the kinds there are."""
        return len(self._rows)

    def number(self, rows: Sequence[tuple[Any, ...]]) -> Ints:
        """Give each row its number; a combination not met before gets a new one."""
        found = np.empty(len(rows), np.int64)
        for place, row in enumerate(rows):
            number = self._places.get(row)
            if number is None:
                number = self._places[row] = len(self._rows)
                self._rows.append(row)
                self._made.clear()
            found[place] = number
        return found

    def column(self, name: str) -> list[Any]:
        """Give a column, one value a kind."""
        if name not in self._made:
            place = self.columns.index(name)
            self._made[name] = [row[place] for row in self._rows]
        found: list[Any] = self._made[name]
        return found

    def holds(self, condition: str) -> Bools:
        """Say of each kind whether a condition holds."""
        key = f"?{condition}"
        if key not in self._made:
            place = self._conditions[condition]
            bits = np.array(self.column(f"bits_{place // IN_A_NUMBER}"), np.int64)
            self._made[key] = (bits >> (place % IN_A_NUMBER)) & 1 == 1
        held: Bools = self._made[key]
        return held

    def matrix(self, conditions: Sequence[str]) -> Ints:
        """Say of each kind which of some conditions hold: a row a kind, 1 or 0.

        Whole numbers: products of floats would be spread over all cores, and wait for them.
        """
        key = f"#{','.join(conditions)}"
        if key not in self._made:
            held = [self.holds(name) for name in conditions]
            columns = np.array(held, np.int64).reshape(len(held), len(self))
            self._made[key] = np.ascontiguousarray(columns.T)
        made: Ints = self._made[key]
        return made

    def ints(self, name: str, *, none: int) -> Ints:
        """Give a column of whole numbers, one a kind; `none` where there is none."""
        key = f"%{name}"
        if key not in self._made:
            self._made[key] = np.array([none if v is None else v for v in self.column(name)])
        made: Ints = self._made[key]
        return made

    def groups(self, columns: Sequence[str]) -> tuple[list[tuple[Any, ...]], Ints]:
        """Put kinds that agree in some columns together: the combinations, and whose each is."""
        key = f"/{','.join(columns)}"
        if key not in self._made:
            listed = list(zip(*map(self.column, columns), strict=True)) if columns else []
            places: dict[tuple[Any, ...], int] = {}
            found = [places.setdefault(row, len(places)) for row in listed]
            self._made[key] = (list(places), np.array(found, np.int64))
        made: tuple[list[tuple[Any, ...]], Ints] = self._made[key]
        return made


def spread_rows(
    kinds: Kinds, counts: Ints, columns: Mapping[str, str], *, where: str
) -> list[dict[str, Any]]:
    """Count cases of the kinds for which a condition holds, by columns (name shown: column)."""
    combinations, places = kinds.groups(tuple(columns.values()))
    some = counts * kinds.holds(where)
    found = np.bincount(places, weights=some, minlength=len(combinations)).astype(np.int64)
    return [
        {**dict(zip(columns, combination, strict=True)), "count": int(count)}
        for combination, count in zip(combinations, found.tolist(), strict=True)
        if count
    ]


def nth_values(values: Ints, shares: Sequence[float]) -> list[float | None]:
    """Give the values below which these shares of all lie, between two if it must be.

    Exact, and the same as `quantile_cont` of DuckDB and `figures.middle`; None if there are none.
    Source: Hyndman and Fan (1996), definition 7, as in `rules.figures`.
    """
    if not len(values):
        return [None] * len(shares)
    # All of them in order: vector instructions sort faster than `np.partition` finds six places.
    in_order = np.sort(values)
    found: list[float | None] = []
    for share in shares:
        place = share * (len(values) - 1)
        below = int(in_order[int(place)])
        above = int(in_order[min(int(place) + 1, len(values) - 1)])
        found.append(below + (place - int(place)) * (above - below))
    return found
