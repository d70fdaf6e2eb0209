"""Which cases product engineers are asked for, by whom, and what they are told of each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shinrai.ledger.rules.steps import Step, stated
from shinrai.quality.rules.facts import version_in

TIER: Final = 3
FACTS: Final = ("screen", "version", "device", "last_failure")
# By one of these an engineer of the third line has answered what another line asked.
ANSWERS: Final = frozenset(("finding", "action_taken", "note", "outbound", "answered", "returned"))
# Whose words say how to reproduce it, and what was tried.
TELLING: Final = ("filed", "received", "resubmitted", "finding", "action_taken")
MOVES: Final = ("assigned", "escalated", "consulted")


@dataclass(frozen=True)
class ThirdLineAsk:
    """Why a case is with product engineers: held, or consulted; since when, asked by whom."""

    is_held: bool
    since: datetime
    by: str


def asked_of_third_line(
    steps: Sequence[Step], holder: str | None, engineers: Collection[str]
) -> ThirdLineAsk | None:
    """Return why a case is with the third line; None if it is not.

    It is consulted until one of the `engineers`, or a step of the third line, has answered.
    """
    moves = [step for step in steps if step.kind in MOVES and (step.tier or 0) >= TIER]
    opening = steps[0]
    if holder == f"tier:{TIER}":
        # Waiting for a known problem rests with them too, though nobody handed it over.
        last = next((s for s in reversed(steps) if s in moves or s.kind == "waiting"), opening)
        return ThirdLineAsk(True, last.at, last.by)
    consulted: Step | None = None
    for step in steps:
        if step.kind == "consulted" and (step.tier is None or step.tier >= TIER):
            consulted = step
        elif step.kind in ANSWERS and ((step.tier or 0) >= TIER or step.by in engineers):
            consulted = None
    if consulted is None or holder is None:
        return None
    return ThirdLineAsk(False, consulted.at, consulted.by)


def facts_of(steps: Sequence[Step]) -> dict[str, str]:
    """Return the facts a case gives for reproducing it, by key; "" where it says nothing."""
    return {name: stated(steps, name) for name in FACTS}


def version_of(steps: Sequence[Step]) -> str:
    """Return the version a case is about, as releases are counted by it; "" if it names none."""
    return version_in(stated(steps, "version")) or ""
