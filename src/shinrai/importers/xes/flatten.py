"""Flattens an event log: one row per event, as a CSV that the mapping then reads.

A trace's attributes become columns `case:NAME`, an event's keep their names, in the order in which
they first occur. Three more columns hold where the row is from: `event:index` (its number in its
trace, which distinguishes the events of a case), `xes:file` and `xes:line`. The same log always
gives the same bytes.
All columns are known only at the end of the log, and reading XML is the slow part: rows are first
written with the columns known so far, and then copied below the complete header.
"""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from shinrai.importers.tables.table import LARGEST_CELL, UnreadableTable, check_file
from shinrai.importers.xes.events import events
from shinrai.units.text import Text

OWN = ("event:index", "xes:file", "xes:line")
FIRST = len(OWN)
MOST_COLUMNS = 2_000


def flatten(paths: Sequence[Path], folder: Path) -> list[Path]:
    """Write every log as a table named after it, each in its own folder, as names may be equal.

    Raises: UnreadableTable.
    """
    tables = []
    for number, path in enumerate(paths, start=1):
        own = folder / str(number)
        own.mkdir()
        tables.append(_flat(path, own / f"{path.name}.csv"))
    return tables


def _flat(path: Path, target: Path) -> Path:
    check_file(path)
    ragged = target.with_suffix(".ragged")
    with ragged.open("w", encoding="utf-8", newline="") as file:
        header = _write_ragged(path, csv.writer(file, lineterminator="\n"))
    if len(header) == FIRST:
        raise UnreadableTable(
            Text("{path}: there is no event in this log; export it again", path=path),
        )
    csv.field_size_limit(LARGEST_CELL)
    with (
        ragged.open(encoding="utf-8", newline="") as rows,
        target.open("w", encoding="utf-8", newline="") as file,
    ):
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        out.writerows(_padded(csv.reader(rows), len(header)))
    ragged.unlink()
    return target


def _write_ragged(path: Path, out: Any) -> list[str]:
    """Write the rows with the columns known so far; return the names of all columns."""
    of_case: dict[str, int] = {}
    of_event: dict[str, int] = {}
    for event in events(path):
        cells = [""] * (FIRST + len(of_case) + len(of_event))
        cells[:FIRST] = [str(event.index), path.name, str(event.line)]
        for known, values in ((of_case, event.trace), (of_event, event.values)):
            for name, value in values.items():
                place = known.get(name)
                if place is None:
                    known[name] = len(cells)
                    cells.append(value)
                else:
                    cells[place] = value
        out.writerow(cells)
        if len(of_case) + len(of_event) > MOST_COLUMNS:  # every row becomes as wide as all of them
            raise UnreadableTable(
                Text(
                    "{path}, line {line}: the log has more than {most_columns:,} different "
                    "attributes; are their names and values the wrong way round?",
                    path=path,
                    line=event.line,
                    most_columns=MOST_COLUMNS,
                ),
            )
    header = list(OWN) + [""] * (len(of_case) + len(of_event))
    for name, place in of_case.items():
        header[place] = f"case:{name}"
    for name, place in of_event.items():
        header[place] = name
    return header


def _padded(rows: Iterator[list[str]], width: int) -> Iterator[list[str]]:
    for row in rows:
        yield row + [""] * (width - len(row))
