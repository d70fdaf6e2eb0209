"""Chatwoot as a source: how it is pulled, and how its records become tables."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from shinrai.importers.chatwoot.flatten import TABLES, flat_rows
from shinrai.importers.chatwoot.pull import client, pull
from shinrai.importers.chatwoot.records import ENDINGS, filed
from shinrai.importers.flatten.case_records import group_by_case
from shinrai.importers.flatten.csv_tables import write_tables
from shinrai.importers.flatten.json_files import records_of
from shinrai.importers.sources import Source


def flatten(paths: Sequence[Path], folder: Path) -> tuple[Path, ...]:
    """Flatten files, exported or pulled, into tables.

    Raises: BadTable.
    """
    cases = group_by_case(folder, filed(records_of(paths, endings=ENDINGS)))
    return write_tables(folder, TABLES, flat_rows(cases))


CHATWOOT: Final = Source("chatwoot", flatten=flatten, pull=pull, client=client)
