"""Parses JSON so that every value can be stored: no half characters, no endless numbers.

JSON can hold more than a table can. Halves of characters (`"\\ud83d"` alone, left when an emoji is
cut in two) become U+FFFD and NUL is left out, in names too; numbers that no table can hold
(Infinity, 1e999, a hundred digits) are kept as text.
"""

import json
import re
from math import isfinite
from typing import Any, Final

DEEPEST: Final = 64  # records nest a dozen levels at most
_DIGITS: Final = 18  # 64 bits hold every number of so many
_HALF: Final = re.compile("[\ud800-\udfff]")
_ESCAPED: Final = re.compile(r"\\u(?:[dD][89a-fA-F]|0000)")


class TooDeep(ValueError):
    """A document is nested deeper than any record."""


def parse_document(text: str) -> Any:
    """Parse a document.

    Raises: ValueError, or its subclass TooDeep.
    """
    try:
        value = _decode(text)
    except RecursionError as error:
        raise TooDeep("nested too deeply") from error
    if text.count("[") + text.count("{") > DEEPEST and _is_deep(value):
        raise TooDeep("nested too deeply")
    return _storable(value) if _ESCAPED.search(text) else value


def whole_text(text: str) -> str:
    """Return a text that can be stored: without NUL, half characters as U+FFFD."""
    return _HALF.sub("\ufffd", text.replace("\x00", ""))


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) <= _DIGITS else digits


def _fraction(digits: str) -> float | str:
    number = float(digits)
    return number if isfinite(number) else digits


_decode = json.JSONDecoder(parse_int=_whole, parse_float=_fraction, parse_constant=str).decode


def _is_deep(value: Any) -> bool:
    """Return whether a value is nested too deeply; this uses no recursion."""
    level = [value]
    for _ in range(DEEPEST):
        level = [each for held in level for each in _inside(held)]
        if not level:
            return False
    return True


def _inside(value: Any) -> Any:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return whole_text(value)
    if isinstance(value, list):
        return [_storable(each) for each in value]
    if isinstance(value, dict):
        return {whole_text(name): _storable(each) for name, each in value.items()}
    return value
