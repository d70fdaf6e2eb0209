"""A calendar as its form says it: hours by day, holidays of countries, days of the company's own.

The form changes one version of a calendar. What it does not show (breaks, iCalendar files, listed
holidays) stays as it is in the version it replaces or follows.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from importlib import resources
from typing import Any
from unicodedata import normalize

from shinrai.calendars.rules.fields import BadCalendar, read_date, read_days
from shinrai.calendars.rules.holidays import UnknownCountry, country_code, country_codes
from shinrai.calendars.rules.hours import WEEKDAYS
from shinrai.calendars.rules.moment_text import YEARS
from shinrai.calendars.rules.time_zone import UnknownZone, zone_named
from shinrai.units.errors import UserError
from shinrai.units.text import Text, joined

USUAL_HOURS = "09:00-18:00"
LONGEST = 10_000  # characters of a field; years of a company's days
CLOSED_WORDS = ("", "-", "closed", "休", "休み", "休業", "定休日")
# Dashes people write between two times: hyphens, wave dashes, and the Japanese long vowel.
DASH = r"\s*(?:-|–|—|~|〜|ー|to|から)\s*"
HOURS = re.compile(rf"(\d{{1,2}})(?:[:時](\d{{2}})?)?分?{DASH}(\d{{1,2}})(?:[:時](\d{{2}})?)?分?")
DATE = r"(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})日?"
DATES = re.compile(rf"{DATE}(?:\s*(?:\.\.|-|–|—|~|〜|ー|to|から)\s*{DATE})?(?:\s*[:\s]\s*(.+))?")
DAY_AND_HOURS = re.compile(rf"{DATE}\s*[:\s]\s*(.+)")


class BadCalendarForm(UserError, ValueError):
    """What was typed is no calendar; `wrong` says why, by the field of the form."""

    def __init__(self, wrong: Mapping[str, Text]) -> None:
        self.wrong = dict(wrong)
        super().__init__(joined(wrong.values()))


@dataclass(frozen=True)
class CalendarForm:
    """The fields of the form, as typed.

    `hours` are seven texts from Monday on; `closed` and `special` hold a day or range a line;
    `valid_from` is the date from which all this holds, empty: from the beginning.
    """

    zone: str
    hours: tuple[str, ...]
    holidays: str = ""
    closed: str = ""
    special: str = ""
    valid_from: str = ""


def usual_form(zone: str) -> CalendarForm:
    """Return Monday to Friday 9:00-18:00 in a zone, with the holidays of its country."""
    hours = (USUAL_HOURS,) * 5 + ("", "")
    return CalendarForm(zone=zone, hours=hours, holidays=country_of(zone))


def country_of(zone: str) -> str:
    """Return the code of the country a zone lies in, if its holidays are known; else "".

    Source: zone.tab of the pinned tzdata, which names each zone with its country.
    """
    code = _countries_of_zones().get(zone, "")
    return code if code in country_codes() else ""


def write_form(document: Mapping[str, Any]) -> CalendarForm:
    """Return the form of the newest version of a calendar's document."""
    version = _versions(document)[-1]
    weekly = version.get("weekly", {})
    countries = (item for item in _listed(version.get("holidays")) if _is_country(item))
    dated = (f"{on} {', '.join(hours) or '-'}" for on, hours in version.get("hours", {}).items())
    return CalendarForm(
        zone=version["zone"],
        hours=tuple(", ".join(weekly.get(day, ())) for day in WEEKDAYS),
        holidays=", ".join(countries),
        closed="\n".join(map(_day_line, version.get("closed", ()))),
        special="\n".join(dated),
        valid_from=version.get("valid_from", ""),
    )


def read_form(form: CalendarForm, base: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the document of a calendar with the version that the typed fields describe.

    It takes the place of the version of `base` that begins on the same date, or is added.
    Raises: BadCalendarForm with what is wrong in every field, not only in the first.
    """
    wrong: dict[str, Text] = {}

    def tried(field: str, read: Callable[[], Any], otherwise: Any) -> Any:
        try:
            return read()
        except (BadCalendar, UnknownZone, UnknownCountry) as error:
            wrong[field] = error.what if isinstance(error, BadCalendar) else error.text
            return otherwise

    since = _plain(form.valid_from)
    weekly = {
        day: tried(day, partial(_hours, text), [])
        for day, text in zip(WEEKDAYS, form.hours, strict=True)
    }
    read: dict[str, Any] = {
        "zone": _plain(form.zone),
        "weekly": {day: hours for day, hours in weekly.items() if hours},
        "holidays": tried("holidays", lambda: _countries(form.holidays), []),
        "closed": tried("closed", lambda: _closed(form.closed), []),
        "hours": tried("special", lambda: dict(map(_special, _lines(form.special))), {}),
    }
    tried("zone", lambda: zone_named(read["zone"]), None)
    if since:
        read["valid_from"] = since
        tried("valid_from", lambda: _since(since), None)
    if wrong:
        raise BadCalendarForm(wrong)
    before = _versions(base) if base else []
    replaced = next((one for one in before if one.get("valid_from", "") == since), None)
    kept = {**(replaced or (before[-1] if before else {}))}
    read["holidays"] += [item for item in _listed(kept.get("holidays")) if not _is_country(item)]
    for key in ("valid_from", *read):
        kept.pop(key, None)
    version = {key: value for key, value in (read | kept).items() if value}
    others = [one for one in before if one is not replaced]
    versions = sorted([*others, version], key=lambda one: str(one.get("valid_from", "")))
    return version if len(versions) == 1 else {"versions": versions}


def field_of(where: str) -> str:
    """Return the field of the form that shows a place of the document; "" if none does."""
    parts = re.sub(r"^versions\[\d+\]\.", "", where).replace("[", ".").split(".")
    if parts[0] == "weekly" and len(parts) > 1:
        return parts[1]
    shown = {"hours": "special"}
    known = ("zone", "holidays", "closed", "valid_from")
    return shown.get(parts[0], parts[0] if parts[0] in known else "")


@cache
def _countries_of_zones() -> dict[str, str]:
    text = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return {row[2]: row[0] for row in rows}


def _versions(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list(document["versions"]) if "versions" in document else [document]


def _listed(found: Any) -> list[Any]:
    return list(found) if isinstance(found, list) else [found] if found else []


def _is_country(item: object) -> bool:
    return isinstance(item, str) and not item[:1].isdigit()


def _plain(text: str) -> str:
    return normalize("NFKC", text).replace("\x00", "").strip()


def _lines(text: str) -> Iterable[str]:
    return filter(None, map(_plain, text.splitlines()))


def _day_line(item: Any) -> str:
    if isinstance(item, Mapping):
        return " ".join(f"{dates} {name}" for dates, name in item.items())
    return str(item)


def _hours(text: str) -> list[str]:
    """Read hours such as 9:00-12:00, 13-18; a word for closed is none."""
    typed = _plain(text)
    if typed.casefold() in CLOSED_WORDS:
        return []
    found = [HOURS.fullmatch(part.strip()) for part in re.split("[,、;]", typed)]
    if None in found:
        what = Text(
            "{typed!r} are no hours: write 9:00-18:00, or 9:00-12:00, 13:00-18:00", typed=typed[:40]
        )
        raise BadCalendar("", what)
    return [
        f"{int(match[1]):02}:{match[2] or '00'}-{int(match[3]):02}:{match[4] or '00'}"
        for match in found
        if match
    ]


def _countries(text: str) -> list[str]:
    return [country_code(code) for code in re.split(r"[,、;\s]+", _plain(text)) if code]


def _closed(text: str) -> list[Any]:
    if len(text) > LONGEST:
        raise BadCalendar("", Text("write at most {most:,} characters", most=LONGEST))
    return [_closed_day(line) for line in _lines(text)]


def _closed_day(line: str) -> Any:
    """Read 12/29-1/3 Year's end, or 2026-12-28, as the document writes it."""
    match = DATES.fullmatch(line)
    if match is None:
        raise BadCalendar("", _no_day(line))
    first = _date(*match.group(1, 2, 3))
    dates = f"{first}..{_date(match[4] or match[1], *match.group(5, 6))}" if match[5] else first
    item = {dates: match[7]} if match[7] else dates
    read_days([item], "")
    return item


def _special(line: str) -> tuple[str, list[str]]:
    match = DAY_AND_HOURS.fullmatch(line)
    if match is None or match[1] is None:
        what = Text("{line!r}: write a date with its year and its hours: 2026-12-28 10:00-12:00")
        raise BadCalendar("", what.using(line=line[:40]))
    on = _date(*match.group(1, 2, 3))
    read_date(on, "")
    return on, _hours(match[4])


def _since(text: str) -> None:
    if read_date(text, "").year not in YEARS:
        raise BadCalendar(
            "", Text("give a date from {first} to {last}", first=YEARS[0], last=YEARS[-1])
        )


def _date(year: str | None, month: str, day: str) -> str:
    return f"{year}-{int(month):02}-{int(day):02}" if year else f"{int(month):02}-{int(day):02}"


def _no_day(line: str) -> Text:
    return Text(
        "{line!r} is no day: write 2026-12-28, or 12-29..01-03 for every year, and a name if you "
        "like",
        line=line[:40],
    )
