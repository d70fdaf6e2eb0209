"""Masked copies of the published tables, one file for each view of a workspace.

The worker writes one anew when a table moved; SQL of members runs on it in a child process. What
is not in the file cannot be asked for. The files can be made anew at any time and hold no words.
"""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import date, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.explore.models import MaskedSnapshot
from shinrai.explore.queries.snapshots import (
    DATABASE,
    MEANINGS,
    folder_of,
    newest_snapshot,
    snapshots_folder,
)
from shinrai.explore.rules.permission import (
    CASES,
    GROUP_TABLES,
    HELD_BACK,
    OTHER,
    PERSONS,
    SMALLEST,
    VIEWS,
    GroupTable,
)
from shinrai.warehouse.store import Warehouse, version_of

if TYPE_CHECKING:
    import duckdb

    from shinrai.warehouse.tables import Table

KEPT: Final = 2  # the newest, and the one that somebody may just be opening
DECLARED: Final = (
    ("shinrai.quality.facts.inquiries", "INQUIRIES"),
    ("shinrai.quality.facts.investigations", "INVESTIGATIONS"),
    ("shinrai.quality.facts.answers", "ANSWERS"),
    ("shinrai.topics.facts", "TOPICS"),
    ("shinrai.usage.facts", "DAYS"),
    ("shinrai.objectives.facts", "CLOCKS"),
    ("shinrai.workload.facts", "WORK"),
)


def prepare_snapshots(*, workspace: WorkspaceRecord, at: datetime) -> int:
    """Write the snapshots of a workspace whose tables moved or whose week ended; return how many.

    Raises: what reading published tables raises.
    """
    warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
    tables = _published()
    today = at.astimezone(zone_named(workspace.zone)).date()
    until = today - timedelta(days=today.weekday())
    versions = {name: version_of(warehouse, table) for name, table in tables.items()}
    stamp = {**versions, "until": until.toordinal()}
    written = 0
    for view in VIEWS:
        newest = newest_snapshot(workspace_id=workspace.id, view=view)
        if newest is not None and newest.versions == stamp and folder_of(newest).is_dir():
            continue
        row = MaskedSnapshot.objects.create(
            workspace_id=workspace.id, role=view, versions=stamp, folder="", made_at=at
        )
        name = f"{workspace.id}/{view}-{row.pk}"
        _write(warehouse, tables, versions, workspace.id, view, until, snapshots_folder() / name)
        MaskedSnapshot.objects.filter(pk=row.pk).update(folder=name)
        written += 1
        _delete_old(workspace.id, view)
    return written


def table_meanings() -> set[str]:
    """Return every text that says what a table or column holds, to be translated."""
    columns = [
        column
        for name, table in _published().items()
        for column in table.columns
        if column.name not in HELD_BACK[name]
    ]
    of_groups = [column for one in GROUP_TABLES for column in (*one.by, PERSONS, *one.sums)]
    grains = {one.grain for one in _published().values()} | {one.grain for one in GROUP_TABLES}
    said = {c.text for c in columns} | {c.text for c in of_groups}
    nulls = {c.null_means for c in columns} | {c.null_means for c in of_groups}
    return grains | said | {words for words in nulls if words}


def _published() -> "dict[str, Table]":
    found = (getattr(import_module(module), name) for module, name in DECLARED)
    return {table.name: table for table in found}


def _write(
    warehouse: Warehouse,
    tables: "Mapping[str, Table]",
    versions: Mapping[str, int],
    workspace_id: int,
    view: str,
    until: date,
    folder: Path,
) -> None:
    from shinrai.warehouse.views import bind, said_when_cleared

    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    opened = {table: warehouse.delta(table, versions[name]) for name, table in tables.items()}
    meanings: dict[str, Any] = {}
    with closing(warehouse.connect()) as connection, said_when_cleared(warehouse, opened):
        for table, delta in opened.items():
            bind(connection, warehouse, table, delta, {"workspace_id": workspace_id})
        connection.execute(f"ATTACH '{folder / DATABASE}' AS masked")
        for name, table in tables.items() if view == CASES else ():
            shown = [c for c in table.columns if c.name not in HELD_BACK[name]]
            columns = ", ".join(f'"{column.name}"' for column in shown)
            connection.execute(f'CREATE TABLE masked."{name}" AS SELECT {columns} FROM "{name}"')
            meanings[name] = {
                "grain": table.grain,
                "columns": [(c.name, c.type, c.text, c.null_means) for c in shown],
                "held_back": sorted(HELD_BACK[name] - {"workspace_id"}),
                "reads": [name],
            }
        for groups in GROUP_TABLES:
            hidden = _write_groups(connection, groups, until)
            meanings[groups.name] = {
                "grain": groups.grain,
                "columns": [
                    (c.name, c.type, c.text, c.null_means)
                    for c in (*groups.by, PERSONS, *groups.sums)
                ],
                "held_back": [],
                "hidden": hidden,
                "reads": list(groups.reads),
            }
        connection.execute("DETACH masked")
    (folder / MEANINGS).write_text(json.dumps(meanings), encoding="utf-8")


def _write_groups(connection: "duckdb.DuckDBPyConnection", groups: GroupTable, until: date) -> int:
    """Write a table of groups; return how many were too small.

    Groups are merged one column after the other and each row is in one group, so that no two rows
    of the table can be set against each other to learn of fewer persons.
    """
    run = connection.execute
    columns = ", ".join(f'{c.expression} AS "{c.name}"' for c in (*groups.by, *groups.sums))
    run(
        f"CREATE OR REPLACE TEMP TABLE base AS SELECT {groups.person} AS person, {columns}"
        f" FROM {groups.source} WHERE {groups.by[0].expression} < $until",
        {"until": until},
    )
    names = ", ".join(f'"{column.name}"' for column in groups.by)
    for merged in groups.merged:
        run(
            f"CREATE OR REPLACE TEMP TABLE merged AS SELECT base.* REPLACE (CASE WHEN"
            f' small THEN \'{OTHER}\' ELSE base."{merged}" END AS "{merged}") FROM base JOIN'
            f" (SELECT {names}, count(DISTINCT person) < {SMALLEST} AS small FROM base"
            f" GROUP BY {names}) sizes ON "
            + " AND ".join(
                f'base."{c.name}" IS NOT DISTINCT FROM sizes."{c.name}"' for c in groups.by
            )
        )
        run("CREATE OR REPLACE TEMP TABLE base AS FROM merged")
    sums = ", ".join(f'coalesce(sum("{c.name}"), 0)::BIGINT AS "{c.name}"' for c in groups.sums)
    run(
        f"CREATE OR REPLACE TEMP TABLE counted AS SELECT {names}, count(DISTINCT person)"
        f' AS "{PERSONS.name}", {sums} FROM base GROUP BY {names}'
    )
    enough = f'"{PERSONS.name}" >= {SMALLEST}'
    run(
        f'CREATE TABLE masked."{groups.name}" AS SELECT * FROM counted WHERE {enough}'
        f" ORDER BY {names}"
    )
    found = run(f"SELECT count(*) FROM counted WHERE NOT ({enough})").fetchall()
    return int(found[0][0])


def _delete_old(workspace_id: int, view: str) -> None:
    rows = MaskedSnapshot.objects.filter(workspace_id=workspace_id, role=view).order_by("-id")
    for row in list(rows[KEPT:]):
        if row.folder:
            shutil.rmtree(folder_of(row), ignore_errors=True)
        row.delete()
    known = set(rows.values_list("folder", flat=True))
    for folder in _folders(workspace_id, view):
        if f"{workspace_id}/{folder.name}" not in known:
            shutil.rmtree(folder, ignore_errors=True)


def _folders(workspace_id: int, view: str) -> Iterator[Path]:
    return (snapshots_folder() / str(workspace_id)).glob(f"{view}-*")
