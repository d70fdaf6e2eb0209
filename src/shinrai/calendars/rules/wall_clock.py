"""Conversion between moments and local times, for whole arrays."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from shinrai.calendars.rules.hours import Calendar
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.calendars.rules.timetable import SECOND_US, Ints, Timetable
from shinrai.units.moments import epoch_us, from_us

DAY_US = 86_400 * SECOND_US
# No zone has moved its clocks twice within this time: a change shows in the offset at its ends.
PROBE_US = DAY_US // 4
MARGIN_US = 12 * DAY_US  # shifts, zones and whole days around the compiled dates


def clock_times(timetable: Timetable, at_us: Ints) -> tuple[Ints, Ints]:
    """Return the date each moment belongs to, and its local time since 00:00 of that date.

    An open moment belongs to the business day that owns it, any other to its local date.
    """
    wall = at_us + _offsets_at(timetable, at_us)
    span = np.searchsorted(timetable.opens, at_us, side="right") - 1
    is_open = (span >= 0) & (at_us < timetable.closes[span])
    owned_on = timetable.day_on[timetable.owner[np.maximum(span, 0)]]
    on = np.where(is_open, owned_on, wall // DAY_US)
    return on, wall - on * DAY_US


def wall_moments(timetable: Timetable, on: Ints, passed_us: Ints) -> Ints:
    """Return the moments at a local time after 00:00 of each date.

    Skipped times are moved later by the gap; of times shown twice, the first is meant.
    """
    wall = on * DAY_US + passed_us
    moments = np.empty_like(wall)
    for version, rows in _versions_on(timetable.calendar, on):
        changes, offsets = _offsets(timetable, version)
        # A new offset holds on the wall once both the old and the new clocks have passed it.
        shown = changes + np.maximum(offsets[1:], offsets[:-1])
        moments[rows] = wall[rows] - offsets[np.searchsorted(shown, wall[rows], side="right")]
    return moments


def _offsets_at(timetable: Timetable, at_us: Ints) -> Ints:
    offset_at = np.empty_like(at_us)
    for version, rows in _versions_at(timetable.calendar, at_us):
        changes, offsets = _offsets(timetable, version)
        offset_at[rows] = offsets[np.searchsorted(changes, at_us[rows], side="right")]
    return offset_at


def _versions_at(calendar: Calendar, at_us: Ints) -> Iterator[tuple[int, Ints]]:
    version = np.zeros(len(at_us), dtype=np.int64)
    for number, start in enumerate(calendar.starts[1:], start=1):
        version[at_us >= epoch_us(start)] = number
    yield from _rows_of(version)


def _versions_on(calendar: Calendar, on: Ints) -> Iterator[tuple[int, Ints]]:
    version = np.zeros(len(on), dtype=np.int64)
    for number, one in enumerate(calendar.versions[1:], start=1):
        if one.valid_from is not None:
            version[on >= (one.valid_from - date(1970, 1, 1)).days] = number
    yield from _rows_of(version)


def _rows_of(version: Ints) -> Iterator[tuple[int, Ints]]:
    for number in np.unique(version):
        yield int(number), np.flatnonzero(version == number)


def _offsets(timetable: Timetable, version: int) -> tuple[Ints, Ints]:
    zone = timetable.calendar.versions[version].zone
    return zone_offsets(zone, timetable.lower - MARGIN_US, timetable.upper + MARGIN_US)


@lru_cache(maxsize=64)
def zone_offsets(zone: str, lower_us: int, upper_us: int) -> tuple[Ints, Ints]:
    """Return when a zone's offset changes, and the offsets before, between and after.

    Unit: microseconds; there is one more offset than changes.
    """
    changes: list[int] = []
    offsets = [_offset(zone, lower_us)]
    for probe in range(lower_us, upper_us, PROBE_US):
        after = _offset(zone, probe + PROBE_US)
        if after != offsets[-1]:
            changes.append(_change(zone, probe, probe + PROBE_US))
            offsets.append(after)
    return np.array(changes, dtype=np.int64), np.array(offsets, dtype=np.int64)


def _change(zone: str, before: int, after: int) -> int:
    old = _offset(zone, before)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset(zone, middle) == old:
            before = middle
        else:
            after = middle
    return after


def _offset(zone: str, us: int) -> int:
    offset = from_us(us).astimezone(zone_named(zone)).utcoffset() or timedelta()
    return offset // timedelta(microseconds=1)
