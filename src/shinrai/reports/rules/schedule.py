"""When the report of a week is sent, and which week that is."""

from datetime import date, datetime, time, timedelta
from typing import Final

from shinrai.calendars.rules.time_zone import zone_named
from shinrai.reports.rules.periods import Period, week_of

NINE: Final = time(9)


def last_due(at: datetime, zone: str) -> datetime:
    """Return the last Monday 9:00 in a zone that has come."""
    here = zone_named(zone)
    today = at.astimezone(here).date()
    monday = today - timedelta(days=today.weekday())
    due = _nine(monday, zone)
    return due if due <= at else _nine(monday - timedelta(weeks=1), zone)


def next_due(at: datetime, zone: str) -> datetime:
    """Return the next Monday 9:00 in a zone."""
    return _nine(last_due(at, zone).astimezone(zone_named(zone)).date() + timedelta(weeks=1), zone)


def week_sent(due: datetime, zone: str) -> Period:
    """Return the week that is reported at a due moment: the one that ended."""
    return week_of(due.astimezone(zone_named(zone)).date()).moved(-1)


def _nine(on: date, zone: str) -> datetime:
    return datetime.combine(on, NINE, tzinfo=zone_named(zone))
