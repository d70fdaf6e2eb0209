"""Recurrence rules (RRULE) of iCalendar events: parsed strictly, evaluated from any year on.

dateutil evaluates them too, but always from the first day, and up to the year 9999 if nothing
matches; the tests compare our results with dateutil's.

**Source:** RFC 5545 §3.3.10.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import count as count_from
from itertools import islice
from typing import Final

from shinrai.calendars.rules.icalendar import LATEST, BadEvents, Component, Line
from shinrai.units.text import Text

DAY: Final = timedelta(days=1)
REPEATS: Final = ("DAILY", "MONTHLY", "WEEKLY", "YEARLY")
WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MOST_TIMES: Final = 24  # beginnings on one day
LONGEST_COUNT: Final = 100 * 366 * DAY  # within which a counted end is looked for
_CLOCK: Final = ("BYHOUR", "BYMINUTE", "BYSECOND")
_LARGEST: Final = {
    "BYHOUR": 23, "BYMINUTE": 59, "BYSECOND": 59, "BYMONTH": 12, "BYMONTHDAY": 31,
    "BYYEARDAY": 366, "BYWEEKNO": 53, "BYSETPOS": 366,
}  # fmt: skip
_SIGNED: Final = ("BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS")
_KNOWN: Final = frozenset(["FREQ", "UNTIL", "COUNT", "INTERVAL", "BYDAY", "WKST", *_LARGEST])
_NUMBER: Final = re.compile(r"0*[1-9]\d{0,6}", re.ASCII)
_NTH: Final = re.compile(rf"([+-]?0?[1-9]\d?)?({'|'.join(WEEKDAYS)})", re.ASCII)


@dataclass(frozen=True)
class RecurrenceRule:
    """How an event repeats, in its own local time; `until` is the last possible start."""

    often: str
    interval: int
    until: datetime | None
    week_begins: int
    by: dict[str, tuple[int, ...]]
    weekdays: tuple[tuple[int, int], ...]  # which one (0: all), and of which day of the week
    times: tuple[time, ...]
    counted_days: int = 0  # that were looked at to find a counted end

    def local_times(self, start: datetime, first: datetime, last: datetime) -> Iterator[datetime]:
        """Yield when an event with this start repeats, between two times, both included."""
        first, last = max(first, start), min(last, self.until or last)
        for number in count_from(max(self._period(start, first), 0)):
            days = self._days(start.date(), number * self.interval)
            if not days or days[0] > last.date():
                return
            found = [
                datetime.combine(day, at) for day in days if self._fits(day) for at in self.times
            ]
            if places := self.by.get("BYSETPOS"):
                found = [
                    at for place, at in enumerate(found)
                    if place + 1 in places or place - len(found) in places
                ]  # fmt: skip
            yield from (at for at in found if first <= at <= last)

    def _period(self, start: datetime, at: datetime) -> int:
        """Return the number of the period (year, month, week or day) of a time, or one less."""
        match self.often:
            case "YEARLY":
                passed = at.year - start.year
            case "MONTHLY":
                passed = (at.year - start.year) * 12 + at.month - start.month
            case "WEEKLY":
                passed = (at.date() - start.date()).days // 7
            case _:
                passed = (at.date() - start.date()).days
        return passed // self.interval

    def _days(self, start: date, passed: int) -> list[date]:
        """List the days of a year, month, week or day; none after the year `LATEST`."""
        months: list[tuple[int, int]] = []
        match self.often:
            case "YEARLY":
                chosen = self.by.get("BYMONTH", range(1, 13))
                months = [(start.year + passed, month) for month in sorted(set(chosen))]
            case "MONTHLY":
                year, month = divmod(start.year * 12 + start.month - 1 + passed, 12)
                months = [(year, month + 1)]
            case _:
                size = 7 if self.often == "WEEKLY" else 1
                back = (start.weekday() - self.week_begins) % 7 if size == 7 else 0
                begins = start.toordinal() - back + passed * size
                if begins > date(LATEST, 1, 1).toordinal():
                    return []
                return [date.fromordinal(begins + day) for day in range(size)]
        if months[0][0] > LATEST:
            return []
        return [date(y, m, day) for y, m in months for day in range(1, monthrange(y, m)[1] + 1)]

    def _fits(self, day: date) -> bool:
        by = self.by
        return (
            (not self.weekdays or any(self._is_nth(day, *one) for one in self.weekdays))
            and ("BYMONTH" not in by or day.month in by["BYMONTH"])
            and ("BYMONTHDAY" not in by or _is_one(by["BYMONTHDAY"], *_in_month(day)))
            and ("BYYEARDAY" not in by or _is_one(by["BYYEARDAY"], *_in_year(day)))
            and ("BYWEEKNO" not in by or _is_one(by["BYWEEKNO"], *self._week(day)))
        )

    def _week(self, day: date) -> tuple[int, int]:
        """Return the week number of a day, and the number of weeks in its year.

        The first week of a year has at least 4 days in it.
        """
        middle = day + (3 - (day.weekday() - self.week_begins) % 7) * DAY
        passed, size = _in_year(middle)
        number = (passed - 1) // 7 + 1
        return number, number + (size - passed) // 7

    def _is_nth(self, day: date, nth: int, weekday: int) -> bool:
        if day.weekday() != weekday or not nth:
            return day.weekday() == weekday
        of_month = self.often == "MONTHLY" or "BYMONTH" in self.by
        place, size = _in_month(day) if of_month else _in_year(day)
        return nth in ((place - 1) // 7 + 1, -((size - place) // 7 + 1))


def _in_month(day: date) -> tuple[int, int]:
    return day.day, monthrange(day.year, day.month)[1]


def _in_year(day: date) -> tuple[int, int]:
    before = date(day.year - 1, 12, 31).toordinal()
    return day.toordinal() - before, date(day.year, 12, 31).toordinal() - before


def _is_one(chosen: tuple[int, ...], place: int, size: int) -> bool:
    """Tell whether a place is chosen; negative numbers count from the end."""
    return place in chosen or place - size - 1 in chosen


def read_rule(
    line: Line, of: Component, *, start: datetime, whole_days: bool,
    until_of: Callable[[str], datetime],
) -> RecurrenceRule:  # fmt: skip
    """Parse a rule; `until_of` parses its UNTIL into the event's local time.

    Raises: BadEvents if RFC 5545 does not know it, or if its meaning is not clear.
    """
    said = [part.strip().partition("=") for part in line.value.upper().split(";") if part.strip()]
    parts = {name: value for name, _, value in said}
    if (unknown := [name for name in parts if name not in _KNOWN]) or len(parts) < len(said):
        odd = (", ".join(unknown) or line.value)[:80]
        raise of.bad(
            Text("repeats by a rule with a part that is unknown or stands twice: {odd}", odd=odd),
        )
    often = parts.get("FREQ", "")[:20]
    if often not in REPEATS:
        known = ", ".join(REPEATS)
        raise of.bad(
            Text("repeats {often}; known are {known}", often=often, known=known),
        )
    try:
        return _read(often, parts, start, whole_days=whole_days, until_of=until_of)
    except BadEvents:
        raise
    except ValueError as error:
        raise of.bad(
            Text(
                "repeats by {line!r}, which has no one meaning; export the event again",
                line=line.value[:80],
            ),
        ) from error


def _read(
    often: str, parts: dict[str, str], start: datetime, *, whole_days: bool,
    until_of: Callable[[str], datetime],
) -> RecurrenceRule:  # fmt: skip
    by = {name: _numbers(name, parts[name]) for name in _LARGEST if name in parts}
    days = parts["BYDAY"].split(",") if "BYDAY" in parts else ()
    weekdays = tuple(_nth(one, often, by) for one in days)
    # What a rule leaves open, the start says.
    if not weekdays and not by.keys() & {"BYMONTHDAY", "BYYEARDAY"}:
        if often == "WEEKLY" or "BYWEEKNO" in by:
            weekdays = ((0, start.weekday()),)
        elif often in ("MONTHLY", "YEARLY"):
            by["BYMONTHDAY"] = (start.day,)
            if often == "YEARLY":
                by.setdefault("BYMONTH", (start.month,))
    clock = [by.pop(name, ()) for name in _CLOCK]
    if whole_days:
        clock = [(), (), ()]  # RFC 5545: ignored there
    hours, minutes, seconds = (
        chosen or (own,)
        for chosen, own in zip(clock, (start.hour, start.minute, start.second), strict=True)
    )
    times = sorted({time(h, m, s) for h in hours for m in minutes for s in seconds})
    until = None
    if "UNTIL" in parts:  # programs write 9999 for "never"
        until = until_of(re.sub(r"^[3-9]\d{3}", str(LATEST), parts["UNTIL"]))
    rule = RecurrenceRule(often, _positive(parts.get("INTERVAL", "1")), until,
                WEEKDAYS.index(parts.get("WKST", "MO")), by, weekdays, tuple(times))  # fmt: skip
    if len(times) > MOST_TIMES or (until and until < start) or (until and "COUNT" in parts):
        raise ValueError(often)
    if "COUNT" in parts:
        most = _positive(parts["COUNT"])
        counted = islice(rule.local_times(start, start, start + LONGEST_COUNT), most - 1, None)
        last = next(counted, None)
        if last is None:
            raise ValueError(most)
        rule = replace(rule, until=last, counted_days=(last - start).days // rule.interval + most)
    return rule


def _positive(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return int(text)


def _numbers(name: str, text: str) -> tuple[int, ...]:
    found = tuple(int(one) for one in text.split(",") if len(one) <= 4)
    least = -_LARGEST[name] if name in _SIGNED else 0
    if len(found) <= text.count(",") or any(
        not least <= one <= _LARGEST[name] or (one == 0 and name not in _CLOCK) for one in found
    ):
        raise ValueError(text)
    return found


def _nth(text: str, often: str, by: dict[str, tuple[int, ...]]) -> tuple[int, int]:
    found = _NTH.fullmatch(text.strip())
    if found is None or (found[1] and (often in ("WEEKLY", "DAILY") or "BYWEEKNO" in by)):
        raise ValueError(text)
    return int(found[1] or 0), WEEKDAYS.index(found[2])
