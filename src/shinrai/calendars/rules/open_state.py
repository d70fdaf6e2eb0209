"""Whether a desk is open at a moment, and when that changes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from shinrai.calendars.rules.day_reasons import DayFacts, day_facts
from shinrai.calendars.rules.days import NothingOpen, days_since
from shinrai.calendars.rules.hours import Calendar

LOOKED_AHEAD = timedelta(days=400)  # open for longer than this, it is said never to close


@dataclass(frozen=True)
class OpenState:
    """A desk at a moment: whether it is open, until when, and the reasons of its date.

    `changes_at` is the next close of an open desk or the next opening of a closed one; None if it
    never closes, or never opens again.
    """

    at: datetime
    is_open: bool
    changes_at: datetime | None
    zone: str
    today: DayFacts


def open_state(calendar: Calendar, at: datetime) -> OpenState:
    """Return whether the desk is open at a moment, and when that changes.

    Hours that touch (until 24:00, and from 00:00) count as one: the desk stays open between them.
    """
    local = calendar.local(at)
    is_open, changes_at = _change(calendar, at)
    return OpenState(
        at=at,
        is_open=is_open,
        changes_at=changes_at,
        zone=calendar.version_at(at).zone,
        today=day_facts(calendar, local.date()),
    )


def _change(calendar: Calendar, at: datetime) -> tuple[bool, datetime | None]:
    spans = chain.from_iterable(day.spans for day in days_since(calendar, at))
    reached: datetime | None = None
    try:
        for opens, closes in spans:
            if closes <= at:
                continue
            if reached is None and opens > at:
                return False, opens
            if reached is not None and opens > reached:
                return True, reached
            reached = closes
            if reached - at > LOOKED_AHEAD:
                return True, None
    except NothingOpen:
        pass
    return reached is not None, reached
