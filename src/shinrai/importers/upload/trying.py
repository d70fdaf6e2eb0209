"""What an upload would do, and doing it: the importer's own deeds, seen from a page."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils.translation import get_language

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.calendars.rules.zones import UnknownZone
from shinrai.importers.csv.mappings import load_mapping, parse
from shinrai.importers.csv.planning import NoMappingFits, NoZone
from shinrai.importers.csv.tables import BadTable
from shinrai.importers.operations import (
    BooksFailed,
    ImportReport,
    ImportRunning,
    UndoReport,
    import_files,
    undo_import,
)
from shinrai.importers.queries import QuarantineRecord, quarantined
from shinrai.importers.rules.mapping.part import BadMapping
from shinrai.importers.rules.mapping.parts import Mapping
from shinrai.importers.rules.wording import SaidInBoth
from shinrai.importers.upload.inbox import Draft, Inbox
from shinrai.objectives.operations.catching_up import catch_up
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
    """What files would bring, or why they cannot be read."""

    report: ImportReport | None
    set_aside: tuple[QuarantineRecord, ...]
    refusal: str


def try_files(
    *, draft: Draft, workspace: WorkspaceRecord, mapping: str, zone: str, at: datetime, by: str
) -> Trial:
    """Bring files in and take all of it back at once, to say what it would have been.

    It is the import itself inside a transaction that is rolled back, for a dry run of the importer
    keeps no rows set aside, and those are what people need to see.
    """
    try:
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
            )
            aside = quarantined(batch_id=report.batch) if report.batch is not None else ()
            transaction.set_rollback(True)
    except REFUSALS as error:
        return Trial(None, (), _without_our_folders(str(error), draft))
    return Trial(report, aside, "")


def bring_in(
    *,
    draft: Draft,
    inbox: Inbox,
    workspace: WorkspaceRecord,
    mapping: str,
    zone: str,
    warehouse: Warehouse,
    at: datetime,
    by: str,
) -> ImportReport:
    """Import what was tried, publish its clocks, and let go of the files.

    Raises: what REFUSALS lists; the files wait on then.
    """
    report = import_files(
        workspace_id=workspace.id,
        mapping=_mapping(draft, mapping),
        paths=draft.paths,
        zone=zone or None,
        dry_run=False,
        at=at,
        by=by,
    )
    catch_up(warehouse=warehouse, at=at)
    inbox.let_go(draft)
    return report


def take_back(
    *, batch_id: int, reason: str, warehouse: Warehouse, at: datetime, by: str
) -> UndoReport:
    """Withdraw an import and publish what its clocks became.

    Raises: UnknownBatch, BatchNotComplete, BatchAlreadyWithdrawn, ImportRunning, BooksFailed.
    """
    undone = undo_import(batch_id=batch_id, reason=reason, at=at, by=by)
    catch_up(warehouse=warehouse, at=at)
    return undone


def refusal_words(error: Exception, draft: Draft) -> str:
    """Give an error's words without the folder in which we keep the files."""
    words = error.said if isinstance(error, SaidInBoth) else {}
    spoken = words.get("ja" if (get_language() or "en").startswith("ja") else "en", str(error))
    return _without_our_folders(spoken, draft)


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
        raise BadMapping(f"{path.name}: a mapping is written in UTF-8") from error
    return parse(text, where=path.name)


def _without_our_folders(words: str, draft: Draft) -> str:
    for folder in {path.parent for path in draft.paths} | {draft.folder}:
        words = words.replace(f"{folder}/", "")
    return words
