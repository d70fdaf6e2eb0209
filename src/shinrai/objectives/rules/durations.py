"""Lengths of windows as OpenSLO writes them: 30d, 4w, 1M, 1Q, 1Y."""

import re
from dataclasses import dataclass
from typing import Literal, cast

from shinrai.units.wording import SaidInBoth

Unit = Literal["d", "w", "M", "Q", "Y"]

UNITS = "dwMQY"
MOST = {"d": 3_660, "w": 520, "M": 120, "Q": 40, "Y": 10}  # ten years, as all searches
SHAPE = re.compile(r"([1-9][0-9]{0,8})([a-zA-Z])")


class BadDuration(SaidInBoth, ValueError):
    """Not the length of a window."""


@dataclass(frozen=True)
class Duration:
    """So many days, weeks, months, quarters or years."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"


def read_duration(text: str) -> Duration:
    """Read a duration shorthand; capital M is months, as in OpenSLO.

    Raises: BadDuration.
    Source: OpenSLO specification v1, "duration-shorthand".
    """
    match = SHAPE.fullmatch(text)
    if match is None:
        raise BadDuration(
            f"{text!r} is no duration; write a number and a unit: 30d, 4w, 1M, 1Q, 1Y",
            f"「{text}」は期間として読めません。"
            "30d、4w、1M、1Q、1Y のように数と単位で書いてください",
        )
    count, unit = int(match[1]), match[2]
    if unit in "mh":
        raise BadDuration(
            f"{text!r} is shorter than a day: too few tickets to tell; use d, w, M, Q or Y "
            "(M is months)",
            f"「{text}」は 1 日より短く、件数が足りずに判断できません。"
            "d、w、M、Q、Y を使ってください（M は月です）",
        )
    if unit not in UNITS:
        raise BadDuration(
            f"{text!r} has an unknown unit {unit!r}; use d, w, M, Q or Y",
            f"「{text}」の単位「{unit}」は使えません。d、w、M、Q、Y を使ってください",
        )
    if count > MOST[unit]:
        raise BadDuration(
            f"{text!r} is longer than ten years; give at most {MOST[unit]}{unit}",
            f"「{text}」は 10 年より長いです。{MOST[unit]}{unit} 以下にしてください",
        )
    return Duration(count, cast(Unit, unit))
