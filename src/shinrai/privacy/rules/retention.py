"""For how many months the words of a case stay after its end, and before which moment that is."""

from calendar import monthrange
from datetime import datetime

from shinrai.units.errors import UserError
from shinrai.units.text import Text

FEWEST, MOST = 1, 600  # months


class BadRetention(UserError, ValueError):
    """Words cannot be kept for such a period."""


def read_months(typed: str) -> int:
    """Return the months of a period as typed.

    Raises: BadRetention.
    """
    months = int(typed) if typed.strip().isdecimal() and len(typed.strip()) <= 4 else 0
    return checked_months(months)


def checked_months(months: int) -> int:
    """Return the months of a period.

    Raises: BadRetention.
    """
    if not FEWEST <= months <= MOST:
        raise BadRetention(
            Text(
                "write a whole number of months from {fewest} to {most}: words are erased that "
                "long after the end of their case",
                fewest=FEWEST,
                most=MOST,
            )
        )
    return months


def months_before(at: datetime, months: int) -> datetime:
    """Return the same moment so many months earlier; on a shorter month's last day at the most."""
    count = at.year * 12 + at.month - 1 - months
    year, month = count // 12, count % 12 + 1
    return at.replace(year=year, month=month, day=min(at.day, monthrange(year, month)[1]))
