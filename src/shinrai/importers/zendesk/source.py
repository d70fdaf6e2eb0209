"""Zendesk as a source: how it is pulled, and how its records become tables."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from shinrai.importers.flatten.case_records import CaseRecord, group_by_case
from shinrai.importers.flatten.csv_tables import write_tables
from shinrai.importers.flatten.pipeline import assign_records
from shinrai.importers.flatten.warehouse_load import documents_and_tables
from shinrai.importers.sources import Source
from shinrai.importers.zendesk import records, warehouse
from shinrai.importers.zendesk.flatten import TABLES, flat_rows
from shinrai.importers.zendesk.pull import client, pull


def flatten(paths: Sequence[Path], folder: Path) -> tuple[Path, ...]:
    """Flatten files or folders into tables: exported, pulled, or loaded into a warehouse.

    Raises: UnreadableTable.
    """
    return write_tables(folder, TABLES, flat_rows(group_by_case(folder, _records(paths))))


def _records(paths: Sequence[Path]) -> Iterator[CaseRecord]:
    documents, tables = documents_and_tables(paths)
    yield from warehouse.table_records(tables)
    yield from assign_records(documents, records.assign)


ZENDESK: Final = Source(
    "zendesk", flatten=flatten, pull=pull, client=client, reads_table=warehouse.knows,
    table="ticket.csv",
)  # fmt: skip
