"""The rows of one file, read chunk by chunk: observed, or rejected with the reason."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from shinrai.importers.rules.mapping.definition import TableMapping
from shinrai.importers.rules.observation.cell_values import (
    Cells,
    NamedPerson,
    UnreadableRow,
    as_text,
)
from shinrai.importers.rules.observation.chunks import ObserveChunk
from shinrai.importers.rules.observation.duplicates import FirstLines
from shinrai.importers.rules.observation.rows import ObservedRow, OwnerOf
from shinrai.importers.tables.table import RowChunk, TableRow
from shinrai.units.text import Text, verbatim


@dataclass
class RejectedRow:
    """A row to quarantine; `customer` and `case_key` are set if they can be read in spite of it."""

    line: int
    field: str
    reason: Text
    raw: str
    cell: str = ""
    customer: NamedPerson | None = None
    case_key: str | None = None

    def sealed(self, most: int) -> str:
        """Return the row and its bad cell as JSON, `most` characters of each, to be encrypted."""
        document = {"cell": self.cell[:most], "row": self.raw[:most], "case": self.case_key}
        return json.dumps(document, ensure_ascii=False)


@dataclass
class FileReader:
    """Reads the rows of one file. A row whose key occurred earlier in the file is rejected."""

    observe: ObserveChunk
    table: TableMapping
    whose: OwnerOf
    _first: FirstLines = field(default_factory=FirstLines)

    def read(self, chunk: RowChunk) -> tuple[list[ObservedRow], list[Cells], list[RejectedRow]]:
        """Read a chunk: return the observed rows, the cells of each, and the rejected rows."""
        problems = [
            RejectedRow(row.line, "", row.problem or verbatim(""), _raw(row))
            for row in chunk.broken
        ]
        told = self.observe(chunk.lines, chunk.cells)
        good: list[ObservedRow] = []
        cells: list[Cells] = []
        for observed, line, its in zip(told, chunk.lines, chunk.cells, strict=True):
            if isinstance(observed, UnreadableRow):
                raw, (customer, key) = _raw(TableRow(line, its)), self.whose(its)
                problems.append(
                    RejectedRow(
                        line, observed.field, observed.reason, raw, observed.cell, customer, key
                    )
                )
            else:
                good.append(observed)
                cells.append(its)
        again = self._duplicates(good)
        for place, line in again.items():
            problems.append(self._duplicate(good[place], cells[place], line))
        for place in sorted(again, reverse=True):
            del good[place], cells[place]
        return good, cells, problems

    def _duplicates(self, read: Sequence[ObservedRow]) -> dict[int, int]:
        """Return by index the rows whose key occurred before, and the line it occurred on."""
        if self.table.joins is None and self.table.rows in ("states", "steps"):
            keys = [hash((row.case_key, row.row_key)) for row in read]
        else:
            keys = [hash(row.row_key) for row in read]
        return self._first.take(keys, [row.line for row in read])

    def _duplicate(self, observed: ObservedRow, cells: Cells, first: int) -> RejectedRow:
        return RejectedRow(
            observed.line,
            self.table.key.columns[0] if self.table.key.columns else "",
            Text(
                "the same key stands in line {first} of this file already; one of the two is wrong",
                first=first,
            ),
            _raw(TableRow(observed.line, cells)),
            customer=observed.customer,
            case_key=observed.case_key,
        )


def _raw(row: TableRow) -> str:
    if row.raw is not None:
        return row.raw
    return json.dumps([as_text(cell) for cell in row.cells], ensure_ascii=False)
