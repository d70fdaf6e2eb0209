"""Reads workbooks: dates are kept as dates, formulas have the value Excel saved with them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from shinrai.importers.rules.cells import ERRORS
from shinrai.importers.tables.table import (
    LOOKED_AT,
    ReadOptions,
    RowChunk,
    Sheet,
    Survey,
    TableRow,
    UnreadableTable,
    checked_row,
)
from shinrai.importers.tables.workbook_package import PACKED, find_sheet, not_read, readable
from shinrai.units.text import Text

AT_ONCE = 1_000  # rows


def first_rows(path: Path, how: ReadOptions) -> tuple[tuple[str, ...], ...]:
    """Read the header and a few rows below it.

    Raises: UnreadableTable.
    """
    first = how.header_row
    rows = islice(workbook_rows(path, _sheet(path, how)), first - 1, first - 1 + LOOKED_AT)
    return tuple(_header(row) for row in rows) or ((),)


def survey(path: Path, digest: str, how: ReadOptions) -> Survey:
    """Check that a workbook is complete, and find its sheet, header and number of rows.

    Raises: UnreadableTable.
    """
    sheet = _sheet(path, how)
    header: tuple[str, ...] | None = None
    count = 0
    for row in workbook_rows(path, sheet):
        if row.line < how.header_row:
            continue
        if header is None:
            header = _header(row)
        elif row.problem is not None or checked_row(
            row.line, row.cells[: len(header)], len(header)
        ):
            count += 1
    if header is None or not any(header):
        raise UnreadableTable(
            Text(
                "{path}, sheet {name!r}: there is no header in row {header_row}",
                path=path,
                name=sheet.name,
                header_row=how.header_row,
            ),
        )
    return Survey(path, digest, header, count, sheet=sheet)


def row_chunks(surveyed: Survey, how: ReadOptions, size: int) -> Iterator[RowChunk]:
    """Yield the rows below the header, `size` at a time."""
    walk = _below_header(surveyed, how)
    while found := list(islice(walk, size)):
        whole = [row for row in found if row.problem is None]
        broken = [row for row in found if row.problem is not None]
        yield RowChunk([row.line for row in whole], [row.cells for row in whole], broken)


def _below_header(surveyed: Survey, how: ReadOptions) -> Iterator[TableRow]:
    """Yield the rows below the header, without cells to the right of it."""
    assert surveyed.sheet is not None
    width = len(surveyed.header)
    for row in workbook_rows(surveyed.path, surveyed.sheet):
        if row.line <= how.header_row:
            continue
        if row.problem is not None:
            yield row
            continue
        cells = (*row.cells[:width], *([""] * (width - len(row.cells))))
        if (found := checked_row(row.line, cells, width)) is not None:
            yield found


def _header(row: TableRow) -> tuple[str, ...]:
    names = [str(cell) for cell in row.cells]
    while names and not names[-1].strip():
        names.pop()
    return tuple(names)


def _sheet(path: Path, how: ReadOptions) -> Sheet:
    with path.open("rb") as file:
        if not file.read(len(PACKED)).startswith(PACKED[:2]):
            raise not_read(path)
    found = path.stat()
    return _found(path, how.sheets, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=2)  # asked for the header, and again for the survey
def _found(path: Path, wanted: tuple[str, ...], _: int, __: int) -> Sheet:
    return find_sheet(path, wanted)


def workbook_rows(path: Path, sheet: Sheet) -> Iterator[TableRow]:
    """Yield all rows from the first. `calamine` keeps the whole sheet in memory meanwhile."""
    with _reading(path):
        found = CalamineWorkbook.from_object(readable(path, sheet)).get_sheet_by_name(sheet.name)
        walk = found.iter_rows()
    left = [""] * (found.start[1] if found.start else 0)
    errors: dict[int, list[tuple[int, str]]] = {}
    for (row, column), text in sheet.errors.items():
        errors.setdefault(row, []).append((column, text if text in ERRORS else "#N/A"))
    line = 0
    while True:
        with _reading(path):
            some = list(islice(walk, AT_ONCE))
        if not some:
            return
        for values in some:
            line += 1
            cells = [*left, *map(_cell, values)]
            for column, text in errors.get(line, ()):
                cells += [""] * (column + 1 - len(cells))
                cells[column] = text
            formula = sheet.uncalculated.get(line)
            yield TableRow(line, tuple(cells), None if formula is None else _uncalculated())


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Raise UnreadableTable for any error or panic of `calamine` in this block."""
    try:
        yield
    except UnreadableTable:
        raise
    except BaseException as error:
        is_panic = type(error).__name__ == "PanicException"  # of pyo3, which does not export it
        if isinstance(error, MemoryError) or not (is_panic or isinstance(error, Exception)):
            raise
        raise UnreadableTable(
            Text(
                "{path}: the workbook cannot be read ({error}); open it in Excel, save it, "
                "and import it again",
                path=path,
                error=error,
            ),
        ) from error


def _uncalculated() -> Text:
    return Text(
        "a formula of this row was never calculated; open the workbook in Excel, "
        "save it, and import it again"
    )


def _cell(value: Any) -> str | datetime:
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case datetime():
            return _to_the_second(value)
        case date():
            return datetime(value.year, value.month, value.day)  # noqa: DTZ001  wall time
        case time():
            at = _to_the_second(datetime.combine(date.min, value))
            return f"{at:%H:%M:%S}"
        case timedelta():
            minutes, seconds = divmod(round(value.total_seconds()), 60)
            return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case _:
            return str(value)


def _to_the_second(value: datetime) -> datetime:
    """Round to a second: a serial number of days cannot hold a whole second exactly."""
    rounded = value.replace(microsecond=0)
    return rounded + timedelta(seconds=1) if value.microsecond >= 500_000 else rounded
