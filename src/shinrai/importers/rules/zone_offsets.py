"""Finds a desk's time zone from the UTC offsets written in its files."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

# A clock time with its offset: 10:30:00+09:00. Seconds tell it from hours such as 10:00-12:00.
CLOCK_WITH_OFFSET: Final = re.compile(rb"\d\d:\d\d:\d\d(?:[.,]\d{1,9})? ?([+-]\d\d):?(\d\d)\b")
MOST_SHARE: Final = 0.8  # of all offsets seen; customers write from elsewhere too

# One zone for each set of offsets within a year. Zones with the same set show the same dates, so
# it does not matter for a figure that Berlin stands for Paris. Offsets of which half a year alone
# was seen are not enough: +01:00 is London's summer and Berlin's winter.
ZONES: Final = {
    frozenset({540}): "Asia/Tokyo",
    frozenset({480}): "Asia/Shanghai",
    frozenset({420}): "Asia/Bangkok",
    frozenset({330}): "Asia/Kolkata",
    frozenset({60, 120}): "Europe/Berlin",
    frozenset({120, 180}): "Europe/Helsinki",
    frozenset({-300, -240}): "America/New_York",
    frozenset({-360, -300}): "America/Chicago",
    frozenset({-420, -360}): "America/Denver",
    frozenset({-480, -420}): "America/Los_Angeles",
    frozenset({600, 660}): "Australia/Sydney",
    frozenset({720, 780}): "Pacific/Auckland",
}


def zone_of_offsets(texts: Iterable[bytes]) -> str | None:
    """Return the time zone that most of the UTC offsets in files fit; None if none is clear.

    Offset 0 is ignored: most systems write UTC wherever they are.
    """
    seen: Counter[int] = Counter()
    for text in texts:
        for hours, minutes in CLOCK_WITH_OFFSET.findall(text):
            seen[_minutes(hours, minutes)] += 1
    del seen[0]
    most = seen.total() * MOST_SHARE
    for offsets, zone in ZONES.items():
        counts = [seen[offset] for offset in offsets]
        if all(counts) and sum(counts) >= most:
            return zone
    return None


def zone_at(moment: datetime) -> str | None:
    """Return the time zone whose clocks show this moment's offset then; None for UTC."""
    offset = moment.utcoffset()
    if not offset:
        return None
    zones = (
        zone for zone in ZONES.values() if moment.astimezone(ZoneInfo(zone)).utcoffset() == offset
    )
    return next(zones, None)


def _offset_in(zone: str, moment: datetime) -> timedelta | None:
    return moment.astimezone(ZoneInfo(zone)).utcoffset()


def _minutes(hours: bytes, minutes: bytes) -> int:
    whole = int(hours) * 60
    return whole - int(minutes) if hours.startswith(b"-") else whole + int(minutes)
