"""Finds which source reads an upload: a sheet is read directly, other files become tables first."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.importers.flatten.work_folder import sweep_work_folders, work_folder, work_root
from shinrai.importers.mapping_files import mapping_in, shipped_mapping, shipped_names
from shinrai.importers.mbox.classification import BadMailAddresses, our_mail
from shinrai.importers.mbox.source import mail_source
from shinrai.importers.models import Upload
from shinrai.importers.rules.cells import tidy
from shinrai.importers.rules.mapping.definition import Mapping, TableMapping
from shinrai.importers.rules.mapping.node import BadMapping
from shinrai.importers.rules.moments import IN_CELL
from shinrai.importers.rules.observation.header import TableHeader
from shinrai.importers.rules.observation.rows import row_observer
from shinrai.importers.run.plan import LOOKED_DOWN, find_mapping
from shinrai.importers.sheet.grid import CellGrid
from shinrai.importers.sources import Source, nothing_in
from shinrai.importers.tables.table import UnreadableTable
from shinrai.importers.upload.inbox import (
    BY_COLUMNS,
    LOGS,
    MAILS,
    OWN,
    RECORDS,
    any_ends,
    check_name,
    files_of,
    own_mapping,
)
from shinrai.importers.upload.mapping_choice import SOURCES, mapping_of_records
from shinrai.importers.xes.source import XES
from shinrai.units.text import Text


@dataclass(frozen=True)
class ReadableUpload:
    """The tables of an upload and the mapping they are read with.

    `given` holds the names of the uploaded files that became tables, and `originals` their paths.
    """

    mapping: Mapping
    paths: Sequence[Path]
    given: tuple[str, ...] = ()
    originals: Sequence[Path] = ()


def fitting_mapping(grids: Sequence[CellGrid]) -> str | None:
    """Return the name of the shipped mapping whose columns a sheet has, the most detailed one."""
    fits = [
        (len(table.steps) + len(table.fields) + len(table.words) + len(table.changes), name)
        for name in shipped_names()
        for mapping in [shipped_mapping(name)]
        for table in mapping.tables
        if _has_columns(mapping, table, grids[0])
    ]
    return max(fits)[1] if fits else None


def _has_columns(mapping: Mapping, table: TableMapping, grid: CellGrid) -> bool:
    for row in grid.rows[:LOOKED_DOWN]:
        names = tuple(tidy(cell) if isinstance(cell, str) else str(cell) for cell in row.cells)
        with suppress(BadMapping, UnreadableTable):
            row_observer(mapping, table, TableHeader(names, grid.name), IN_CELL)
            return True
    return False


@contextmanager
def readable_upload(
    upload: Upload, *, mapping: str, ours: str, workspace: WorkspaceRecord
) -> Iterator[ReadableUpload]:
    """Turn an upload into tables, which exist during this block; a sheet is used directly.

    Raises: UnreadableTable, BadMapping, NoMappingFits, BadMailAddresses.
    """
    chosen = _chosen_mapping(upload, mapping)
    source, chosen = _source(upload, chosen, ours, workspace)
    paths = files_of(upload)
    if source is None:
        yield ReadableUpload(chosen or find_mapping(paths), paths)
        return
    sweep_work_folders(work_root())
    with work_folder(work_root()) as folder:
        tables = source.flatten(paths, folder)
        if not tables:
            raise nothing_in(upload.names, source.name)
        found = chosen or source.mapping() or find_mapping(tables)
        yield ReadableUpload(found, tables, tuple(upload.names), paths)


def _source(
    upload: Upload, chosen: Mapping | None, ours: str, workspace: WorkspaceRecord
) -> tuple[Source | None, Mapping | None]:
    """Find the source that reads these files (None: a sheet), and the mapping if it is known.

    Logs and mail are recognised by their file names, records of a desk by their content.
    """
    if any_ends(upload, LOGS):
        return XES, chosen
    if any_ends(upload, MAILS):
        if not ours.strip():
            raise BadMailAddresses(
                Text(
                    "this is mail: say below which addresses are yours (support@example.jp, or "
                    "@example.jp), so that questions and answers can be told apart"
                ),
            )
        mail = our_mail(ours.replace(",", " ").split())
        return mail_source(mail, workspace=workspace.slug), chosen
    records = [path for path in files_of(upload) if path.name.lower().endswith(RECORDS)]
    if not records:
        return None, chosen
    settled = mapping_of_records(records, chosen)
    return SOURCES[settled.source], settled


def _chosen_mapping(upload: Upload, name: str) -> Mapping | None:
    """Read the mapping that was chosen by name: the uploaded one (`own`) or a shipped one.

    None if no name is given, or `own` without an uploaded mapping: the caller then finds one.
    Raises: BadMapping.
    """
    own = own_mapping(upload)
    if name == OWN and own is not None:
        return mapping_in(own)
    check_name(name)
    return shipped_mapping(name) if name and name not in (OWN, BY_COLUMNS) else None
