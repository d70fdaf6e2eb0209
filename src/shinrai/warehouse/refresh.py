"""Bring all that is published up to date: every fact table, then every count per day.

A package's `facts` declare `FACT_TABLES`, its `measures` declare `DAY_COUNTS`. They are loaded when
first needed, for Ibis and DuckDB are slow to load and have no place in a web process.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import Any, Final

from django.conf import settings

from shinrai.warehouse.day_count_writer import count_days
from shinrai.warehouse.day_counts import fill_of
from shinrai.warehouse.fact_table import FactTable, RowBasis, as_of, publish
from shinrai.warehouse.publishing import Published
from shinrai.warehouse.questions import DayCounts
from shinrai.warehouse.store import Warehouse, version_of

# What moves with time alone (14 days have passed, a day ended) is counted again after this long.
STANDS: Final = timedelta(minutes=4)
Bases = Mapping[str, Mapping[int, RowBasis]]  # by table and workspace


def refresh(warehouse: Warehouse, *, at: datetime) -> dict[str, Published]:
    """Publish what changed in every workspace, and count the days again that may differ.

    Cost follows what is new. Answers what was published, by table.
    Raises: NotPublished; PublishedMeanwhile if others kept publishing faster.
    """
    fact_tables = {one.table.name: one for one in declared("facts", "FACT_TABLES")}
    done = {name: publish(warehouse, one, at=at) for name, one in fact_tables.items()}
    bases = {name: one.bases() for name, one in fact_tables.items()}
    for counts in declared("measures", "DAY_COUNTS"):
        versions = {table.name: version_of(warehouse, table) for table in counts.tables}
        for workspace_id in bases[counts.tables[0].name]:
            fill = fill_of(counts.name, workspace_id=workspace_id)
            basis = _digest(counts, bases, workspace_id)
            notes = counts.notes(bases[counts.tables[0].name][workspace_id])
            if (
                fill is None
                or (fill.versions, fill.basis) != (versions, basis)
                or at >= fill.at + STANDS
            ):
                _count(warehouse, counts, fact_tables, workspace_id, (basis, notes), at)
    return done


def count_workspace(
    warehouse: Warehouse, counts: DayCounts, *, workspace_id: int, at: datetime
) -> None:
    """Count every day of a workspace anew, as of a moment."""
    fact_tables = {one.table.name: one for one in declared("facts", "FACT_TABLES")}
    bases = {table.name: fact_tables[table.name].bases() for table in counts.tables}
    basis = _digest(counts, bases, workspace_id)
    notes = counts.notes(bases[counts.tables[0].name][workspace_id])
    _count(warehouse, counts, fact_tables, workspace_id, (basis, notes), at)


def _count(
    warehouse: Warehouse,
    counts: DayCounts,
    fact_tables: Mapping[str, FactTable],
    workspace_id: int,
    basis: tuple[str, Mapping[str, object]],
    at: datetime,
) -> None:
    given = None
    read = [fact_tables[table.name] for table in counts.tables]
    # Steps lie ahead where a clock that runs ahead wrote them.
    if counts.replays and any(one.cases.is_ahead(workspace_id, at=at) for one in read):
        given = {
            one.table.name: as_of(warehouse, one, workspace_id=workspace_id, until=at).rows
            for one in read
        }
    count_days(
        warehouse,
        counts,
        workspace_id=workspace_id,
        basis=basis[0],
        notes=basis[1],
        at=at,
        given=given,
    )


def _digest(counts: DayCounts, bases: Bases, workspace_id: int) -> str:
    digests = [bases[table.name][workspace_id].digest for table in counts.tables]
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()


def declared(module: str, constant: str) -> Iterator[Any]:
    """Walk what packages declare in a module, or in the files of a folder, lowest layer first."""
    for package in settings.LAYERS:
        name = f"shinrai.{package}.{module}"
        if find_spec(name) is None:
            continue
        found = import_module(name)
        yield from getattr(found, constant, ())
        for file in iter_modules(getattr(found, "__path__", ())):
            yield from getattr(import_module(f"{name}.{file.name}"), constant, ())
