"""Answer quality from counted marks: for each criterion the share of yes, and alpha."""

from collections.abc import Mapping, Sequence
from typing import Any

from shinrai.quality.rules import reasons
from shinrai.quality.rules.criteria import CRITERIA, UNSURE, YES
from shinrai.quality.rules.figures import Figure, share_figure, unknown_figure
from shinrai.quality.rules.topical import Judged, alpha_figure

Row = Mapping[str, Any]


def answer_quality_figure(rows: Sequence[Row]) -> Figure:
    """Return the share of answers both reviewers call right, with the other criteria and alpha.

    Shape:  rows of (criterion, marks of one answer, sorted, a line each, or None, count).
    An answer one reviewer is unsure about is left out of that criterion, and counted separately.
    """
    by_criterion = {name: _judged(rows, name) for name in CRITERIA}
    drawn = sum(int(row["count"]) for row in rows if row["criterion"] == CRITERIA[0])
    reviewed = by_criterion[CRITERIA[0]].things
    beside = {"drawn": drawn, "reviewed": reviewed}
    if not reviewed:
        return unknown_figure(reasons.NO_REVIEWERS, **beside)
    criteria = {name: _criterion(judged) for name, judged in by_criterion.items()}
    return {**criteria["right"], **beside, "criteria": criteria}


def _judged(rows: Sequence[Row], criterion: str) -> Judged:
    mine = [row for row in rows if row["criterion"] == criterion and row["marks"] is not None]
    return Judged(
        tuple(tuple(str(row["marks"]).split("\n")) for row in mine),
        tuple(int(row["count"]) for row in mine),
    )


def _criterion(judged: Judged) -> Figure:
    pairs = list(zip(judged.patterns, judged.times, strict=True))
    told = [(marks, n) for marks, n in pairs if UNSURE not in marks]
    of = sum(n for _, n in told)
    yes = sum(n for marks, n in told if set(marks) == {YES})
    agreed = alpha_figure(
        Judged(tuple(marks for marks, _ in told), tuple(n for _, n in told)), reasons.NO_REVIEWERS
    )
    return share_figure(
        yes, of, reasons.CANNOT_TELL, cannot_tell=judged.things - of, agreement=agreed
    )
