"""Tables in grids: which rows are headers, which columns belong together, where a table ends.

A header is a row of short words above rows with dates. Titles above it, headings of groups in
merged cells, and several tables on one sheet are found here; rows that are no cases (totals, notes)
are told apart later, when it is known which column holds the moment of filing.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from shinrai.importers.rules.cells import tidy
from shinrai.importers.sheet.date_text import look_at, serial_in
from shinrai.importers.sheet.grid import Cell, CellGrid, Merged, column_name
from shinrai.importers.sheet.role_words import WordMatch, compared, meanings_of
from shinrai.importers.tables.table import TableRow

LOOKED_DOWN: Final = 60  # rows, for a header that no known word names
LONGEST_NAME: Final = 60
LONGEST_HEADING: Final = 20
MOST_HEADER_ROWS: Final = 3
DITTO: Final = frozenset(("〃", "″", "々", "仝", "同上", "〃〃", "ditto", "Ditto"))
PARTS: Final = frozenset(  # names below the heading of a group
    ("日付", "時刻", "日時", "時間", "date", "time", "氏名", "名前", "内容")
)
_DIGIT: Final = re.compile(r"\d")
SURE: Final = 2.5  # a name that is a known word as a whole


@dataclass(frozen=True)
class SheetColumn:
    """A column of a table: its place, its own name, and its name with its group's heading."""

    index: int
    name: str
    heading: str = ""

    @property
    def letter(self) -> str:
        """The letters a spreadsheet shows above it."""
        return column_name(self.index)

    @property
    def full_name(self) -> str:
        """The name with the heading of its group."""
        return " ".join(filter(None, (self.heading, self.name)))


@dataclass(frozen=True)
class SheetTable:
    """One table: where it lies, its columns, and its rows as they stand.

    `header_rows` are all rows that could be its header, where two rows disagree.
    """

    name: str
    sheet: str
    header_row: int
    columns: tuple[SheetColumn, ...]
    rows: tuple[TableRow, ...]
    is_1904: bool = False
    header_rows: tuple[int, ...] = ()
    merged: Merged = field(default_factory=dict)

    def cells(self, index: int) -> list[Cell]:
        """Return the cells of a column, from its first row to its last."""
        return [cell_at(row, index) for row in self.rows]


def cell_at(row: TableRow, index: int) -> Cell:
    """Return a cell of a row; empty where the row is shorter."""
    return row.cells[index] if index < len(row.cells) else ""


def is_blank(cell: Cell) -> bool:
    """Return whether a cell shows nothing."""
    return isinstance(cell, str) and not cell.strip()


def find_tables(grids: Sequence[CellGrid], *, header_row: int | None = None) -> list[SheetTable]:
    """Return every table of a file, the one that holds cases most likely first.

    `header_row` is the number of a row that a person said is the header.
    """
    tables = [table for grid in grids for table in _tables_of(grid, header_row)]
    return sorted(tables, key=_likeness, reverse=True)


def _tables_of(grid: CellGrid, header_row: int | None) -> list[SheetTable]:
    filled = [row for row in grid.rows if any(not is_blank(cell) for cell in row.cells)]
    if header_row is not None:
        starts = [n for n, row in enumerate(filled) if row.line == header_row][:1]
    else:
        starts = _headers(filled)
    found: list[SheetTable] = []
    for place, start in enumerate(starts):
        end = starts[place + 1] if place + 1 < len(starts) else len(filled)
        first, last = (start, start) if header_row else _header_block(filled, start, end)
        rows = tuple(_spelled_out(filled[last + 1 : end]))
        if rows:
            found += _side_by_side(grid, filled, first, last, rows)
    return found


def _spelled_out(rows: Sequence[TableRow]) -> Iterator[TableRow]:
    """Write out marks that repeat the cell above: 〃, 同上."""
    before: Sequence[Cell] = ()
    for row in rows:
        if any(cell in DITTO for cell in row.cells):
            cells = [
                before[n] if cell in DITTO and n < len(before) else cell
                for n, cell in enumerate(row.cells)
            ]
            row = row._replace(cells=tuple(cells))
        before = row.cells
        yield row


def _headers(rows: Sequence[TableRow]) -> list[int]:
    """Return the places of the headers: rows that name at least two known things and no date."""
    known: dict[str, bool] = {}
    starts: list[int] = []
    for place, row in enumerate(rows):
        first = next((cell for cell in row.cells if not is_blank(cell)), "")
        if not isinstance(first, str) or len(first) > LONGEST_NAME:
            continue
        names = [cell for cell in row.cells if isinstance(cell, str) and cell.strip()]
        if len(names) < 2 or len(names) < sum(not is_blank(cell) for cell in row.cells):
            continue
        if sum(_DIGIT.search(name) is not None for name in names) * 2 > len(names):
            continue  # a case, by far the most frequent row
        hits = 0
        for name in names:
            if name not in known and len(known) < 50_000:
                known[name] = _is_word(name)
            hits += known.get(name, False)
        if hits >= 2 and hits * 4 >= len(names) and not any(map(_is_date, names)):
            starts.append(place)
    starts = _without_repeats(rows, starts)
    return starts or _nameless_header(rows)


def _without_repeats(rows: Sequence[TableRow], starts: Sequence[int]) -> list[int]:
    """Leave out headers printed again on each page, and rows right below a header."""
    kept: list[int] = []
    for place in starts:
        if kept and (place - kept[-1] < MOST_HEADER_ROWS and not _has_date(rows, kept[-1], place)):
            continue
        if kept and _names(rows[kept[-1]]) == _names(rows[place]):
            continue
        kept.append(place)
    return kept


def _nameless_header(rows: Sequence[TableRow]) -> list[int]:
    """Return the row of words right above the first row with a date, whatever the words are."""
    for place, row in enumerate(rows[:LOOKED_DOWN]):
        if place and any(map(_is_date, row.cells)) and len(_names(row)) > 1:
            for above in range(place - 1, -1, -1):
                if len(_names(rows[above])) > 1 and not any(map(_is_date, rows[above].cells)):
                    return [above]
    for place, row in enumerate(rows[:LOOKED_DOWN]):
        if len(_names(row)) > 1:
            return [] if any(map(_is_date, row.cells)) else [place]
    return []


def _header_block(rows: Sequence[TableRow], start: int, end: int) -> tuple[int, int]:
    """Return the first and the last row of a header that takes several rows."""
    first = last = start
    while (
        first
        and start - first < MOST_HEADER_ROWS - 1
        and rows[first].line - rows[first - 1].line == 1
        and _is_heading(rows, first - 1)
    ):
        first -= 1
    while (
        last + 2 < end
        and last - start < MOST_HEADER_ROWS - 1
        and _is_heading(rows, last + 1)
        and any(map(_is_date, rows[last + 2].cells))
        and not _completes(rows[start], rows[last + 1])
    ):
        last += 1
    return first, last


def _is_heading(rows: Sequence[TableRow], place: int) -> bool:
    """Return whether a row next to a header belongs to it: short words, more than one."""
    row = rows[place]
    names = [cell for cell in row.cells if not is_blank(cell)]
    return len(names) >= 2 and all(
        isinstance(cell, str)
        and len(cell) <= LONGEST_HEADING
        and not any(sign in cell for sign in ":：")
        and not _is_date(cell)
        and not _is_number(cell)
        for cell in names
    )


def _completes(header: TableRow, row: TableRow) -> bool:
    """Return whether a row below a header is rather a case: it has words where none are named."""
    filled = [n for n, cell in enumerate(row.cells) if not is_blank(cell)]
    named = sum(any(m.score >= SURE for m in meanings_of(str(row.cells[n]))) for n in filled)
    return named == 0 and not any(_is_part(str(row.cells[n])) for n in filled)


def _is_part(name: str) -> bool:
    return compared(name) in PARTS


def _side_by_side(
    grid: CellGrid, filled: Sequence[TableRow], first: int, last: int, rows: tuple[TableRow, ...]
) -> list[SheetTable]:
    """Split tables that stand beside each other, if each of them could stand alone."""
    block = filled[first : last + 1]
    columns = _columns(block, rows)
    runs: list[list[SheetColumn]] = []
    for column in columns:
        if runs and column.index - runs[-1][-1].index == 1:
            runs[-1].append(column)
        else:
            runs.append([column])
    alone = [run for run in runs if _has(run, "filed") and len(run) > 1]
    groups = alone if len(runs) > 1 and alone else [columns]
    number = block[-1].line
    return [
        SheetTable(
            name=_name(grid.name, group, number),
            sheet=grid.name,
            header_row=number,
            columns=tuple(group),
            rows=rows,
            is_1904=grid.is_1904,
            header_rows=_rivals(block),
            merged=grid.merged,
        )
        for group in groups
        if group
    ]


def _columns(block: Sequence[TableRow], rows: Sequence[TableRow]) -> list[SheetColumn]:
    """Return the columns that have a name or cells; headings reach over the blanks behind them."""
    width = max(len(row.cells) for row in (*block, *rows))
    headings: list[str] = [""] * width
    for row in block[:-1]:
        reach = ""
        for index in range(width):
            text = _flat(cell_at(row, index))
            below = any(not is_blank(cell_at(lower, index)) for lower in block[1:])
            reach = text or (reach if below else "")
            if text or (below and reach):
                headings[index] = " ".join(filter(None, (headings[index], reach)))
    used = {n for row in rows for n, cell in enumerate(row.cells) if not is_blank(cell)}
    columns: list[SheetColumn] = []
    for index in range(width):
        name = _flat(cell_at(block[-1], index))
        if name:
            columns.append(SheetColumn(index, name, headings[index]))
        elif headings[index] or index in used:
            columns.append(SheetColumn(index, headings[index]))
    return columns


def _rivals(block: Sequence[TableRow]) -> tuple[int, ...]:
    """Return the rows of a header that each name the same columns, and differently."""
    if len(block) < 2:
        return ()
    roles = [
        {
            index: matches[0].role
            for index, cell in enumerate(row.cells)
            if (matches := meanings_of(_flat(cell))) and matches[0].score >= SURE
        }
        for row in block
    ]
    clash = [n for n in roles[0] if n in roles[-1] and roles[0][n] != roles[-1][n]]
    return tuple(row.line for row in block) if len(clash) >= 2 else ()


def _name(sheet: str, columns: Sequence[SheetColumn], row: int) -> str:
    place = f"{columns[0].letter}{row}"
    return f"{sheet}!{place}" if sheet else place


def _likeness(table: SheetTable) -> tuple[bool, bool, int, int]:
    names = {m.role for column in table.columns for m in _meanings(column)[:1]}
    has_dates = any(_is_date(cell) for row in table.rows[:20] for cell in row.cells)
    return "filed" in names and "answered" in names, has_dates, "filed" in names, len(table.rows)


def _meanings(column: SheetColumn) -> tuple[WordMatch, ...]:
    own = meanings_of(column.name)
    return own if own and own[0].score >= SURE else meanings_of(column.full_name) or own


def _has(columns: Iterable[SheetColumn], role: str) -> bool:
    return any(m.role == role for column in columns for m in meanings_of(column.full_name)[:1])


def _has_date(rows: Sequence[TableRow], start: int, end: int) -> bool:
    return any(_is_date(cell) for row in rows[start + 1 : end] for cell in row.cells)


def _is_word(name: str) -> bool:
    return any(match.score >= 1.5 for match in meanings_of(_flat(name)))


def _is_date(cell: Cell) -> bool:
    if isinstance(cell, datetime):
        return True
    return look_at(cell) is not None or serial_in(cell) is not None


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, str) and tidy(cell).replace(",", "").replace(".", "").isdecimal()


def _names(row: TableRow) -> list[str]:
    return [_flat(cell) for cell in row.cells if not is_blank(cell)]


def _flat(cell: Cell) -> str:
    return " ".join(tidy(cell).split()) if isinstance(cell, str) else ""
