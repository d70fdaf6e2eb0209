"""The facts of an investigation that measures count (MEASURES §5)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from unicodedata import normalize

from shinrai.investigations.rules.replay import Investigation
from shinrai.ledger.rules.steps import Step
from shinrai.quality.rules.counted import MISSING
from shinrai.topics.rules.labels import topic_of

DEFECTS: Final = ("open", "linked", "fixed")
SERVICE_LENGTH: Final = 80
PLAIN_KEY: Final = re.compile(r"[A-Za-z0-9#/_.-]{1,60}")


@dataclass(frozen=True, slots=True)
class InvestigationFacts:
    """The facts of one investigation.

    `missing` has bit N set if it was sent back for the N-th fact of `MISSING`. `wrong_at` is when
    an answer was first reopened or contradicted. `finder` is who gave the last verdict, by number.
    `inquiry_key` is the inquiry's key as the filing names it, if it looks like a key. `defect` is
    what became of a defect, one of `DEFECTS`; None where no step says.
    """

    phase: str
    mode: str
    steps: int
    filed_at: datetime | None
    answered_at: datetime | None
    sent_back: int
    sent_back_at: datetime | None
    missing: int
    wrong_at: datetime | None
    verdict: str | None
    finding_at: datetime | None
    finder: str | None
    any_doubt: str | None
    topic: str | None = None
    inquiry_key: str | None = None
    service: str | None = None
    defect: str | None = None


def investigation_facts(steps: Sequence[Step], state: Investigation) -> InvestigationFacts:
    """Return the facts of an investigation from its valid steps and the state they lead to."""
    answers = [item.stopped_at for item in state.rounds if item.stopped_at is not None]
    answered_at = answers[0] if answers else None
    back = [step for step in steps if step.kind == "sent_back"]
    found = [step for step in steps if step.kind == "finding"]
    doubts = (step.detail.get("doubt") for step in steps)
    return InvestigationFacts(
        phase=state.phase,
        mode=state.mode,
        steps=len(steps),
        filed_at=state.filed_at,
        answered_at=answered_at,
        sent_back=len(back),
        sent_back_at=back[0].at if back else None,
        missing=_missing(back),
        wrong_at=min(
            (
                step.at
                for step in steps
                if step.kind in ("reopened", "contradicted")
                and answered_at is not None
                and step.at >= answered_at
            ),
            default=None,
        ),
        verdict=state.verdict,
        finding_at=found[-1].at if found else None,
        finder=found[-1].by if found else None,
        any_doubt=next((str(doubt) for doubt in doubts if doubt), None),
        topic=topic_of(steps),
        inquiry_key=_inquiry_key(steps),
        service=_service(steps),
        defect=defect_state(steps, state.verdict),
    )


def defect_state(steps: Sequence[Step], verdict: str | None) -> str | None:
    """Return what became of a defect: what the last action says, or else that a ticket is named.

    An `action_taken`, or a note about a defect, says so by its `outcome`; any step may name a
    ticket by `defect_reference`.
    """
    if verdict != "defect":
        return None
    outcomes = [
        s.detail.get("outcome")
        for s in steps
        if s.kind == "action_taken" or s.detail.get("purpose") == "defect"
    ]
    said = [outcome for outcome in outcomes if outcome in DEFECTS]
    if said:
        return str(said[-1])
    return "linked" if any(step.detail.get("defect_reference") for step in steps) else None


def _service(steps: Sequence[Step]) -> str | None:
    """Return the service that the filing names, its blanks and wide letters made alike."""
    named = (step.detail.get("service") for step in steps if step.kind == "filed")
    found = next((str(name) for name in named if name), "")
    return " ".join(normalize("NFKC", found).split())[:SERVICE_LENGTH] or None


def _inquiry_key(steps: Sequence[Step]) -> str | None:
    """Return the key of the inquiry it is about; None if the text does not look like a key."""
    named = (step.detail.get("inquiry_reference") for step in steps if step.kind == "filed")
    found = next((str(key).strip() for key in named if key), "")
    return found if PLAIN_KEY.fullmatch(found) else None


def _missing(back: Sequence[Step]) -> int:
    """Return the missing facts as bits of `MISSING`; unknown names count as other."""
    bits = 0
    for step in back:
        facts = step.detail.get("missing_fact", step.detail.get("missing"))
        for fact in facts if isinstance(facts, list) else [facts]:
            named = fact if fact in MISSING else "other"
            bits |= 1 << MISSING.index(str(named))
    return bits
