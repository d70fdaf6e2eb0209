"""Turns Zendesk's schedules into calendars: weekly hours in minutes from Sunday, and holidays."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from shinrai.importers.flatten import warehouse_load
from shinrai.importers.flatten.json_files import JSON_ENDINGS, files_in, records_in
from shinrai.importers.flatten.schema import Kind, OddField, Record, many, of, record
from shinrai.importers.rules.observation.refusal_reasons import refusal_reason
from shinrai.importers.tables.table import UnreadableTable
from shinrai.importers.zendesk.time_zones import iana_name
from shinrai.units.errors import UserError
from shinrai.units.text import Text

DAYS: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
DAY_MINUTES: Final = 24 * 60
WEEK_MINUTES: Final = 7 * DAY_MINUTES
LONGEST_HOLIDAY: Final = timedelta(days=366)
SETTINGS: Final = record(
    schedules=many(record(of(Kind.key, "id name time_zone"), intervals=many(record()))),
    holidays=many(record()),
)


class NoSchedule(UserError, LookupError):
    """There is no such schedule in the files, or there are several to choose from."""


@dataclass
class Schedule:
    """Opening hours from Zendesk, which has no earlier versions of them."""

    id: str
    name: str
    zone: str
    intervals: list[tuple[int, int]] = field(default_factory=list)
    holidays: list[tuple[str, date, date]] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """Return the schedule as the document of a calendar.

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
    """Return the schedule with this name; without a name there must be exactly one.

    Raises: NoSchedule.
    """
    fitting = [each for each in schedules if name is None or each.name == name]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(sorted(each.name for each in schedules)) or "-"
    raise NoSchedule(
        Text("choose a schedule by --schedule; there are: {names}", names=names),
    )


def schedules_in(paths: Sequence[Path]) -> list[Schedule]:
    """Return the schedules in files: exported, pulled, or loaded into a warehouse.

    Raises: UnreadableTable.
    """
    found: dict[str, Schedule] = {}
    holidays: list[tuple[str, tuple[str, date, date]]] = []
    for path in files_in(paths, endings=(*JSON_ENDINGS, *warehouse_load.ENDINGS)):
        for value in _values(path):
            try:
                told = SETTINGS(value) or {}
                for each in told.get("schedules") or ():
                    own = Schedule(str(each["id"]), str(each["name"]), str(each["time_zone"]))
                    held = found.setdefault(own.id, own)
                    held.intervals += map(_minutes, each.get("intervals") or ())
                for day in told.get("holidays") or ():
                    holidays.append((str(value.get("schedule_id")), _holiday(day)))
            except OddField as odd:
                raise _invalid(path, odd) from odd
    for schedule_id, holiday in holidays:
        if schedule_id in found:
            found[schedule_id].holidays.append(holiday)
    return sorted(found.values(), key=lambda each: each.name)


def _minutes(interval: Record) -> tuple[int, int]:
    start, end = (int(Kind.number(interval.get(f"{name}_time")) or 0) for name in ("start", "end"))
    if not 0 <= start <= end <= WEEK_MINUTES:
        raise OddField("odd_number", "intervals")
    return start, end


def _holiday(day: Record) -> tuple[str, date, date]:
    try:
        first, last = (date.fromisoformat(str(day.get(f"{end}_date"))) for end in ("start", "end"))
    except ValueError as error:
        raise OddField("odd_moment", "holidays") from error
    if last - first > LONGEST_HOLIDAY:
        raise OddField("odd_moment", "holidays")
    return str(day.get("name")), first, last


def _invalid(path: Path, odd: OddField) -> UnreadableTable:
    why = refusal_reason(odd.expected)
    return UnreadableTable(
        Text(
            "{path}: the schedule cannot be read, {odd_path}: {why}",
            path=path,
            odd_path=odd.path,
            why=why,
        ),
    )


def _values(path: Path) -> Iterator[Mapping[str, Any]]:
    if not warehouse_load.is_table(path):
        for raw in records_in(path):
            if isinstance(raw.value, dict):
                yield raw.value
        return
    name = warehouse_load.table_name(path, prefix="zendesk_")
    for raw in (
        warehouse_load.rows_of_table(path) if name in ("schedule", "schedule_holiday") else ()
    ):
        row = raw.value
        if row.get("_fivetran_deleted", "").lower() == "true":
            continue
        if name == "schedule":
            yield {"schedules": [{**row, "intervals": [row]}]}
        else:
            yield {"schedule_id": row.get("schedule_id"), "holidays": [row]}


def _by_day(start: int, end: int) -> Iterator[tuple[int, str]]:
    """Yield the parts of a weekly interval, split at midnights: day and hours."""
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
