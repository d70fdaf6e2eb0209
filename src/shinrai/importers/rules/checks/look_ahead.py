"""Columns with times later than their row: known only afterwards, so never used for steps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from shinrai.importers.rules.cells import tidy
from shinrai.importers.rules.moments import MomentReader, UnreadableMoment

LATER_SHARE = 0.2  # of the rows that hold a value
CHANGED_SHARE = 0.05  # of neighbouring rows of one case


@dataclass
class _Column:
    values: int = 0
    later: int = 0
    compared: int = 0
    changed: int = 0
    last: int | None = None


@dataclass
class LookAhead:
    """Checks a log's columns for later times; a column with a value that is no time is skipped."""

    names: Sequence[str]
    moments: MomentReader
    missing: frozenset[str]
    skip: frozenset[int] = frozenset()
    _columns: dict[int, _Column] = field(default_factory=dict)
    _rejected: set[int] = field(default_factory=set)
    _case: str | None = None

    def __post_init__(self) -> None:
        self._rejected |= self.skip

    def watch(self, case_key: str, at_us: int, cells: Sequence[str | datetime]) -> None:
        """Check the cells of one row."""
        is_same_case, self._case = case_key == self._case, case_key
        for place, cell in enumerate(cells):
            if place in self._rejected:
                continue
            if isinstance(cell, str) and (tidy(cell) in self.missing):
                continue
            us = self._moment(place, cell)
            if us is None:
                self._rejected.add(place)
                self._columns.pop(place, None)
                continue
            column = self._columns.setdefault(place, _Column())
            column.values += 1
            column.later += us > at_us
            if is_same_case and column.last is not None:
                column.compared += 1
                column.changed += us != column.last
            column.last = us

    def found(self) -> Mapping[str, tuple[int, int]]:
        """Return by column, for those with later times, the counts of values and of later ones."""
        return {
            str(self.names[place]): (column.values, column.later)
            for place, column in sorted(self._columns.items())
            if column.compared
            and column.later >= LATER_SHARE * column.values
            and column.changed <= CHANGED_SHARE * column.compared
        }

    def _moment(self, place: int, cell: str | datetime) -> int | None:
        if isinstance(cell, str) and cell.strip().isdigit():
            return None  # a bare number is an identifier sooner than a serial date
        try:
            return self.moments.read(cell)
        except UnreadableMoment:
            return None
