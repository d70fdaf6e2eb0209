"""Date spans of pages: this week, last month, 90 days, or the dates given in a URL."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Literal, get_args

from shinrai.units.errors import UserError
from shinrai.units.text import Text

Choice = Literal["this-week", "last-week", "this-month", "last-month", "90-days", "all"]
CHOICES: tuple[Choice, ...] = get_args(Choice)

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
NINETY_DAYS = 90
MOST_DAYS = 3660  # that `days=` reaches back: ten years
FIRST_YEAR, LAST_YEAR = 2, 9998  # one year inside what `date` holds, for zones and differences
SHOWN = 40  # characters of what was typed that a refusal repeats

# Messages of refusals; pages translate them and fill in `values`.
NO_DATE = Text("{text} is no date. Write one such as 2026-06-03.")
TOO_FAR = Text("{text} lies beyond what a calendar reaches.")
TURNED = Text("{last} lies before {first}. Give the earlier date first.")
NO_SPAN = Text("There is no span called {text}. Choose one of those above, or give dates.")


class BadDateSpan(UserError, ValueError):
    """A text is no date or no known span, or the last date is before the first."""


@dataclass(frozen=True)
class DateSpan:
    """The dates from `since` to `until`, both included; None: no limit on that side.

    `kind` is a choice, "days" (a number of days up to today) or "dates" (two given dates).
    """

    kind: str
    since: date | None
    until: date | None

    @property
    def address(self) -> dict[str, str]:
        """Return the URL parameters of this span; "90-days" and the like move on with today."""
        if self.kind in CHOICES:
            return {"span": self.kind}
        if self.kind == "days":
            return {"days": str(self.length)}
        return self.dates

    @property
    def dates(self) -> dict[str, str]:
        """Return the URL parameters of exactly these dates, whatever today is."""
        if self.since is None and self.until is None:
            return {"from": "all", "to": ""}
        return {
            "from": self.since.isoformat() if self.since else "",
            "to": self.until.isoformat() if self.until else "",
        }

    @property
    def before(self) -> "DateSpan | None":
        """Return the previous span of the same kind; None if this one lacks a first or last date.

        A week or month that is not over is compared with the same days of the previous one.
        """
        since, until = self.since, self.until
        if since is None or until is None:
            return None
        try:
            if self.kind in ("this-week", "last-week"):
                return DateSpan(self.kind, since - WEEK, until - WEEK)
            is_months = self.kind in ("last-month", "dates") and _are_whole_months(since, until)
            if self.kind == "this-month" or is_months:
                return DateSpan(self.kind, *_months_before(since, until))
            return DateSpan(self.kind, since - self.length * DAY, since - DAY)
        except (OverflowError, ValueError):  # before the first year there is
            return None

    def days_up_to(self, today: date) -> int | None:
        """Return the number of days if the span ends today, else 0; None if it has no limits."""
        if self.since is None and self.until is None:
            return None
        return self.length if self.until == today else 0

    @property
    def length(self) -> int:
        """Return the number of days; 0 if the span lacks a first or last date."""
        return 0 if self.since is None or self.until is None else (self.until - self.since).days + 1


def read_span(
    asked: Mapping[str, str],
    *,
    at: datetime,
    zone: tzinfo,
    last: date | None = None,
    default: Choice = "90-days",
) -> DateSpan:
    """Read a date span from URL parameters: `from=` and `to=`, else `days=`, else `span=`.

    `last` is the last date with data: if it is over 90 days ago, "90-days" ends on it.
    Raises: BadDateSpan.
    """
    given = {name: asked.get(name, "").strip() for name in ("span", "from", "to", "days")}
    today = at.astimezone(zone).date()
    if "all" in (given["from"], given["days"]):
        return DateSpan("all", None, None)
    if given["from"] or given["to"]:
        return _between(_date(given["from"]), _date(given["to"]))
    days = given["days"]
    if days.isdecimal() and len(days) < 5 and 0 < int(days) <= MOST_DAYS:
        return DateSpan("days", today - (int(days) - 1) * DAY, today)
    if given["span"] and given["span"] not in CHOICES:
        raise BadDateSpan(NO_SPAN.using(text=given["span"][:SHOWN]))
    chosen = next((choice for choice in CHOICES if choice == given["span"]), default)
    return span_of(chosen, today=today, last=last)


def span_of(choice: Choice, *, today: date, last: date | None = None) -> DateSpan:
    """Return the dates of a choice such as "last-week"; weeks begin on Monday."""
    monday, first = today - today.weekday() * DAY, today.replace(day=1)
    if choice == "this-week":
        return DateSpan(choice, monday, today)
    if choice == "last-week":
        return DateSpan(choice, monday - WEEK, monday - DAY)
    if choice == "this-month":
        return DateSpan(choice, first, today)
    if choice == "last-month":
        return DateSpan(choice, (first - DAY).replace(day=1), first - DAY)
    if choice == "all":
        return DateSpan(choice, None, None)
    reach = (NINETY_DAYS - 1) * DAY
    ends = today if last is None or last > today - reach else last
    return DateSpan(choice, ends - reach, ends)


def _between(first: date | None, last: date | None) -> DateSpan:
    if first and last and last < first:
        raise BadDateSpan(TURNED.using(first=first, last=last))
    return DateSpan("dates", first, last)


def _are_whole_months(since: date, until: date) -> bool:
    return since.day == 1 and until.day == monthrange(until.year, until.month)[1]


def _months_before(since: date, until: date) -> tuple[date, date]:
    """Move dates back by as many months as they touch; a month's last day stays its last day."""
    count = 12 * (until.year - since.year) + until.month - since.month + 1
    first, final = (_month_back(day, count) for day in (since, until))
    longest = monthrange(final.year, final.month)[1]
    day = longest if _are_whole_months(since, until) else min(until.day, longest)
    return first, final.replace(day=day)


def _month_back(day: date, count: int) -> date:
    """Return the first day of the month that is `count` months before the date's month."""
    year, month = divmod(12 * day.year + day.month - 1 - count, 12)
    return date(year, month + 1, 1)


def _date(text: str) -> date | None:
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise BadDateSpan(NO_DATE.using(text=text[:SHOWN])) from error
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise BadDateSpan(TOO_FAR.using(text=text[:SHOWN]))
    return found
