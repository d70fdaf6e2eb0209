"""Zendesk as a source: how it is pulled, and how its records become tables."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from shinrai.importers.flatten import warehouse_load
from shinrai.importers.flatten.case_records import CaseRecord, group_by_case
from shinrai.importers.flatten.csv_tables import write_tables
from shinrai.importers.flatten.json_files import files_in, records_in
from shinrai.importers.sources import Source
from shinrai.importers.zendesk import records, warehouse
from shinrai.importers.zendesk.flatten import TABLES, flat_rows
from shinrai.importers.zendesk.pull import client, pull

ENDINGS: Final = (*records.ENDINGS, *warehouse_load.ENDINGS)


def flatten(paths: Sequence[Path], folder: Path) -> tuple[Path, ...]:
    """Flatten files into tables: exported, pulled, or loaded into a warehouse; also folders.

    Raises: BadTable.
    """
    return write_tables(folder, TABLES, flat_rows(group_by_case(folder, _filed(paths))))


def _filed(paths: Sequence[Path]) -> Iterator[CaseRecord]:
    found = files_in(paths, endings=ENDINGS) if paths else ()
    yield from warehouse.filed_tables(path for path in found if warehouse_load.is_table(path))
    for path in found:
        if not warehouse_load.is_table(path):
            yield from records.filed(records_in(path))


ZENDESK: Final = Source(
    "zendesk", flatten=flatten, pull=pull, client=client, reads_table=warehouse.knows,
    table="ticket.csv",
)  # fmt: skip
