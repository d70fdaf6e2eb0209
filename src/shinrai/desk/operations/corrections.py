"""Correct a wrong step of an inquiry: a message's substance, a label, on whom was waited."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.desk.operations.steps import follow_steps
from shinrai.desk.rules.action_steps import ActionStep
from shinrai.inquiries import operations as inquiries
from shinrai.ledger.queries import case_heads
from shinrai.topics.queries import codebook


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

    Raises: NotToBeCorrected, UnknownTopic.
    """
    with transaction.atomic():
        head = case_heads([case_id])[case_id]
        if "topic" in change:
            book = codebook(workspace_id=head.workspace_id)
            change = {"topic": book.topic(change["topic"]).key, "codebook": book.version}
        inquiries.correct_step(
            case_id=case_id, sequence=sequence, change=change, why=why, at=at, by=by, role=role
        )
        follow_steps(head, (ActionStep("corrected"),), by=by, at=at)
        record_action(
            workspace_id=head.workspace_id,
            what="step corrected",
            subject=f"{head.record}:{case_id} step:{sequence}",
            at=at,
            by=by,
            reason=why,
        )
