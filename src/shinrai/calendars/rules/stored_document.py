"""Read calendars that were saved earlier, even where today's rules refuse part of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shinrai.calendars.rules.document import ICS_KEYS, read_calendar
from shinrai.calendars.rules.event_reader import read_events
from shinrai.calendars.rules.fields import BadCalendar
from shinrai.calendars.rules.hours import WEEKDAYS, Calendar
from shinrai.calendars.rules.icalendar import BadEvents
from shinrai.calendars.rules.time_zone import zone_names


@dataclass(frozen=True)
class StoredCalendar:
    """A saved calendar; `refused` is the error about a part that was left out, or None."""

    calendar: Calendar
    refused: BadCalendar | None = None


def read_stored_calendar(document: Mapping[str, Any]) -> StoredCalendar:
    """Read a document that was valid when it was saved, even if today's rules refuse it.

    iCalendar texts that are refused are left out. If the rest is refused too, the desk counts as
    open around the clock in its zone, or in UTC.
    """
    try:
        return StoredCalendar(read_calendar(document))
    except BadCalendar as error:
        refused = error
    try:
        return StoredCalendar(read_calendar(_without_refused_files(document)), refused)
    except BadCalendar:
        versions = document.get("versions") or [document]
        said = versions[-1].get("zone") if isinstance(versions[-1], Mapping) else None
        zone = said if said in zone_names() else "UTC"
        weekly = {day: ["00:00-24:00"] for day in WEEKDAYS}
        return StoredCalendar(read_calendar({"zone": zone, "weekly": weekly}), refused)


def _without_refused_files(document: Mapping[str, Any]) -> dict[str, Any]:
    left = dict(document)
    if isinstance(left.get("versions"), list):
        left["versions"] = [_without_refused_files(version) for version in left["versions"]]
    for key in ICS_KEYS:
        texts = left.get(key) or []
        listed = texts if isinstance(texts, list) else [texts]
        left[key] = [text for text in listed if _is_readable(text, left.get("zone"))]
    return {key: value for key, value in left.items() if value or key not in ICS_KEYS}


def _is_readable(text: str, zone: Any) -> bool:
    try:
        read_events([text], zone if zone in zone_names() else "UTC")
    except BadEvents:
        return False
    return True
