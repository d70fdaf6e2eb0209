"""Moments read by the hour they lie in: a log of ten million holds a few thousand hours.

What stands behind the hour are its minutes and seconds wherever an hour's own ends read so, and no
clock is turned twice within an hour. Whatever looks otherwise is left to the usual reading.
"""

from collections.abc import Callable, Sequence
from typing import Final

MINUTE_US: Final = 60_000_000
SECOND_US: Final = 1_000_000
MOST_HOURS = 50_000
WITH_SECONDS: Final = {"00:01": 1, "01:00": 60, "59:59": 3_599}
WITHOUT_SECONDS: Final = {"01": 60, "59": 3_540}
_SIXTY: Final = [f"{number:02d}" for number in range(60)]
# What may stand behind an hour, and how much of it has passed then: "05" or "05:09".
_WITHIN_US: Final = {
    **{minute: place * MINUTE_US for place, minute in enumerate(_SIXTY)},
    **{
        f"{minute}:{second}": place * MINUTE_US + number * SECOND_US
        for place, minute in enumerate(_SIXTY)
        for number, second in enumerate(_SIXTY)
    },
}
_UNREAD: Final = -1  # no hour begins a microsecond before 1970


class HourByHour:
    """The hours of one table, each learnt once by the usual reading (None: no moment)."""

    def __init__(self, read: Callable[[str], int | None]) -> None:
        self._read = read
        self._hours: dict[tuple[str, str, bool], int | None] = {}

    def read(self, cells: Sequence[str]) -> list[int | None]:
        """Read what can be read so, as microseconds since 1970; None: read it in the usual way."""
        known, passed = self._hours.get, _WITHIN_US.get
        found: list[int | None] = []
        add = found.append
        for cell in cells:
            within = passed(cell[14:19])
            if within is None:
                add(None)
                continue
            hour = (cell[:14], cell[19:], len(cell) > 16)
            begins = known(hour, _UNREAD)
            if begins == _UNREAD:
                begins = self._learn_hour(hour)
            add(None if begins is None else begins + within)
        return found

    def _learn_hour(self, hour: tuple[str, str, bool]) -> int | None:
        if len(self._hours) >= MOST_HOURS:
            self._hours.clear()
        front, rest, has_seconds = hour
        is_offset = not rest or rest[0] in "+-Z"
        begins = self._hour_begins(front, rest, has_seconds=has_seconds) if is_offset else None
        self._hours[hour] = begins
        return begins

    def _hour_begins(self, front: str, rest: str, *, has_seconds: bool) -> int | None:
        """Find where an hour begins, if what stands behind it are its minutes and seconds.

        Tried at both ends: no clock is turned twice within an hour.
        """
        first = self._read(f"{front}00:00{rest}" if has_seconds else f"{front}00")
        tries = WITH_SECONDS if has_seconds else WITHOUT_SECONDS
        for shown, seconds in tries.items():
            other = self._read(f"{front}{shown}{rest}")
            if first is None or other is None or other - first != seconds * SECOND_US:
                return None
        return first
