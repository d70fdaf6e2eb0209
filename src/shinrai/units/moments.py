"""Moments: datetimes with a time zone, or microseconds in arrays and tables; and quiet hours."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

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


@dataclass(frozen=True)
class QuietHours:
    """When nobody is disturbed: from a time of day until another, and on days off (0 Monday)."""

    since: time | None = None
    until: time | None = None
    days_off: frozenset[int] = frozenset()

    def ends(self, local: datetime) -> datetime | None:
        """Return when the quiet stretch that a local moment lies in may end; None if in none."""
        day = datetime.combine(local.date(), time(0), tzinfo=local.tzinfo)
        if local.weekday() in self.days_off:
            return day + timedelta(days=1)
        since, until, now = self.since, self.until, local.time()
        if since is None or until is None or since == until:
            return None
        if since < until:
            in_it, later = since <= now < until, 0
        else:  # over midnight
            in_it, later = now >= since or now < until, int(now >= since)
        ends = datetime.combine(local.date() + timedelta(days=later), until, tzinfo=local.tzinfo)
        return ends if in_it else None


def loud_at(quiet: QuietHours, at: datetime, zone: str) -> datetime:
    """Return the first moment, from `at` on, that does not lie in quiet hours."""
    local = at.astimezone(ZoneInfo(zone))
    while (ends := quiet.ends(local)) is not None:
        local = ends
    return max(at, local.astimezone(UTC))


def quiet_document(quiet: QuietHours, zone: str) -> dict[str, Any]:
    """Return quiet hours and their zone as a message keeps them."""
    ends = {"since": quiet.since, "until": quiet.until}
    written = {name: one.isoformat() for name, one in ends.items() if one is not None}
    return {**written, "days_off": sorted(quiet.days_off), "zone": zone}


def loud_for(document: Mapping[str, Any], at: datetime) -> datetime:
    """Return the first moment, from `at` on, at which a message that keeps them may leave."""
    if not document:
        return at
    since, until = (
        time.fromisoformat(document[name]) if name in document else None
        for name in ("since", "until")
    )
    quiet = QuietHours(since, until, frozenset(document["days_off"]))
    return loud_at(quiet, at, document["zone"])
