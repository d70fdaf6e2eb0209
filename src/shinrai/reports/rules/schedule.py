"""When the report of a week is sent, to which kinds of targets, and what pages show of those."""

import re
from datetime import date, datetime, time, timedelta
from typing import Final

from shinrai.calendars.rules.time_zone import zone_named
from shinrai.reports.rules.periods import Period, week_of
from shinrai.units.errors import UserError
from shinrai.units.text import Text, verbatim

CHANNELS: Final[dict[str, Text]] = {
    "slack": verbatim("Slack"),
    "teams": verbatim("Teams"),
    "mail": Text("Mail", context="delivery"),
    "json": Text("JSON to a webhook"),
}
NINE: Final = time(9)
MAIL: Final = re.compile(r"[^\s@<>,;:\"()]{1,64}@[^\s@<>,;:\"()]{1,190}\.[^\s@.<>,;:\"()]{2,63}")


class UnusableTarget(UserError, ValueError):
    """A report cannot be sent there: no such kind, or no address of it."""


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


def read_mail(text: str) -> str:
    """Return an address of mail as typed.

    Raises: UnusableTarget.
    """
    if not MAIL.fullmatch(text.strip()):
        raise UnusableTarget(Text("Give one address of mail, such as team@example.com."))
    return text.strip()


def masked(channel: str, target: str) -> str:
    """Return what pages may show of a target: who has a webhook's whole address may post to it."""
    if channel == "mail":
        name, _, host = target.partition("@")
        return f"{name[:1]}…@{host}"[:120]
    host = target.partition("://")[2].partition("/")[0]
    tail = target.rstrip("/")[-4:] if len(target) > len(host) + 24 else ""
    return f"{host[:100]}/…{tail}"
