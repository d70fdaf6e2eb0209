"""Operations at the desk: take a step and refresh the clocks it moves, in one transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.inquiries import operations as inquiries
from shinrai.investigations import operations as investigations
from shinrai.ledger.queries import case_heads
from shinrai.objectives.operations.refreshing import refresh_clocks
from shinrai.postgres.queue import request_refresh


def file_investigation(
    *,
    workspace_id: int,
    source_key: str,
    at: datetime,
    by: str,
    words: str,
    mode: str = "via_cs",
    inquiry_id: int | None = None,
    detail: Mapping[str, Any] | None = None,
) -> int:
    """File an investigation with CRE and start its clocks; answer its case number."""
    with transaction.atomic():
        case_id = investigations.file_investigation(
            workspace_id=workspace_id,
            source_key=source_key,
            at=at,
            by=by,
            words=words,
            mode=mode,
            inquiry_id=inquiry_id,
            detail=detail,
        )
        refresh_clocks(workspace_id=workspace_id, case_ids=[case_id])
        request_refresh()
    return case_id


def take_step(
    *,
    case_id: int,
    kind: str,
    at: datetime,
    by: str,
    role: str,
    tier: int | None = None,
    detail: Mapping[str, Any] | None = None,
    words: str | None = None,
) -> int:
    """Append a step a person takes now and refresh the case's clocks with it.

    Raises: StepRefused if the step does not fit what the case is at this moment.
    """
    with transaction.atomic():
        head = case_heads([case_id])[case_id]
        append = investigations.take_step if head.record == "investigation" else inquiries.take_step
        sequence = append(
            case_id=case_id,
            kind=kind,
            at=at,
            by=by,
            role=role,
            tier=tier,
            detail=detail,
            words=words,
        )
        refresh_clocks(workspace_id=head.workspace_id, case_ids=[case_id])
        request_refresh()
    return sequence


def correct_step(
    *,
    case_id: int,
    sequence: int,
    change: Mapping[str, Any],
    why: str,
    at: datetime,
    by: str,
    role: str,
) -> None:
    """Correct a wrong step of an inquiry and refresh the clocks that go by it; it is audited.

    Raises: NotToBeCorrected.
    """
    with transaction.atomic():
        head = case_heads([case_id])[case_id]
        inquiries.correct_step(
            case_id=case_id, sequence=sequence, change=change, why=why, at=at, by=by, role=role
        )
        refresh_clocks(workspace_id=head.workspace_id, case_ids=[case_id])
        record_action(
            workspace_id=head.workspace_id,
            what="step corrected",
            subject=f"{head.record}:{case_id} step:{sequence}",
            at=at,
            by=by,
            reason=why,
        )
        request_refresh()
