"""The desk's business hours, computed for arrays of moments."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from shinrai.calendars.rules.arrays import due_array, due_by_close_array, effective_array
from shinrai.calendars.rules.document import read_calendar
from shinrai.calendars.rules.timetable import Timetable, compile_calendar
from shinrai.sample.rules.arrivals import HOUR_US, SECOND_US, Floats, Ints

OFFICE: Final[dict[str, Any]] = {
    "zone": "Asia/Tokyo",
    "weekly": {day: ["10:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
    "holidays": "JP",
    "closed": ["12-29..01-03"],
}
OPEN_H: Final = 8
ROOM = timedelta(days=500)  # outcomes follow after the last arrival


@dataclass(frozen=True)
class Desk:
    """The times at which the desk works."""

    timetable: Timetable

    def after(self, start_us: Ints, hours: Floats) -> Ints:
        """Return the moments at which so many business hours have passed, to the second."""
        due = due_array(self.timetable, start_us, np.maximum(hours * 3600, 1).astype(np.int64))
        return due // SECOND_US * SECOND_US

    def effective(self, at_us: Ints) -> Ints:
        """Return when each counts as received: at its moment, or when the desk opens next."""
        return effective_array(self.timetable, at_us)

    def on_day(self, at_us: Ints, days: Ints, hours: Floats) -> Ints:
        """Return moments on the n-th business day after arrival, later for more `hours` of work.

        The moment always falls within that day: long work is shortened more than short work.
        """
        close = due_by_close_array(self.timetable, at_us, days)
        start = np.where(days == 0, self.effective(at_us), close - OPEN_H * HOUR_US)
        room = (close - start).astype(float)
        work = hours * HOUR_US
        return start + (room * work / (room + work)).astype(np.int64) // SECOND_US * SECOND_US


def desk_from(first: date, last: date) -> Desk:
    """Return the desk for arrivals between two dates."""
    calendar = read_calendar(OFFICE)
    return Desk(compile_calendar(calendar, first - timedelta(days=10), last + ROOM))
