"""Compares a source's figures with ours, case by case, and counts the results."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from shinrai.importers.rules.reconciliation.evidence import Evidence
from shinrai.importers.rules.reconciliation.figure import (
    UNEXPLAINED,
    DifferencePart,
    SourceFigure,
    Value,
    explaining_parts,
)

ROWS_KEPT = 1_000  # of each reason; the counts go on


@dataclass(frozen=True)
class CaseDifference:
    """A case whose figures differ, and why."""

    case: str
    source_says: Any
    we_say: Any
    reason: str
    because: tuple[DifferencePart, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the difference as a JSON object."""
        return {
            "case": self.case,
            "source_says": self.source_says,
            "we_say": self.we_say,
            "reason": self.reason,
            "because": [
                {"reason": part.reason, "amount": part.amount, **_both("seen", part.seen)}
                for part in self.because
            ],
        }


@dataclass
class FigureComparison:
    """One figure compared over all cases. n = equal + differing + not_comparable."""

    metric: SourceFigure
    n: int = 0
    equal: int = 0
    differing: int = 0
    not_comparable: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    rows: list[CaseDifference] = field(default_factory=list)
    totals: dict[str, Counter[str]] = field(
        default_factory=lambda: {"source": Counter(), "ours": Counter()}
    )

    def take(self, evidence: Evidence) -> CaseDifference | None:
        """Compare one case; return the difference, or None if there is none."""
        metric = self.metric
        source = metric.says(evidence.says)
        if source is None:
            return None
        self.n += 1
        if metric.why_not is not None:
            self._add("source", source)
            self.not_comparable += 1
            self.reasons["definition"] += 1
            return None
        ours = metric.we_say(evidence)
        self._add("source", source)
        if ours is not None:
            self._add("ours", ours)
        if source == ours:
            self.equal += 1
            return None
        row = self._row(evidence, source, ours)
        self.differing += 1
        self.reasons[row.reason] += 1
        if self.reasons[row.reason] <= ROWS_KEPT:
            self.rows.append(row)
        return row

    def as_json(self) -> dict[str, Any]:
        """Return the comparison as a JSON object."""
        metric = self.metric
        return {
            "metric": metric.name,
            "unit": metric.unit,
            **_both("definition", metric.definition),
            **_both("ours", metric.ours),
            "n": self.n,
            "equal": self.equal,
            "differing": self.differing,
            "not_comparable": self.not_comparable,
            **({} if metric.why_not is None else _both("why_not", metric.why_not)),
            "reasons": dict(self.reasons.most_common()),
            "totals": {who: dict(sorted(found.items())) for who, found in self.totals.items()},
            "rows": [row.as_json() for row in self.rows],
            "rows_left_out": self.differing - len(self.rows),
        }

    def _row(self, evidence: Evidence, source: Value, ours: Value | None) -> CaseDifference:
        parts = explaining_parts(self.metric, evidence, source, ours)
        return CaseDifference(
            case=evidence.key,
            source_says=self.metric.shown(source),
            we_say=self.metric.shown(ours),
            reason=_main(parts),
            because=parts,
        )

    def _add(self, who: str, value: Value) -> None:
        """Add a count to its total, or count a word; times are not summed."""
        total = self.totals[who]
        if self.metric.unit == "count" and isinstance(value, int):
            total["sum"] += value
            total["cases"] += value > 0
            total["max"] = max(total["max"], value)
        elif isinstance(value, str):
            total[value] += 1


def _main(parts: Sequence[DifferencePart]) -> str:
    """Return the reason that explains most of a difference; of equal ones the first."""
    if not parts:
        return UNEXPLAINED
    weights: Counter[str] = Counter()
    for part in parts:
        weights[part.reason] += 1 if part.amount is None else abs(part.amount)
    return weights.most_common(1)[0][0]


def _both(name: str, words: Any) -> dict[str, str]:
    return {name: words["en"], f"{name}_ja": words["ja"]}
