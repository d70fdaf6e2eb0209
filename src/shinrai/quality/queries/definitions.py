"""The definitions of all measures, for people: what each counts, and when it is unknown."""

from dataclasses import dataclass

from shinrai.quality.measures.declared import MEASURES
from shinrai.units.measure import Measure
from shinrai.units.text import Text


@dataclass(frozen=True)
class Definition:
    """A declared measure with its question and parts as texts."""

    measure: Measure
    question: Text
    numerator: Text
    denominator: Text
    unknown_when: Text


def definitions() -> tuple[Definition, ...]:
    """Return the definition of every measure of this package."""
    return tuple(definition_of(measure) for measure in MEASURES)


def definition_of(measure: Measure) -> Definition:
    """Return a measure, of any package, with its words as texts."""
    return Definition(
        measure,
        measure.text(measure.question),
        measure.text(measure.numerator),
        measure.text(measure.denominator),
        measure.text(measure.unknown_when),
    )
