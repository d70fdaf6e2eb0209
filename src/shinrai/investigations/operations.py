"""Write operations on investigations: file one, take a step."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from shinrai.investigations.queries import RECORD
from shinrai.investigations.rules.kinds import MAY
from shinrai.investigations.rules.replay import CRE_TIER, replay
from shinrai.ledger.operations.cases import NewCase, record_cases
from shinrai.ledger.operations.step_encoding import NewStep
from shinrai.ledger.operations.steps import take_step as ledger_take_step
from shinrai.ledger.queries import case_heads
from shinrai.privacy.operations import make_keys

SOURCE = "shinrai"


def file_investigation(
    *,
    workspace_id: int,
    source_key: str,
    at: datetime,
    by: str,
    words: str,
    mode: str = "via_cs",
    tier: int = CRE_TIER,
    inquiry_id: int | None = None,
    detail: Mapping[str, Any] | None = None,
    role: str = "agent",
    recorded_at: datetime | None = None,
) -> int:
    """File (起票) an investigation with CRE and return its case number.

    About an inquiry of a known customer, its words are encrypted under that customer's key.
    `recorded_at` is given where it was filed earlier than it is written down.
    """
    with transaction.atomic():
        about = None if inquiry_id is None else case_heads([inquiry_id])[inquiry_id]
        customer_id = about.customer_id if about else None
        key_id = about.key_id if about and customer_id is not None else None
        if key_id is None:
            [(key_id, _)] = make_keys(workspace_id=workspace_id, count=1, at=at)
        [case_id] = record_cases(
            workspace_id=workspace_id,
            cases=[NewCase(RECORD, SOURCE, source_key, key_id, customer_id, inquiry_id)],
        )
        take_step(
            case_id=case_id,
            kind="filed",
            at=at,
            by=by,
            role=role,
            tier=tier,
            detail={"mode": mode, **(detail or {})},
            words=words,
            recorded_at=recorded_at,
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
    Raises: StepRefused if the investigation's current phase does not allow it.
    """
    return ledger_take_step(
        step=NewStep(case_id, at, kind, by, role, tier, detail, source=SOURCE),
        words=words,
        may=MAY,
        phase_of=lambda steps: replay(steps).phase,
        at=recorded_at or at,
    )
