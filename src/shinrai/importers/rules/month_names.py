"""Months as people abbreviate them, in the languages a desk's software is used in.

A name is known by how it begins: four letters where three would not tell (juin, juil.), else three.
"""

import unicodedata
from typing import Final

_BEGINNINGS: Final = (
    ("jan", "jän", "ene", "gen"),
    ("feb", "fév", "fev"),
    ("mar", "mär", "mrz", "mrt", "maa"),
    ("apr", "avr", "abr"),
    ("may", "mai", "mei", "mag"),
    ("jun", "juin", "giu"),
    ("jul", "juil", "lug"),
    ("aug", "aoû", "ago"),
    ("sep", "set"),
    ("oct", "okt", "out", "ott"),
    ("nov",),
    ("dec", "déc", "dez", "dic"),
)
_MONTHS: Final = {
    name: number for number, names in enumerate(_BEGINNINGS, start=1) for name in names
}
PATTERN: Final = r"(?P<b>[^\W\d_]{3,}|(?:1[0-2]|0?[1-9])月)\.?"


def month_named(name: str) -> int | None:
    """Give the number of a month by its name, or by how it begins; None: there is no such month.

    Jun, June, Juni, juin, junho and 6月 are one.
    """
    text = unicodedata.normalize("NFC", name).casefold()
    if text.endswith("月"):
        number = text.removesuffix("月")
        return int(number) if number.isdigit() and 1 <= int(number) <= 12 else None
    return _MONTHS.get(text[:4], _MONTHS.get(text[:3]))
