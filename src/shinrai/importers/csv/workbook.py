"""Workbooks: true dates stay dates, formulas count by the value Excel saved with them."""

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from shinrai.importers.csv.tables import BadTable, HowToRead, Row, Stretch, Survey, checked
from shinrai.units.wording import Words, both

FORMULA = re.compile(rb"<f[ >/]")
LARGEST_UNPACKED = 2 * 1024**3
BLOCK = 1024 * 1024


def header(path: Path, how: HowToRead) -> tuple[str, ...]:
    """Read the header alone.

    Raises: BadTable.
    """
    _check_whole(path)
    with _open(path) as book:
        sheet = book[_sheet(path, book, how)]
        sheet.reset_dimensions()
        first = how.header_row
        for cells in sheet.iter_rows(min_row=first, max_row=first, values_only=True):
            return _header(Row(first, tuple(map(_cell, cells))))
    return ()


def survey(path: Path, digest: str, how: HowToRead) -> Survey:
    """Check that a workbook is whole, and find its sheet, header and number of rows.

    Raises: BadTable.
    """
    _check_whole(path)
    with _open(path) as book:
        name = _sheet(path, book, how)
    header: tuple[str, ...] | None = None
    count = 0
    for row in _rows(path, name):
        if row.line < how.header_row:
            continue
        if header is None:
            header = _header(row)
        elif row.problem is not None or checked(row.line, row.cells[: len(header)], len(header)):
            count += 1
    if header is None or not any(header):
        raise BadTable(
            f"{path}, sheet {name!r}: there is no header in row {how.header_row}",
            f"{path}、シート「{name}」: {how.header_row} 行目に見出しがありません",
        )
    return Survey(path, digest, header, count, sheet=name)


def stretches(surveyed: Survey, how: HowToRead, size: int) -> Iterator[Stretch]:
    """Stream the rows below the header, so many at a time."""
    walk = _below_header(surveyed, how)
    while found := list(islice(walk, size)):
        whole = [row for row in found if row.problem is None]
        broken = [row for row in found if row.problem is not None]
        yield Stretch([row.line for row in whole], [row.cells for row in whole], broken)


def _below_header(surveyed: Survey, how: HowToRead) -> Iterator[Row]:
    """Walk the rows below the header; cells right of it are nobody's."""
    assert surveyed.sheet is not None
    width = len(surveyed.header)
    for row in _rows(surveyed.path, surveyed.sheet):
        if row.line <= how.header_row:
            continue
        if row.problem is not None:
            yield row
            continue
        cells = (*row.cells[:width], *([""] * (width - len(row.cells))))
        if (found := checked(row.line, cells, width)) is not None:
            yield found


def _header(row: Row) -> tuple[str, ...]:
    names = [str(cell) for cell in row.cells]
    while names and not names[-1].strip():
        names.pop()
    return tuple(names)


def _check_whole(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
            damaged = archive.testzip() if unpacked <= LARGEST_UNPACKED else None
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
        raise BadTable(
            f"{path}: the workbook is cut off or damaged, or locked by a password ({error}); "
            "save or copy it again",
            f"{path}: ブックが途中で切れているか壊れています（またはパスワード付きです）。"
            "保存しなおすか、コピーしなおしてください",
        ) from error
    if unpacked > LARGEST_UNPACKED:
        raise BadTable(
            f"{path}: the workbook unpacks to more than 2 GiB; save it as CSV",
            f"{path}: ブックを展開すると 2 GiB を超えます。CSV で保存してください",
        )
    if damaged is not None:
        raise BadTable(
            f"{path}: {damaged} in the workbook is damaged; save or copy it again",
            f"{path}: ブックの中の {damaged} が壊れています。保存しなおしてください",
        )


@contextmanager
def _open(path: Path, *, formulas: bool = False) -> Iterator[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and extensions we do not read
        try:
            book = load_workbook(path, read_only=True, data_only=not formulas)
        except (InvalidFileException, KeyError, ValueError, OSError, SyntaxError) as error:
            raise BadTable(
                f"{path}: this is no workbook we can read ({error})",
                f"{path}: 読み取れるブックではありません",
            ) from error
        try:
            yield book
        finally:
            book.close()


def _sheet(path: Path, book: Any, how: HowToRead) -> str:
    names = [sheet.title for sheet in book.worksheets]
    if not names:
        raise BadTable(
            f"{path}: the workbook has no sheet with cells",
            f"{path}: セルのあるシートがありません",
        )
    return next((name for name in how.sheets if name in names), str(names[0]))


def _rows(path: Path, name: str) -> Iterator[Row]:
    with _open(path) as book:
        sheet = book[name]
        sheet.reset_dimensions()  # some writers declare a wrong size
        values = sheet.iter_rows(values_only=True)
        if not _has_formulas(path):
            for line, cells in enumerate(values, start=1):
                yield Row(line, tuple(map(_cell, cells)))
            return
        with _open(path, formulas=True) as written:
            other = written[name]
            other.reset_dimensions()
            pairs = zip(values, other.iter_rows(values_only=True), strict=False)
            for line, (cells, typed) in enumerate(pairs, start=1):
                yield Row(line, tuple(map(_cell, cells)), _uncalculated(cells, typed))


def _uncalculated(cells: tuple[Any, ...], typed: tuple[Any, ...]) -> Words | None:
    for value, formula in zip(cells, typed, strict=False):
        if value is None and isinstance(formula, str) and formula.startswith("="):
            return both(
                en="a formula of this row was never calculated; open the workbook in Excel, "
                "save it, and import it again",
                ja="この行の数式が計算されていません。ブックを Excel で開いて"
                "保存し、もう一度取り込んでください",
            )
    return None


def _has_formulas(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        for entry in archive.namelist():
            if not entry.startswith("xl/worksheets/"):
                continue
            with archive.open(entry) as part:
                tail = b""
                while block := part.read(BLOCK):
                    if FORMULA.search(tail + block):
                        return True
                    tail = block[-2:]
    return False


def _cell(value: Any) -> str | datetime:
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case datetime():
            return _to_the_second(value)
        case date():
            return datetime(value.year, value.month, value.day)  # noqa: DTZ001  wall time
        case time() | timedelta():
            return str(value)
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case _:
            return str(value)


def _to_the_second(value: datetime) -> datetime:
    """Round: a serial number of days cannot hold a whole second exactly."""
    rounded = value.replace(microsecond=0)
    return rounded + timedelta(seconds=1) if value.microsecond >= 500_000 else rounded
