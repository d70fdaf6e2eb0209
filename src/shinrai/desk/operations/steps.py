"""Append a step to a case and refresh the clocks it affects, in one transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.desk.operations.open_cases import refresh_open_cases
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
    """File an investigation with CRE and start its clocks; return its case id."""
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
        _refresh(workspace_id, case_id)
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
    """Append a step taken by a person and refresh the case's clocks; return its number.

    Raises: StepRefused if the step is not possible in the case's present state.
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
        _refresh(head.workspace_id, case_id)
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
    """Correct a wrong step of an inquiry, refresh its clocks, and record that in the audit.

    Raises: NotToBeCorrected.
    """
    with transaction.atomic():
        head = case_heads([case_id])[case_id]
        inquiries.correct_step(
            case_id=case_id, sequence=sequence, change=change, why=why, at=at, by=by, role=role
        )
        _refresh(head.workspace_id, case_id)
        record_action(
            workspace_id=head.workspace_id,
            what="step corrected",
            subject=f"{head.record}:{case_id} step:{sequence}",
            at=at,
            by=by,
            reason=why,
        )


def _refresh(workspace_id: int, case_id: int) -> None:
    refresh_clocks(workspace_id=workspace_id, case_ids=[case_id])
    refresh_open_cases(workspace_id=workspace_id, case_ids=[case_id])
    request_refresh()
