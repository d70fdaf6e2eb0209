"""Public holidays of countries from the `holidays` package, and until when they are known."""

from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any

from shinrai.units.errors import UserError
from shinrai.units.text import Text

# Where the law's own list ends although arithmetic goes on. Source: Cabinet Office of Japan,
# 国民の祝日 (syukujitsu.csv), published every February for this year and the next. The equinoxes
# are announced there, not computed; look again when the `holidays` pin moves.
OFFICIAL_UNTIL = {"JP": date(2027, 12, 31)}

PARTS_SEEN_IN = 2026


class UnknownCountry(UserError, ValueError):
    """No public holidays are known for this country code."""


@dataclass(frozen=True)
class Holiday:
    """A public holiday; `name_ja` equals `name` if its country's data has no Japanese names."""

    on: date
    name: str
    name_ja: str


@dataclass(frozen=True)
class Horizon:
    """The first and last date a source of holidays covers; None: no limit."""

    source: str
    first_on: date | None
    last_on: date | None


@cache
def country_codes() -> dict[str, tuple[str, ...]]:
    """Return the known country codes, each with the codes of its parts."""
    import holidays

    return {
        code: tuple(subdivisions)
        for code, subdivisions in holidays.list_supported_countries(include_aliases=True).items()
    }


def country_code(text: str) -> str:
    """Return the standard spelling of a country's code, or of a part's, such as US-CA.

    Raises: UnknownCountry.
    """
    country, _, part = text.strip().partition("-")
    country = country.upper()
    known = country_codes()
    if country not in known:
        raise UnknownCountry(
            Text(
                "no country is called {text!r}; give its ISO 3166 code, such as JP, US or US-CA",
                text=text,
            ),
        )
    if not part:
        return country
    for spelling in (part, part.upper()):
        if spelling in known[country]:
            return f"{country}-{spelling}"
    parts = ", ".join(known[country]) or "none"
    raise UnknownCountry(
        Text(
            "{country} has no part {part!r}; known: {parts}",
            country=country,
            part=part,
            parts=parts,
        ),
    )


def country_day(code: str, on: date) -> Holiday | None:
    """Return the public holiday of a country on a date, or None."""
    return country_year(code, on.year).get(on)


@lru_cache(maxsize=4096)
def country_year(code: str, year: int) -> dict[date, Holiday]:
    """Return the public holidays of a country in a year, by date, in order."""
    tongue = _tongues(code)
    english = _source(code, year, tongue.get("en"))
    japanese = _source(code, year, tongue["ja"]) if "ja" in tongue else english
    return {on: Holiday(on, english[on], japanese.get(on, english[on])) for on in sorted(english)}


@cache
def country_horizon(code: str) -> Horizon:
    """Return between which dates the holidays of a country are known."""
    source = _entity(code, year=None, language=None)
    first, last = date(source.start_year, 1, 1), date(source.end_year, 12, 31)
    return Horizon(code, first, min(last, OFFICIAL_UNTIL.get(source.country, last)))


@cache
def parts_with_more(code: str) -> tuple[str, ...]:
    """List the parts of a country with holidays the whole country does not have: GB-SCT.

    Compared in one year only, as this seldom changes. For a part of a country the list is empty.
    """
    shared = country_year(code, PARTS_SEEN_IN).keys()
    parts = (f"{code}-{part}" for part in country_codes().get(code, ()))
    return tuple(part for part in parts if country_year(part, PARTS_SEEN_IN).keys() - shared)


@cache
def _tongues(code: str) -> dict[str, str]:
    spoken = _entity(code, year=None, language=None).supported_languages or ()
    tongues = {tongue[:2]: tongue for tongue in sorted(spoken, reverse=True)}
    return {short: tongues[short] for short in ("en", "ja") if short in tongues}


def _source(code: str, year: int, language: str | None) -> dict[date, str]:
    return dict(_entity(code, year=year, language=language).items())


def _entity(code: str, *, year: int | None, language: str | None) -> Any:
    import holidays

    country, _, part = code.partition("-")
    return holidays.country_holidays(
        country, subdiv=part or None, years=year, language=language, expand=False
    )
