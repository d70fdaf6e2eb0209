"""What a measure declares about itself; pages, commands and docs read this."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from shinrai.units.text import Text


@dataclass(frozen=True)
class Measure:
    """Declare a measure: what it asks, of what grain, in which unit, out of which counts.

    `expression` takes published tables (Ibis) and `at`; it describes and never runs. What is asked
    and counted is English; its Japanese is in the catalogue, under the context `measure`.
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

    @staticmethod
    def text(part: str) -> Text:
        """Make a text of what the measure asks or counts."""
        return Text(part, context="measure")

    def __post_init__(self) -> None:
        if "mode" not in self.grain:
            raise ValueError(f"measure {self.key}: the grain must name `mode`; modes never mix")
