"""Reads the tables of a source in a warehouse: one CSV each, recognised by its file name."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Final

from shinrai.importers.flatten.json_files import (
    JSON_ENDINGS,
    RawRecord,
    files_in,
    open_file,
    records_in,
)
from shinrai.importers.tables.table import UnreadableTable
from shinrai.units.text import Text

ENDINGS: Final = (".csv", ".csv.gz")
Line = Mapping[str, str]


def is_table(path: Path) -> bool:
    """Return whether a file is a table, not JSON."""
    return path.name.lower().endswith(ENDINGS)


def documents_and_tables(paths: Sequence[Path]) -> tuple[Iterator[RawRecord], list[Path]]:
    """Return the JSON documents of files and folders, and the tables among the files.

    Raises: UnreadableTable.
    """
    found = files_in(paths, endings=(*JSON_ENDINGS, *ENDINGS)) if paths else ()
    documents = (raw for path in found if not is_table(path) for raw in records_in(path))
    return documents, [path for path in found if is_table(path)]


def table_name(path: Path, *, prefix: str) -> str:
    """Return the name of a file's table: `zendesk_ticket_comment_data.csv` is `ticket_comment`."""
    name = path.name.lower().split(".")[0].removesuffix("_data")
    return name.removeprefix(prefix)


def rows_of_table(path: Path) -> Iterator[RawRecord]:
    """Yield the rows of a table, each a dict by column.

    Raises: UnreadableTable.
    """
    with open_file(path) as file:
        reader = csv.DictReader(TextIOWrapper(file, encoding="utf-8-sig", newline=""))
        try:
            for row in reader:
                if None in row or None in row.values():
                    raise UnreadableTable(
                        Text(
                            "{path}, line {line_num}: the row has not as many cells as the header; "
                            "load the table again",
                            path=path,
                            line_num=reader.line_num,
                        ),
                    )
                yield RawRecord(path.name, reader.line_num, row)
        except (UnicodeDecodeError, csv.Error) as error:
            raise UnreadableTable(
                Text(
                    "{path}, after line {line_num}: this is no CSV in UTF-8 ({error})",
                    path=path,
                    line_num=reader.line_num,
                    error=error,
                ),
            ) from error


def utc(text: str) -> str:
    """Return a moment of a warehouse table as ISO 8601; without an offset it is UTC."""
    text = text.strip().replace(" ", "T", 1)
    return text if not text or text[10:].endswith("Z") or "+" in text[10:] else f"{text}Z"
