"""A worker's side of an upload: try it or bring it in, say how far it is, leave word of the end.

Files are read in a child with limits of memory and time; the worker itself never opens them.
"""

import logging
import time
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from shinrai.accounts.queries import WorkspaceRecord, workspaces
from shinrai.importers.child_process import (
    Cancelled,
    LimitReached,
    limits_for,
    run_in_child,
)
from shinrai.importers.flatten.work_folder import flat_root, sweep_flat
from shinrai.importers.operations import import_files
from shinrai.importers.queries import imports
from shinrai.importers.run.errors import NotNow
from shinrai.importers.run.lock import alone
from shinrai.importers.run.progress import Progress
from shinrai.importers.run.request import ImportRequest
from shinrai.importers.run.undo import give_up_import
from shinrai.importers.upload.inbox import Draft, Inbox, NoSuchDraft
from shinrai.importers.upload.job import Errand
from shinrai.importers.upload.result import Came, came_of, leave_word
from shinrai.importers.upload.source_choice import Laid, laid_flat
from shinrai.importers.upload.status import Way, forget_begun, leave_way, note_begun
from shinrai.importers.upload.trial import (
    REFUSALS,
    refusal_in_both,
    try_files,
)
from shinrai.units.wording import both

if TYPE_CHECKING:
    from shinrai.warehouse.store import Warehouse

NOTE_EVERY_S = 0.3
SHOWN = frozenset({"observed", "derived", "completing"})
MOST_TRIES = 12  # while somebody else imports
MOST_LOST = 2  # workers that ended over an errand: one may have been restarted, two were not
STOPPED_TWICE = both(
    en="These files stopped the import twice: the worker that read them was ended each time. They "
    "are not tried again. Check that they are the files you mean, export them again, or split "
    "them, and upload that.",
    ja="このファイルの処理中にワーカーが 2 回終了したため、取り込みを中止しました。"
    "自動では再試行しません。目的のファイルかどうかを確かめ、書き出し直すか分割して、もう一度アップロードしてください。",
)

log = logging.getLogger("shinrai.importers")


def do_errand(
    errand: Errand, *, inbox: Inbox, warehouse: "Warehouse", at: datetime, tries: int = 0
) -> None:
    """Do what was asked of an upload, unless it was done or let go of before.

    It may run twice, also at once: a killed worker's errand is given to another, and a sleeping
    worker wakes up. The lock of the source lets one through, and an import whose completion stands
    in the books is not done again. `tries` says how often it was begun before.

    Raises: NotNow, to be tried again; the last time it becomes a refusal.
    """
    try:
        draft = inbox.draft(
            errand.token, workspace_id=errand.workspace_id, by=errand.by, at=errand.at
        )
    except NoSuchDraft:
        return
    if came_of(errand, draft) is not None:
        return
    if note_begun(errand, draft.folder) > MOST_LOST:
        leave_word(errand, draft.folder, Came(at, refusal=STOPPED_TWICE, is_final=True))
        return
    leave_way(errand, draft.folder, Way("begun"))
    try:
        came = _in_child(errand, draft, at)
    except Cancelled:
        _clear_up(errand, draft, at)
        return
    except REFUSALS as error:
        if isinstance(error, NotNow) and tries < MOST_TRIES:
            forget_begun(errand, draft.folder)
            leave_way(errand, draft.folder, Way("waiting"))
            raise
        is_final = isinstance(error, LimitReached)
        came = Came(at, refusal=dict(refusal_in_both(error, draft)), is_final=is_final)
    except Exception:
        leave_word(errand, draft.folder, Came(at))
        raise
    if came.batch is not None:
        _follow_up(warehouse, at)
        inbox.let_go_of_files(draft)
    leave_word(errand, draft.folder, came)


def _in_child(errand: Errand, draft: Draft, at: datetime) -> Came:
    """Do it where it can be ended: at its limits, or because the files were deleted meanwhile."""
    try:
        return run_in_child(
            _done,
            errand,
            draft,
            at,
            limits=limits_for(draft.paths),
            names=draft.names,
            is_wanted=draft.folder.is_dir,
        )
    except LimitReached:
        sweep_flat(flat_root())
        batch = _done_before(errand) if errand.kind == "import" else None
        if batch is not None:  # it was in by then
            return Came(at, batch=batch)
        raise


def _clear_up(errand: Errand, draft: Draft, at: datetime) -> None:
    """Give up what a deleted upload had begun to bring in."""
    sweep_flat(flat_root())
    for record in imports(workspace_id=errand.workspace_id) if errand.kind == "import" else ():
        is_ours = record.by == errand.by and record.names == draft.names
        if record.state == "unfinished" and is_ours and record.started_at == errand.at:
            give_up_import(batch_id=record.id, at=at)


def _done(errand: Errand, draft: Draft, at: datetime) -> Came:
    workspace = next(one for one in workspaces() if one.id == errand.workspace_id)
    if errand.kind == "import":
        return _brought_in(errand, draft, workspace, at)
    with _laid(errand, draft, workspace) as laid:
        trial = try_files(workspace.id, _request(errand, draft, laid))
    return Came(at, report=trial.report, set_aside=trial.set_aside)


def _brought_in(errand: Errand, draft: Draft, workspace: WorkspaceRecord, at: datetime) -> Came:
    with _laid(errand, draft, workspace) as laid, alone(workspace.id, laid.mapping.source):
        batch = _done_before(errand)
        if batch is not None:
            return Came(at, batch=batch)
        report = import_files(workspace_id=workspace.id, request=_request(errand, draft, laid))
    return Came(at, batch=report.batch, became_real=report.became_real)


def _laid(errand: Errand, draft: Draft, workspace: WorkspaceRecord) -> AbstractContextManager[Laid]:
    return laid_flat(draft, mapping=errand.mapping, ours=errand.ours, workspace=workspace)


def _request(errand: Errand, draft: Draft, laid: Laid) -> ImportRequest:
    return ImportRequest(
        paths=tuple(laid.paths),
        at=errand.at,
        by=errand.by,
        mapping=laid.mapping,
        zone=errand.zone or None,
        progress=_notes(errand, draft.folder),
        given=laid.given,
        originals=tuple(laid.originals),
    )


def _done_before(errand: Errand) -> int | None:
    """Find the import this errand became: its completion bears the errand's own moment.

    That row was written in the transaction from which on the import counts, so it is there exactly
    if the import is.
    """
    found = imports(workspace_id=errand.workspace_id)
    return next((record.id for record in found if record.completed_at == errand.at), None)


def _follow_up(warehouse: "Warehouse", at: datetime) -> None:
    """Publish what the import moved; if that fails the import stands, and the timetable does it."""
    # slow to load, and begins threads: for the worker alone, not for the children that read
    from shinrai.objectives.operations.catching_up import catch_up

    try:
        catch_up(warehouse=warehouse, at=at)
    except Exception:
        log.exception("an import is in, but what follows from it is not published yet")


def _notes(errand: Errand, folder: Path) -> Progress:
    """Note progress as the importer tells it, a few times a second at most."""
    last = ("", 0.0)

    def note(phase: str, done: int, total: int) -> None:
        nonlocal last
        moment = time.monotonic()
        if phase in SHOWN and (phase != last[0] or moment - last[1] >= NOTE_EVERY_S):
            last = (phase, moment)
            leave_way(errand, folder, Way(phase, done, total))

    return note
