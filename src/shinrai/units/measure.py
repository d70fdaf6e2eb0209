"""What a measure declares about itself; pages, commands and docs read this."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Measure:
    """Declare a measure: what it asks, of what grain, in which unit, out of which counts.

    `expression` takes published tables (Ibis) and `at`; it describes and never runs.
    """

    key: str
    version: int
    question: str
    question_ja: str
    owner: str
    grain: tuple[str, ...]
    unit: str
    numerator: str
    denominator: str
    better: Literal["higher", "lower", "neither"]
    unknown_when: str
    expression: Callable[..., Any] | None = None

    def __post_init__(self) -> None:
        if "mode" not in self.grain:
            raise ValueError(f"measure {self.key}: the grain must name `mode`; modes never mix")
