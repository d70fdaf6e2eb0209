"""Read a calendar from the document in which people write it, and write it back."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from shinrai.calendars.rules.fields import (
    KEEP_ONE,
    BadCalendar,
    check_keys,
    duplicate_key,
    read_country_or_days,
    read_date,
    read_days,
    read_intervals,
    write_days,
)
from shinrai.calendars.rules.hours import (
    WEEKDAYS,
    Calendar,
    CalendarVersion,
    Closures,
    Holidays,
    OpenInterval,
)
from shinrai.calendars.rules.time_zone import UnknownZone, zone_named
from shinrai.calendars.rules.validation import validate_version
from shinrai.units.text import Text

ICS_KEYS = ("holidays_ics", "closed_ics")
IS_MISSING = Text("is missing")
NO_MAPPING = Text("is not a mapping")
ICS_STARTS = "BEGIN:VCALENDAR"
KEYS = ("valid_from", "zone", "weekly", "holidays", "closed", "hours", "breaks", *ICS_KEYS)


def embed_files(document: Any, read: Callable[[str], str]) -> Any:
    """Replace the paths of iCalendar files in a document by the files' texts.

    `read` takes a path as written in the document and returns the file's text.
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
    """Return the calendar that a parsed document describes; dates may be dates or text.

    Raises: BadCalendar: what is wrong, where, and what to do next.
    """
    if not isinstance(document, Mapping):
        raise BadCalendar(
            "",
            Text("a calendar is a mapping"),
            Text("give at least zone and weekly: {known}", known=", ".join(KEYS)),
        )
    if "versions" not in document:
        return Calendar((_version(document, ""),))
    into_each = Text("zone, weekly and so on go into each version")
    check_keys(document, "", ("versions",), next_step=into_each)
    entries = document["versions"]
    if not isinstance(entries, list) or not entries:
        raise BadCalendar(
            "versions",
            Text("no versions are listed"),
            Text("list at least one, with its zone"),
        )
    versions = tuple(_version(entry, f"versions[{at}]") for at, entry in enumerate(entries))
    for at, (one, other) in enumerate(pairwise(versions), start=1):
        _in_order(one.valid_from, other.valid_from, f"versions[{at}].valid_from")
    return Calendar(versions)


def write_calendar(calendar: Calendar) -> dict[str, Any]:
    """Return the document of a calendar; reading it again gives an equal calendar."""
    versions = [_write_version(version) for version in calendar.versions]
    if len(versions) == 1:
        return versions[0]
    return {"versions": versions}


def calendar_digest(document: Mapping[str, Any]) -> str:
    """Return a hash of a document's content, which ignores the order of its keys."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _in_order(one: date | None, other: date | None, where: str) -> None:
    if other is None:
        raise BadCalendar(
            where,
            IS_MISSING,
            Text("all versions but the first say when they begin"),
        )
    if one is not None and other <= one:
        raise BadCalendar(
            where,
            Text("{other} is not after {one}", other=other, one=one),
            Text("list versions by their date"),
        )


def _version(entry: Any, where: str) -> CalendarVersion:
    dot = f"{where}." if where else ""
    if not isinstance(entry, Mapping):
        raise BadCalendar(
            where,
            Text("a version is a mapping"),
            Text("known keys: {keys}", keys=", ".join(KEYS)),
        )
    check_keys(entry, where, KEYS)
    valid_from = entry.get("valid_from")
    zone = _zone(entry.get("zone"), f"{dot}zone")
    version = CalendarVersion(
        valid_from=None if valid_from in (None, "") else read_date(valid_from, f"{dot}valid_from"),
        zone=zone,
        weekly=_weekly(entry.get("weekly"), f"{dot}weekly"),
        holidays=_holidays(entry, dot, zone),
        closed=Closures(
            days=read_days(entry.get("closed"), f"{dot}closed"),
            ics=_ics(entry.get("closed_ics"), f"{dot}closed_ics"),
            zone=zone,
        ),
        hours=_dated(entry.get("hours"), f"{dot}hours"),
        breaks=_dated(entry.get("breaks"), f"{dot}breaks"),
    )
    validate_version(version, dot)
    return version


def _zone(found: Any, where: str) -> str:
    if found in (None, ""):
        raise BadCalendar(
            where,
            IS_MISSING,
            Text("name an IANA zone, such as Asia/Tokyo"),
        )
    try:
        zone_named(str(found))
    except UnknownZone as error:
        raise BadCalendar(where, error.text) from error
    return str(found)


def _weekly(found: Any, where: str) -> tuple[tuple[OpenInterval, ...], ...]:
    if found in (None, ""):
        return ((),) * 7
    if not isinstance(found, Mapping):
        raise BadCalendar(
            where,
            NO_MAPPING,
            Text('write mon: ["09:00-17:00"] and so on'),
        )
    check_keys(found, where, WEEKDAYS)
    return tuple(read_intervals(found.get(day), f"{where}.{day}") for day in WEEKDAYS)


def _holidays(entry: Mapping[str, Any], dot: str, zone: str) -> Holidays:
    countries, days = read_country_or_days(entry.get("holidays"), f"{dot}holidays")
    return Holidays(countries, days, _ics(entry.get("holidays_ics"), f"{dot}holidays_ics"), zone)


def _ics(found: Any, where: str) -> tuple[str, ...]:
    if found in (None, ""):
        return ()
    texts = found if isinstance(found, list) else [found]
    for text in texts:
        if not isinstance(text, str) or not _is_ics(text):
            raise BadCalendar(
                where,
                Text("{text!r} is no iCalendar text", text=str(text)[:60]),
                Text(
                    "it starts with BEGIN:VCALENDAR; a path is followed only from a calendar file"
                ),
            )
    return tuple(texts)


def _is_ics(text: str) -> bool:
    return text.lstrip("\ufeff \r\n").upper().startswith(ICS_STARTS)


def _dated(found: Any, where: str) -> dict[date, tuple[OpenInterval, ...]]:
    if found in (None, ""):
        return {}
    if not isinstance(found, Mapping):
        raise BadCalendar(
            where,
            NO_MAPPING,
            Text('write "2026-12-28": ["10:00-12:00"]'),
        )
    dated: dict[date, tuple[OpenInterval, ...]] = {}
    for key, intervals in found.items():
        on = read_date(key, where)
        if on in dated:
            raise BadCalendar(f"{where}.{on}", duplicate_key(str(on)), KEEP_ONE)
        dated[on] = read_intervals(intervals, f"{where}.{on}")
    return dict(sorted(dated.items()))


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


def _write_dated(dated: Mapping[date, tuple[OpenInterval, ...]]) -> dict[str, list[str]]:
    return {on.isoformat(): [str(hours) for hours in dated[on]] for on in sorted(dated)}
