"""Update everything published: first every fact table, then every count per day.

A package's module `facts` declares `FACT_TABLES`, its module `measures` declares `DAY_COUNTS`. They
are imported only when needed, because they import Ibis and DuckDB, too slow for a web process.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings

from shinrai.warehouse.compaction import clear
from shinrai.warehouse.day_count_writer import count_days, count_nothing
from shinrai.warehouse.day_counts import fill_of
from shinrai.warehouse.fact_table import FactTable, as_of, publish
from shinrai.warehouse.kept_versions import KEPT
from shinrai.warehouse.publication import Published
from shinrai.warehouse.store import Warehouse
from shinrai.warehouse.views import files_within

if TYPE_CHECKING:
    import pyarrow as pa

# What moves with time alone (14 days have passed, a day ended) is counted again after this long.
STANDS: Final = timedelta(minutes=4)


def refresh(warehouse: Warehouse, *, at: datetime) -> dict[str, Published]:
    """Publish what changed in every workspace, and count again the days that may have changed.

    The cost depends on how much is new. Returns what was published, by table name.

    Raises: NotPublished; PublishedMeanwhile if others published at the same time at every try.
    """
    tables: dict[str, FactTable] = {one.table.name: one for one in _declared("facts")}
    done = {name: publish(warehouse, one, at=at) for name, one in tables.items()}
    bases = {name: one.bases() for name, one in tables.items()}
    for counts in _declared("measures"):
        read = [tables[table.name] for table in counts.tables]
        opened = {table: warehouse.delta(table) for table in counts.tables}
        for workspace_id, first in bases[counts.tables[0].name].items():
            # The files of a workspace change with its rows alone: another one's are not counted.
            within = {"workspace_id": workspace_id}
            files = [
                file
                for table, delta in opened.items()
                for file in sorted(files_within(warehouse, table, delta, within))
            ]
            digests = [bases[table.name][workspace_id].digest for table in counts.tables]
            basis = hashlib.sha256("\n".join([*digests, *files]).encode()).hexdigest()
            fill = fill_of(counts.name, workspace_id=workspace_id)
            if fill is not None and fill.basis == basis and at < fill.at + STANDS:
                continue
            said = {"workspace_id": workspace_id, "basis": basis, "notes": counts.notes(first)}
            if files:
                given = _ahead(warehouse, read, workspace_id, at) if counts.replays else None
                count_days(warehouse, counts, **said, at=at, given=given)
            elif fill is None or fill.at <= at:
                count_nothing(counts, **said, at=at)
    return done


def _ahead(
    warehouse: Warehouse, read: list[FactTable], workspace_id: int, at: datetime
) -> "Mapping[str, pa.Table] | None":
    """Return each table's rows as of `at` if any steps lie after that moment; otherwise None."""
    if not any(one.cases.is_ahead(workspace_id, at=at) for one in read):
        return None
    return {
        one.table.name: as_of(warehouse, one, workspace_id=workspace_id, until=at).rows
        for one in read
    }


def clear_tables(warehouse: Warehouse) -> int:
    """Delete files that no version of the last week and no kept version needs; return how many."""
    tables = [*(one.table for one in _declared("facts")), *_declared("facts", "EVENT_TABLES")]
    return sum(clear(warehouse, table) for table in (*tables, KEPT))


def _declared(module: str, constant: str = "") -> Iterator[Any]:
    """Yield what each package declares in `facts` or `measures`, in the order of `settings.LAYERS`.

    That is `FACT_TABLES` for "facts" and `DAY_COUNTS` for "measures"; `EVENT_TABLES` are filled
    elsewhere. Where the module is a folder, its files are read as well.
    """
    constant = constant or {"facts": "FACT_TABLES", "measures": "DAY_COUNTS"}[module]
    for package in settings.LAYERS:
        name = f"shinrai.{package}.{module}"
        if find_spec(name) is None:
            continue
        found = import_module(name)
        yield from getattr(found, constant, ())
        for file in iter_modules(getattr(found, "__path__", ())):
            yield from getattr(import_module(f"{name}.{file.name}"), constant, ())
