"""Zendesk's schedules as calendars of ours: weekly hours in minutes from Sunday, and holidays."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from shinrai.importers.flat import loads
from shinrai.importers.flat.records import files_in, records_in
from shinrai.importers.zendesk import filing
from shinrai.importers.zendesk.zones import iana_name
from shinrai.units.wording import SaidInBoth

DAYS: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
DAY_MINUTES: Final = 24 * 60


class NoSchedule(SaidInBoth, LookupError):
    """There is no such schedule among the records, or several to choose from."""


@dataclass
class Schedule:
    """Opening hours as Zendesk keeps them; it keeps no earlier versions of them."""

    id: str
    name: str
    zone: str
    intervals: list[tuple[int, int]] = field(default_factory=list)
    holidays: list[tuple[str, date, date]] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """Write it as a calendar of ours.

        Raises: UnknownZone.
        """
        weekly: dict[str, list[str]] = {}
        for start, end in sorted(set(self.intervals)):
            for day, hours in _by_day(start, end):
                weekly.setdefault(DAYS[day], []).append(hours)
        closed = sorted({on for _, first, last in self.holidays for on in _dates(first, last)})
        return {
            "zone": iana_name(self.zone),
            "weekly": weekly,
            **({"closed": [on.isoformat() for on in closed]} if closed else {}),
        }


def chosen(schedules: Sequence[Schedule], name: str | None) -> Schedule:
    """Find the schedule of a name; without one there must be exactly one.

    Raises: NoSchedule.
    """
    fitting = [each for each in schedules if name is None or each.name == name]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(sorted(each.name for each in schedules)) or "-"
    raise NoSchedule(
        f"choose a schedule by --schedule; there are: {names}",
        f"--schedule でスケジュールを選んでください（あるもの: {names}）",
    )


def schedules_in(paths: Sequence[Path]) -> list[Schedule]:
    """Find the schedules in files, exported, pulled, or loaded into a warehouse.

    Raises: BadTable.
    """
    found: dict[str, Schedule] = {}
    holidays: list[tuple[str, Mapping[str, Any]]] = []
    for path in files_in(paths, endings=(*filing.ENDINGS, *loads.ENDINGS)):
        for value in _values(path):
            for schedule in value.get("schedules") or ():
                held = found.setdefault(
                    str(schedule["id"]),
                    Schedule(
                        str(schedule["id"]), str(schedule["name"]), str(schedule["time_zone"])
                    ),
                )
                held.intervals += (
                    (int(each["start_time"]), int(each["end_time"]))
                    for each in schedule.get("intervals") or ()
                )
            holidays += [
                (str(value.get("schedule_id")), day) for day in value.get("holidays") or ()
            ]
    for schedule_id, day in holidays:
        if schedule_id in found:
            first, last = (date.fromisoformat(str(day[f"{end}_date"])) for end in ("start", "end"))
            found[schedule_id].holidays.append((str(day.get("name")), first, last))
    return sorted(found.values(), key=lambda each: each.name)


def _values(path: Path) -> Iterator[Mapping[str, Any]]:
    if not loads.is_table(path):
        for raw in records_in(path):
            if isinstance(raw.value, dict):
                yield raw.value
        return
    name = loads.table_name(path, prefix="zendesk_")
    for raw in loads.rows_of_table(path) if name in ("schedule", "schedule_holiday") else ():
        row = raw.value
        if row.get("_fivetran_deleted", "").lower() == "true":
            continue
        if name == "schedule":
            yield {"schedules": [{**row, "intervals": [row]}]}
        else:
            yield {"schedule_id": row["schedule_id"], "holidays": [row]}


def _by_day(start: int, end: int) -> Iterator[tuple[int, str]]:
    """Cut an interval of the week at midnights."""
    while start < end:
        day, midnight = start // DAY_MINUTES, (start // DAY_MINUTES + 1) * DAY_MINUTES
        until = min(end, midnight)
        yield day % 7, f"{_clock(start % DAY_MINUTES)}-{_clock(until - day * DAY_MINUTES)}"
        start = until


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _dates(first: date, last: date) -> Iterator[date]:
    for passed in range((last - first).days + 1):
        yield first + timedelta(days=passed)
