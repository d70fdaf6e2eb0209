"""The one line of a week: days, minutes, and how many days more or fewer than the week before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from shinrai.units.text import Text, in_a_row

MinutesFrom = Literal["activities", "events", ""]


@dataclass(frozen=True)
class StudyDay:
    """What a learner did on a date: minutes by subject, and from where the minutes are known.

    `activities`: as the product declares those that were completed; `events`: as it reports them;
    "": none is known. The subject is "" where none is named.
    """

    on: date
    subjects: Mapping[str, int]
    minutes_from: MinutesFrom = ""

    @property
    def minutes(self) -> int:
        """Return the minutes of all subjects."""
        return sum(self.subjects.values())


@dataclass(frozen=True)
class WeekLine:
    """A learner's week up to a date, and how many days the week before had up to that weekday.

    `before_days` is None if nothing was recorded before this week.
    """

    start: date
    upto: date
    days: int
    minutes: int
    minutes_from: frozenset[MinutesFrom]
    before_days: int | None

    @property
    def is_whole(self) -> bool:
        """Return whether the week has no day to come."""
        return self.upto >= self.start + timedelta(days=6)

    @property
    def difference(self) -> int | None:
        """Return how many days more than the week before, up to the same weekday."""
        return None if self.before_days is None else self.days - self.before_days

    @property
    def text(self) -> Text:
        """Return the line: this week in one or two sentences."""
        return in_a_row([self._this_week, *([] if self.before_days is None else [self._change])])

    @property
    def _this_week(self) -> Text:
        if not self.days:
            return Text("No study this week.") if self.is_whole else Text("No study yet this week.")
        if not self.minutes:
            return Text("This week: {count} day.", "This week: {count} days.", count=self.days)
        return Text(
            "This week: {count} day, {time} in all.",
            "This week: {count} days, {time} in all.",
            count=self.days,
            time=time_text(self.minutes),
        )

    @property
    def _change(self) -> Text:
        # A week that runs is compared with as much of the one before.
        when = Text("last week") if self.is_whole else Text("this time last week")
        by = self.difference or 0
        if by > 0:
            return Text(
                "{count} day more than {when}.",
                "{count} days more than {when}.",
                count=by,
                when=when,
            )
        if by < 0:
            return Text(
                "{count} day fewer than {when}.",
                "{count} days fewer than {when}.",
                count=-by,
                when=when,
            )
        return Text("As many days as {when}.", when=when)


def time_text(minutes: int) -> Text:
    """Return minutes as hours and minutes."""
    hours, rest = divmod(minutes, 60)
    if hours and rest:
        return Text("{hours} h {minutes} min", context="study", hours=hours, minutes=rest)
    if hours:
        return Text("{hours} h", context="study", hours=hours)
    return Text("{minutes} min", context="study", minutes=rest)


def line_of(days: Mapping[date, StudyDay], *, start: date, today: date) -> WeekLine:
    """Return the line of the week that begins on `start`, up to its end or to today."""
    upto = min(today, start + timedelta(days=6))
    week = timedelta(days=7)
    mine = [one for day, one in days.items() if start <= day <= upto]
    before = sum(start - week <= day <= upto - week for day in days)
    has_before = any(day < start for day in days)
    return WeekLine(
        start=start,
        upto=upto,
        days=len(mine),
        minutes=sum(one.minutes for one in mine),
        minutes_from=frozenset(one.minutes_from for one in mine if one.minutes_from),
        before_days=before if has_before else None,
    )
