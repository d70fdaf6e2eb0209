"""Tables in files: surveyed whole before a row counts, then streamed.

What reads workbooks is loaded where there is one: it takes 0.3 s, longer than most CSVs.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from shinrai.importers.csv import text
from shinrai.importers.csv.tables import BLOCK, BadTable, HowToRead, Stretch, Survey


def header(path: Path, how: HowToRead) -> tuple[str, ...]:
    """Read the header alone, to see which table a file may be.

    Raises: BadTable.
    """
    _check_there(path)
    if is_workbook(path):
        from shinrai.importers.csv import workbook

        return workbook.header(path, how)
    return text.header(path, how)


def survey(path: Path, how: HowToRead) -> Survey:
    """Read a file once: which encoding, which header, how many rows, and whether it is whole.

    Raises: BadTable with the file, the line and what to do next.
    """
    _check_there(path)
    digest = _digest(path)
    if is_workbook(path):
        from shinrai.importers.csv import workbook

        return workbook.survey(path, digest, how)
    return text.survey(path, digest, how)


def stretches(surveyed: Survey, how: HowToRead, size: int) -> Iterator[Stretch]:
    """Stream the rows of a file that was surveyed, so many at a time."""
    if is_workbook(surveyed.path):
        from shinrai.importers.csv import workbook

        return workbook.stretches(surveyed, how, size)
    return text.stretches(surveyed, how, size)


def is_workbook(path: Path) -> bool:
    """Tell a workbook by its content, or by its name where the content is cut off."""
    with path.open("rb") as file:
        is_packed = file.read(4) == b"PK\x03\x04"
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
