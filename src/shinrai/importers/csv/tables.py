"""Tables in files: surveyed whole before a row counts, then streamed."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from shinrai.units.wording import SaidInBoth, Words, both

LARGEST_CELL = 16 * 1024 * 1024
BLOCK = 1024 * 1024


class BadTable(SaidInBoth, ValueError):
    """A file that cannot be read as a table: what, where, and what to do next."""


class Row(NamedTuple):
    """One row: where it starts, its cells, or why it has none that can be trusted."""

    line: int
    cells: Sequence[str | datetime]
    problem: Words | None = None
    raw: str | None = None


class Stretch(NamedTuple):
    """Rows as they follow each other: the lines and cells of the whole ones, and the broken."""

    lines: Sequence[int]
    cells: Sequence[Sequence[str | datetime]]
    broken: Sequence[Row] = ()

    def all_lines(self) -> list[int]:
        """List on which lines all of them start, rising."""
        return sorted([*self.lines, *(row.line for row in self.broken)])


@dataclass(frozen=True)
class HowToRead:
    """What the mapping says about reading a file."""

    encodings: tuple[str, ...]
    delimiter: str = ","
    sheets: tuple[str, ...] = ()
    header_row: int = 1


@dataclass(frozen=True)
class Survey:
    """A file that was read from end to end once: nothing in it can surprise us later."""

    path: Path
    digest: str
    header: tuple[str, ...]
    rows: int
    encoding: str | None = None
    sheet: str | None = None
    bad_lines: frozenset[int] = frozenset()


def header(path: Path, how: HowToRead) -> tuple[str, ...]:
    """Read the header alone, to see which table a file may be.

    Raises: BadTable.
    """
    from shinrai.importers.csv import text, workbook

    _check_there(path)
    return workbook.header(path, how) if is_workbook(path) else text.header(path, how)


def survey(path: Path, how: HowToRead) -> Survey:
    """Read a file once: which encoding, which header, how many rows, and whether it is whole.

    Raises: BadTable with the file, the line and what to do next.
    """
    from shinrai.importers.csv import text, workbook

    _check_there(path)
    digest = _digest(path)
    if is_workbook(path):
        return workbook.survey(path, digest, how)
    return text.survey(path, digest, how)


def stretches(surveyed: Survey, how: HowToRead, size: int) -> Iterator[Stretch]:
    """Stream the rows of a file that was surveyed, so many at a time."""
    from shinrai.importers.csv import text, workbook

    if is_workbook(surveyed.path):
        return workbook.stretches(surveyed, how, size)
    return text.stretches(surveyed, how, size)


def is_workbook(path: Path) -> bool:
    """Tell a workbook by its content, or by its name where the content is cut off."""
    with path.open("rb") as file:
        is_packed = file.read(4) == b"PK\x03\x04"
    return is_packed or path.suffix.lower() in (".xlsx", ".xlsm")


def checked(line: int, cells: Sequence[str | datetime], width: int) -> Row | None:
    """Check a row against the width of the header; a row of nothing is no row."""
    if not any(not isinstance(cell, str) or cell.strip() for cell in cells):
        return None
    if len(cells) != width:
        return Row(
            line,
            cells,
            problem=both(
                en=f"{len(cells)} cells where the header has {width}: "
                + ("a delimiter inside a cell?" if len(cells) > width else "the row is cut off"),
                ja=f"見出しは {width} 列ですが、この行は {len(cells)} 列です。"
                + (
                    "セルの中に区切り文字がありませんか"
                    if len(cells) > width
                    else "行が途中で切れています"
                ),
            ),
        )
    return Row(line, cells)


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
