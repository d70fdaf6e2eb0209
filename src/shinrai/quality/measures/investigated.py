"""Counts over investigations: filed, sent back, answered, and answers found wrong later."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from shinrai.quality.measures.population import Moment, moment_of
from shinrai.quality.rules.counted import MISSING


def investigated(
    investigations: Any,
    *,
    at: Moment,
    since: date | None = None,
    until: date | None = None,
    mode: str | None = None,
    by: Sequence[str] = (),
) -> Any:
    """Count investigations filed by a moment and between two dates, both included.

    Input:  quality.facts.INVESTIGATIONS
    Shape:  one row per mode and value of the columns in `by`.
    """
    found = investigations.filter(investigations.filed_us <= moment_of(investigations, at))
    if since is not None:
        found = found.filter(found.filed_on >= since)
    if until is not None:
        found = found.filter(found.filed_on <= until)
    if mode is not None:
        found = found.filter(found["mode"] == mode)
    wanted = {name: condition.sum() for name, condition in every_investigated(found).items()}
    return found.group_by(*by, "mode").aggregate(
        investigations=found.count(), steps=found.steps_count.sum(), **wanted
    )


def every_investigated(found: Any) -> dict[str, Any]:
    """Return, for every count, the condition under which an investigation adds to it."""
    missing = {
        f"missing_{fact}": (found.missing_facts // (1 << place)) % 2 == 1
        for place, fact in enumerate(MISSING)
    }
    return {
        "sent_back": found.sent_back_count > 0,
        "answered": found.answered_us.notnull(),
        "wrong": found.wrong_us.notnull(),
        "doubted": found.any_doubt.notnull(),
        **missing,
    }
