"""Warnings about a calendar: dates its sources do not cover, and holidays of a country's parts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from shinrai.calendars.rules.holidays import country_horizon, parts_with_more
from shinrai.calendars.rules.hours import DAY, Calendar, CalendarVersion, Days
from shinrai.units.text import Text, bilingual

PARTS_NAMED = 8


@dataclass(frozen=True)
class CalendarWarning:
    """A warning to show with an answer."""

    source: str
    text: Text


def horizon_warnings(calendar: Calendar, first: date, last: date) -> tuple[CalendarWarning, ...]:
    """Return warnings if these dates need holidays that are not announced or not known."""
    notes: list[CalendarWarning] = []
    earliest = calendar.versions[0].valid_from
    if earliest and first < earliest:
        notes.append(
            CalendarWarning(
                "valid_from",
                Text(
                    "the calendar begins on {earliest}: nothing is open before", earliest=earliest
                ),
            )
        )
    for number, version in enumerate(calendar.versions):
        later = calendar.versions[number + 1 :]
        until = later[0].valid_from - DAY if later and later[0].valid_from else last
        begins = max(first, version.valid_from or first)
        if begins <= min(until, last):
            notes.extend(_version_notes(version, begins, min(until, last)))
    return tuple(dict.fromkeys(notes))


def saving_warnings(calendar: Calendar) -> tuple[CalendarWarning, ...]:
    """Return warnings about content that is valid but seldom intended.

    Dated hours that a holiday cancels, and a country some parts of which have more holidays.
    """
    removed = (
        CalendarWarning(
            f"hours.{on}",
            Text(
                "the hours of {on} are removed: it is a {kind} day ({name})",
                on=on,
                kind=off.kind,
                name=bilingual(off.name, off.name_ja) if off.name else Text("no name"),
            ),
        )
        for version in calendar.versions
        for on, intervals in version.hours.items()
        if intervals and (off := version.day_off(on))
    )
    parts = (note for version in calendar.versions for note in _parts_notes(version))
    return tuple(dict.fromkeys((*removed, *parts)))


def _parts_notes(version: CalendarVersion) -> Iterator[CalendarWarning]:
    for country in version.holidays.countries:
        parts = parts_with_more(country)
        if not parts or any(
            other.startswith(f"{country}-") for other in version.holidays.countries
        ):
            continue
        more = len(parts) - PARTS_NAMED
        named: object = parts[:PARTS_NAMED]
        if more > 0:
            named = Text("{named} and {more} more", context="calendars", named=named, more=more)
        yield CalendarWarning(
            country,
            Text(
                "{country} has only the holidays all its parts share; these keep others besides: "
                "{named}. If you work in one of them, write it in place of {country}",
                country=country,
                named=named,
            ),
        )


def _version_notes(version: CalendarVersion, first: date, last: date) -> Iterator[CalendarWarning]:
    for country in version.holidays.countries:
        horizon = country_horizon(country)
        if horizon.last_on and last > horizon.last_on:
            yield CalendarWarning(
                country,
                Text(
                    "holidays of {country} are official until {last_on}; later ones are "
                    "projected from today's law and may change",
                    country=country,
                    last_on=horizon.last_on,
                ),
            )
        if horizon.first_on and first < horizon.first_on:
            yield CalendarWarning(
                country,
                Text(
                    "holidays of {country} are known from {first_on} only",
                    country=country,
                    first_on=horizon.first_on,
                ),
            )
    listed = _listed_until(version)
    if listed and last > listed:
        yield CalendarWarning(
            "holidays",
            Text(
                "the listed holidays end with {year}: dates after {listed} have none",
                year=listed.year,
                listed=listed,
            ),
        )


def _listed_until(version: CalendarVersion) -> date | None:
    """Return the end of the last year with listed holidays; None if they have no end."""
    holidays = version.holidays
    if holidays.countries:
        return None
    last_ons = [days.last for days in holidays.days if isinstance(days, Days)]
    if holidays.ics:
        if holidays.events.last_on is None:
            return None
        last_ons.append(holidays.events.last_on)
    if not last_ons or len(last_ons) < len(holidays.days):
        return None
    return date(max(last_ons).year, 12, 31)
