"""A calendar as people write it: read from a document, and written back as the same document."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from shinrai.calendars.rules.events import BadEvents
from shinrai.calendars.rules.hours import (
    DAY,
    DAY_S,
    WEEKDAYS,
    Calendar,
    CalendarVersion,
    Closures,
    Holidays,
    Interval,
    YearlyDays,
    clashes,
)
from shinrai.calendars.rules.parts import (
    BadCalendar,
    known_keys,
    read_country_or_days,
    read_date,
    read_days,
    read_intervals,
    write_days,
)
from shinrai.calendars.rules.zones import UnknownZone, zone_named

ICS_KEYS = ("holidays_ics", "closed_ics")
ICS_STARTS = "BEGIN:VCALENDAR"
KEYS = ("valid_from", "zone", "weekly", "holidays", "closed", "hours", "breaks", *ICS_KEYS)


def embed_files(document: Any, read: Callable[[str], str]) -> Any:
    """Put the texts of iCalendar files where a document names them, so that it stands alone.

    `read` takes a path as written in the document and answers the file's text.
    """
    if not isinstance(document, Mapping):
        return document
    embedded = dict(document)
    if isinstance(embedded.get("versions"), list):
        embedded["versions"] = [embed_files(version, read) for version in embedded["versions"]]
    for key in ICS_KEYS:
        if key in embedded:
            listed = embedded[key] if isinstance(embedded[key], list) else [embedded[key]]
            embedded[key] = [
                read(item) if isinstance(item, str) and not _is_ics(item) else item
                for item in listed
            ]
    return embedded


def read_calendar(document: Any) -> Calendar:
    """Read a calendar from its parsed document; dates may be dates or text.

    Raises: BadCalendar, saying what is wrong, where, and what to do next.
    """
    if not isinstance(document, Mapping):
        raise BadCalendar("", "a calendar is a mapping", f"give at least zone and weekly: {KEYS}")
    if "versions" not in document:
        return Calendar((_version(document, ""),))
    known_keys(document, "", ("versions",), next_step="zone, weekly and so on go into each version")
    entries = document["versions"]
    if not isinstance(entries, list) or not entries:
        raise BadCalendar("versions", "no versions are listed", "list at least one, with its zone")
    versions = tuple(_version(entry, f"versions[{at}]") for at, entry in enumerate(entries))
    for at, (one, other) in enumerate(pairwise(versions), start=1):
        _in_order(one.valid_from, other.valid_from, f"versions[{at}].valid_from")
    return Calendar(versions)


def write_calendar(calendar: Calendar) -> dict[str, Any]:
    """Write the document of a calendar; reading it back gives an equal calendar."""
    versions = [_write_version(version) for version in calendar.versions]
    if len(versions) == 1:
        return versions[0]
    return {"versions": versions}


def calendar_digest(document: Mapping[str, Any]) -> str:
    """Name a written document by what it says, whatever the order of its keys."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _in_order(one: date | None, other: date | None, where: str) -> None:
    if other is None:
        raise BadCalendar(where, "is missing", "all versions but the first say when they begin")
    if one is not None and other <= one:
        raise BadCalendar(where, f"{other} is not after {one}", "list versions by their date")


def _version(entry: Any, where: str) -> CalendarVersion:
    dot = f"{where}." if where else ""
    if not isinstance(entry, Mapping):
        raise BadCalendar(where, "a version is a mapping", f"known keys: {', '.join(KEYS)}")
    known_keys(entry, where, KEYS)
    valid_from = entry.get("valid_from")
    version = CalendarVersion(
        valid_from=None if valid_from in (None, "") else read_date(valid_from, f"{dot}valid_from"),
        zone=_zone(entry.get("zone"), f"{dot}zone"),
        weekly=_weekly(entry.get("weekly"), f"{dot}weekly"),
        holidays=_holidays(entry, dot),
        closed=Closures(
            days=read_days(entry.get("closed"), f"{dot}closed"),
            ics=_ics(entry.get("closed_ics"), f"{dot}closed_ics"),
        ),
        hours=_dated(entry.get("hours"), f"{dot}hours"),
        breaks=_dated(entry.get("breaks"), f"{dot}breaks"),
    )
    _readable_events(version, dot)
    _some_hours(version, where, dot)
    _no_overlap(version, dot)
    return version


def _zone(found: Any, where: str) -> str:
    if found in (None, ""):
        raise BadCalendar(where, "is missing", "name an IANA zone, such as Asia/Tokyo")
    try:
        zone_named(str(found))
    except UnknownZone as error:
        raise BadCalendar(where, str(error), "") from error
    return str(found)


def _weekly(found: Any, where: str) -> tuple[tuple[Interval, ...], ...]:
    if found in (None, ""):
        return ((),) * 7
    if not isinstance(found, Mapping):
        raise BadCalendar(where, "is not a mapping", 'write mon: ["09:00-17:00"] and so on')
    known_keys(found, where, WEEKDAYS)
    return tuple(read_intervals(found.get(day), f"{where}.{day}") for day in WEEKDAYS)


def _holidays(entry: Mapping[str, Any], dot: str) -> Holidays:
    countries, days = read_country_or_days(entry.get("holidays"), f"{dot}holidays")
    return Holidays(countries, days, _ics(entry.get("holidays_ics"), f"{dot}holidays_ics"))


def _ics(found: Any, where: str) -> tuple[str, ...]:
    if found in (None, ""):
        return ()
    texts = found if isinstance(found, list) else [found]
    for text in texts:
        if not isinstance(text, str) or not _is_ics(text):
            raise BadCalendar(
                where,
                f"{str(text)[:60]!r} is no iCalendar text",
                "it starts with BEGIN:VCALENDAR; a path is followed only from a calendar file",
            )
    return tuple(texts)


def _is_ics(text: str) -> bool:
    return text.lstrip("\ufeff \r\n").upper().startswith(ICS_STARTS)


def _dated(found: Any, where: str) -> dict[date, tuple[Interval, ...]]:
    if found in (None, ""):
        return {}
    if not isinstance(found, Mapping):
        raise BadCalendar(where, "is not a mapping", 'write "2026-12-28": ["10:00-12:00"]')
    dated: dict[date, tuple[Interval, ...]] = {}
    for key, intervals in found.items():
        on = read_date(key, where)
        if on in dated:
            raise BadCalendar(f"{where}.{on}", "stands twice", "keep one of them")
        dated[on] = read_intervals(intervals, f"{where}.{on}")
    return dict(sorted(dated.items()))


def _readable_events(version: CalendarVersion, dot: str) -> None:
    for key, source in (("holidays_ics", version.holidays), ("closed_ics", version.closed)):
        try:
            _ = source.events
        except BadEvents as error:
            raise BadCalendar(f"{dot}{key}", str(error), "export the file again") from error


def _some_hours(version: CalendarVersion, where: str, dot: str) -> None:
    if not any(version.weekly) and not any(version.hours.values()):
        raise BadCalendar(
            f"{dot}weekly",
            "the calendar has no hours",
            'say when the desk is open, such as mon: ["09:00-17:00"]',
        )
    yearly = [
        days
        for days in (*version.closed.days, *version.holidays.days)
        if isinstance(days, YearlyDays)
    ]
    leap_year = (date(2024, 1, 1) + passed * DAY for passed in range(366))
    if all(any(days.covers(on) for days in yearly) for on in leap_year):
        raise BadCalendar(f"{dot}closed", "every day of the year is closed", "leave a day open")


def _no_overlap(version: CalendarVersion, dot: str) -> None:
    for number, day in enumerate(WEEKDAYS):
        today, tomorrow = version.weekly[number], version.weekly[(number + 1) % 7]
        for at, (one, other) in enumerate(pairwise(today), start=1):
            if other.from_s < one.to_s:
                raise _overlap(f"{dot}weekly.{day}[{at}]", other, f"{one}")
        if today and tomorrow and tomorrow[0].from_s + DAY_S < today[-1].to_s:
            next_day = WEEKDAYS[(number + 1) % 7]
            raise _overlap(f"{dot}weekly.{next_day}[0]", tomorrow[0], f"{day}'s {today[-1]}")
    dates = {on - days * DAY for on in version.hours for days in (0, 1)}
    for one_on, one, other_on, other in clashes(version, sorted(dates)):
        if one_on != other_on or one_on in version.hours:
            raise _overlap(
                f"{dot}hours.{other_on if other_on in version.hours else one_on}",
                other,
                f"{one} of {one_on}",
            )


def _overlap(where: str, one: Interval, other: str) -> BadCalendar:
    return BadCalendar(where, f"{one} overlaps {other}", "let each minute be open once")


def _write_version(version: CalendarVersion) -> dict[str, Any]:
    holidays = [*version.holidays.countries, *map(write_days, version.holidays.days)]
    written = {
        "valid_from": version.valid_from and version.valid_from.isoformat(),
        "zone": version.zone,
        "weekly": {
            day: [str(hours) for hours in intervals]
            for day, intervals in zip(WEEKDAYS, version.weekly, strict=True)
            if intervals
        },
        "holidays": holidays,
        "holidays_ics": list(version.holidays.ics),
        "closed": [write_days(days) for days in version.closed.days],
        "closed_ics": list(version.closed.ics),
        "hours": _write_dated(version.hours),
        "breaks": _write_dated(version.breaks),
    }
    return {key: value for key, value in written.items() if value}


def _write_dated(dated: Mapping[date, tuple[Interval, ...]]) -> dict[str, list[str]]:
    return {on.isoformat(): [str(hours) for hours in dated[on]] for on in sorted(dated)}
