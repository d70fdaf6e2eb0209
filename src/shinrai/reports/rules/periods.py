"""The dates of a report: an ISO week, a month, or any span; and the periods around it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from shinrai.units.errors import UserError
from shinrai.units.text import Text

Kind = Literal["week", "month", "dates"]
DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
LONGEST = timedelta(days=400)
YEARS = range(3, 9997)  # what a calendar reaches, and a year of spans before and after
# How many spans before one it is set against: enough to tell a change from chance, few enough to
# be the same desk.
BEFORE: dict[Kind, int] = {"week": 8, "month": 6, "dates": 1}
ISO_WEEK = re.compile(r"(\d{4})-?W(\d{1,2})", re.IGNORECASE)
MONTH = re.compile(r"(\d{4})-(\d{1,2})")


class BadPeriod(UserError, ValueError):
    """The dates cannot be reported: wrong order, too long, too far away, or not readable."""


@dataclass(frozen=True)
class Period:
    """Dates from first to last, both included: a week from Monday, a calendar month, or others."""

    kind: Kind
    first: date
    last: date

    @property
    def name(self) -> str:
        """Return its name as typed by people: 2026-W47, 2026-11, or 2026-06-01/2026-06-09."""
        if self.kind == "week":
            year, week, _ = self.first.isocalendar()
            return f"{year}-W{week:02}"
        if self.kind == "month":
            return f"{self.first:%Y-%m}"
        return f"{self.first}/{self.last}"

    @property
    def query(self) -> str:
        """Return it as the query of the page's address."""
        if self.kind == "dates":
            return f"?from={self.first}&to={self.last}"
        return f"?{self.kind}={self.name}"

    @property
    def days(self) -> int:
        """Return the number of its dates."""
        return (self.last - self.first).days + 1

    def moved(self, steps: int) -> "Period":
        """Return the period so many steps later, or earlier if negative.

        Weeks and months move as such, other dates by their length.
        """
        if self.kind == "month":
            return month_of(_month(self.first.year * 12 + self.first.month - 1 + steps))
        length = timedelta(days=self.days) * steps
        return Period(self.kind, self.first + length, self.last + length)

    def with_those_before(self) -> tuple["Period", ...]:
        """Return the periods it is compared with, oldest first, and itself last."""
        return tuple(self.moved(-back) for back in range(BEFORE[self.kind], -1, -1))


def week_of(on: date) -> Period:
    """Return the week, from Monday, of a date."""
    monday = on - timedelta(days=on.weekday())
    return Period("week", monday, monday + WEEK - DAY)


def month_of(on: date) -> Period:
    """Return the month of a date."""
    first = on.replace(day=1)
    return Period("month", first, _month(first.year * 12 + first.month) - DAY)


def between(first: date, last: date) -> Period:
    """Return the dates as a period: a week or month if they are exactly that.

    Raises: BadPeriod.
    """
    if last < first:
        raise BadPeriod(
            Text(
                "{last} lies before {first}. Give the earlier date first.", last=last, first=first
            ),
        )
    if last - first > LONGEST:
        raise BadPeriod(
            Text(
                "{first} to {last} is more than {days} days. Ask for fewer.",
                first=first,
                last=last,
                days=LONGEST.days,
            ),
        )
    if first.year not in YEARS or last.year not in YEARS:
        raise BadPeriod(
            Text(
                "{first} to {last} lies beyond what a calendar reaches. Give dates nearer "
                "to today.",
                first=first,
                last=last,
            ),
        )
    for whole in (week_of(first), month_of(first)):
        if (whole.first, whole.last) == (first, last):
            return whole
    return Period("dates", first, last)


def week_named(text: str) -> Period:
    """Read an ISO week such as 2026-W47.

    Raises: BadPeriod.
    """
    found = ISO_WEEK.fullmatch(text.strip())
    return _read(
        text,
        lambda: week_of(date.fromisocalendar(int(found[1]), int(found[2]), 1)) if found else None,
        Text("no week. Write one such as 2026-W47."),
    )


def month_named(text: str) -> Period:
    """Read a month such as 2026-11.

    Raises: BadPeriod.
    """
    found = MONTH.fullmatch(text.strip())
    return _read(
        text,
        lambda: month_of(date(int(found[1]), int(found[2]), 1)) if found else None,
        Text("no month. Write one such as 2026-11."),
    )


def _read(text: str, made: Callable[[], Period | None], what: Text) -> Period:
    try:
        found = made()
    except ValueError:
        found = None
    if found is None or found.first.year not in YEARS:
        raise BadPeriod(Text("{text} is {what}", text=text[:40], what=what))
    return found


def _month(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)
