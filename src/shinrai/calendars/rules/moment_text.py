"""Moments and pauses as people type them: without an offset, on the calendar's own clocks."""

import re
from datetime import UTC, datetime

from shinrai.calendars.rules.hours import Calendar
from shinrai.calendars.rules.pauses import Pause
from shinrai.units.wording import SaidInBoth, Words, alike, both

YEARS = range(1900, 2200)
START = alike("START")  # as the commands name their arguments
END = alike("END")
PAUSE_START = both(en="the pause's start", ja="一時停止の始まり")
PAUSE_END = both(en="the pause's end", ja="一時停止の終わり")
DATE_ONLY = re.compile(r"\d{4}-?\d{2}-?\d{2}|\d{4}-?W\d{2}(-?\d)?")


class BadCalendarMoment(SaidInBoth, ValueError):
    """A text that names no moment, or a pause that cannot be."""


def read_moment(calendar: Calendar, text: str, what: Words) -> datetime:
    """Read one moment, in UTC; `what` says which, for whoever has to mend it.

    A time the calendar's clocks skip moves forward by the gap, as it does everywhere here.
    Raises: BadCalendarMoment.
    """
    text = text.strip()
    if DATE_ONLY.fullmatch(text):
        raise BadCalendarMoment(
            f"{what['en']} {text!r} is a date; say the time too, such as {text}T10:00",
            f"{what['ja']}「{text}」は日付だけです。{text}T10:00 のように時刻も書いてください",
        )
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadCalendarMoment(
            f"{what['en']} {text!r} is no moment; write one such as 2026-06-03T10:00+09:00",
            f"{what['ja']}「{text}」は日時として読めません。"
            "2026-06-03T10:00+09:00 のように書いてください",
        ) from error
    if moment.year not in YEARS:
        raise BadCalendarMoment(
            f"{what['en']} {text!r} lies outside the years {YEARS[0]} to {YEARS[-1]}",
            f"{what['ja']}「{text}」は扱える年（{YEARS[0]}〜{YEARS[-1]}年）の外です。"
            "この範囲の日時を指定してください",
        )
    return calendar.moment(moment) if moment.tzinfo is None else moment.astimezone(UTC)


def read_pause(calendar: Calendar, text: str) -> Pause:
    """Read a pause, FROM/TO, or FROM/ while it goes on.

    Raises: BadCalendarMoment.
    """
    begun, slash, over = text.partition("/")
    if not slash or not begun.strip() or "/" in over:
        raise BadCalendarMoment(
            f"the pause {text!r} is not FROM/TO; write FROM/ while it goes on",
            f"一時停止「{text}」は FROM/TO の形ではありません。"
            "続いている間は FROM/ と書いてください",
        )
    start = read_moment(calendar, begun, PAUSE_START)
    if not over.strip():
        return start, None
    end = read_moment(calendar, over, PAUSE_END)
    if end < start:
        raise BadCalendarMoment(
            f"the pause {text!r} ends before it starts; swap its moments",
            f"一時停止「{text}」の終わりが始まりより前です。二つの日時を入れかえてください",
        )
    return start, end
