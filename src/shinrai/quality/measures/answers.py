"""Counts of the marks that reviewers gave to sampled answers."""

from datetime import date
from typing import Any

from shinrai.quality.measures.population import Moment, moment_of
from shinrai.quality.rules.criteria import CRITERIA


def marks(
    answers: Any,
    *,
    at: Moment,
    since: date | None = None,
    until: date | None = None,
    mode: str | None = None,
    by: tuple[str, ...] = (),
) -> Any:
    """Count sampled answers by the marks of two reviewers, for each criterion.

    Input:  quality.facts.ANSWERS
    Shape:  one row per (mode, criterion, marks): both marks, sorted, a line each; null: fewer than
            two reviewers yet.
    The dates are those of the answers, both included; `by` groups by more columns, such as the day.
    """
    import ibis

    found = answers.filter(answers.answered_us <= moment_of(answers, at))
    if since is not None:
        found = found.filter(found.answered_on >= since)
    if until is not None:
        found = found.filter(found.answered_on <= until)
    if mode is not None:
        found = found.filter(found["mode"] == mode)
    asked = [
        found.group_by(
            *by, "mode", criterion=ibis.literal(name), marks=found[f"{name}_marks"]
        ).aggregate(count=found.count())
        for name in CRITERIA
    ]
    return ibis.union(*asked)
