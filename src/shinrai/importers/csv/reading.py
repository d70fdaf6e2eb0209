"""Rows of one file, a stretch at a time: read, or set aside with the reason."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from shinrai.importers.csv.tables import Row
from shinrai.importers.rules.mapping.parts import Table
from shinrai.importers.rules.observing.repeated import FirstLines
from shinrai.importers.rules.observing.rows import Observed
from shinrai.importers.rules.observing.stretches import ObserveMany
from shinrai.importers.rules.observing.taking import Cells, SetAside, as_text
from shinrai.units.wording import Words, both


@dataclass
class Problem:
    """A row to be set aside."""

    line: int
    field: str
    reason: Words
    raw: str


@dataclass
class Reading:
    """The rows of one file as they go by. A key that stands twice in one file is set aside."""

    observe: ObserveMany
    table: Table
    _first: FirstLines = field(default_factory=FirstLines)

    def read(self, stretch: Sequence[Row]) -> tuple[list[tuple[Observed, Cells]], list[Problem]]:
        """Read a stretch: what its rows say, beside their cells, and those that say nothing."""
        problems = [
            Problem(row.line, "", row.problem, _raw(row))
            for row in stretch
            if row.problem is not None
        ]
        whole = [row for row in stretch if row.problem is None] if problems else stretch
        read: list[tuple[Observed, Row]] = []
        told = self.observe([(row.line, row.cells) for row in whole])
        for row, observed in zip(whole, told, strict=True):
            if isinstance(observed, SetAside):
                problems.append(Problem(row.line, observed.field, observed.reason, _raw(row)))
            else:
                read.append((observed, row))
        again = self._again([observed for observed, _ in read])
        for place, line in again.items():
            problems.append(self._twice(read[place][1], line))
        good: list[tuple[Observed, Cells]] = [(observed, row.cells) for observed, row in read]
        for place in sorted(again, reverse=True):
            del good[place]
        return good, problems

    def _again(self, read: Sequence[Observed]) -> dict[int, int]:
        """Find the rows whose key stood before, and where. Python's own hash is new every day."""
        if self.table.joins is None and self.table.rows in ("states", "steps"):
            keys = [hash((row.case_key, row.row_key)) for row in read]
        else:
            keys = [hash(row.row_key) for row in read]
        return self._first.take(keys, [row.line for row in read])

    def _twice(self, row: Row, first: int) -> Problem:
        return Problem(
            row.line,
            self.table.key.columns[0] if self.table.key.columns else "",
            both(
                en=f"the same key stands in line {first} of this file already; "
                "one of the two is wrong",
                ja=f"同じキーがこのファイルの {first} 行目にもあります。どちらかが誤りです",
            ),
            _raw(row),
        )


def _raw(row: Row) -> str:
    if row.raw is not None:
        return row.raw
    return json.dumps([as_text(cell) for cell in row.cells], ensure_ascii=False)
