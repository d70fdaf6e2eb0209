"""Due moments of "within 2 business days, by the close", counted a day at a time.

Monday to Friday 9:00 to 18:00 unless hours are given. Holidays are typed from calendars on paper.
"""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

Pause = tuple[datetime, datetime | None]
DAY = timedelta(days=1)
HOLIDAYS = {
    "Asia/Tokyo": {
        date(2026, 9, 21), date(2026, 9, 22), date(2026, 9, 23), date(2026, 10, 12),
        date(2026, 11, 3), date(2026, 11, 23), date(2027, 1, 1), date(2027, 1, 11),
    },
    "America/New_York": {
        date(2026, 10, 12), date(2026, 11, 11), date(2026, 11, 26), date(2026, 12, 25),
        date(2027, 1, 1),
    },
    "Europe/Berlin": {date(2026, 10, 3), date(2026, 12, 25), date(2026, 12, 26), date(2027, 1, 1)},
    "Europe/London": {date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)},
}  # fmt: skip


class Hours(NamedTuple):
    """When a desk is open."""

    zone: str
    opens: time = time(9)
    closes: time = time(18)
    closed: frozenset[date] = frozenset()

    def is_business_day(self, day: date) -> bool:
        return day.weekday() < 5 and day not in HOLIDAYS[self.zone] and day not in self.closed

    def close_of(self, day: date) -> datetime:
        return datetime.combine(day, self.closes, ZoneInfo(self.zone))


def due(hours: Hours, filed: datetime, pauses: list[Pause], days: int = 2) -> datetime | None:
    """Return when it is due; None while it is sent back and not resubmitted."""
    day = filed.date()
    if not hours.is_business_day(day) or filed >= hours.close_of(day):
        day += DAY
        while not hours.is_business_day(day):
            day += DAY
    counted = 0
    while counted < days:
        day += DAY
        if not hours.is_business_day(day):
            continue
        close = hours.close_of(day)
        last_second = close - timedelta(seconds=1)
        holding = [
            p for p in pauses if p[0] <= last_second and (p[1] is None or last_second < p[1])
        ]
        if any(until is None for _, until in holding):
            return None
        counted += not holding
    return hours.close_of(day)


def moment(zone: str, words: str) -> datetime:
    """Read 2026-11-02 10:32 as wall time in a zone."""
    return datetime.fromisoformat(words).replace(tzinfo=ZoneInfo(zone))


# Counted with a finger on a calendar: filed, sent back and resubmitted, due; Tokyo, 9:00 to 18:00.
BY_HAND = (
    ("2026-11-02 10:32", (), "2026-11-05 18:00"),  # Tuesday is 文化の日: Wednesday 1, Thursday 2
    ("2026-11-02 17:59", (), "2026-11-05 18:00"),
    ("2026-11-02 18:00", (), "2026-11-06 18:00"),  # after closing: received on Wednesday
    ("2026-11-03 14:00", (), "2026-11-06 18:00"),
    ("2026-10-30 17:59", (), "2026-11-04 18:00"),  # Friday; Monday 1, Wednesday 2
    ("2026-10-31 11:15", (), "2026-11-05 18:00"),  # Saturday, received on Monday
    ("2026-11-12 08:12", (), "2026-11-16 18:00"),  # before opening is that day: Friday 1, Monday 2
    ("2026-11-19 16:40", (), "2026-11-24 18:00"),  # Friday 1, 勤労感謝の日, Tuesday 2
    ("2026-11-21 09:00", (), "2026-11-26 18:00"),  # Saturday, received on Tuesday 24
    ("2026-10-09 18:30", (), "2026-10-15 18:00"),  # スポーツの日: received on Tuesday 13
    ("2026-12-29 15:00", (), "2026-12-31 18:00"),  # 31 December is an ordinary Thursday here
    ("2026-12-30 15:00", (), "2027-01-04 18:00"),  # Thursday 1, 元日, Monday 2
    # sent back Wednesday, resubmitted Thursday: Thursday 1, Friday 2
    ("2026-11-02 10:32", (("2026-11-04 11:00", "2026-11-05 16:00"),), "2026-11-06 18:00"),
    # sent back and resubmitted within the day of filing: costs no day
    ("2026-11-09 10:00", (("2026-11-09 13:00", "2026-11-09 17:00"),), "2026-11-11 18:00"),
    # resubmitted in the closing minute: Tuesday does not count
    ("2026-11-09 10:00", (("2026-11-10 13:00", "2026-11-10 18:00"),), "2026-11-12 18:00"),
    ("2026-11-09 10:00", (("2026-11-10 13:00", "2026-11-10 17:59"),), "2026-11-11 18:00"),
    ("2026-11-09 10:00", (("2026-11-10 13:00", None),), None),
    # twice: Tuesday and Thursday do not count; Wednesday 1, Friday 2
    (
        "2026-11-09 10:00",
        (("2026-11-10 13:00", "2026-11-11 09:30"), ("2026-11-12 10:00", "2026-11-13 10:00")),
        "2026-11-13 18:00",
    ),
)


def check() -> None:
    """Hold this file against what was counted by hand."""
    zone = "Asia/Tokyo"
    for filed, pauses, expected in BY_HAND:
        spans: list[Pause] = [
            (moment(zone, start), moment(zone, end) if end else None) for start, end in pauses
        ]
        got = due(Hours(zone), moment(zone, filed), spans)
        if got != (moment(zone, expected) if expected else None):
            raise ValueError(f"{filed} {pauses}: {got}, by hand {expected}")
