"""Write operations on inquiries: receive one, take or correct a step, merge two."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from shinrai.inquiries.queries import RECORD
from shinrai.inquiries.rules.corrections import corrections_of
from shinrai.inquiries.rules.kinds import MAY
from shinrai.inquiries.rules.replay import CS_TIER, replay
from shinrai.inquiries.rules.substantive import VERSION, is_substantive
from shinrai.ledger.operations.cases import NewCase, record_cases
from shinrai.ledger.operations.step_encoding import NewStep
from shinrai.ledger.operations.steps import append_steps
from shinrai.ledger.operations.steps import take_step as ledger_take_step
from shinrai.ledger.queries import case_heads, steps_of
from shinrai.ledger.rules.refusals import StepRefused
from shinrai.ledger.rules.steps import standing
from shinrai.postgres.locks import lock_in_transaction
from shinrai.privacy.operations import make_keys
from shinrai.units.text import Text

SOURCE = "shinrai"


def receive_inquiry(
    *,
    workspace_id: int,
    source_key: str,
    at: datetime,
    by: str,
    words: str,
    channel: str = "other",
    mode: str = "via_cs",
    tier: int = CS_TIER,
    account: str | None = None,
    customer: tuple[int, int] | None = None,
    detail: Mapping[str, Any] | None = None,
    recorded_at: datetime | None = None,
) -> int:
    """Record an inquiry that a person made, or a case we opened; return its case number.

    `account` is the company it belongs to, by its number or key, if known; `customer` the number
    and key of whoever asked. What is written down later than `at` says so by `recorded_at`.
    """
    known = {} if account is None else {"account": account}
    with transaction.atomic():
        customer_id, key_id = customer or (None, 0)
        if customer is None:
            [(key_id, _)] = make_keys(workspace_id=workspace_id, count=1, at=recorded_at or at)
        [case_id] = record_cases(
            workspace_id=workspace_id,
            cases=[NewCase(RECORD, SOURCE, source_key, key_id, customer_id)],
        )
        told = {"mode": mode, "channel": channel, **known, **(detail or {})}
        role = "agent" if mode == "proactive" else "customer"
        ledger_take_step(
            step=NewStep(case_id, at, "received", by, role, tier, told, source=SOURCE),
            words=words,
            may=MAY,
            phase_of=lambda steps: replay(steps).phase,
            at=recorded_at or at,
        )
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
    recorded_at: datetime | None = None,
) -> int:
    """Append a step that a person takes and return its number.

    `recorded_at` is given where the step happened earlier than it is written down.
    Raises: StepRefused if the inquiry's current phase does not allow it.
    """
    if kind in ("inbound", "outbound"):
        marks = {"substantive": is_substantive(words), "rule": VERSION}
        detail = {**marks, **(detail or {})}
    return ledger_take_step(
        step=NewStep(case_id, at, kind, by, role, tier, detail, source=SOURCE),
        words=words,
        may=MAY,
        phase_of=lambda steps: replay(steps).phase,
        at=recorded_at or at,
    )


def merge_inquiry(*, case_id: int, into: int, at: datetime, by: str, role: str) -> None:
    """Merge a duplicate into another inquiry, which then counts as received at the earlier time.

    Raises: StepRefused if one of the two was never received, or both are the same.
    """
    if case_id == into:
        raise StepRefused(
            Text("an inquiry cannot be merged into itself; name another one"),
        )
    with transaction.atomic():
        for each in sorted((case_id, into)):
            lock_in_transaction(f"case:{each}")
        heads = case_heads([case_id, into])
        workspace_id = heads[case_id].workspace_id
        found = steps_of([case_id, into], workspace_id=workspace_id)
        merged = replay(standing(found.get(case_id, [])))
        if merged.received_at is None or not found.get(into):
            raise StepRefused(
                Text("only inquiries that were received can be merged; look at both keys"),
            )
        detail = {"reason": "merged", "into": into}
        take_step(case_id=case_id, kind="cancelled", at=at, by=by, role=role, detail=detail)
        receipt = NewStep(
            into,
            merged.received_at,
            "received",
            by,
            role,
            detail={"merged_from": case_id},
            source=SOURCE,
        )
        append_steps(workspace_id=workspace_id, steps=[receipt], count=1, recorded_at=at)


def split_inquiry(*, case_id: int, words: str, at: datetime, by: str, role: str) -> int:
    """Make another inquiry of a matter that came with this one, and return its case number.

    It counts as received when this one was, and its words lie under the same person's key.
    Raises: StepRefused if this one was never received.
    """
    with transaction.atomic():
        lock_in_transaction(f"case:{case_id}")
        head = case_heads([case_id])[case_id]
        found = steps_of([case_id], workspace_id=head.workspace_id).get(case_id, [])
        whole = replay(standing(found))
        if whole.received_at is None:
            raise StepRefused(Text("only an inquiry that was received can be split"))
        count = sum(step.kind == "split" for step in found) + 1
        key = f"{head.source_key}-{count + 1}"
        [new_id] = record_cases(
            workspace_id=head.workspace_id,
            cases=[NewCase(RECORD, SOURCE, key, head.key_id, head.customer_id)],
        )
        take_step(case_id=case_id, kind="split", at=at, by=by, role=role, detail={"off": key})
        take_step(
            case_id=new_id,
            kind="received",
            at=whole.received_at,
            by=by,
            role="customer",
            tier=CS_TIER,
            detail={
                "mode": whole.mode,
                "channel": whole.channel,
                "split_from": head.source_key,
            },
            words=words,
            recorded_at=at,
        )
    return new_id


def correct_step(
    *,
    case_id: int,
    sequence: int,
    change: Mapping[str, Any],
    why: str,
    at: datetime,
    by: str,
    role: str,
) -> list[int]:
    """Append the correction of a wrong step, with the reason; return the numbers of the new steps.

    Text, time and author stay as they were, but a corrected label is by the corrector. Nothing is
    deleted.
    Raises: NotToBeCorrected.
    """
    with transaction.atomic():
        lock_in_transaction(f"case:{case_id}")
        head = case_heads([case_id])[case_id]
        found = steps_of([case_id], workspace_id=head.workspace_id).get(case_id, [])
        wanted = corrections_of(standing(found), sequence, change, why)
        made = [
            NewStep(
                case_id,
                step.at,
                "corrected",
                by if step.kind == "labelled" else step.by,
                role if step.kind == "labelled" else step.role,
                step.tier,
                {**detail, "corrected_by": by},
                step.words_id,
                SOURCE,
                source_order=step.source_order,
                corrects=step.sequence,
            )
            for step, detail in wanted
        ]
        return append_steps(
            workspace_id=head.workspace_id, steps=made, count=len(made), recorded_at=at
        )
