"""Time zones by name, only from the pinned `tzdata` package."""

from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from shinrai.units.errors import UserError
from shinrai.units.text import Text, alternatives


class UnknownZone(UserError, ValueError):
    """The pinned tzdata has no zone with this name."""


@cache
def zone_names() -> frozenset[str]:
    """Return the names of all zones in the pinned tzdata."""
    return frozenset(resources.files("tzdata").joinpath("zones").read_text().split())


@cache
def zone_named(name: str) -> ZoneInfo:
    """Return the zone with this name.

    The machine's own zone files are not used, as two machines could then give different results.
    Raises: UnknownZone, with the nearest names.
    """
    if name not in zone_names():
        near = get_close_matches(name, zone_names(), n=3, cutoff=0.5)
        if not near:
            raise UnknownZone(
                Text("no time zone is called {name!r} (IANA names, like Asia/Tokyo)", name=name)
            )
        raise UnknownZone(
            Text(
                "no time zone is called {name!r}; did you mean {near}? (IANA names, like "
                "Asia/Tokyo)",
                name=name,
                near=alternatives(near),
            )
        )
    with resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def wall_to_utc(zone: str, local: datetime) -> datetime:
    """Return the moment at which clocks in a zone show this local time.

    A time that clocks skip is moved later by the gap; of a time shown twice, the first is meant.
    Openings and closings use the same rule, so hours that touch in local time also touch in UTC,
    and no minute is open twice.
    """
    return local.replace(tzinfo=zone_named(zone), fold=0).astimezone(UTC)


def midnight(zone: str, on: date) -> datetime:
    """Return the moment at which a date begins in a zone."""
    return wall_to_utc(zone, datetime.combine(on, time.min))


def wall_plus(zone: str, on: date, passed: timedelta) -> datetime:
    """Return the moment at a local time after 00:00 of a date; 25 h is 01:00 on the next."""
    return wall_to_utc(zone, datetime.combine(on, time.min) + passed)


def has_date(zone: str, on: date) -> bool:
    """Tell whether a date exists in a zone; Samoa had no 30 December 2011."""
    return midnight(zone, on) < midnight(zone, on + timedelta(days=1))
