"""Who gets which arm: by a hash of the person, so the same one always, on whatever device."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from shinrai.statistics.arms import difference_p, holm, sample_ratio_p
from shinrai.statistics.differences import Sums

BROKEN: Final = 0.001  # below, the arms are not what was declared (MEASURES §8)
SHOWN: Final = 0.01  # between the two, it is said


def arm_of(person: str, salt: str, arms: Mapping[str, float]) -> str:
    """Return the arm of a person: the place of their hash among the shares.

    `salt` is the hash of the first declaration: two initiatives divide people independently.
    """
    place = int.from_bytes(sha256(f"{salt}\0{person}".encode()).digest()[:8]) / 2**64
    whole, upto = sum(arms.values()), 0.0
    for name, share in arms.items():
        upto += share / whole
        if place < upto:
            return name
    return [*arms][-1]  # where the shares add up to a hair less than 1


@dataclass(frozen=True)
class ArmFigure:
    """An arm: how many people are in it, its sums, and the p of its difference from the first.

    `p` holds for all arms together (Holm); None of the first arm, and where nothing is counted yet.
    """

    name: str
    people: int
    sums: Sums
    p: float | None


def arm_figures(
    arms: Mapping[str, float], people: Mapping[str, int], sums: Mapping[str, Sums]
) -> tuple[ArmFigure, ...]:
    """Return every arm beside the first, with p values that hold for all of them together."""
    first, *others = arms
    counted = [name for name in others if sums[name].of and sums[first].of]
    adjusted = holm([difference_p(sums[name], sums[first]) for name in counted])
    p_values = dict(zip(counted, adjusted, strict=True))
    return tuple(
        ArmFigure(name, people.get(name, 0), sums[name], p_values.get(name)) for name in arms
    )


def ratio_p(arms: Mapping[str, float], people: Mapping[str, int]) -> float:
    """Return how likely the arms have these sizes by chance."""
    return sample_ratio_p([people.get(name, 0) for name in arms], list(arms.values()))
