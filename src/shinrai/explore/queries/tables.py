"""The tables a member can ask in SQL, as the worker wrote them: grain, columns, nulls, masks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shinrai.explore.queries.snapshots import folder_of, meanings_of, newest_snapshot


@dataclass(frozen=True)
class SqlColumn:
    """A column, what it holds, and what a null in it means ("" if there is none)."""

    name: str
    type: str
    text: str
    null_means: str


@dataclass(frozen=True)
class SqlTable:
    """A table as a view of members reads it; `hidden` groups were too small to be in it."""

    name: str
    grain: str
    columns: tuple[SqlColumn, ...]
    held_back: tuple[str, ...]
    hidden: int


@dataclass(frozen=True)
class SqlTables:
    """The tables of a view, from which versions of the published ones, and since when."""

    tables: tuple[SqlTable, ...]
    versions: Mapping[str, int]
    made_at: datetime | None

    @property
    def words(self) -> list[str]:
        """List the names of tables and columns, each once, for the editor to complete."""
        names = [name for one in self.tables for name in (one.name, *(c.name for c in one.columns))]
        return list(dict.fromkeys(names))

    @property
    def document(self) -> dict[str, Any]:
        """Return them as the command and the API print them."""
        return {
            "tables": [
                {
                    "name": one.name,
                    "grain": one.grain,
                    "columns": [vars(column) for column in one.columns],
                    "held_back": list(one.held_back),
                    "hidden_groups": one.hidden,
                }
                for one in self.tables
            ],
            "versions": self.versions,
            "made_at": self.made_at,
        }


def documented_tables(*, workspace_id: int, view: str) -> SqlTables:
    """Return the tables of a view; none before the worker has written them."""
    found = newest_snapshot(workspace_id=workspace_id, view=view)
    if found is None or not folder_of(found).is_dir():
        return SqlTables((), {}, None)
    tables = tuple(
        SqlTable(
            name=name,
            grain=said["grain"],
            columns=tuple(
                SqlColumn(column, type_, text, null_means or "")
                for column, type_, text, null_means in said["columns"]
            ),
            held_back=tuple(said["held_back"]),
            hidden=said.get("hidden", 0),
        )
        for name, said in meanings_of(found).items()
    )
    return SqlTables(tables, found.versions, found.made_at)
