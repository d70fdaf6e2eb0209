"""How a measure is declared; pages, commands and docs use the declarations."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from shinrai.units.text import Text


@dataclass(frozen=True)
class Measure:
    """Declare a measure: its question, grain, unit, numerator and denominator.

    `expression` takes published tables (Ibis) and `at`; it serves as a description and is never
    run. Texts are English; their Japanese is in the message catalogue, in the context `measure`.
    """

    key: str
    version: int
    question: str
    owner: str
    grain: tuple[str, ...]
    unit: str
    numerator: str
    denominator: str
    better: Literal["higher", "lower", "neither"]
    unknown_when: str
    expression: Callable[..., Any] | None = None
    of_cases: bool = True  # or of persons, events or contracts, which have no mode

    @staticmethod
    def text(part: str) -> Text:
        """Return a part of the declaration, such as the question, as a translatable text."""
        return Text(part, context="measure")

    @property
    def words(self) -> Mapping[str, Text]:
        """Return what people read of the declaration, by part."""
        parts = ("question", "numerator", "denominator", "unknown_when")
        return {part: self.text(getattr(self, part)) for part in parts}

    def __post_init__(self) -> None:
        if self.of_cases and "mode" not in self.grain:
            raise ValueError(f"measure {self.key}: the grain must name `mode`; modes never mix")
