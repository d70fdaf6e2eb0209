"""The window of an objective as OpenSLO writes it: rolling, or aligned to a calendar."""

from datetime import datetime
from typing import Any

from shinrai.calendars.rules.time_zone import UnknownZone, zone_named
from shinrai.objectives.rules.complaints import IS_MISSING, Complaints, is_now, not_one
from shinrai.objectives.rules.durations import BadDuration, Duration, read_duration
from shinrai.objectives.rules.windows import CalendarWindow, RollingWindow, Window
from shinrai.units.wording import Words, both

NOWHERE = RollingWindow(days=1)  # stands in while complaints are collected; never handed out
BOTH_KINDS = both(
    en="is both rolling and aligned to a calendar", ja="移動する期間と暦の期間の両方になっています"
)
NEITHER_KIND = both(en="is neither kind of window", ja="どの種類の期間か書かれていません")


def read_window(value: Any, complaints: Complaints) -> Window:
    """Read exactly one window; complaints say what is wrong with it."""
    where = "spec.timeWindow"
    if not isinstance(value, list | tuple) or len(value) != 1:
        complaints.add(
            where,
            not_one(value, "windows", "期間"),
            both(
                en="give a list of exactly one window; write another objective for another window",
                ja="期間をちょうど一つだけリストで書き、別の期間は別の目標にしてください",
            ),
        )
        return NOWHERE
    where = f"{where}[0]"
    fields = complaints.mapping(value[0], where, ("duration", "isRolling", "calendar"))
    if not fields:
        return NOWHERE
    rolling = fields.get("isRolling", False)
    if rolling not in (True, False):
        either = both(en="write true or false", ja="true か false を書いてください")
        complaints.add(f"{where}.isRolling", is_now(rolling), either)
    if (rolling is True) == ("calendar" in fields):
        complaints.add(
            where,
            BOTH_KINDS if rolling else NEITHER_KIND,
            both(
                en="give isRolling: true, or calendar with startTime and timeZone, never both",
                ja="isRolling: true か、startTime と timeZone のある calendar の、"
                "どちらか一方だけを書いてください",
            ),
        )
        return NOWHERE
    length = _duration(fields.get("duration"), f"{where}.duration", complaints)
    if rolling:
        return _rolling(length, f"{where}.duration", complaints)
    return _aligned(length, fields["calendar"], f"{where}.calendar", complaints)


def write_window(window: Window) -> dict[str, Any]:
    """Write a window as it is read."""
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
        usual = both(en="30d, 1M and 1Q are common", ja="よく使うのは 30d、1M、1Q です")
        complaints.add(where, error.said, usual)
        return Duration(1, "d")


def _rolling(length: Duration, where: str, complaints: Complaints) -> Window:
    if length.unit not in "dw":
        complaints.add(
            where,
            both(
                en=f"{length} rolls, but months differ in length",
                ja=f"{length} は移動する期間ですが、月の長さは一定ではありません",
            ),
            both(
                en="give days or weeks (30d, 4w), or align the window to a calendar",
                ja="日か週（30d、4w）で書くか、暦にそろえた期間にしてください",
            ),
        )
    return RollingWindow(days=length.count * (7 if length.unit == "w" else 1))


def _aligned(length: Duration, value: Any, where: str, complaints: Complaints) -> Window:
    fields = complaints.mapping(value, where, ("startTime", "timeZone"))
    zone = complaints.text(fields.get("timeZone"), f"{where}.timeZone", required=True)
    try:
        zone_named(zone or "UTC")
    except UnknownZone as error:
        iana = both(en="use a name of the IANA database", ja="名前を確認してください")
        complaints.add(f"{where}.timeZone", error.said, iana)
    start = fields.get("startTime")
    try:
        local = start if isinstance(start, datetime) else datetime.fromisoformat(str(start))
    except ValueError:
        complaints.add(
            f"{where}.startTime",
            IS_MISSING if start is None else _no_moment(start),
            both(
                en="write it as 2026-01-01 00:00:00",
                ja="2026-01-01 00:00:00 のように書いてください",
            ),
        )
        return NOWHERE
    if local.tzinfo is not None:
        complaints.add(
            f"{where}.startTime",
            both(en="carries a zone of its own", ja="時差が書かれています"),
            both(
                en="leave it out: timeZone says it",
                ja="timeZone で決まるので、時差は書かないでください",
            ),
        )
        return NOWHERE
    return CalendarWindow(length=length, start_local=local, zone=zone)


def _no_moment(value: Any) -> Words:
    return both(en=f"{value!r} is no date and time", ja=f"「{value}」は日時として読めません")
