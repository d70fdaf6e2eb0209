"""The source as the importers know it: how it is pulled, and how it is laid flat."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from shinrai.importers.flat import loads
from shinrai.importers.flat.gathering import Belonging, gather
from shinrai.importers.flat.records import files_in, records_in
from shinrai.importers.flat.tables import write_tables
from shinrai.importers.sources import Source
from shinrai.importers.zendesk import filing, warehouse
from shinrai.importers.zendesk.flattening import TABLES, flat_rows
from shinrai.importers.zendesk.pulling import client, pull

ENDINGS: Final = (*filing.ENDINGS, *loads.ENDINGS)


def flatten(paths: Sequence[Path], folder: Path) -> tuple[Path, ...]:
    """Lay files flat into tables: exported, pulled, or loaded into a warehouse; also folders.

    Raises: BadTable.
    """
    return write_tables(folder, TABLES, flat_rows(gather(folder, _filed(paths))))


def _filed(paths: Sequence[Path]) -> Iterator[Belonging]:
    found = files_in(paths, endings=ENDINGS) if paths else ()
    yield from warehouse.filed_tables(path for path in found if loads.is_table(path))
    for path in found:
        if not loads.is_table(path):
            yield from filing.filed(records_in(path))


ZENDESK: Final = Source(
    "zendesk", flatten=flatten, pull=pull, client=client, reads_table=warehouse.knows,
    table="ticket.csv",
)  # fmt: skip
