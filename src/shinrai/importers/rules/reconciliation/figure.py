"""The declaration of a source's figure: what it means, how we compute ours, why they may differ.

A reason is never a name for what is left over: each is found by a function that checks the rows and
steps of the case, and it counts only if it explains the whole difference.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from shinrai.importers.rules.reconciliation.evidence import Evidence
from shinrai.units.moments import from_us
from shinrai.units.text import Text

UNEXPLAINED = "unexplained"
Unit = Literal["count", "seconds", "moment", "word"]
Value = int | str | bool


class DifferencePart(NamedTuple):
    """A part of a difference: the reason, how much of (source - ours) it explains, the evidence.

    An `amount` of None explains all of it.
    """

    reason: str
    amount: int | None
    seen: Text


Explain = Callable[[Evidence, Value, Value | None], Sequence[DifferencePart]]


@dataclass(frozen=True)
class SourceFigure:
    """One figure of a source.

    `says` reads it from the source's own figures, in `unit`; `we_say` computes ours, None if the
    steps are not enough. `why_not` is set if the figure cannot be compared.
    """

    name: str
    unit: Unit
    definition: Text
    ours: Text
    says: Callable[[Mapping[str, Any]], Value | None]
    we_say: Callable[[Evidence], Value | None]
    explain: tuple[Explain, ...] = ()
    needs_calendar: bool = False
    why_not: Text | None = None
    per_unit: int = 1  # how many of the unit are one of the source's: 60 where it writes minutes

    def shown(self, value: Value | None) -> Value | float | None:
        """Return a value as the source writes it: in its own unit, or as an ISO time."""
        if value is None or isinstance(value, str | bool):
            return value
        if self.unit == "moment":
            return from_us(value).isoformat()
        return value if self.per_unit == 1 else _divided(value, self.per_unit)


def _divided(value: int, by: int) -> int | float:
    return value // by if value % by == 0 else round(value / by, 2)


def stated_number(*names: str, times: int = 1) -> Callable[[Mapping[str, Any]], int | None]:
    """Return a function that reads a whole number, under the first of its names that is there.

    Unit: the result is the source's number multiplied by `times`.
    """

    def take(says: Mapping[str, Any]) -> int | None:
        found = next((says[name] for name in names if says.get(name) is not None), None)
        try:
            return None if found is None else round(float(found) * times)
        except (TypeError, ValueError):
            return None

    return take


def stated_word(name: str) -> Callable[[Mapping[str, Any]], str | None]:
    """Return a function that reads a word, in lower case."""
    return lambda says: None if says.get(name) is None else str(says[name]).lower()


def explaining_parts(
    metric: SourceFigure, evidence: Evidence, source: Value, ours: Value | None
) -> tuple[DifferencePart, ...]:
    """Return the parts that explain a difference completely; nothing if any of it remains."""
    parts: list[DifferencePart] = []
    for explain in metric.explain:
        found = tuple(explain(evidence, source, ours))
        if _makes_up(found, source, ours):
            return found
        parts += found
    return tuple(parts) if _makes_up(parts, source, ours) else ()


def _makes_up(parts: Sequence[DifferencePart], source: Value, ours: Value | None) -> bool:
    if any(part.amount is None for part in parts):
        return True
    if not parts or not isinstance(source, int) or not isinstance(ours, int):
        return False
    return sum(part.amount or 0 for part in parts) == source - ours
