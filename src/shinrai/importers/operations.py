"""Deeds of the importers: bring files in, give up an import, take one back."""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from time import perf_counter

from django.db import transaction

from shinrai.accounts.operations import mark_real, open_workspace
from shinrai.accounts.queries import (
    UnknownWorkspace,
    WorkspaceRecord,
    no_workspace,
    workspace_named,
    workspaces,
)
from shinrai.books.failpoints import passed
from shinrai.importers.models import Observation, QuarantinedRow, Run
from shinrai.importers.queries import (
    ImportRecord,
    import_record,
    imports,
    quarantined,
)
from shinrai.importers.rules.mapping.definition import Mapping
from shinrai.importers.rules.observation.packed_rows import words_in
from shinrai.importers.run.errors import NotNow as NotNow  # named by whoever imports
from shinrai.importers.run.garbage_collection import few_collections
from shinrai.importers.run.job import Bringing, Brought, file_records
from shinrai.importers.run.job import ImportReport as ImportReport
from shinrai.importers.run.lock import ImportRunning as ImportRunning
from shinrai.importers.run.lock import alone
from shinrai.importers.run.observation_phase import Progress
from shinrai.importers.run.plan import Plan, guess_mapping, make_plan
from shinrai.importers.run.withdraw import undo
from shinrai.importers.run.worker_process import aside, is_much
from shinrai.importers.tables.table import Survey
from shinrai.importers.time_zone import settle_zone, zone_of_import
from shinrai.ledger.operations import begin_batch, complete_batch, unknown_batch, withdraw_batch
from shinrai.ledger.queries import open_batch
from shinrai.objectives.operations.refreshing import refresh_clocks
from shinrai.privacy.operations import destroy_key, forget_words, make_keys
from shinrai.units.wording import SaidInBoth

FIRST_SET_ASIDE = 20


class AlreadyComplete(SaidInBoth, ValueError):
    """An import that is complete is taken back, not given up."""


@dataclass(frozen=True)
class UndoReport:
    """What taking an import back changed: cases it spoke of, steps appended to make up for it."""

    batch: int
    cases: int
    steps: int
    corrected: int


def quiet(_phase: str, _done: int, _total: int) -> None:
    """Say nothing about progress."""


@dataclass(frozen=True)
class _Asked:
    """What was asked of an import."""

    mapping: Mapping
    paths: tuple[Path, ...]
    zone: str | None
    is_dry: bool
    is_simulated: bool
    at: datetime
    by: str
    progress: Progress
    aside: Executor
    given: tuple[str, ...] = ()
    originals: tuple[Path, ...] = ()
    surveyed: dict[Path, Survey] = field(default_factory=dict)


def import_into(
    *,
    workspace: str,
    mapping: Mapping | None,
    paths: Sequence[Path],
    zone: str | None,
    dry_run: bool,
    at: datetime,
    by: str,
    simulated: bool = False,
    progress: Progress = quiet,
    given: Sequence[str] = (),
    originals: Sequence[Path] = (),
) -> ImportReport:
    """Import into the workspace of this address; open it if nobody did before.

    `given` names what the tables were laid flat from, as people know it; `originals` are those
    files, whose offsets tell the workspace's time zone where nobody says it.

    Raises: what `import_files` raises, and BadWorkspace.
    """
    known = mapping or guess_mapping(paths)
    with aside(is_much=is_much(paths)) as there:
        asked = _Asked(
            mapping=known,
            paths=tuple(paths),
            zone=zone,
            is_dry=dry_run,
            is_simulated=simulated,
            at=at,
            by=by,
            progress=progress,
            aside=there,
            given=tuple(given),
            originals=tuple(originals or paths),
        )
        try:
            return _import(workspace_named(workspace), asked)
        except UnknownWorkspace:
            # Refuse before opening anything.
            make_plan(known, paths, zone=zone, workspace_zone="UTC", surveyed_before=asked.surveyed)
        if not dry_run:
            return _import(_opened(workspace, asked), asked)
        with transaction.atomic():
            report = _import(_opened(workspace, asked), asked)
            transaction.set_rollback(True)
        return report


def import_files(
    *,
    workspace_id: int,
    mapping: Mapping | None,
    paths: Sequence[Path],
    zone: str | None,
    dry_run: bool,
    at: datetime,
    by: str,
    simulated: bool = False,
    progress: Progress = quiet,
    given: Sequence[str] = (),
    originals: Sequence[Path] = (),
) -> ImportReport:
    """Import files into a workspace; without a mapping the shipped one that fits is taken.

    A killed import of the same files goes on where it stopped. A dry run does all, keeps nothing.
    Raises: BadTable, BadMapping, NoMappingFits, NoZone, UnknownZone, NotNow.
    """
    found = next((record for record in workspaces() if record.id == workspace_id), None)
    if found is None:
        raise no_workspace(str(workspace_id))
    known = mapping or guess_mapping(paths)
    with aside(is_much=is_much(paths)) as there:
        asked = _Asked(
            mapping=known,
            paths=tuple(paths),
            zone=zone,
            is_dry=dry_run,
            is_simulated=simulated,
            at=at,
            by=by,
            progress=progress,
            aside=there,
            given=tuple(given),
            originals=tuple(originals or paths),
        )
        return _import(found, asked)


def undo_import(*, batch_id: int, reason: str, at: datetime, by: str) -> UndoReport:
    """Take an import back: its steps and observations leave, what others said stands again.

    Raises: UnknownBatch, BatchNotComplete, BatchAlreadyWithdrawn, NotNow.
    """
    found = _known(batch_id)
    with alone(found.workspace_id, found.source), transaction.atomic():
        withdraw_batch(batch_id=batch_id, reason=reason, at=at, by=by)
        undone = undo(record=found, at=at)
        refresh_clocks(workspace_id=found.workspace_id, case_ids=undone.cases)
    return UndoReport(batch_id, len(undone.cases), undone.steps, undone.corrected)


def give_up_import(*, batch_id: int, at: datetime) -> None:
    """Give up an import that was begun and never completed: what it observed is deleted.

    Raises: UnknownBatch, AlreadyComplete, NotNow.
    """
    found = _known(batch_id)
    if found.completed_at is not None:
        raise AlreadyComplete(
            f"import {batch_id} is complete; take it back: shinrai import undo {batch_id}",
            f"取り込み {batch_id} は完了しています。取り消すには: shinrai import undo {batch_id}",
        )
    with alone(found.workspace_id, found.source), transaction.atomic():
        own = Observation.objects.filter(batch_id=batch_id)
        words = words_in(own.values_list("words", flat=True))
        cases = set(own.values_list("case_id", flat=True))
        own.delete()
        others = Observation.objects.filter(case_id__in=cases)
        forget_words(words_ids=words - words_in(others.values_list("words", flat=True)))
        QuarantinedRow.objects.filter(batch_id=batch_id).delete()
        for run in Run.objects.filter(batch_id=batch_id):
            destroy_key(workspace_id=found.workspace_id, key_id=run.key_id)
            run.discarded_at = at
            run.save(update_fields=["discarded_at"])


def _opened(workspace: str, asked: _Asked) -> WorkspaceRecord:
    """Open a workspace; the import settles its time zone, as far as that is known."""
    zone, _source = zone_of_import(asked.mapping, asked.zone, asked.originals)
    return open_workspace(
        slug=workspace,
        name=workspace,
        zone=None,
        language="ja" if zone == "Asia/Tokyo" else "en",
        simulated=asked.is_simulated,
        at=asked.at,
        by=asked.by,
    )


def _import(workspace: WorkspaceRecord, asked: _Asked) -> ImportReport:
    stopwatch = perf_counter()
    settled = ("", "")
    if workspace.zone_is_assumed:
        settled = zone_of_import(asked.mapping, asked.zone, asked.originals)
        if asked.is_dry:
            workspace = replace(workspace, zone=settled[0] or workspace.zone)
        else:
            workspace = settle_zone(workspace, settled, at=asked.at, by=asked.by)
    plan = make_plan(
        asked.mapping,
        asked.paths,
        zone=asked.zone,
        workspace_zone=workspace.zone,
        surveyed_before=asked.surveyed,
    )
    with alone(workspace.id, plan.mapping.source), few_collections():
        if not asked.is_dry:
            report = _brought(workspace, asked, plan, stopwatch)
        else:
            with transaction.atomic():
                report = _brought(workspace, asked, plan, stopwatch)
                transaction.set_rollback(True)
    return replace(report, zone=settled[0], zone_source=settled[1])


def _brought(
    workspace: WorkspaceRecord, asked: _Asked, plan: Plan, stopwatch: float
) -> ImportReport:
    run, is_resumed, became_real = _begun(workspace, asked, plan)
    unfinished = tuple(
        record
        for record in imports(workspace_id=workspace.id)
        if record.source == plan.mapping.source
        and record.state == "unfinished"
        and record.id != run.batch_id
    )
    passed("import.begun")
    bringing = Bringing(
        plan=plan,
        workspace_id=workspace.id,
        batch_id=run.batch_id,
        run=run,
        at=asked.at,
        by=asked.by,
        progress=asked.progress,
        aside=asked.aside,
    )
    brought = bringing.bring()
    report = ImportReport(
        batch=None if asked.is_dry else run.batch_id,
        mapping=plan.mapping.name,
        counts=brought.counts,
        set_aside=quarantined(batch_id=run.batch_id, limit=FIRST_SET_ASIDE),
        flags=brought.flags,
        seconds=perf_counter() - stopwatch,
        is_resumed=is_resumed,
        became_real=became_real,
        unfinished=unfinished,
    )
    if not asked.is_dry:
        _completed(workspace, asked, brought, report)
    return report


def _begun(workspace: WorkspaceRecord, asked: _Asked, plan: Plan) -> tuple[Run, bool, bool]:
    """Go on with the killed import of these very files, or begin one."""
    source = plan.mapping.source
    with transaction.atomic():
        became_real = (
            not (asked.is_simulated or asked.is_dry)
            and workspace.is_simulated
            and mark_real(
                workspace_id=workspace.id, reason=f"import from {source}", at=asked.at, by=asked.by
            )
        )
        open_id = open_batch(workspace_id=workspace.id, source=source, fingerprint=plan.fingerprint)
        runs = Run.objects.filter(discarded_at=None)
        run = runs.filter(batch_id=open_id).first() if open_id is not None else None
        if run is not None:
            return run, True, became_real
        batch_id = begin_batch(
            workspace_id=workspace.id,
            source=source,
            mapping=plan.mapping.document,
            files=file_records(plan, asked.given),
            fingerprint=plan.fingerprint,
            at=asked.at,
            by=asked.by,
        )
        [(key_id, _)] = make_keys(workspace_id=workspace.id, count=1, at=asked.at)
        return Run.objects.create(batch_id=batch_id, key_id=key_id), False, became_real


def _completed(
    workspace: WorkspaceRecord, asked: _Asked, brought: Brought, report: ImportReport
) -> None:
    """Let the import count, with its clocks, from this one transaction on."""
    assert report.batch is not None
    asked.progress("completing", 0, 1)
    with transaction.atomic():
        # Rows set aside lie sealed, and go after a while: the report that stays repeats none.
        kept = {name: told for name, told in report.as_json().items() if name != "set_aside"}
        complete_batch(batch_id=report.batch, report=kept, at=asked.at)
        passed("import.completing")
        refresh_clocks(workspace_id=workspace.id, case_ids=brought.changed)
        passed("import.clocks_refreshed")
        asked.progress("completing", 1, 1)
    passed("import.complete")


def _known(batch_id: int) -> ImportRecord:
    found = import_record(batch_id)
    if found is None:
        raise unknown_batch(batch_id)
    return found
