"""What every measure counts, of what, and when it cannot be known: for people to read."""

from dataclasses import dataclass

from shinrai.quality.measures.declared import MEASURES
from shinrai.units.measure import Measure
from shinrai.units.text import Text


@dataclass(frozen=True)
class Definition:
    """A measure as it is declared, as texts."""

    measure: Measure
    question: Text
    numerator: Text
    denominator: Text
    unknown_when: Text


def definitions() -> tuple[Definition, ...]:
    """Give the definition of every measure of this package."""
    return tuple(
        Definition(
            measure,
            measure.text(measure.question),
            measure.text(measure.numerator),
            measure.text(measure.denominator),
            measure.text(measure.unknown_when),
        )
        for measure in MEASURES
    )
