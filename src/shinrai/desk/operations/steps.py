"""Append a step to a case and refresh the clocks it affects, in one transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from shinrai.desk.operations.notices import tell_of_step
from shinrai.desk.operations.open_cases import refresh_open_cases
from shinrai.desk.queries.article_suggestions import topic_of_case
from shinrai.desk.rules.action_steps import ActionStep
from shinrai.inquiries import operations as inquiries
from shinrai.investigations import operations as investigations
from shinrai.knowledge.operations.staleness import mark_contradicted
from shinrai.ledger.queries import CaseHead, case_heads
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
    role: str = "agent",
    recorded_at: datetime | None = None,
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
            role=role,
            recorded_at=recorded_at,
        )
        head, filed = case_heads([case_id])[case_id], ActionStep("filed", detail=detail or {})
        follow_steps(head, (filed,), by=by, at=recorded_at or at)
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
    step = ActionStep(kind, tier, detail or {}, words)
    with transaction.atomic():
        head = case_heads([case_id])[case_id]
        sequence = append_step(head, step, by=by, role=role, at=at)
        follow_steps(head, (step,), by=by, at=at)
    return sequence


def append_step(
    head: CaseHead,
    step: ActionStep,
    *,
    by: str,
    role: str,
    at: datetime,
    recorded_at: datetime | None = None,
) -> int:
    """Append a step and return its number; `follow_steps` must be called in this transaction.

    Raises: StepRefused if the step is not possible in the case's present state.
    """
    append = investigations.take_step if head.record == "investigation" else inquiries.take_step
    return append(
        case_id=head.id,
        kind=step.kind,
        at=at,
        by=by,
        role=role,
        tier=step.tier,
        detail=step.detail,
        words=step.words,
        recorded_at=recorded_at,
    )


def follow_steps(head: CaseHead, steps: Sequence[ActionStep], *, by: str, at: datetime) -> None:
    """Bring all that depends on a case up to date, in the transaction that appended its steps."""
    refresh_clocks(workspace_id=head.workspace_id, case_ids=[head.id])
    refresh_open_cases(workspace_id=head.workspace_id, case_ids=[head.id])
    for step in steps:
        tell_of_step(head=head, kind=step.kind, detail=step.detail, by=by, at=at)
        if step.kind == "contradicted":
            mark_contradicted(
                workspace_id=head.workspace_id,
                topic=topic_of_case(head),
                case_key=head.source_key,
                at=at,
            )
    request_refresh()
