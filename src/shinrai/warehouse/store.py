"""Where published tables are stored, which versions they have, and how fresh they are.

DuckDB, Delta and Arrow are slow to import, so they are imported only where needed: a page that only
adds up counts per day needs none of them.
"""

import json
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shinrai.units.errors import UserError
from shinrai.units.moments import from_us
from shinrai.units.text import Text
from shinrai.warehouse.fresh import Fresh

if TYPE_CHECKING:
    import duckdb
    from deltalake import DeltaTable

    from shinrai.warehouse.tables import Table

NEVER_PUBLISHED = -1  # the version of a table that nobody has published yet: it reads as empty
MARK = "shinrai_mark"  # under this key a commit says who published, up to where, and when
EACH_ONCE = "shinrai_each_once"  # under this key, that it wrote each row's key once
UNREADABLE = frozenset('*?[]{}^|%=#"<>`') | (set() if os.sep == "\\" else {"\\"})


class UnreadablePlace(UserError, ValueError):
    """The folder's name contains a character that DuckDB or Delta would misread, such as `*`."""


class UnknownVersion(UserError, LookupError):
    """The table does not have the version asked for."""


class VersionCleared(UserError, LookupError):
    """Files of the version asked for have been deleted by `compaction.clear`."""


class ContractBroken(UserError, RuntimeError):
    """The table on disk has other columns than its declaration (`Table`) with this version."""


class TableDamaged(UserError, RuntimeError):
    """Files of a published table, or of its log, are missing or incomplete."""

    def __init__(self, table: "Table", error: object) -> None:
        why = (str(error).splitlines() or [type(error).__name__])[0][:200]
        super().__init__(
            Text(
                "table {name} is damaged: {why}. What it holds lies nowhere else: restore it from "
                "a backup",
                name=table.name,
                why=why,
            )
            if table.is_source
            else Text(
                "published table {name} is damaged: {why}. `shinrai objectives publish` "
                "fills it anew from the books; a running worker does so by itself within "
                "five minutes",
                name=table.name,
                why=why,
            ),
        )


class StorageUnreachable(UserError, RuntimeError):
    """The object storage does not answer, or refuses: no such bucket, a wrong key, no network."""


# What Delta's storage says of the storage itself; of a missing object it says otherwise.
REFUSED = re.compile(
    r"Generic \w+ error|necessary privileges|valid authentication|denied|unauth", re.I
)
# The storage's own words, else the last of a list of causes.
WHY = (re.compile(r"<Message>(.+?)</Message>"), re.compile(r"\A.*(?:↳|: |-> )\s*(.+?)\s*\Z", re.S))


@dataclass(frozen=True)
class Warehouse:
    """Where tables are stored (a folder or a URL), and the threads and memory a query may use.

    It opens nothing and keeps nothing open, so a new one can be created for every query.
    """

    root: str
    threads: int = 2
    memory: str = "2GB"
    options: Mapping[str, str] = field(default_factory=dict)  # for object storage: keys, endpoint

    def __post_init__(self) -> None:
        odd = sorted(UNREADABLE & set(self.root))
        if odd and not self.is_remote:
            raise UnreadablePlace(
                Text(
                    "tables cannot lie in {root}: {odd} in a folder's name reads as a pattern "
                    "or as a column. Choose another folder",
                    root=self.root,
                    odd=" ".join(odd),
                ),
            )

    @property
    def is_remote(self) -> bool:
        """Return whether the root is a URL."""
        return "://" in self.root

    def place(self, table: "Table") -> str:
        """Return the folder or URL of a table; each version of its declaration has its own."""
        root = self.root.rstrip("/") if self.is_remote else Path(self.root).absolute().as_posix()
        return f"{root}/{table.name}/v{table.version}"

    def connect(self) -> "duckdb.DuckDBPyConnection":
        """Open a new in-memory DuckDB connection that uses UTC and downloads nothing."""
        import duckdb

        connection = duckdb.connect(
            config={
                "threads": self.threads,
                "memory_limit": self.memory,
                "temp_directory": tempfile.gettempdir(),  # else it spills into the working folder
                "autoinstall_known_extensions": False,
            }
        )
        connection.execute("SET GLOBAL TimeZone = 'UTC'")  # GLOBAL: plain SET misses cursors
        return connection

    def delta(self, table: "Table", version: int | None = None) -> "DeltaTable | None":
        """Open the newest or the given version of a table; None if it was never published.

        Raises: UnknownVersion; TableDamaged; StorageUnreachable; ContractBroken if it has other
                columns on disk.
        """
        import pyarrow as pa
        from deltalake import DeltaTable
        from deltalake.exceptions import DeltaError, TableNotFoundError

        if version == NEVER_PUBLISHED:  # what an answer said of it before anybody published
            return None
        place, options = self.place(table), dict(self.options)
        try:
            opened = DeltaTable(place, storage_options=options)
            if version is not None and version != opened.version():
                if not 0 <= version < opened.version():
                    raise UnknownVersion(
                        Text(
                            "table {name} has no version {version}; its newest is {version_2}",
                            name=table.name,
                            version=version,
                            version_2=opened.version(),
                        ),
                    )
                opened = DeltaTable(place, version=version, storage_options=options)
        except TableNotFoundError as error:
            if not self.is_remote and any(Path(place).rglob("*.parquet")):
                raise TableDamaged(table, error) from error
            if version is None:
                return None
            raise UnknownVersion(
                Text(
                    "table {name} has no version {version}: it was never published",
                    name=table.name,
                    version=version,
                ),
            ) from None
        except (DeltaError, OSError, ValueError) as error:
            raise unreadable(table, error, where=place) from error
        if not self.is_remote:
            self._refuse_empty_commits(table, opened.version())
        lying = pa.schema(opened.schema().to_arrow())
        if not lying.equals(table.schema()):
            raise ContractBroken(
                Text(
                    "table {name} v{version} at {place} has the columns {map}, its contract "
                    "says {map_map}. If the contract changed, raise its version",
                    name=table.name,
                    version=table.version,
                    place=place,
                    map=", ".join(map(str, lying)),
                    map_map=", ".join(map(str, table.schema())),
                ),
            )
        return opened

    def _refuse_empty_commits(self, table: "Table", version: int) -> None:
        """Raise TableDamaged if a commit file is empty; Delta would read it as one without rows.

        Only commits after the last checkpoint are checked, because it contains the earlier ones.
        """
        log = Path(self.place(table)) / "_delta_log"
        try:
            summed_up = int(json.loads((log / "_last_checkpoint").read_bytes())["version"])
        except (OSError, ValueError, LookupError, TypeError):
            summed_up = -1
        for number in range(summed_up + 1, version + 1):
            path = log / f"{number:020}.json"
            if path.stat().st_size == 0:
                raise TableDamaged(table, f"commit {path.name} is empty")


def unreadable(
    table: "Table", error: Exception, *, where: str
) -> TableDamaged | StorageUnreachable:
    """Return the error to raise where a table cannot be read: the table's or its storage's."""
    said = re.sub(r"\x1b\[[\d;]*m", "", str(error))
    if "://" not in where or where.startswith("file:") or not REFUSED.search(said):
        return TableDamaged(table, error)
    why = next((found[1] for sign in WHY if (found := sign.search(said))), said)
    return StorageUnreachable(
        Text(
            "the storage {root} cannot be read: {why}. Look at SHINRAI_WAREHOUSE, the bucket's "
            "name and the keys (AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL); nothing is lost",
            root=where,
            why=" ".join(why.split())[:200].rstrip("."),
        ),
    )


def freshness(delta: "DeltaTable | None", table: "Table") -> Fresh | None:
    """Return who published last, up to where, and when; None if nobody ever did.

    Compaction and clearing leave no mark, so they do not make a table look fresher.

    Raises: TableDamaged.
    """
    if delta is None:
        return None
    for version in range(delta.version(), -1, -1):
        try:
            mark = _commit(delta, version).get(MARK)
        except (OSError, ValueError) as error:
            raise unreadable(table, error, where=delta.table_uri) from error
        if mark:
            return Fresh(at=from_us(mark["at_us"]), app=mark["app"], upto=mark["upto"])
    return None


def version_of(warehouse: Warehouse, table: "Table") -> int:
    """Return the newest version of a table; `NEVER_PUBLISHED` if there is none.

    On disk it is read from the names of the commit files, much faster than opening the table.
    """
    if warehouse.is_remote:
        opened = warehouse.delta(table)
        return NEVER_PUBLISHED if opened is None else int(opened.version())
    commits = (Path(warehouse.place(table)) / "_delta_log").glob("*.json")
    return max((int(c.stem) for c in commits if c.stem.isdigit()), default=NEVER_PUBLISHED)


def was_rebuilt(warehouse: Warehouse, table: "Table", *, since: int) -> bool:
    """Return whether all rows were replaced after version `since`, so that revisions start again.

    Compaction replaces files but not rows, so it does not count. True if the log cannot tell.
    """
    later = _commits_after(warehouse, table, since)
    return later is None or any(
        MARK in commit and commit.get("operationParameters", {}).get("mode") == "Overwrite"
        for commit in later
    )


def _commits_after(warehouse: Warehouse, table: "Table", since: int) -> list[dict[str, Any]] | None:
    """Return the `commitInfo` of each commit after version `since`; None if one is missing.

    On disk only the log files are read: opening the table takes many times as long.
    """
    if warehouse.is_remote:
        delta = warehouse.delta(table)
        if delta is None or delta.version() < since:
            return None
        return [_commit(delta, version) for version in range(since + 1, delta.version() + 1)]
    log = Path(warehouse.place(table)) / "_delta_log"
    if not (log / f"{since:020}.json").exists():
        return None
    found: list[dict[str, Any]] = []
    try:
        while (path := log / f"{since + 1 + len(found):020}.json").exists():
            found.append(_said(path.read_bytes()))
    except ValueError:  # cut off
        return None
    return found


def _commit(delta: "DeltaTable", version: int) -> dict[str, Any]:
    return _said(_log_entry(delta, version))


def _log_entry(delta: "DeltaTable", version: int) -> bytes:
    from deltalake.fs import DeltaStorageHandler

    # Not `history()`: opened at an older version it lists newer commits under wrong numbers.
    handler = DeltaStorageHandler.from_table(delta._table)
    with handler.open_input_file(f"_delta_log/{version:020}.json") as log:
        entry: bytes = log.read()
    return entry


def _said(commit: bytes) -> dict[str, Any]:
    for line in commit.splitlines():
        action = json.loads(line)
        if "commitInfo" in action:
            info: dict[str, Any] = action["commitInfo"]
            return info
    return {}


def files_written_once(delta: "DeltaTable", version: int) -> tuple[frozenset[str], bool]:
    """Return the names of the files a commit added, and whether it wrote each key only once."""
    actions = [json.loads(line) for line in _log_entry(delta, version).splitlines()]
    added = (action["add"]["path"] for action in actions if "add" in action)
    names = frozenset(path.rpartition("/")[2] for path in added)
    return names, any(action.get("commitInfo", {}).get(EACH_ONCE, False) for action in actions)
