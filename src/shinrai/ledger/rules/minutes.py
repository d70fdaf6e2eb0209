"""Minutes that a step says were worked: those that can be, as seconds."""

from collections.abc import Iterable
from typing import Any, Final

from shinrai.ledger.rules.steps import Step

MOST_MINUTES: Final = 24 * 60


def seconds_of(minutes: Any) -> int:
    """Turn minutes as a source wrote them into seconds; 0 if they cannot be.

    What cannot be: no number, none or fewer, more than a day. Nothing is made up for them.
    """
    try:
        spent = float(minutes)
    except (TypeError, ValueError):
        return 0
    return round(spent * 60) if 0 < spent <= MOST_MINUTES else 0


def worked_seconds(steps: Iterable[Step]) -> int:
    """Add up what was worked on a case, in seconds; steps in doubt are left out."""
    return sum(
        seconds_of(step.detail.get("minutes"))
        for step in steps
        if step.kind == "worked" and step.detail.get("doubt") is None
    )
