"""The window of an objective as OpenSLO writes it: rolling, or aligned to a calendar."""

from datetime import datetime
from typing import Any

from shinrai.calendars.rules.time_zone import UnknownZone, zone_named
from shinrai.objectives.rules.complaints import IS_MISSING, Complaints, is_now, not_one
from shinrai.objectives.rules.durations import BadDuration, Duration, read_duration
from shinrai.objectives.rules.windows import CalendarWindow, RollingWindow, Window
from shinrai.units.text import Text

NOWHERE = RollingWindow(days=1)  # stands in while complaints are collected; never handed out
BOTH_KINDS = Text("is both rolling and aligned to a calendar")
NEITHER_KIND = Text("is neither kind of window")


def read_window(value: Any, complaints: Complaints) -> Window:
    """Read a list of exactly one window; errors are added to `complaints`."""
    where = "spec.timeWindow"
    if not isinstance(value, list | tuple) or len(value) != 1:
        complaints.add(
            where,
            not_one(value, Text("windows")),
            Text("give a list of exactly one window; write another objective for another window"),
        )
        return NOWHERE
    where = f"{where}[0]"
    fields = complaints.mapping(value[0], where, ("duration", "isRolling", "calendar"))
    if not fields:
        return NOWHERE
    rolling = fields.get("isRolling", False)
    if rolling not in (True, False):
        either = Text("write true or false")
        complaints.add(f"{where}.isRolling", is_now(rolling), either)
    if (rolling is True) == ("calendar" in fields):
        complaints.add(
            where,
            BOTH_KINDS if rolling else NEITHER_KIND,
            Text("give isRolling: true, or calendar with startTime and timeZone, never both"),
        )
        return NOWHERE
    length = _duration(fields.get("duration"), f"{where}.duration", complaints)
    if rolling:
        return _rolling(length, f"{where}.duration", complaints)
    return _aligned(length, fields["calendar"], f"{where}.calendar", complaints)


def write_window(window: Window) -> dict[str, Any]:
    """Return a window as the document `read_window` reads."""
    if isinstance(window, RollingWindow):
        return {"duration": f"{window.days}d", "isRolling": True}
    start = window.start_local.isoformat(sep=" ")
    return {
        "duration": str(window.length),
        "calendar": {"startTime": start, "timeZone": window.zone},
        "isRolling": False,
    }


def _duration(value: Any, where: str, complaints: Complaints) -> Duration:
    try:
        return read_duration(complaints.text(value, where, required=True) or "1d")
    except BadDuration as error:
        usual = Text("30d, 1M and 1Q are common")
        complaints.add(where, error.text, usual)
        return Duration(1, "d")


def _rolling(length: Duration, where: str, complaints: Complaints) -> Window:
    if length.unit not in "dw":
        complaints.add(
            where,
            Text("{length} rolls, but months differ in length", length=length),
            Text("give days or weeks (30d, 4w), or align the window to a calendar"),
        )
    return RollingWindow(days=length.count * (7 if length.unit == "w" else 1))


def _aligned(length: Duration, value: Any, where: str, complaints: Complaints) -> Window:
    fields = complaints.mapping(value, where, ("startTime", "timeZone"))
    zone = complaints.text(fields.get("timeZone"), f"{where}.timeZone", required=True)
    try:
        zone_named(zone or "UTC")
    except UnknownZone as error:
        iana = Text("use a name of the IANA database")
        complaints.add(f"{where}.timeZone", error.text, iana)
    start = fields.get("startTime")
    try:
        local = start if isinstance(start, datetime) else datetime.fromisoformat(str(start))
    except ValueError:
        complaints.add(
            f"{where}.startTime",
            IS_MISSING if start is None else _no_moment(start),
            Text("write it as 2026-01-01 00:00:00"),
        )
        return NOWHERE
    if local.tzinfo is not None:
        complaints.add(
            f"{where}.startTime",
            Text("carries a zone of its own"),
            Text("leave it out: timeZone says it"),
        )
        return NOWHERE
    return CalendarWindow(length=length, start_local=local, zone=zone)


def _no_moment(value: Any) -> Text:
    return Text("{value!r} is no date and time", value=value)
