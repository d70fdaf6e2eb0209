"""Pauses of a clock: the times in which a case waits for somebody else."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from shinrai.units.moments import NaiveMoment

Pause = tuple[datetime, datetime | None]
NEVER = datetime.max.replace(tzinfo=UTC)  # the end of a pause that has not ended


def union(pauses: Iterable[Pause]) -> tuple[tuple[datetime, datetime], ...]:
    """Merge pauses that overlap or touch, in order; one that has not ended ends at NEVER.

    A pause that ends before it starts is dropped.
    Raises: NaiveMoment if a start or end has no zone.
    """
    merged: list[tuple[datetime, datetime]] = []
    for start, end in sorted(_bounds(pauses)):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        elif start < end:
            merged.append((start, end))
    return tuple(merged)


def _bounds(pauses: Iterable[Pause]) -> Iterator[tuple[datetime, datetime]]:
    for start, end in pauses:
        for bound in (start, end):
            if bound is not None and bound.tzinfo is None:
                raise NaiveMoment(f"the pause bound {bound.isoformat()} carries no zone; give one")
        yield start.astimezone(UTC), NEVER if end is None else end.astimezone(UTC)
