"""How a case stands after its steps, as lists of cases say it; None where it is ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from shinrai.desk.rules.attributes import CaseAttributes, attributes_of
from shinrai.inquiries.rules.replay import replay as replay_inquiry
from shinrai.investigations.rules.replay import replay as replay_investigation
from shinrai.ledger.rules.holder_history import HolderStretch
from shinrai.ledger.rules.steps import Step

ENDED: Final = frozenset(("solved", "closed", "cancelled", "answered", "withdrawn"))
NOT_BEGUN: Final = frozenset(("unreceived", "unfiled"))
# The columns that hold source texts are as wide as these; a source may name more.
LONGEST: Final = {"priority": 80, "service": 200, "topic": 100, "person": 80}


@dataclass(frozen=True)
class CaseStanding:
    """A case after its steps: who works on it, who has it now and since when, what came last.

    `tier` is the line that works on it, also while it waits; `waiting_on` is the reason of a pause
    or "". `missing` are the facts its filer has to supply.
    """

    phase: str
    tier: int | None
    holder: str
    waiting_on: str
    about: CaseAttributes
    began_at: datetime
    held_since: datetime
    changed_at: datetime
    last_kind: str
    missing: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Tell whether it still is to be answered."""
        return self.phase not in ENDED

    @property
    def awaits_us(self) -> bool:
        """Tell whether a line of ours has to do the next thing."""
        return self.holder.startswith("tier:")

    @property
    def columns(self) -> dict[str, Any]:
        """Return what the row of an open case holds, texts cut to the width of their column."""
        about = {name: getattr(self.about, name)[:most] for name, most in LONGEST.items()}
        held = {name: getattr(self, name)[:20] for name in ("holder", "waiting_on", "last_kind")}
        names = ("phase", "tier", "awaits_us", "began_at", "held_since", "changed_at")
        return {**{name: getattr(self, name) for name in names}, **held, **about}


def case_standing(record: str, steps: Sequence[Step]) -> CaseStanding | None:
    """Return how a case stands after these steps (from ledger.rules.steps.standing).

    None if they do not begin it.
    """
    if not steps:
        return None
    if record == "investigation":
        found = replay_investigation(steps)
        phase, stretches, began = str(found.phase), found.stretches, found.filed_at
        pauses = [pause for one in found.rounds for pause in one.pauses]
    else:
        asked = replay_inquiry(steps)
        phase, stretches, began = str(asked.phase), asked.stretches, asked.received_at
        pauses = list(asked.pauses)
    if phase in NOT_BEGUN or began is None:
        return None
    waits = [pause.reason for pause in pauses if pause.until is None]
    now = stretches[-1] if stretches and stretches[-1].until is None else None
    return CaseStanding(
        phase=phase,
        tier=_tier(stretches),
        holder=now.holder if now else "",
        waiting_on=waits[-1] if waits and phase not in ENDED else "",
        about=attributes_of(steps),
        began_at=began,
        held_since=now.since if now else began,
        changed_at=steps[-1].at,
        last_kind=steps[-1].kind,
        missing=missing_facts(steps) if phase == "sent_back" else (),
    )


def missing_facts(steps: Sequence[Step]) -> tuple[str, ...]:
    """Return the facts that were missing when a case was last sent back."""
    back = [step.detail for step in steps if step.kind == "sent_back"]
    facts = back[-1].get("missing") or back[-1].get("missing_fact") or () if back else ()
    return tuple(map(str, facts)) if isinstance(facts, list | tuple) else (str(facts),)


def _tier(stretches: Sequence[HolderStretch]) -> int | None:
    held = next((one for one in reversed(stretches) if one.holder.startswith("tier:")), None)
    return int(held.holder.removeprefix("tier:")) if held else None
