"""Lengths of windows as OpenSLO writes them: 30d, 4w, 1M, 1Q, 1Y."""

import re
from dataclasses import dataclass
from typing import Literal, cast

from shinrai.units.errors import UserError
from shinrai.units.text import Text

Unit = Literal["d", "w", "M", "Q", "Y"]

UNITS = "dwMQY"
MOST = {"d": 3_660, "w": 520, "M": 120, "Q": 40, "Y": 10}  # ten years, as all searches
SHAPE = re.compile(r"([1-9][0-9]{0,8})([a-zA-Z])")


class BadDuration(UserError, ValueError):
    """The text is not the length of a window."""


@dataclass(frozen=True)
class Duration:
    """A number of days, weeks, months, quarters or years."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"


def read_duration(text: str) -> Duration:
    """Read a duration such as 30d; capital M is months, as in OpenSLO.

    Raises: BadDuration.
    Source: OpenSLO specification v1, "duration-shorthand".
    """
    match = SHAPE.fullmatch(text)
    if match is None:
        raise BadDuration(
            Text(
                "{text!r} is no duration; write a number and a unit: 30d, 4w, 1M, 1Q, 1Y", text=text
            ),
        )
    count, unit = int(match[1]), match[2]
    if unit in "mh":
        raise BadDuration(
            Text(
                "{text!r} is shorter than a day: too few tickets to tell; use d, w, M, Q "
                "or Y (M is months)",
                text=text,
            ),
        )
    if unit not in UNITS:
        raise BadDuration(
            Text(
                "{text!r} has an unknown unit {unit!r}; use d, w, M, Q or Y", text=text, unit=unit
            ),
        )
    if count > MOST[unit]:
        raise BadDuration(
            Text(
                "{text!r} is longer than ten years; give at most {most}{unit}",
                text=text,
                most=MOST[unit],
                unit=unit,
            ),
        )
    return Duration(count, cast(Unit, unit))
