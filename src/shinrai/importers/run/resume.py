"""Resume a killed import of the same files, or begin a new one."""

from dataclasses import dataclass

from django.db import transaction

from shinrai.accounts.operations.workspaces import mark_real
from shinrai.accounts.queries import WorkspaceRecord
from shinrai.importers.models import Run
from shinrai.importers.run.plan import Plan
from shinrai.importers.run.request import ImportRequest
from shinrai.ledger.operations.batches import begin_batch
from shinrai.ledger.queries import open_batch
from shinrai.privacy.operations import make_keys


@dataclass(frozen=True)
class Start:
    """The run to continue, and whether a simulated workspace became a real one by it."""

    run: Run
    is_resumed: bool
    became_real: bool


def resume_or_begin(workspace: WorkspaceRecord, request: ImportRequest, plan: Plan) -> Start:
    """Find the unfinished import with this plan's fingerprint, or begin a new import."""
    source = plan.mapping.source
    with transaction.atomic():
        became_real = (
            not (request.is_simulated or request.is_dry)
            and workspace.is_simulated
            and mark_real(
                workspace_id=workspace.id,
                reason=f"import from {source}",
                at=request.at,
                by=request.by,
            )
        )
        open_id = open_batch(workspace_id=workspace.id, source=source, fingerprint=plan.fingerprint)
        runs = Run.objects.filter(discarded_at=None)
        run = runs.filter(batch_id=open_id).first() if open_id is not None else None
        if run is not None:
            return Start(run, True, became_real)
        batch_id = begin_batch(
            workspace_id=workspace.id,
            source=source,
            mapping=plan.mapping.document,
            files=plan.file_records(request.given),
            fingerprint=plan.fingerprint,
            at=request.at,
            by=request.by,
        )
        [(key_id, _)] = make_keys(workspace_id=workspace.id, count=1, at=request.at)
        run = Run.objects.create(batch_id=batch_id, key_id=key_id)
        return Start(run, False, became_real)
