"""Shares as pairs of counts, which can be added; division comes last."""

from dataclasses import dataclass
from fractions import Fraction

from shinrai.units.unknown import Unknown


@dataclass(frozen=True)
class Share:
    """A share, as `count` out of `of`.

    Raises: ValueError unless 0 <= count <= of.
    """

    count: int
    of: int

    def __post_init__(self) -> None:
        if not 0 <= self.count <= self.of:
            raise ValueError(f"a share of {self.count} in {self.of} cannot be")

    def __add__(self, other: "Share") -> "Share":
        return Share(self.count + other.count, self.of + other.of)

    @property
    def fraction(self) -> Fraction | Unknown:
        """Return the exact fraction; Unknown if `of` is 0."""
        return Fraction(self.count, self.of) if self.of else Unknown("nothing to count")
