"""Checks of a complete calendar version: some hours are open, and no hours overlap."""

from datetime import date
from itertools import pairwise

from shinrai.calendars.rules.fields import BadCalendar
from shinrai.calendars.rules.hours import (
    DAY,
    DAY_S,
    WEEKDAYS,
    CalendarVersion,
    OpenInterval,
    YearlyDays,
    clashes,
)
from shinrai.calendars.rules.icalendar import BadEvents
from shinrai.units.text import Text, verbatim


def validate_version(version: CalendarVersion, dot: str) -> None:
    """Raise an error if a version is not valid; `dot` is its path in the document.

    Raises: BadCalendar.
    """
    _readable_events(version, dot)
    _some_hours(version, dot)
    _no_overlap(version, dot)


def _readable_events(version: CalendarVersion, dot: str) -> None:
    for key, source in (("holidays_ics", version.holidays), ("closed_ics", version.closed)):
        try:
            _ = source.events
        except BadEvents as error:
            again = Text("export the file again")
            raise BadCalendar(f"{dot}{key}", error.text, again) from error


def _some_hours(version: CalendarVersion, dot: str) -> None:
    if not any(version.weekly) and not any(version.hours.values()):
        raise BadCalendar(
            f"{dot}weekly",
            Text("the calendar has no hours"),
            Text('say when the desk is open, such as mon: ["09:00-17:00"]'),
        )
    yearly = [
        days
        for days in (*version.closed.days, *version.holidays.days)
        if isinstance(days, YearlyDays)
    ]
    leap_year = (date(2024, 1, 1) + passed * DAY for passed in range(366))
    if all(any(days.covers(on) for days in yearly) for on in leap_year):
        raise BadCalendar(
            f"{dot}closed",
            Text("every day of the year is closed"),
            Text("leave a day open"),
        )


def _no_overlap(version: CalendarVersion, dot: str) -> None:
    for number, day in enumerate(WEEKDAYS):
        today, tomorrow = version.weekly[number], version.weekly[(number + 1) % 7]
        for at, (one, other) in enumerate(pairwise(today), start=1):
            if other.from_s < one.to_s:
                raise _overlap(f"{dot}weekly.{day}[{at}]", other, verbatim(f"{one}"))
        if today and tomorrow and tomorrow[0].from_s + DAY_S < today[-1].to_s:
            next_day = WEEKDAYS[(number + 1) % 7]
            raise _overlap(
                f"{dot}weekly.{next_day}[0]",
                tomorrow[0],
                Text("{day}'s {today}", day=day, today=today[-1]),
            )
    dates = {on - days * DAY for on in version.hours for days in (0, 1)}
    for one_on, one, other_on, other in clashes(version, sorted(dates)):
        if one_on != other_on or one_on in version.hours:
            raise _overlap(
                f"{dot}hours.{other_on if other_on in version.hours else one_on}",
                other,
                Text("{one} of {one_on}", one=one, one_on=one_on),
            )


def _overlap(where: str, one: OpenInterval, other: Text) -> BadCalendar:
    return BadCalendar(
        where,
        Text("{one} overlaps {other}", one=one, other=other),
        Text("let each minute be open once"),
    )
