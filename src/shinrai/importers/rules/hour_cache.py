"""Reads moments by the hour they are in: ten million rows have only a few thousand hours.

An hour is read in the usual way at its beginning and its end. If both fit, the moments between are
computed, as no clock changes twice within an hour. Other moments are read in the usual way.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

MINUTE_US: Final = 60_000_000
SECOND_US: Final = 1_000_000
MOST_HOURS = 50_000
_SIXTY: Final = [f"{number:02d}" for number in range(60)]
# What may stand behind an hour, and how much of it has passed then: "05" or "05:09".
TO_THE_MINUTE: Final = {minute: place * MINUTE_US for place, minute in enumerate(_SIXTY)}
TO_THE_SECOND: Final = {
    f"{minute}:{second}": passed + number * SECOND_US
    for minute, passed in TO_THE_MINUTE.items()
    for number, second in enumerate(_SIXTY)
}
WITH_SECONDS: Final = len("2026-01-05 09:00") + 1  # characters, or more

Read = Callable[[str], int | None]


class _Hours(dict[str, int | None]):
    """The beginning of each hour, by the text around its minutes; None: read it in the usual way.

    An hour is read when first asked for, at its beginning and its end.
    """

    def __init__(self, read: Read, passed: Mapping[str, int], tries: Sequence[str]) -> None:
        super().__init__()
        self.passed = passed
        self._read = read
        self._tries = tries

    def __missing__(self, hour: str) -> int | None:
        if len(self) >= MOST_HOURS:
            self.clear()
        front, rest = hour[:14], hour[14:]
        is_offset = not rest or rest[0] in "+-Z"
        begins = self[hour] = self._begin_of_hour(front, rest) if is_offset else None
        return begins

    def _begin_of_hour(self, front: str, rest: str) -> int | None:
        first, *others = [self._read(f"{front}{shown}{rest}") for shown in self._tries]
        for shown, other in zip(self._tries[1:], others, strict=True):
            if first is None or other is None or other - first != self.passed[shown]:
                return None
        return first


class HourCache:
    """The hours of one table, each read once in the usual way (None: no moment)."""

    def __init__(self, read: Read) -> None:
        self._by_minutes = _Hours(read, TO_THE_MINUTE, ("00", "01", "59"))
        self._by_seconds = _Hours(read, TO_THE_SECOND, ("00:00", "00:01", "01:00", "59:59"))

    def read(self, cells: Sequence[str]) -> Sequence[int | None]:
        """Read cells as microseconds since 1970; None for a cell to read in the usual way."""
        hours = self._hours_of(cells[0]) if cells else self._by_seconds
        passed = hours.passed
        try:  # one look at all: most columns are written alike from end to end
            return [passed[cell[14:19]] + hours[cell[:14] + cell[19:]] for cell in cells]  # type: ignore[operator]
        except (KeyError, TypeError):
            return [self._one(cell) for cell in cells]

    def _one(self, cell: str) -> int | None:
        hours = self._hours_of(cell)
        passed = hours.passed.get(cell[14:19])
        if passed is None:
            return None
        begins = hours[cell[:14] + cell[19:]]
        return None if begins is None else begins + passed

    def _hours_of(self, cell: str) -> _Hours:
        return self._by_seconds if len(cell) >= WITH_SECONDS else self._by_minutes
