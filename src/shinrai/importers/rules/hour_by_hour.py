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
_SIXTY: Final = {f"{number:02d}": number for number in range(60)}
_UNREAD: Final = -1  # no hour begins a microsecond before 1970


class HourByHour:
    """The hours of one table, each learnt once by the usual reading (None: no moment)."""

    def __init__(self, read: Callable[[str], int | None]) -> None:
        self._read = read
        self._hours: dict[tuple[str, int, str], int | None] = {}

    def read(self, cells: Sequence[str]) -> list[int | None]:
        """Read what can be read so, as microseconds since 1970; None: read it in the usual way."""
        known, sixty = self._hours, _SIXTY.get
        found: list[int | None] = []
        for cell in cells:
            minute = sixty(cell[14:16])
            second: int | None = 0
            if (length := len(cell)) != 16:
                second = sixty(cell[17:19])
                if cell[16:17] != ":" or (length > 19 and cell[19] not in "+-Z"):
                    second = None
            if minute is None or second is None:
                found.append(None)
                continue
            hour = (cell[:14], length, cell[19:])
            begins = known.get(hour, _UNREAD)
            if begins == _UNREAD:
                begins = self._learn_hour(hour)
            found.append(
                None if begins is None else begins + minute * MINUTE_US + second * SECOND_US
            )
        return found

    def _learn_hour(self, hour: tuple[str, int, str]) -> int | None:
        if len(self._hours) >= MOST_HOURS:
            self._hours.clear()
        front, length, rest = hour
        begins = self._hours[hour] = self._hour_begins(front, rest, has_seconds=length > 16)
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
