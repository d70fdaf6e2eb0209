"""What is said of a table in a file: how to read it, what was found, and its rows."""

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
    """A file that cannot be read as a table: what, where, and what to do next."""


class TableRow(NamedTuple):
    """One row: where it starts, its cells, or why it has none that can be trusted."""

    line: int
    cells: Sequence[str | datetime]
    problem: Text | None = None
    raw: str | None = None


class RowChunk(NamedTuple):
    """Rows as they follow each other: the lines and cells of the whole ones, and the broken."""

    lines: Sequence[int]
    cells: Sequence[Sequence[str | datetime]]
    broken: Sequence[TableRow] = ()

    def all_lines(self) -> Sequence[int]:
        """List on which lines all of them start, rising."""
        if not self.broken:
            return self.lines
        return sorted([*self.lines, *(row.line for row in self.broken)])


@dataclass(frozen=True)
class ReadOptions:
    """What the mapping says about reading a file."""

    encodings: tuple[str, ...]
    delimiter: str = ","
    sheets: tuple[str, ...] = ()
    header_row: int = 1


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook, and what its XML says that its cells do not.

    `errors` lie by row from 1 and column from 0, formulas that were never calculated by row.
    """

    name: str
    part: str
    is_1904: bool = False  # its serial numbers count from 1904, not from 1900
    errors: Mapping[tuple[int, int], str] = field(default_factory=dict)
    uncalculated: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Survey:
    """A file that was read from end to end once: nothing in it can surprise us later."""

    path: Path
    digest: str
    header: tuple[str, ...]
    rows: int
    encoding: str | None = None
    sheet: Sheet | None = None
    bad_lines: frozenset[int] = frozenset()


def checked_row(line: int, cells: Sequence[str | datetime], width: int) -> TableRow | None:
    """Check a row against the width of the header; a row of nothing is no row."""
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
    """Refuse a path that is a folder, is not there, or is empty.

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
