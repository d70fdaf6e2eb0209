"""Tables in files: surveyed whole before a row counts, then streamed."""

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from shinrai.importers.tables import csv_text, workbook
from shinrai.importers.tables.table import BLOCK, BadTable, HowToRead, Stretch, Survey
from shinrai.importers.tables.workbook_package import OLD, PACKED


def header(path: Path, how: HowToRead) -> tuple[str, ...]:
    """Read the header alone, to see which table a file may be.

    Raises: BadTable.
    """
    return first_rows(path, how)[0]


def first_rows(path: Path, how: HowToRead) -> tuple[tuple[str, ...], ...]:
    """Read the header and a few rows below it, for a header may lie lower than is said.

    Raises: BadTable.
    """
    _check_there(path)
    found = path.stat()
    return _first_rows(path, how, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=64)  # asked for every mapping that may fit; a workbook is read whole for it
def _first_rows(path: Path, how: HowToRead, _: int, __: int) -> tuple[tuple[str, ...], ...]:
    return workbook.first_rows(path, how) if is_workbook(path) else csv_text.first_rows(path, how)


def survey(path: Path, how: HowToRead) -> Survey:
    """Read a file once: which encoding, which header, how many rows, and whether it is whole.

    Raises: BadTable with the file, the line and what to do next.
    """
    _check_there(path)
    digest = _digest(path)
    read = workbook.survey if is_workbook(path) else csv_text.survey
    return read(path, digest, how)


def stretches(surveyed: Survey, how: HowToRead, size: int) -> Iterator[Stretch]:
    """Stream the rows of a file that was surveyed, so many at a time."""
    read = csv_text.stretches if surveyed.sheet is None else workbook.stretches
    return read(surveyed, how, size)


def is_workbook(path: Path) -> bool:
    """Tell a workbook by its content, or by its name where the content is cut off."""
    with path.open("rb") as file:
        is_packed = file.read(len(OLD)).startswith((PACKED, OLD))
    return is_packed or path.suffix.lower() in (".xlsx", ".xlsm")


def _check_there(path: Path) -> None:
    if path.is_dir():
        raise BadTable(
            f"{path}: this is a folder; name the files in it",
            f"{path}: フォルダーです。中のファイルを指定してください",
        )
    if not path.is_file():
        raise BadTable(f"{path}: there is no such file", f"{path}: ファイルがありません")
    if path.stat().st_size == 0:
        raise BadTable(
            f"{path}: the file is empty; export it again",
            f"{path}: ファイルが空です。もう一度書き出してください",
        )


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()
