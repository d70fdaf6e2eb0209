"""Tables in files: how to read them, what the survey found, and their rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from shinrai.units.errors import UserError
from shinrai.units.text import Text

LARGEST_CELL = 16 * 1024 * 1024
BLOCK = 1024 * 1024
LOOKED_AT = 10  # rows among which a header is looked for


class UnreadableTable(UserError, ValueError):
    """A file cannot be read as a table; the text names the reason, the place and what to do."""


class TableRow(NamedTuple):
    """One row: the line it starts on, and its cells, or the problem that makes it unreadable."""

    line: int
    cells: Sequence[str | datetime]
    problem: Text | None = None
    raw: str | None = None


class RowChunk(NamedTuple):
    """Consecutive rows: the lines and cells of the readable ones, and the broken ones."""

    lines: Sequence[int]
    cells: Sequence[Sequence[str | datetime]]
    broken: Sequence[TableRow] = ()

    def all_lines(self) -> Sequence[int]:
        """Return the lines that all rows start on, in ascending order."""
        if not self.broken:
            return self.lines
        return sorted([*self.lines, *(row.line for row in self.broken)])


@dataclass(frozen=True)
class ReadOptions:
    """How to read a file, from the mapping."""

    encodings: tuple[str, ...]
    delimiter: str = ","
    sheets: tuple[str, ...] = ()
    header_row: int = 1


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook, with what its XML holds beyond its cells.

    `errors` are by row (from 1) and column (from 0); formulas without a value are by row.
    """

    name: str
    part: str
    is_1904: bool = False  # its serial numbers count from 1904, not from 1900
    errors: Mapping[tuple[int, int], str] = field(default_factory=dict)
    uncalculated: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Survey:
    """A file that was read to its end once, so that later reads find no new errors."""

    path: Path
    digest: str
    header: tuple[str, ...]
    rows: int
    encoding: str | None = None
    sheet: Sheet | None = None
    bad_lines: frozenset[int] = frozenset()


def checked_row(line: int, cells: Sequence[str | datetime], width: int) -> TableRow | None:
    """Check that a row is as wide as the header; None if the row is empty."""
    if not any(not isinstance(cell, str) or cell.strip() for cell in cells):
        return None
    if len(cells) != width:
        return TableRow(
            line,
            cells,
            problem=(
                Text(
                    "{count} cells where the header has {width}: a delimiter inside a cell?",
                    count=len(cells),
                    width=width,
                )
                if len(cells) > width
                else Text(
                    "{count} cells where the header has {width}: the row is cut off",
                    count=len(cells),
                    width=width,
                )
            ),
        )
    return TableRow(line, cells)


def check_file(path: Path) -> None:
    """Check that a path is a file that exists and is not empty.

    Raises: UnreadableTable.
    """
    if path.is_dir():
        raise UnreadableTable(
            Text("{path}: this is a folder; name the files in it", path=path),
        )
    if not path.is_file():
        raise UnreadableTable(Text("{path}: there is no such file", path=path))
    if path.stat().st_size == 0:
        raise UnreadableTable(
            Text("{path}: the file is empty; export it again", path=path),
        )
