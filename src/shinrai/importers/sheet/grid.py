"""Grids: every cell of a file as it stands, before anybody knows which row is the header."""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import Final

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from shinrai.importers.tables.encoding import encoding_of
from shinrai.importers.tables.files import is_workbook
from shinrai.importers.tables.gzip_files import open_bytes
from shinrai.importers.tables.lines import SEPARATOR, Lines
from shinrai.importers.tables.table import (
    LARGEST_CELL,
    ReadOptions,
    TableRow,
    UnreadableTable,
    check_file,
)
from shinrai.importers.tables.workbook import workbook_rows
from shinrai.importers.tables.workbook_package import PACKED, find_sheet, not_read
from shinrai.units.text import Text

ENCODINGS: Final = ("utf-8-sig", "cp932", "euc_jp", "cp1252")
DELIMITERS: Final = (",", "\t", ";", "|")
LOOKED_AT: Final = 60  # rows in which the delimiter shows
MOST_SHEETS: Final = 12
MOST_COLUMNS: Final = 1_000

MERGES_SOUGHT: Final = 20_000  # rows; in longer sheets nobody merges cells by hand
_UNSEEN: Final = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad]")
_LONE_RETURN: Final = re.compile(r"\r(?!\n)")

Cell = str | datetime
Merged = Mapping[int, Mapping[int, Cell]]  # by row and column


@dataclass(frozen=True)
class CellGrid:
    """One sheet of a workbook, or a text file: its rows with the number each has in the file.

    `merged` holds what a cell shows that is merged with the one above it.
    """

    name: str
    rows: tuple[TableRow, ...]
    is_1904: bool = False
    merged: Merged = field(default_factory=dict)

    @property
    def width(self) -> int:
        """The number of columns of the widest row."""
        return max((len(row.cells) for row in self.rows), default=0)


def read_grids(path: Path) -> tuple[CellGrid, ...]:
    """Read every visible sheet of a file; empty sheets are left out.

    Raises: UnreadableTable with the reason and what to do next.
    """
    check_file(path)
    grids = _workbook(path) if is_workbook(path) else (CellGrid("", tuple(_text_rows(path))),)
    filled = tuple(grid for grid in grids if any(map(_is_filled, grid.rows)))
    if not filled:
        raise UnreadableTable(
            Text("{path}: there is nothing in it; choose the sheet to read", path=path.name)
        )
    for grid in filled:
        if grid.width > MOST_COLUMNS:
            raise UnreadableTable(
                Text(
                    "{path}: a row has {count:,} cells, more than a sheet has columns; save the "
                    "table alone, as CSV",
                    path=path.name,
                    count=grid.width,
                )
            )
    return filled


def column_name(index: int) -> str:
    """Return the letters of a column, as a spreadsheet shows them: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(name: str) -> int:
    """Return the index of a column from its letters. Raises: ValueError."""
    if not name.isascii() or not name.isalpha() or len(name) > 3:
        raise ValueError(name)
    index = 0
    for letter in name.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1


def _workbook(path: Path) -> Iterator[CellGrid]:
    with path.open("rb") as file:
        if not file.read(len(PACKED)).startswith(PACKED[:2]):
            raise not_read(path)
    first = find_sheet(path, ())
    names = [first.name]
    book = None
    try:
        book = CalamineWorkbook.from_path(str(path))
        names = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
        ] or names
    except Exception:  # the reader below says what is wrong, or mends it
        names = [first.name]
    for name in names[:MOST_SHEETS]:
        sheet = find_sheet(path, (name,))
        rows = tuple(map(_seen, workbook_rows(path, sheet)))
        merged = _merged(book, name, rows) if book and len(rows) <= MERGES_SOUGHT else {}
        yield CellGrid(name, rows, is_1904=sheet.is_1904, merged=merged)


def _merged(book: CalamineWorkbook, name: str, rows: Sequence[TableRow]) -> Merged:
    """Return what cells show that are merged with the one above."""
    try:
        ranges = book.get_sheet_by_name(name).merged_cell_ranges or ()
    except Exception:  # the rows were read without it
        return {}
    found: dict[int, dict[int, Cell]] = {}
    for (first, column), (last, _) in ranges:
        cells = rows[first].cells if first < len(rows) else ()
        if column < len(cells):
            for place in range(first + 1, min(last + 1, len(rows))):
                found.setdefault(place + 1, {})[column] = cells[column]
    return found


def _seen(row: TableRow) -> TableRow:
    """Leave out marks that nobody sees: of the direction of writing, of no width."""
    if not any(isinstance(cell, str) and not cell.isascii() for cell in row.cells):
        return row
    cells = (_UNSEEN.sub("", cell) if isinstance(cell, str) else cell for cell in row.cells)
    return row._replace(cells=tuple(cells))


def _text_lines(lines: Lines) -> Iterator[str]:
    """Yield the lines of a text, also of one whose lines end as on old Macintoshes."""
    for line in chain.from_iterable(lines):
        if "\r" in line and _LONE_RETURN.search(line):
            yield from (part + "\n" for part in _LONE_RETURN.split(line) if part)
        else:
            yield line


def _text_rows(path: Path) -> Iterator[TableRow]:
    encoding, bad = encoding_of(path, ReadOptions(ENCODINGS))
    with open_bytes(path) as file:
        start = file.read(4_096)
    if not encoding.startswith("utf-16") and b"\x00" in start:
        raise UnreadableTable(
            Text(
                "{path}: this is no table of text; save the sheet as CSV or .xlsx and choose that",
                path=path.name,
            )
        )
    stated = SEPARATOR.match(start.replace(b"\x00", b""))
    delimiter = stated[1].decode() if stated else _delimiter(path, encoding)
    csv.field_size_limit(LARGEST_CELL)
    lines = Lines(path, encoding)
    reader = csv.reader(_text_lines(lines), delimiter=delimiter)
    line = 1
    try:
        for cells in reader:
            if not (stated and line == 1):
                broken = Text("a byte of this row is no character") if line in bad else None
                yield _seen(TableRow(line, tuple(map(_bare, cells)), broken))
            line = lines.wanted_from = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableTable(
            Text(
                "{path}, line {line}: the row cannot be read ({error}); save the sheet again",
                path=path.name,
                line=line,
                error=error,
            )
        ) from error


def _bare(cell: str) -> str:
    """Return the text of a cell that Excel was to keep as text: ="000123"."""
    return cell[2:-1] if cell.startswith('="') and cell.endswith('"') else cell


def _delimiter(path: Path, encoding: str) -> str:
    """Return the sign that divides most rows into the same number of cells."""
    lines = list(islice(_text_lines(Lines(path, encoding)), LOOKED_AT))
    return max(DELIMITERS, key=lambda sign: _evenness(lines, sign))


def _evenness(lines: Sequence[str], sign: str) -> tuple[int, int]:
    widths = Counter(len(cells) for cells in csv.reader(lines, delimiter=sign) if len(cells) > 1)
    if not widths:
        return 0, 0
    width, rows = max(widths.items(), key=lambda item: (item[1], item[0]))
    return rows * min(width, 6), width


def _is_filled(row: TableRow) -> bool:
    return any(not isinstance(cell, str) or cell.strip() for cell in row.cells)
