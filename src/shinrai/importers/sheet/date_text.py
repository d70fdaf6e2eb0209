"""Dates as people write them: what the text of one cell says, before the order of it is known.

`look_at` finds the numbers of a date and a time of day. Whether 3/4 is March or April is a matter
of the whole column: `orders_of` says which orders a text allows, `moment_of` applies one.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Final, Literal

from shinrai.importers.rules.cells import tidy
from shinrai.importers.rules.moment_formats import ERA_NAMES, ERAS, month_named
from shinrai.importers.rules.moments import DAYS_TO_1904, EXCEL_EPOCH, PLAUSIBLE_YEARS

Order = Literal["ymd", "dmy", "mdy"]
ORDERS: Final[tuple[Order, ...]] = ("ymd", "mdy", "dmy")
SERIALS: Final = range(32_874, 73_416)  # as Excel counts days: 1990 to 2100
LONGEST: Final = 60  # characters; longer ones are sentences
_ERA: Final = "|".join(sorted(ERA_NAMES, key=len, reverse=True))
_YEAR, _MONTH, _DAY = "[年년]", "[月월]", "[日일号]?"
_WEEKDAY: Final = (
    r"(?:[(\[]?(?:[月火水木金土日](?:曜日?)?|mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?[)\]]?)"
)
_SEP: Final = r"\s*[-/.]\s*"
_DATES: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?P<Y>\d{{4}})(?:{_SEP}|\s*{_YEAR}\s*)(?P<m>\d{{1,2}})(?:{_SEP}|\s*{_MONTH}\s*)"
        rf"(?P<d>\d{{1,2}})\.?\s*{_DAY}",
        rf"(?P<era>{_ERA})\s*(?P<J>\d{{1,2}}|元)(?:{_SEP}|\s*年\s*)(?P<m>\d{{1,2}})"
        rf"(?:{_SEP}|\s*月\s*)(?P<d>\d{{1,2}})\s*日?",
        r"(?P<Y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?=$|[T\s]|\d{4}(?:\d{2})?$)",
        rf"(?P<a>\d{{1,2}}){_SEP}(?P<b>\d{{1,2}}){_SEP}(?P<c>\d{{4}}|\d{{2}})(?![\d:])",
        rf"(?P<y>\d{{2}}){_SEP}(?P<m>\d{{1,2}}){_SEP}(?P<d>\d)(?!\d)",
        rf"(?P<m>\d{{1,2}})\s*{_MONTH}\s*(?P<d>\d{{1,2}})\s*{_DAY}",
        r"(?P<d>\d{1,2})(?:st|nd|rd|th)?[\s./-]*(?:de )?(?P<b_name>[^\W\d_]{3,10})\.?"
        r"[\s,./-]*(?:de )?(?:(?P<Y>\d{4})|'?(?P<y>\d{2})(?![\d:]))?",
        r"(?P<b_name>[^\W\d_]{3,10})\.?\s*(?P<d>\d{1,2})(?:st|nd|rd|th)?(?![\d:])"
        r"(?:[\s,]+(?P<Y>\d{4}))?",
        r"(?P<a>\d{1,2})\s*[-/]\s*(?P<b>\d{1,2})(?![\d:])",
        r"(?P<a>\d{1,2})\.\s?(?P<b>\d{1,2})\.(?=\s|$)",
    )
)
_HALF: Final = r"午前|午後|上午|下午|오전|오후|[ap]\.?m\.?"
_AFTERNOON: Final = ("pm", "p", "午後", "下午", "오후")
_MORNING: Final = ("am", "a", "午前", "上午", "오전")
_TIME: Final = re.compile(
    rf"(?P<p1>{_HALF})?\s*(?P<H>\d{{1,2}})(?:\s*(?:[:時시点h]|\.(?=[0-5]\d))\s*(?P<M>半|\d{{1,2}})?\s*h?\s*[分분]?"
    rf"(?:\s*:?\s*(?P<S>\d{{1,2}})\s*秒?(?:[.,](?P<f>\d{{1,9}}))?)?)?\s*(?P<p2>{_HALF}|[ap])?",
    re.IGNORECASE,
)
_PACKED_TIME: Final = re.compile(r"(?P<H>\d{2})(?P<M>\d{2})(?P<S>\d{2})?")
_SHORT_TIME: Final = re.compile(r"(?P<H>\d{1,2})(?P<M>[0-5]\d)", re.ASCII)  # 930
_JOINT: Final = re.compile(
    r"(?:[\s,T~]|から|\s[-–|]\s|[-_:](?=\d{1,2}:\d)|(?:at|um|à|às|kl)\b\.?)*", re.I
)
_TIME_FIRST: Final = re.compile(
    r"(\d{1,2}:\d{2}(?::\d{2})?(?:\s*[ap]\.?m\.?)?)[\s,]+(\d{1,4}[-/.年].*)", re.I
)
_ZONE_NAME: Final = re.compile(r"\s*\[[a-z_]+(?:/[a-z_]+)+\]$", re.I)  # Java: +09:00[Asia/Tokyo]
_REMARK: Final = re.compile(r"\s*(?:済み?|完了|\((?!.*(?:予定|仮|見込))[^\d()]*\))$")
_YEAR_LAST: Final = re.compile(
    r"([a-z]{3,9} +\d{1,2}) (\d\d:\d\d:\d\d) (?:([a-z]{3,4}) )?(\d{4})", re.I
)
ZONE_LETTERS: Final = {  # hours from UTC; letters of many meanings, such as IST, are missing
    **{"UTC": 0, "GMT": 0, "Z": 0, "JST": 9, "KST": 9, "SGT": 8, "HKT": 8},
    **{"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7},
    **{"BST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "AEST": 10, "AEDT": 11},
}
_OFFSET: Final = re.compile(
    rf"(?:(?P<name>{'|'.join(ZONE_LETTERS)})\s*)?(?:(?P<sign>[+-])(?P<h>\d{{1,2}}):?(?P<mm>\d{{2}})?)?",
    re.IGNORECASE,
)
_NAMED_OFFSET: Final = re.compile(  # EST is left out: of a column, it is said in summer too
    r"(?:^|[\s(\[_/])((?:UTC|GMT|JST|KST)(?:[+-]\d{1,2}(?::?\d{2})?)?)[)\]]?$", re.IGNORECASE
)
_ONE_WEEKDAY: Final = re.compile(_WEEKDAY, re.IGNORECASE)
_UHR: Final = re.compile(r"(\d)\s*uhr\b", re.IGNORECASE)
_WEEKDAYS: Final = re.compile(rf"^{_WEEKDAY}[\s,]+|\s*[(\[]{_WEEKDAY}[)\]]\s*|\s+{_WEEKDAY}$", re.I)
_SERIAL: Final = re.compile(r"\d{5}(?:\.\d+)?", re.ASCII)
_EPOCH: Final = re.compile(r"1[0-9]{9}(?:\d{3})?", re.ASCII)  # 2001 to 2033
_DAY_PART: Final = re.compile(r"0?\.\d+|0", re.ASCII)


@dataclass(frozen=True)
class DateText:
    """The parts of a date in a cell; `loose` are its numbers where their order is not written.

    `time_s` is None without a time of day; `offset_s` is None without an offset from UTC.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    loose: tuple[int, ...] = ()
    has_long_year: bool = False  # the last of the loose numbers has four digits
    time_s: int | None = None
    offset_s: int | None = None

    @property
    def is_clear(self) -> bool:
        """Whether it is a date and nothing else: with a time of day, or a year in four digits."""
        return self.time_s is not None or self.has_long_year or self.year is not None

    @property
    def lacks_year(self) -> bool:
        """Whether no year is written."""
        return self.year is None and len(self.loose) != 3


@lru_cache(maxsize=100_000)
def look_at(cell: str) -> DateText | None:
    """Return the date in a cell, or None if the cell as a whole is no date."""
    text = tidy(cell).lstrip("'")
    if not text or len(text) > LONGEST or not any(sign.isdigit() for sign in text):
        return None
    text = _ZONE_NAME.sub("", _WEEKDAYS.sub(" ", text).strip())
    text = _TIME_FIRST.sub(r"\2 \1", _YEAR_LAST.sub(r"\1 \4 \2 \3", text))
    text = _UHR.sub(r"\1h", _REMARK.sub("", text))
    for pattern in _DATES:
        match = pattern.match(text)
        if match is None:
            continue
        found = _date_in(match)
        if found is None:
            continue
        joint = _JOINT.match(text, match.end())
        return _with_time(found, text[joint.end() if joint else match.end() :])
    return None


def time_in(cell: str, *, is_packed: bool = False) -> int | None:
    """Return the seconds since midnight that a cell of a time of day alone says.

    `is_packed` says that a bare number is hours and minutes: 930 is half past nine.
    """
    text = tidy(cell)
    if is_packed and (packed := _SHORT_TIME.fullmatch(text)):
        return _seconds(packed.groupdict())
    if _DAY_PART.fullmatch(text):
        return round(float(text) * 86_400)
    if not re.search(r"[:時시点h午오]|[ap]\.?m", text, re.IGNORECASE):
        return None
    match = _TIME.fullmatch(_UHR.sub(r"\1h", text))
    return None if match is None else _seconds(match.groupdict())


def is_weekday(cell: str) -> bool:
    """Return whether a cell names a day of the week, and nothing else."""
    return _ONE_WEEKDAY.fullmatch(tidy(cell)) is not None


def offset_named(name: str) -> int | None:
    """Return the seconds from UTC that a column's name says: Created (UTC), 回答日時(JST)."""
    found = _NAMED_OFFSET.search(tidy(name))
    offset = _OFFSET.fullmatch(found[1]) if found else None
    return None if offset is None else _offset_s(offset.groupdict())


def serial_in(cell: str, *, is_1904: bool = False) -> datetime | None:
    """Return the wall time of a serial number, as Excel counts days; None if it is none.

    Of the seconds or milliseconds since 1970 that programs write it is the moment, in UTC.
    """
    text = tidy(cell)
    if _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    if _SERIAL.fullmatch(text) is None or int(float(text)) not in SERIALS:
        return None
    first = EXCEL_EPOCH + (DAYS_TO_1904 if is_1904 else timedelta())
    return first + timedelta(seconds=round(float(text) * 86_400))


def orders_of(found: DateText) -> frozenset[Order]:
    """Return the orders of day, month and year in which the numbers of a date make sense."""
    if not found.loose:
        return frozenset(ORDERS)
    if len(found.loose) == 2:
        orders = {"mdy": found.loose, "dmy": found.loose[::-1]}
    else:
        a, b, c = found.loose
        orders = {"mdy": (a, b), "dmy": (b, a)}
        if not found.has_long_year:
            orders["ymd"] = (b, c)
    return frozenset(
        order  # type: ignore[misc]
        for order, (month, day) in orders.items()
        if 1 <= month <= 12 and 1 <= day <= 31
    )


def moment_of(found: DateText, *, order: Order, year: int | None = None) -> datetime | None:
    """Return the moment, with its offset if the cell has one; None if there is no such date.

    `year` stands in where none is written.
    """
    month, day, its_year = found.month, found.day, found.year
    if len(found.loose) == 2:
        month, day = found.loose if order != "dmy" else found.loose[::-1]
    elif found.loose:
        a, b, c = found.loose
        by_order = {"ymd": (a, b, c), "mdy": (c, a, b), "dmy": (c, b, a)}
        its_year, month, day = by_order["dmy" if found.has_long_year and order == "ymd" else order]
        its_year += 2000 if its_year < 100 else 0
    its_year = its_year or year
    if its_year is None or its_year not in PLAUSIBLE_YEARS:
        return None
    try:
        wall = datetime(its_year, month or 0, day or 0)  # noqa: DTZ001  the zone is the sheet's
    except ValueError:
        return None
    wall += timedelta(seconds=found.time_s or 0)
    if found.offset_s is None:
        return wall
    return wall.replace(tzinfo=timezone(timedelta(seconds=found.offset_s))).astimezone(UTC)


def _date_in(match: re.Match[str]) -> DateText | None:
    part = match.groupdict()
    if part.get("era"):
        first = ERAS[ERA_NAMES[part["era"].upper()]].year
        year = first + (0 if part["J"] == "元" else int(part["J"]) - 1)
        return DateText(year=year, month=int(part["m"]), day=int(part["d"]))
    if part.get("a"):
        numbers = [part["a"], part["b"], part.get("c")]
        loose = tuple(int(number) for number in numbers if number)
        found = DateText(loose=loose, has_long_year=len(part.get("c") or "") == 4)
        return found if orders_of(found) else None
    month = int(part["m"]) if part.get("m") else month_named(part["b_name"])
    if month is None:
        return None
    short = part.get("y")
    year_text = part.get("Y")
    written = int(year_text) if year_text else (2000 + int(short) if short else None)
    day = int(part["d"])
    is_one = 1 <= day <= 31 and 1 <= month <= 12
    is_one = is_one and (written is None or written in PLAUSIBLE_YEARS)
    return DateText(year=written, month=month, day=day) if is_one else None


def _with_time(found: DateText, rest: str) -> DateText | None:
    if not rest:
        return found
    match = _PACKED_TIME.fullmatch(rest) or _TIME.match(rest)
    if match is None:
        return None
    seconds = _seconds(match.groupdict())
    tail = rest[match.end() :].strip(" ()頃ごろ")
    # Google writes the half of the day behind the time and before the offset: 10:32:11 午前 GMT+9.
    offset = _OFFSET.fullmatch(tail)
    if seconds is None or offset is None:
        return None
    return DateText(
        found.year,
        found.month,
        found.day,
        found.loose,
        found.has_long_year,
        seconds,
        _offset_s(offset.groupdict()),
    )


def _seconds(part: dict[str, str | None]) -> int | None:
    hour, second = (int(part.get(name) or 0) for name in ("H", "S"))
    minute = 30 if part.get("M") == "半" else int(part.get("M") or 0)
    half = (part.get("p1") or part.get("p2") or "").lower().replace(".", "")
    if half and hour > 12:
        half = ""
    if half in _AFTERNOON:
        hour = hour % 12 + 12
    elif half in _MORNING:
        hour %= 12
    if hour > 24 or minute > 59 or second > 59 or (hour == 24 and (minute or second)):
        return None
    return hour * 3_600 + minute * 60 + second


def _offset_s(part: dict[str, str | None]) -> int | None:
    if part["sign"] is None:
        return None if part["name"] is None else ZONE_LETTERS[part["name"].upper()] * 3_600
    sign = -1 if part["sign"] == "-" else 1
    return sign * (int(part["h"] or 0) * 3_600 + int(part["mm"] or 0) * 60)
