"""Moments: zone-aware outside, integers of microseconds inside arrays and tables."""

from datetime import UTC, datetime, timedelta
from typing import Any

from shinrai.units.errors import Misuse

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class NaiveMoment(Misuse, ValueError):
    """A moment without a zone: nobody can say when that was."""


def epoch_us(at: datetime) -> int:
    """Count the microseconds from 1970-01-01 UTC to a moment, exactly.

    Raises: NaiveMoment if the moment carries no zone.
    """
    if at.tzinfo is None:
        raise NaiveMoment(f"{at.isoformat()} carries no zone; give one, such as +09:00")
    return (at - EPOCH) // MICROSECOND


def as_us(at: Any) -> Any:
    """Give a moment as microseconds; what stands for one in an expression is given back."""
    return epoch_us(at) if isinstance(at, datetime) else at


def from_us(us: int) -> datetime:
    """Name the moment, in UTC, that lies so many microseconds after 1970-01-01 UTC."""
    return EPOCH + timedelta(microseconds=us)
