"""What a guardian wants to be told, by which channel, and when they are not to be disturbed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from shinrai.units.errors import UserError
from shinrai.units.moments import QuietHours
from shinrai.units.text import Text

NoticeKind = Literal["weekly", "silence", "pin", "link"]
Channel = Literal["app", "mail", "push"]
KINDS: Final[Mapping[NoticeKind, Text]] = {
    "weekly": Text("the week, once a week"),
    "silence": Text("no study for ten days, once"),
    "pin": Text("a new pin, at most once a day"),
    "link": Text("a link with a child was made or has ended"),
}
CHANNELS: Final[Mapping[Channel, Text]] = {
    "app": Text("in the app"),
    "mail": Text("by mail"),
    "push": Text("in this browser"),
}
# Mail comes once a week unless something is wrong: pins of the week are told in it.
USUAL: Final[Mapping[Channel, frozenset[str]]] = {
    "app": frozenset(KINDS),
    "mail": frozenset({"weekly", "silence", "link"}),
    "push": frozenset(KINDS),
}
NIGHT: Final = QuietHours(time(21), time(7))
CAUGHT_UP: Final = timedelta(days=2)  # a look that is later than this is not made up for
DAY: Final = timedelta(days=1)


class UnusablePlan(UserError, ValueError):
    """Notices cannot be set so."""


@dataclass(frozen=True)
class GuardianPlan:
    """Kinds by channel, quiet hours, the weekday of the weekly notice, and at which time it is due.

    Unit: `weekly_day` is 0 on Monday; times are in the guardian's zone.
    """

    wishes: Mapping[Channel, frozenset[str]] = field(default_factory=lambda: USUAL)
    quiet: QuietHours = NIGHT
    weekly_day: int = 6
    due_time: time = time(18)

    def wants(self, channel: Channel, kind: str) -> bool:
        """Tell whether a kind is told by a channel."""
        return kind in self.wishes.get(channel, frozenset())

    def without(self, channel: Channel) -> "GuardianPlan":
        """Return the plan with a channel ended."""
        wishes = {**self.wishes, channel: frozenset[str]()}
        return GuardianPlan(wishes, self.quiet, self.weekly_day, self.due_time)

    @property
    def document(self) -> dict[str, Any]:
        """Return the plan as a step keeps it."""
        quiet = (self.quiet.since, self.quiet.until)
        return {
            "wishes": {channel: sorted(self.wishes.get(channel, ())) for channel in CHANNELS},
            "quiet": [one.isoformat("minutes") for one in quiet if one is not None],
            "weekly_day": self.weekly_day,
            "due_time": self.due_time.isoformat("minutes"),
        }


def plan_of(document: Mapping[str, Any]) -> GuardianPlan:
    """Return the plan that a document describes; an empty one: what is usual.

    Raises: UnusablePlan.
    """
    if not document:
        return GuardianPlan()
    try:
        wishes = {channel: frozenset(document["wishes"].get(channel, ())) for channel in CHANNELS}
        quiet = [time.fromisoformat(one) for one in document["quiet"]]
        day, due_time = int(document["weekly_day"]), time.fromisoformat(document["due_time"])
        hours = QuietHours(quiet[0], quiet[1]) if quiet else QuietHours()
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise _unusable() from error
    is_known = frozenset().union(*wishes.values()) <= set(KINDS)
    if not is_known or not 0 <= day <= 6:
        raise _unusable()
    return GuardianPlan(wishes, hours, day, due_time)


def next_look(plan: GuardianPlan, zone: str, *, after: datetime) -> datetime:
    """Return the first moment after another at which it is looked what there is to say."""
    here = ZoneInfo(zone)
    day = after.astimezone(here).date() - DAY
    while True:
        due = datetime.combine(day, plan.due_time, here).astimezone(UTC)
        if due > after:
            return due
        day += DAY


def look_after(plan: GuardianPlan, zone: str, *, due_at: datetime, at: datetime) -> datetime:
    """Return the look after one; those that a worker missed lately are made up for, one by one."""
    return next_look(plan, zone, after=max(due_at, at - CAUGHT_UP))


def week_told(plan: GuardianPlan, zone: str, due_at: datetime) -> date | None:
    """Return a date of the week that a look tells of; None on the other days."""
    on = due_at.astimezone(ZoneInfo(zone)).date()
    return on if on.weekday() == plan.weekly_day else None


def _unusable() -> UnusablePlan:
    return UnusablePlan(
        Text(
            "Notices cannot be set so: give a weekday, a time of day, and for quiet hours both a "
            "beginning and an end."
        )
    )
