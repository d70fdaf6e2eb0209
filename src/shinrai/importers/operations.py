"""Operations of the importers: import tables into a workspace."""

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from django.db import transaction

from shinrai.accounts.operations.workspaces import open_workspace
from shinrai.accounts.queries import (
    UnknownWorkspace,
    WorkspaceRecord,
    no_workspace,
    workspace_named,
    workspaces,
)
from shinrai.importers.rules.mapping.definition import Mapping
from shinrai.importers.run.garbage_collection import rare_collections
from shinrai.importers.run.job import run_import
from shinrai.importers.run.lock import import_lock
from shinrai.importers.run.plan import Plan, find_mapping, make_plan
from shinrai.importers.run.request import ImportRequest
from shinrai.importers.run.result import ImportReport
from shinrai.importers.run.worker_process import is_large, worker_executor
from shinrai.importers.tables.table import Survey
from shinrai.importers.time_zone import settle_zone, zone_of_import


@dataclass(frozen=True)
class _Task:
    """A request whose mapping is known, and the executor that reads its rows."""

    request: ImportRequest
    mapping: Mapping
    executor: Executor
    surveyed: dict[Path, Survey] = field(default_factory=dict)

    def plan(self, workspace_zone: str) -> Plan:
        """Return the plan of the import; files already surveyed are not read again."""
        return make_plan(
            self.mapping,
            self.request.paths,
            zone=self.request.zone,
            workspace_zone=workspace_zone,
            surveyed_before=self.surveyed,
        )


def import_into(*, workspace: str, request: ImportRequest) -> ImportReport:
    """Import into the workspace with this slug; it is created if it does not exist.

    Raises: what `import_files` raises, and BadWorkspace.
    """
    with _task(request) as task:
        try:
            return _import(workspace_named(workspace), task)
        except UnknownWorkspace:
            task.plan(workspace_zone="UTC")  # refuse before opening anything
        if not request.is_dry:
            return _import(_open_workspace(workspace, task), task)
        with transaction.atomic():
            report = _import(_open_workspace(workspace, task), task)
            transaction.set_rollback(True)
        return report


def import_files(*, workspace_id: int, request: ImportRequest) -> ImportReport:
    """Import files into a workspace.

    A killed import of the same files is resumed. A dry run does everything and keeps nothing.

    Raises: UnreadableTable, BadMapping, NoMappingFits, NoZone, UnknownZone, RetryLater.
    """
    found = next((record for record in workspaces() if record.id == workspace_id), None)
    if found is None:
        raise no_workspace(str(workspace_id))
    with _task(request) as task:
        return _import(found, task)


@contextmanager
def _task(request: ImportRequest) -> Iterator[_Task]:
    mapping = request.mapping or find_mapping(request.paths)
    with worker_executor(is_large=is_large(request.paths)) as executor:
        yield _Task(request, mapping, executor)


def _open_workspace(workspace: str, task: _Task) -> WorkspaceRecord:
    """Create a workspace; the import sets its time zone later, as far as that is known."""
    request = task.request
    zone, _source = zone_of_import(task.mapping, request.zone, request.sources)
    return open_workspace(
        slug=workspace,
        name=workspace,
        zone=None,
        language="ja" if zone == "Asia/Tokyo" else "en",
        simulated=request.is_simulated,
        at=request.at,
        by=request.by,
    )


def _import(workspace: WorkspaceRecord, task: _Task) -> ImportReport:
    request, settled = task.request, ("", "")
    if workspace.zone_is_assumed:
        settled = zone_of_import(task.mapping, request.zone, request.sources)
        if request.is_dry:
            workspace = replace(workspace, zone=settled[0] or workspace.zone)
        else:
            workspace = settle_zone(workspace, settled, at=request.at, by=request.by)
    plan = task.plan(workspace.zone)
    with import_lock(workspace.id, plan.mapping.source), rare_collections():
        if not request.is_dry:
            report = run_import(workspace, request, plan, task.executor)
        else:
            with transaction.atomic():
                report = run_import(workspace, request, plan, task.executor)
                transaction.set_rollback(True)
    return replace(report, zone=settled[0], zone_source=settled[1])
