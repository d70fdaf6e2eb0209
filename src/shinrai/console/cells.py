"""Values of lists as downloads write them: plain for JSON, and harmless for spreadsheets."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from shinrai.units.unknown import Unknown

# A spreadsheet takes a cell that begins with one of these for a formula (OWASP, CSV injection); a
# Japanese one also by their full-width forms.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def is_known(value: Any) -> bool:
    """Tell whether there is a value at all."""
    return value is not None and not isinstance(value, Unknown)


def plain_value(value: Any) -> Any:
    """Convert a value for a download: text, number, boolean, or None if it is unknown."""
    if not is_known(value):
        return None
    if isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return round(value.total_seconds())
    if isinstance(value, Decimal | Fraction):
        return float(value)
    return str(value)


def csv_cell(value: Any) -> Any:
    """Convert a value for CSV; text that a spreadsheet would run as a formula starts with `'`."""
    plain = plain_value(value)
    if isinstance(plain, str) and plain.startswith(FORMULA):
        return f"'{plain}"
    return "" if plain is None else plain
