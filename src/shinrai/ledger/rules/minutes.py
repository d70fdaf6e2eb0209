"""Convert the minutes of work that steps state into seconds."""

from collections.abc import Iterable
from typing import Any, Final

from shinrai.ledger.rules.steps import Step

MOST_MINUTES: Final = 24 * 60


def seconds_of(minutes: Any) -> int:
    """Convert minutes as a source wrote them into seconds.

    Returns 0 for what cannot be right: no number, zero or less, more than a day.
    """
    try:
        spent = float(minutes)
    except (TypeError, ValueError):
        return 0
    return round(spent * 60) if 0 < spent <= MOST_MINUTES else 0


def worked_seconds(steps: Iterable[Step]) -> int:
    """Return the seconds worked on a case; steps marked as doubtful are left out."""
    return sum(
        seconds_of(step.detail.get("minutes"))
        for step in steps
        if step.kind == "worked" and step.detail.get("doubt") is None
    )
