"""Zones: names to rules of clocks, from the pinned `tzdata` and nowhere else."""

from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from shinrai.units.errors import UserError
from shinrai.units.text import Text, alternatives


class UnknownZone(UserError, ValueError):
    """No zone of this name in the pinned tzdata."""


@cache
def zone_names() -> frozenset[str]:
    """List every zone the pinned tzdata knows."""
    return frozenset(resources.files("tzdata").joinpath("zones").read_text().split())


@cache
def zone_named(name: str) -> ZoneInfo:
    """Fetch a zone's rules.

    The machine's own zone files are not asked: two machines would then judge differently.
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
    """Find the moment at which clocks on the wall of a zone show this.

    A time that clocks skip moves forward by the gap; of a time they show twice it is the first.
    One mapping for openings and closings alike: hours that touch on paper touch in truth, and
    no minute is open twice.
    """
    return local.replace(tzinfo=zone_named(zone), fold=0).astimezone(UTC)


def midnight(zone: str, on: date) -> datetime:
    """Find the moment at which a date begins in a zone."""
    return wall_to_utc(zone, datetime.combine(on, time.min))


def wall_plus(zone: str, on: date, passed: timedelta) -> datetime:
    """Find when clocks show so much after 00:00 of a date; 25 h is 01:00 of the next."""
    return wall_to_utc(zone, datetime.combine(on, time.min) + passed)


def has_date(zone: str, on: date) -> bool:
    """Tell whether a zone lived through a date; Samoa never had 30 December 2011."""
    return midnight(zone, on) < midnight(zone, on + timedelta(days=1))
