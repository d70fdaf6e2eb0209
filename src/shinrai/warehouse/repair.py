"""Find and repair damaged published tables, for example after a full disk or a power cut.

The rows of a damaged table are published again from PostgreSQL. Version numbers continue to rise,
so that an answer from before the repair cannot be mistaken for one from after it.
"""

import json
import shutil
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable
from deltalake.fs import DeltaStorageHandler
from pyarrow.fs import PyFileSystem

from shinrai.warehouse.store import TableDamaged, Warehouse, freshness
from shinrai.warehouse.tables import Table

# Stands for a commit that cannot be read: it adds nothing and takes nothing away.
NOTHING = json.dumps({"commitInfo": {"operation": "SHINRAI REPAIR"}}).encode() + b"\n"


def is_damaged(warehouse: Warehouse, table: Table) -> bool:
    """Return whether the newest version of a table cannot be read; checks its log and every file.

    Raises: ContractBroken.
    """
    try:
        delta = warehouse.delta(table)
        freshness(delta, table)
    except TableDamaged:
        return True
    return delta is not None and bool(harmed_files(delta))


def harmed_files(delta: DeltaTable) -> list[str]:
    """Return the files of a version that are missing, have another size or cannot be read."""
    files = PyFileSystem(DeltaStorageHandler.from_table(delta._table))
    actions = pa.table(delta.get_add_actions())
    sizes = dict(zip(actions["path"].to_pylist(), actions["size_bytes"].to_pylist(), strict=True))
    infos = files.get_file_info(list(sizes))
    harmed = [info.path for info in infos if info.size != sizes[info.path]]
    for path in sizes.keys() - set(harmed):
        try:
            pq.read_metadata(path, filesystem=files)
        except (OSError, ValueError):  # Arrow's errors are of these kinds
            harmed.append(path)
    return harmed


def repair(warehouse: Warehouse, table: Table) -> bool:
    """Make a damaged table's log readable; return whether its rows must be published again.

    The caller must hold a lock, so that only one process repairs the table at a time.

    Raises: TableDamaged if the log is damaged and lies in remote storage.
    """
    if not is_damaged(warehouse, table):
        return False
    if not warehouse.is_remote:
        _mend_log(Path(warehouse.place(table)))
    try:
        freshness(warehouse.delta(table), table)
    except TableDamaged:
        if warehouse.is_remote:
            raise
        shutil.rmtree(warehouse.place(table))
    return True


def _mend_log(place: Path) -> None:
    """Delete checkpoints, which only summarize commits, and empty commits that are unreadable."""
    folder = place / "_delta_log"
    for path in (*folder.glob("*.checkpoint*"), folder / "_last_checkpoint"):
        path.unlink(missing_ok=True)
    newest = max((int(c.stem) for c in folder.glob("*.json") if c.stem.isdigit()), default=0)
    for version in range(1, newest + 1):  # the first says which columns there are: not made up
        path = folder / f"{version:020}.json"
        with suppress(FileNotFoundError, ValueError):
            if [json.loads(line) for line in path.read_bytes().splitlines()]:
                continue
        path.write_bytes(NOTHING)
