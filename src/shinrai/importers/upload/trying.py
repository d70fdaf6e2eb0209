"""What an upload would do, and doing it: the importer's own deeds, seen from a page."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.calendars.rules.zones import UnknownZone
from shinrai.importers.csv.mappings import load_mapping, not_utf_8, parse
from shinrai.importers.csv.observe import Progress
from shinrai.importers.csv.planning import NoMappingFits, NoZone, guess_mapping
from shinrai.importers.csv.tables import BadTable
from shinrai.importers.operations import (
    BooksFailed,
    ImportReport,
    ImportRunning,
    UndoReport,
    import_files,
    quiet,
    undo_import,
)
from shinrai.importers.queries import QuarantineRecord, quarantined
from shinrai.importers.rules.mapping.part import BadMapping
from shinrai.importers.rules.mapping.parts import Mapping
from shinrai.importers.upload.inbox import Draft
from shinrai.objectives.operations.catching_up import catch_up
from shinrai.units.wording import SaidInBoth, Words
from shinrai.warehouse.store import Warehouse

# What a file or a choice can be wrong about; each says what, where and what to do next.
REFUSALS = (
    BadTable,
    BadMapping,
    NoMappingFits,
    NoZone,
    UnknownZone,
    ImportRunning,
    BooksFailed,
)
OWN = "own"


@dataclass(frozen=True)
class Trial:
    """What files would bring, and the rows they would set aside."""

    report: ImportReport
    set_aside: tuple[QuarantineRecord, ...]


def try_files(
    *,
    draft: Draft,
    workspace: WorkspaceRecord,
    mapping: str,
    zone: str,
    at: datetime,
    by: str,
    progress: Progress = quiet,
) -> Trial:
    """Bring files in and take all of it back at once, to say what it would have been.

    It is the import itself inside a transaction that is rolled back, for a dry run of the importer
    keeps no rows set aside, and those are what people need to see.

    Raises: what REFUSALS lists.
    """
    chosen = _mapping(draft, mapping)
    with transaction.atomic():
        report = import_files(
            workspace_id=workspace.id,
            mapping=chosen,
            paths=draft.paths,
            zone=zone or None,
            dry_run=False,
            at=at,
            by=by,
            progress=progress,
        )
        aside = quarantined(batch_id=report.batch) if report.batch is not None else ()
        transaction.set_rollback(True)
    return Trial(report, aside)


def bring_in(
    *,
    draft: Draft,
    workspace: WorkspaceRecord,
    mapping: str,
    zone: str,
    at: datetime,
    by: str,
    progress: Progress = quiet,
) -> ImportReport:
    """Import what was tried; a killed import of the same upload goes on where it stopped.

    Raises: what REFUSALS lists; the files wait on then.
    """
    return import_files(
        workspace_id=workspace.id,
        mapping=_mapping(draft, mapping),
        paths=draft.paths,
        zone=zone or None,
        dry_run=False,
        at=at,
        by=by,
        progress=progress,
    )


def take_back(
    *, batch_id: int, reason: str, warehouse: Warehouse, at: datetime, by: str
) -> UndoReport:
    """Withdraw an import and publish what its clocks became.

    Raises: UnknownBatch, BatchNotComplete, BatchAlreadyWithdrawn, ImportRunning, BooksFailed.
    """
    undone = undo_import(batch_id=batch_id, reason=reason, at=at, by=by)
    catch_up(warehouse=warehouse, at=at)
    return undone


def refusal_in_both(error: SaidInBoth, draft: Draft) -> Words:
    """Give an error's words without the folder in which we keep the files."""
    return {language: _without_our_folders(text, draft) for language, text in error.said.items()}


def source_of(draft: Draft, mapping: str) -> str:
    """Name the source an upload would be imported from, which one import at a time may hold.

    Raises: BadMapping, BadTable, NoMappingFits.
    """
    return (_mapping(draft, mapping) or guess_mapping(draft.paths)).source


def _mapping(draft: Draft, name: str) -> Mapping | None:
    """Read the mapping that was chosen; none says: find the shipped one that fits.

    Raises: BadMapping.
    """
    if name == OWN and draft.own_mapping is not None:
        return _own(draft.own_mapping)
    return load_mapping(name) if name and name != OWN else None


def _own(path: Path) -> Mapping:
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise not_utf_8(path.name, error) from error
    return parse(text, where=path.name)


def _without_our_folders(words: str, draft: Draft) -> str:
    for folder in {path.parent for path in draft.paths} | {draft.folder}:
        words = words.replace(f"{folder}/", "")
    return words
