"""Writes flat rows as CSV tables, several at once, row by row."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from shinrai.units.errors import Misuse

RAW_FILE: Final = "raw_file"
RAW_LINE: Final = "raw_line"
RAW: Final = (RAW_FILE, RAW_LINE)


@dataclass(frozen=True)
class FlatTable:
    """A table written as NAME.csv: its columns, to which RAW_FILE and RAW_LINE are added."""

    name: str
    columns: tuple[str, ...]


def columns(names: str, *more: str) -> tuple[str, ...]:
    """Return column names: those in one text, and `more`, which may contain spaces."""
    return (*names.split(), *more)


FlatRow = tuple[str, Mapping[str, Any]]  # name of the table, and cells by column


def write_tables(
    folder: Path, tables: Sequence[FlatTable], rows: Iterable[FlatRow]
) -> tuple[Path, ...]:
    """Write rows into one CSV per table; return the files in the order of `tables`.

    A table without a row is not written. Cells: None is empty, a moment has its UTC offset, true
    and false are words, a list or a record is JSON, and line ends are those of Unix.

    Raises: Misuse for an unknown table or column, or a moment without a zone.
    """
    known = {table.name: (*table.columns, *RAW) for table in tables}
    allowed = {name: frozenset(columns) for name, columns in known.items()}
    written: dict[str, Path] = {}
    with ExitStack() as stack:
        writers: dict[str, Any] = {}
        for name, cells in rows:
            if name not in known:
                raise Misuse(f"no table is called {name}")
            if not allowed[name].issuperset(cells):
                raise Misuse(f"{name} has no column {sorted(set(cells) - allowed[name])}")
            if name not in writers:
                written[name] = folder / f"{name}.csv"
                opened = written[name].open("w", encoding="utf-8", newline="")
                writers[name] = csv.writer(stack.enter_context(opened), lineterminator="\n")
                writers[name].writerow(known[name])
            get = cells.get
            writers[name].writerow([as_cell(get(column)) for column in known[name]])
    return tuple(written[table.name] for table in tables if table.name in written)


def as_cell(value: Any) -> str:
    """Return a value as the text of a cell.

    Raises: Misuse for a moment without a zone.
    """
    match value:
        case None:
            return ""
        case str():
            return value.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case datetime():
            if value.tzinfo is None:
                raise Misuse(f"{value} has no zone")
            return value.isoformat()
        case _:
            return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
