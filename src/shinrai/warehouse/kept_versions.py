"""Versions of tables that a frozen report names and whose files must therefore not be deleted.

The list is itself a published table, so it is written as safely as every other one.
"""

from dataclasses import dataclass
from datetime import datetime

from shinrai.units.text import Text
from shinrai.warehouse.publication import PublishedMeanwhile, append_rows, filled_upto, replace_rows
from shinrai.warehouse.query import run
from shinrai.warehouse.repair import harmed_files, repair
from shinrai.warehouse.store import VersionCleared, Warehouse
from shinrai.warehouse.tables import Column, Table

KEPT = Table(
    name="kept_versions",
    grain="one row per version of a table that must stay readable",
    key=("of_table", "contract", "version"),
    columns=(
        Column("of_table", "string", "the table"),
        Column("contract", "int", "the version of its contract"),
        Column("version", "int", "the version of its rows"),
        Column("why", "string", "what names it, such as the identifier of a report"),
    ),
)
APP = "keeping"
TRIES = 20


@dataclass(frozen=True)
class Kept:
    """A version of a table that must stay readable, and in `why` what refers to it."""

    of_table: str
    contract: int
    version: int
    why: str


def keep_version(
    warehouse: Warehouse, table: Table, version: int, *, why: str, at: datetime
) -> None:
    """Keep the files of a version from being deleted; if kept twice, the last `why` is stored.

    Raises: UnknownVersion; VersionCleared if some of its files are already deleted.
    """
    delta = warehouse.delta(table, version)
    if delta is None:  # version -1: a table that nobody has published will always read as empty
        return
    _record(warehouse, Kept(table.name, table.version, version, why), gone=False, at=at)
    # Looked for only after it is on the list: a clearing under way may not have seen it there.
    missing = len(harmed_files(delta))
    if missing:
        _record(warehouse, Kept(table.name, table.version, version, why), gone=True, at=at)
        raise VersionCleared(
            Text(
                "version {version} of table {name} cannot be kept: {missing} of its files "
                "have been cleared away. Keep a version when the report that names it is "
                "frozen",
                version=version,
                name=table.name,
                missing=missing,
            ),
        )


def kept_versions(warehouse: Warehouse, table: Table | None = None) -> list[Kept]:
    """Return the versions that must stay readable, of one table or of all."""
    listed = KEPT.unbound()
    answer = run(warehouse, listed.order_by(list(KEPT.key)), tables=[KEPT])
    kept = [Kept(**row) for row in answer.records()]
    if table is None:
        return kept
    return [one for one in kept if (one.of_table, one.contract) == (table.name, table.version)]


def _record(warehouse: Warehouse, kept: Kept, *, gone: bool, at: datetime) -> None:
    if repair(warehouse, KEPT):  # a list that is lost is begun anew: nothing else holds it
        upto = (filled_upto(warehouse, KEPT, APP) or 0) + 1
        replace_rows(warehouse, KEPT, [], app=APP, upto=upto, at=at)
    for left in reversed(range(TRIES)):
        since = filled_upto(warehouse, KEPT, APP)
        upto = (since or 0) + 1
        row = {name: [value] for name, value in vars(kept).items()}
        rows = KEPT.batch({**row, "revision": [upto], "gone": [gone]})
        try:
            # `done_before` is somebody else's entry under the number we meant to take.
            if not append_rows(
                warehouse, KEPT, [rows], app=APP, since=since, upto=upto, at=at
            ).done_before:
                return
        except PublishedMeanwhile:
            if not left:
                raise
    raise PublishedMeanwhile(
        Text(
            "version {version} of {of_table} is not on the list: {tries} others wrote "
            "there first; do it again",
            version=kept.version,
            of_table=kept.of_table,
            tries=TRIES,
        ),
    )
