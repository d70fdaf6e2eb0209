"""Tables in files: each is read to its end first to check it, then its rows are streamed."""

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from shinrai.importers.tables import csv_text, workbook
from shinrai.importers.tables.table import BLOCK, ReadOptions, RowChunk, Survey, check_file
from shinrai.importers.tables.workbook_package import OLD, PACKED


def header(path: Path, how: ReadOptions) -> tuple[str, ...]:
    """Return the header, to find out which table a file may hold.

    Raises: UnreadableTable.
    """
    return first_rows(path, how)[0]


def first_rows(path: Path, how: ReadOptions) -> tuple[tuple[str, ...], ...]:
    """Return the header row and a few rows below it, as the header may be one of those.

    Raises: UnreadableTable.
    """
    check_file(path)
    found = path.stat()
    return _first_rows(path, how, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=64)  # asked for every mapping that may fit; a workbook is read whole for it
def _first_rows(path: Path, how: ReadOptions, _: int, __: int) -> tuple[tuple[str, ...], ...]:
    return workbook.first_rows(path, how) if is_workbook(path) else csv_text.first_rows(path, how)


def survey(path: Path, how: ReadOptions) -> Survey:
    """Read a file once: find its encoding, header and number of rows, and check it is complete.

    Raises: UnreadableTable with the file, the line and what to do next.
    """
    check_file(path)
    digest = _digest(path)
    read = workbook.survey if is_workbook(path) else csv_text.survey
    return read(path, digest, how)


def row_chunks(surveyed: Survey, how: ReadOptions, size: int) -> Iterator[RowChunk]:
    """Yield the rows of a surveyed file, `size` at a time."""
    read = csv_text.row_chunks if surveyed.sheet is None else workbook.row_chunks
    return read(surveyed, how, size)


def is_workbook(path: Path) -> bool:
    """Return whether a file is a workbook: by its content, or by its name if it is cut off."""
    with path.open("rb") as file:
        is_packed = file.read(len(OLD)).startswith((PACKED, OLD))
    return is_packed or path.suffix.lower() in (".xlsx", ".xlsm")


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()
