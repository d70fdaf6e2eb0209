"""Rows of a CSV or Parquet file or a workbook, one by one, each with the line it stands on."""

import csv
import gzip
import io
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import Final

from shinrai.units.errors import UserError
from shinrai.units.text import Text

ENCODINGS: Final = ("utf-8-sig", "cp932")
DELIMITERS: Final = (",", "\t", ";", "|")
HEAD: Final = 64 * 1024
TITLES: Final = 10  # lines among which the first with a delimiter is
EXCEL: Final = re.compile("sep=(.)")  # a first line by which Excel knows the delimiter
WIDE: Final = (b"\xff\xfe", b"\xfe\xff")  # how UTF-16 begins, as Excel writes "Unicode text"
BATCH: Final = 10_000
BLANKS: Final = " "
LARGEST_WORKBOOK: Final = 256 << 20  # unpacked

Row = tuple[int, Mapping[str, str]]


class UnreadableRevenueFile(UserError, ValueError):
    """A file cannot be read as a table."""


def header_of(path: Path, *, delimiter: str, has_header: bool) -> tuple[str, ...]:
    """Return the names of a file's columns; their numbers where it has no header.

    Raises: UnreadableRevenueFile.
    """
    if not path.is_file():
        raise UnreadableRevenueFile(Text("{path}: there is no such file", path=path))
    if _is_parquet(path):
        return _parquet_header(path)
    if _is_workbook(path):
        _line, first = next(_workbook_cells(path), (0, []))
        return tuple(cell.strip() for cell in first)
    with _opened(path, _encoding(path)) as file:
        _line, first = next(_cells(file, path, delimiter), (0, []))
    if not first:
        raise UnreadableRevenueFile(Text("{path}: the file is empty; export it again", path=path))
    names = tuple(cell.strip() for cell in first)
    return names if has_header else tuple(str(number) for number in range(1, len(names) + 1))


def sheet_of(path: Path, *, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of each row of a file with its line, its header among them.

    Raises: UnreadableRevenueFile.
    """
    header = header_of(path, delimiter=delimiter, has_header=True)
    if _is_parquet(path):
        yield 0, list(header)
        for line, row in _parquet_rows(path, header):
            yield line, list(row.values())
    elif _is_workbook(path):
        yield from _workbook_cells(path)
    else:
        with _opened(path, _encoding(path)) as file:
            yield from _cells(file, path, delimiter)


def rows_of(
    path: Path, *, delimiter: str, has_header: bool, columns: Collection[str]
) -> Iterator[Row]:
    """Yield the rows of a file with their lines, of these columns at least; memory stays flat.

    Raises: UnreadableRevenueFile.
    """
    names = header_of(path, delimiter=delimiter, has_header=has_header)
    if _is_parquet(path):
        yield from _parquet_rows(path, columns)
        return
    if _is_workbook(path):
        for line, cells in islice(_workbook_cells(path), 1, None):
            if any(cell.strip() for cell in cells):
                yield line, dict(zip(names, cells, strict=False))
        return
    with _opened(path, _encoding(path)) as file:
        lines = _cells(file, path, delimiter)
        if has_header:
            next(lines)
        for line, cells in lines:
            if any(cell.strip() for cell in cells):
                yield line, dict(zip(names, cells, strict=False))


def _cells(file: io.TextIOWrapper, path: Path, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of each row, with the line it begins on."""
    head, first = [file.readline(HEAD)], 1
    if said := EXCEL.fullmatch(head[0].strip()):
        head, first, delimiter = [file.readline(HEAD)], 2, delimiter or said[1]
    while not any(sign in head[-1] for sign in DELIMITERS) and len(head) < TITLES and head[-1]:
        head.append(file.readline(HEAD))  # a title may stand above the header
    sign = delimiter or max(DELIMITERS, key=head[-1].count)
    if not delimiter and sign not in head[-1]:
        sign = BLANKS if BLANKS in head[0].strip() else ","
    if sign == BLANKS:
        yield from enumerate((line.split() for line in chain(head, file)), first)
        return
    try:
        reader, line = csv.reader(chain(head, file), delimiter=sign), first
        for cells in reader:
            yield line, cells
            line = first + reader.line_num
    except (csv.Error, UnicodeDecodeError, OSError, EOFError) as error:
        raise UnreadableRevenueFile(
            Text("{path}: it cannot be read as CSV to its end; export it again", path=path)
        ) from error


def _encoding(path: Path) -> str:
    """Return the encoding that reads the whole file, as Excel in Japan writes Shift_JIS."""
    for encoding in ("utf-16",) if _is_wide(path) else ENCODINGS:
        try:
            with _opened(path, encoding) as file:
                while file.read(1 << 20):
                    pass
        except UnicodeDecodeError:
            continue
        except (OSError, EOFError) as error:
            raise UnreadableRevenueFile(
                Text("{path}: it is cut off or damaged; export it again", path=path)
            ) from error
        return encoding
    raise UnreadableRevenueFile(
        Text("{path}: it is neither UTF-8, UTF-16 nor Shift_JIS", path=path)
    )


def _opened(path: Path, encoding: str) -> io.TextIOWrapper:
    if _is_packed(path):
        return gzip.open(path, "rt", encoding=encoding, newline="")
    return path.open(encoding=encoding, newline="")


def _is_wide(path: Path) -> bool:
    try:
        with gzip.open(path) if _is_packed(path) else path.open("rb") as file:
            return file.read(2) in WIDE
    except (OSError, EOFError):  # cut off; whoever reads on says so
        return False


def _is_packed(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def _parquet_header(path: Path) -> tuple[str, ...]:
    import pyarrow.parquet as parquet

    try:
        return tuple(parquet.read_schema(path).names)
    except (OSError, ValueError) as error:
        raise UnreadableRevenueFile(
            Text("{path}: it is cut off or damaged; export it again", path=path)
        ) from error


def _parquet_rows(path: Path, columns: Collection[str]) -> Iterator[Row]:
    import pyarrow.parquet as parquet

    number = 0
    for batch in parquet.ParquetFile(path).iter_batches(BATCH, columns=list(columns)):
        for row in batch.to_pylist():
            number += 1
            yield number, {name: _text(value) for name, value in row.items()}


def _is_workbook(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def _workbook_cells(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a workbook's first sheet; the whole sheet is in memory meanwhile."""
    from python_calamine import CalamineWorkbook

    try:
        with zipfile.ZipFile(path) as package:
            if sum(part.file_size for part in package.infolist()) > LARGEST_WORKBOOK:
                raise ValueError
        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
        for number, row in enumerate(sheet.iter_rows(), (sheet.start or (0, 0))[0] + 1):
            yield number, [_text(value) for value in row]
    except BaseException as error:
        is_panic = type(error).__name__ == "PanicException"  # of pyo3, which does not export it
        if isinstance(error, GeneratorExit) or not (is_panic or isinstance(error, Exception)):
            raise
        raise UnreadableRevenueFile(
            Text("{path}: the workbook cannot be read; save it as CSV and try again", path=path)
        ) from error


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.10f}".rstrip("0").rstrip(".")  # a float's binary noise ends there
    return "" if value is None else str(value)
