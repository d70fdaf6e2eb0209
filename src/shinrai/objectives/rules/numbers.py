"""Decimal numbers: read from text as exact fractions, and written back."""

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

from shinrai.units.errors import UserError
from shinrai.units.text import Text

DECIMAL = re.compile(r"[0-9]{1,12}(\.[0-9]{1,18})?")


class NotADecimal(UserError, ValueError):
    """The value is not a plain decimal number."""


def read_decimal(value: Any) -> Fraction:
    """Read a decimal exactly; a float counts as the shortest text that stands for it.

    Raises: NotADecimal.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise NotADecimal(Text("{value!r} is no number", value=value))
    text = value.strip() if isinstance(value, str) else _plain(value)
    if not DECIMAL.fullmatch(text):
        raise NotADecimal(Text("{text!r} is no plain decimal number", text=text))
    return Fraction(text)


def decimal_text(value: Fraction) -> str:
    """Write a fraction as decimal text, without trailing zeros.

    Raises: NotADecimal for one without an end, such as 1/3.
    """
    for places in range(21):
        scaled = value * 10**places
        if scaled.denominator == 1:
            digits = str(scaled.numerator).rjust(places + 1, "0")
            return f"{digits[:-places]}.{digits[-places:]}" if places else digits
    raise NotADecimal(Text("{value} never ends as a decimal", value=value))


def _plain(value: int | float | Decimal) -> str:
    return format(Decimal(repr(value)) if isinstance(value, float) else Decimal(value), "f")
