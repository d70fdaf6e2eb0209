"""The source as the importers know it: how it is pulled, and how it is laid flat."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from shinrai.importers.flat.gathering import gather
from shinrai.importers.flat.records import records_of
from shinrai.importers.flat.tables import write_tables
from shinrai.importers.sources import Source
from shinrai.importers.zammad.filing import ENDINGS, filed
from shinrai.importers.zammad.flattening import TABLES, flat_rows
from shinrai.importers.zammad.pulling import client, pull


def flatten(paths: Sequence[Path], folder: Path) -> tuple[Path, ...]:
    """Lay files flat, exported or pulled, into tables.

    Raises: BadTable.
    """
    cases = gather(folder, filed(records_of(paths, endings=ENDINGS)))
    return write_tables(folder, TABLES, flat_rows(cases))


ZAMMAD: Final = Source("zammad", flatten=flatten, pull=pull, client=client)
