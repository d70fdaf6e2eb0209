"""Moments: datetimes with a time zone, or microseconds as integers in arrays and tables."""

from datetime import UTC, datetime, timedelta
from typing import Any

from shinrai.units.errors import Misuse

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class NaiveMoment(Misuse, ValueError):
    """A datetime has no time zone, so it does not name a moment."""


def epoch_us(at: datetime) -> int:
    """Return the exact number of microseconds from 1970-01-01 UTC to a moment.

    Raises: NaiveMoment if the datetime has no time zone.
    """
    if at.tzinfo is None:
        raise NaiveMoment(f"{at.isoformat()} carries no zone; give one, such as +09:00")
    return (at - EPOCH) // MICROSECOND


def as_us(at: Any) -> Any:
    """Return a datetime as microseconds since 1970; return anything else unchanged."""
    return epoch_us(at) if isinstance(at, datetime) else at


def from_us(us: int) -> datetime:
    """Return the datetime, in UTC, of so many microseconds after 1970-01-01 UTC."""
    return EPOCH + timedelta(microseconds=us)
