"""What a worker does for an upload: read and try it, or import what was read.

Files are read in a child process with limits of memory and time; the worker never opens them.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shinrai.accounts.queries import WorkspaceRecord, workspaces
from shinrai.calendars.rules.time_zone import UnknownZone
from shinrai.importers.child_process import Cancelled, LimitReached, limits_for, run_in_child
from shinrai.importers.flatten.work_folder import sweep_work_folders, work_root
from shinrai.importers.mbox.classification import BadMailAddresses
from shinrai.importers.models import Upload
from shinrai.importers.operations import import_files
from shinrai.importers.queries import import_record
from shinrai.importers.rules.mapping.node import BadMapping
from shinrai.importers.run.errors import RetryLater
from shinrai.importers.run.lock import import_lock
from shinrai.importers.run.plan import NoMappingFits, NoZone
from shinrai.importers.run.progress import Progress
from shinrai.importers.run.request import ImportRequest
from shinrai.importers.run.result import ImportReport
from shinrai.importers.run.undo import give_up_import
from shinrai.importers.sheet.choices import BadAnswer, choices_of
from shinrai.importers.sheet.grid import CellGrid, read_grids
from shinrai.importers.sheet.reading import read_sheet
from shinrai.importers.sheet.staging import SHEET_FILE, mapping_for, stage
from shinrai.importers.tables.table import UnreadableTable
from shinrai.importers.time_zone import settle_zone
from shinrai.importers.upload import status
from shinrai.importers.upload.inbox import (
    BY_COLUMNS,
    OWN,
    delete_folder,
    files_of,
    folder_of,
    is_sheet,
    own_mapping,
)
from shinrai.importers.upload.kept_mapping import (
    KEPT,
    choices_for,
    keep_mapping,
    kept_documents,
    name_of_file,
    no_such_columns,
    read_sheet_mapping,
    source_named,
)
from shinrai.importers.upload.sheet_trial import dry_run, preview, sheet_trial
from shinrai.importers.upload.source_choice import fitting_mapping, readable_upload
from shinrai.importers.upload.status import Status
from shinrai.importers.upload.trial import UploadTrial, load_trial, refusal_words, save_trial
from shinrai.postgres.queue import add_job
from shinrai.units.text import Text, in_both_languages

if TYPE_CHECKING:
    from shinrai.warehouse.store import Warehouse

NOTE_EVERY_S = 0.3
SHOWN = frozenset({"observed", "derived", "completing"})
REPORTS = "reports:prepare_usual"  # the task that prepares what a page of reports shows first
MOST_TRIES = 12  # while somebody else imports
MOST_LOST = 2  # workers that ended over an upload: one may have been restarted, two were not
STOPPED_TWICE = Text(
    "These files stopped the import twice: the worker that read them was ended "
    "each time. They are not tried again. Check that they are the files you "
    "mean, export them again, or split them, and upload that."
)
# What a file or a choice can be wrong about; each says what, where and what to do next.
REFUSALS = (
    UnreadableTable,
    BadAnswer,
    BadMapping,
    NoMappingFits,
    NoZone,
    UnknownZone,
    RetryLater,
    BadMailAddresses,
    LimitReached,
)
Note = Callable[..., None]
ReadUpload = tuple[UploadTrial, dict[str, Any], Mapping[str, str] | None]

log = logging.getLogger("shinrai.importers")


def work_on_upload(upload_id: int, *, warehouse: "Warehouse", at: datetime, tries: int = 0) -> None:
    """Do what is asked of an upload, unless that is done already or the upload was deleted.

    It may be begun twice, even at the same time: the job of a killed worker is given to another,
    and a sleeping worker may wake up. Only who holds the upload stores anything, and an import that
    is complete is not repeated. `tries` is how often the job was started before.

    Raises: RetryLater, to be tried again; after the last try it becomes a refusal.
    """
    upload = status.claim(upload_id)
    if upload is None:
        return
    if upload.attempts > MOST_LOST:
        refusal = in_both_languages(STOPPED_TWICE)
        status.finish(upload, Status.REFUSED, refusal=refusal, is_final=True)
        return
    try:
        if upload.status == Status.IMPORTING:
            _import(upload, warehouse, at)
        else:
            _read(upload, at)
    except Cancelled:
        _give_up(upload, at)
    except REFUSALS as error:
        if isinstance(error, RetryLater) and tries < MOST_TRIES:
            status.give_back(upload)
            raise
        is_final = isinstance(error, LimitReached)
        refusal = refusal_words(error, upload)
        status.finish(upload, Status.REFUSED, refusal=refusal, is_final=is_final)
    except Exception:
        status.finish(upload, Status.BROKEN)
        raise


def _in_child(function: Callable[..., Any], upload: Upload, at: datetime) -> Any:
    """Call a function in a child process, ended at its limits or when the upload is deleted."""
    try:
        return run_in_child(
            function,
            upload,
            at,
            limits=limits_for(files_of(upload)),
            names=tuple(upload.names),
            is_wanted=lambda: status.is_held(upload),
            on_note=lambda *said: status.note(upload, *said),
        )
    except LimitReached:
        sweep_work_folders(work_root())
        raise


def _publish(warehouse: "Warehouse", at: datetime) -> None:
    """Publish what the import changed; if that fails, a scheduled task does it later."""
    # slow to load, and begins threads: for the worker alone, not for the children that read
    from shinrai.objectives.operations.catching_up import catch_up

    try:
        catch_up(warehouse=warehouse, at=at)
        add_job(REPORTS, lock=REPORTS, once=REPORTS)
    except Exception:
        log.exception("an import is in, but what follows from it is not published yet")


# --- reading --------------------------------------------------------------------------------


def _read(upload: Upload, at: datetime) -> None:
    trial, choices, refusal = _in_child(read_upload, upload, at)
    if not status.is_held(upload):
        return
    if refusal is None:
        save_trial(upload, trial)
        counts = trial.report.counts.as_json()
        status.finish(upload, Status.READ, choices=choices, counts=counts)
        return
    before = load_trial(upload)
    if before.preview == trial.preview:  # its columns can be corrected
        trial = replace(trial, sheet=before.sheet)
    save_trial(upload, trial)
    status.finish(upload, Status.REFUSED, choices=choices, refusal=refusal)


def read_upload(upload: Upload, at: datetime, note: Note) -> ReadUpload:
    """Read the files of an upload once and try them.

    Return the trial, the choices it took, and the refusal of a sheet that has no cases.
    """
    workspace = _workspace(upload)
    choices = dict(upload.choices)
    own = own_mapping(upload)
    document = read_sheet_mapping(own) if own is not None and is_sheet(upload) else None
    named = choices.get("mapping", "")
    if not is_sheet(upload) or (named not in ("", BY_COLUMNS) and document is None):
        return _read_source(upload, choices, workspace, note)
    grids = read_grids(files_of(upload)[0])
    if "roles" not in choices and named != BY_COLUMNS:
        documents = [document] if document else kept_documents(workspace_id=workspace.id)
        kept = next(filter(None, (choices_for(one, grids) for one in documents)), None)
        if document is not None and kept is None:
            raise no_such_columns(upload.names[0], document)
        choices = {**choices, **(kept or {})}
    if named == "" and "roles" not in choices and (fitting := fitting_mapping(grids)):
        return _read_source(upload, {**choices, "mapping": fitting}, workspace, note)
    return _read_sheet(upload, grids, {**choices, "mapping": BY_COLUMNS}, workspace, at)


def _read_source(
    upload: Upload, choices: dict[str, Any], workspace: WorkspaceRecord, note: Note
) -> ReadUpload:
    named, ours = choices.get("mapping", ""), choices.get("ours", "")
    with readable_upload(upload, mapping=named, ours=ours, workspace=workspace) as found:
        request = ImportRequest(
            paths=tuple(found.paths),
            at=upload.asked_at,
            by=upload.by,
            mapping=found.mapping,
            zone=choices.get("zone") or None,
            progress=_progress(note),
            given=found.given,
            originals=tuple(found.originals),
        )
        trial = dry_run(workspace.id, request)
    if named != OWN:
        choices = {**choices, "mapping": found.mapping.name}
    return trial, choices, None


def _read_sheet(
    upload: Upload,
    grids: tuple[CellGrid, ...],
    choices: dict[str, Any],
    workspace: WorkspaceRecord,
    at: datetime,
) -> ReadUpload:
    answers = {key: said for key, said in choices.items() if key not in ("mapping", "name", "ours")}
    said = choices_of(answers)
    [file] = upload.names
    name = choices.get("name") or name_of_file(file)
    zone = None if workspace.zone_is_assumed else workspace.zone
    try:
        reading = read_sheet(grids, said, at=at, zone=zone, name=file)
    except UnreadableTable as error:
        trial = UploadTrial(preview=preview(grids, said.table, said.header_row))
        return trial, {**choices, "name": name}, refusal_words(error, upload)
    folder = folder_of(upload)
    staged = stage(reading, folder, file=file, source=source_named(name))
    shown = sheet_trial(reading, said, name=name, workspace=workspace, at=at)
    request = ImportRequest(
        paths=(staged.path,),
        at=upload.asked_at,
        by=upload.by,
        mapping=staged.mapping,
        given=(file,),
    )
    trial = dry_run(workspace.id, request)
    table = reading.table
    seen = preview(grids, table.sheet, table.header_row)
    return UploadTrial(trial.report, (), shown, seen), {**choices, "name": name}, None


# --- importing ------------------------------------------------------------------------------


def _import(upload: Upload, warehouse: "Warehouse", at: datetime) -> None:
    trial = load_trial(upload)
    try:
        report = _in_child(import_upload, upload, at)
    except LimitReached:
        if not _is_complete(upload):  # it was in by then
            raise
        report = None
    _publish(warehouse, at)
    batch = upload.batch_id if report is None else report.batch
    became_real = report is not None and report.became_real
    if trial.sheet is not None:
        said = {key: upload.choices[key] for key in KEPT if upload.choices.get(key)}
        document = {**trial.sheet.document, **said, "sheet": upload.choices["name"]}
        keep_mapping(workspace_id=upload.workspace_id, document=document, at=at, by=upload.by)
    counts = {**upload.counts, "became_real": became_real}
    if status.finish(upload, Status.IMPORTED, batch_id=batch, counts=counts):
        delete_folder(upload)


def import_upload(upload: Upload, at: datetime, note: Note) -> ImportReport | None:
    """Import what was read; None if it was complete already."""
    workspace = _workspace(upload)
    sheet = load_trial(upload).sheet
    common: dict[str, Any] = {
        "at": upload.asked_at,
        "by": upload.by,
        "progress": _progress(note),
        "begun": lambda batch: note("batch", batch, 0),
    }
    if sheet is not None:
        mapping = mapping_for(sheet.record, source_named(upload.choices["name"]))
        path = folder_of(upload) / SHEET_FILE
        settle_zone(workspace, (sheet.zone, f"sheet {upload.names[0]}"), at=at, by=upload.by)
        return _import_once(
            upload,
            ImportRequest(paths=(path,), mapping=mapping, given=tuple(upload.names), **common),
        )
    named, ours = upload.choices.get("mapping", ""), upload.choices.get("ours", "")
    with readable_upload(upload, mapping=named, ours=ours, workspace=workspace) as found:
        return _import_once(
            upload,
            ImportRequest(
                paths=tuple(found.paths),
                mapping=found.mapping,
                zone=upload.choices.get("zone") or None,
                given=found.given,
                originals=tuple(found.originals),
                **common,
            ),
        )


def _import_once(upload: Upload, request: ImportRequest) -> ImportReport | None:
    assert request.mapping is not None
    with import_lock(upload.workspace_id, request.mapping.source):
        if _is_complete(upload):
            return None
        return import_files(workspace_id=upload.workspace_id, request=request)


def _is_complete(upload: Upload) -> bool:
    """Return whether the import that was begun for this upload counts already."""
    upload.refresh_from_db(fields=["batch"])
    found = import_record(upload.batch_id) if upload.batch_id is not None else None
    return found is not None and found.state == "complete"


def _give_up(upload: Upload, at: datetime) -> None:
    """Give up the unfinished import of a deleted upload."""
    sweep_work_folders(work_root())
    upload.refresh_from_db(fields=["batch"])
    if upload.batch_id is not None and not _is_complete(upload):
        give_up_import(batch_id=upload.batch_id, at=at)


def _workspace(upload: Upload) -> WorkspaceRecord:
    return next(one for one in workspaces() if one.id == upload.workspace_id)


def _progress(note: Note) -> Progress:
    """Return a function that notes the importer's progress, at most every 0.3 seconds."""
    last = ("", 0.0)

    def progress(phase: str, done: int, total: int) -> None:
        nonlocal last
        moment = time.monotonic()
        if phase in SHOWN and (phase != last[0] or moment - last[1] >= NOTE_EVERY_S):
            last = (phase, moment)
            note(phase, done, total)

    return progress
