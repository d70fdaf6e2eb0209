"""Freshdesk as a source: how it is pulled, and how its records become tables."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from shinrai.importers.flatten.case_records import group_by_case
from shinrai.importers.flatten.csv_tables import write_tables
from shinrai.importers.freshdesk.flatten import TABLES, flat_rows
from shinrai.importers.freshdesk.pull import client, pull
from shinrai.importers.freshdesk.records import read
from shinrai.importers.sources import Source


def flatten(paths: Sequence[Path], folder: Path) -> tuple[Path, ...]:
    """Flatten files, exported or pulled, into tables.

    Raises: UnreadableTable.
    """
    return write_tables(folder, TABLES, flat_rows(group_by_case(folder, read(paths))))


FRESHDESK: Final = Source(
    "freshdesk", flatten=flatten, pull=pull, client=client, reads_table=lambda _: True
)
