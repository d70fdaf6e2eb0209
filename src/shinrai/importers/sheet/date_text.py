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
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST: Final = 60  # characters; longer ones are sentences
_ERA: Final = "|".join(sorted(ERA_NAMES, key=len, reverse=True))
_WEEKDAY: Final = (
    r"(?:[(\[]?(?:[月火水木金土日](?:曜日?)?|mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?[)\]]?)"
)
_SEP: Final = r"\s*[-/.]\s*"
_DATES: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?P<Y>\d{{4}})(?:{_SEP}|\s*年\s*)(?P<m>\d{{1,2}})(?:{_SEP}|\s*月\s*)(?P<d>\d{{1,2}})\s*日?",
        rf"(?P<era>{_ERA})\s*(?P<J>\d{{1,2}}|元)(?:{_SEP}|\s*年\s*)(?P<m>\d{{1,2}})"
        rf"(?:{_SEP}|\s*月\s*)(?P<d>\d{{1,2}})\s*日?",
        r"(?P<Y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?=$|[T\s]|\d{4}(?:\d{2})?$)",
        rf"(?P<a>\d{{1,2}}){_SEP}(?P<b>\d{{1,2}}){_SEP}(?P<c>\d{{4}}|\d{{2}})(?![\d:])",
        r"(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*日?",
        r"(?P<d>\d{1,2})(?:st|nd|rd|th)?[\s./-]*(?P<b_name>[^\W\d_]{3,10})\.?[\s,./-]*"
        r"(?:(?P<Y>\d{4})|'?(?P<y>\d{2})(?![\d:]))?",
        r"(?P<b_name>[^\W\d_]{3,10})\.?\s*(?P<d>\d{1,2})(?:st|nd|rd|th)?(?![\d:])"
        r"(?:[\s,]+(?P<Y>\d{4}))?",
        r"(?P<a>\d{1,2})\s*[-/]\s*(?P<b>\d{1,2})(?![\d:])",
        r"(?P<a>\d{1,2})\.\s?(?P<b>\d{1,2})\.(?=\s|$)",
    )
)
# what stands between a day and its time: 2026-11-02T10:32, "2 Nov 2026 at 10:32", "um 10:32 Uhr"
_BETWEEN: Final = re.compile(
    r"^[\s,~]*(?:(?:から|at|um|à|às|T|[-_:](?=\d{1,2}:))(?=[\s\d]))?[\s,~]*", re.IGNORECASE
)
# other orders, rewritten: the time first, the year last (as C writes it), a point for the colon
_TIME_FIRST: Final = re.compile(
    r"(\d{1,2}:\d{2}(?::\d{2})?(?:\s*[ap]\.?m\.?)?)[\s,]+(\d{1,4}[-/.年].*)", re.IGNORECASE
)
_YEAR_LAST: Final = re.compile(
    r"([a-z]{3,9}\.?\s+\d{1,2})\s+(\d{1,2}:\d{2}(?::\d{2})?)(?:\s+[a-z]{3,4})?\s+(\d{4})",
    re.IGNORECASE,
)
_POINTED_TIME: Final = re.compile(r"^(\d{1,2})\.([0-5]\d)(?:\.([0-5]\d))?$")
_ZONE_NAME: Final = re.compile(r"\s*\[[A-Za-z_]+(?:/[A-Za-z_]+)+\]$")  # Java: +09:00[Asia/Tokyo]
_HALF: Final = r"午前|午後|[ap]\.?m\.?"
_TIME: Final = re.compile(
    rf"(?P<p1>{_HALF})?\s*(?P<H>\d{{1,2}})(?:\s*[:時h]\s*(?P<M>\d{{1,2}})?\s*分?"
    rf"(?:\s*:?\s*(?P<S>\d{{1,2}})\s*秒?(?:[.,](?P<f>\d{{1,9}}))?)?)?\s*(?P<p2>{_HALF})?",
    re.IGNORECASE,
)
_PACKED_TIME: Final = re.compile(r"(?P<H>\d{2})(?P<M>\d{2})(?P<S>\d{2})?")
_OFFSET: Final = re.compile(
    r"(?:(?P<name>Z|JST|UTC|GMT)\s*)?(?:(?P<sign>[+-])(?P<h>\d{1,2}):?(?P<mm>\d{2})?)?",
    re.IGNORECASE,
)
_WEEKDAYS: Final = re.compile(rf"^{_WEEKDAY}[\s,]+|\s*[(\[]{_WEEKDAY}[)\]]\s*|\s+{_WEEKDAY}$", re.I)
_EPOCH: Final = re.compile(r"1[4-9]\d{8}(?:\d{3})?", re.ASCII)  # seconds or ms, 2014 to 2033
_SERIAL: Final = re.compile(r"\d{5}(?:\.\d+)?", re.ASCII)
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
    def lacks_year(self) -> bool:
        """Whether no year is written."""
        return self.year is None and len(self.loose) != 3


@lru_cache(maxsize=100_000)
def look_at(cell: str) -> DateText | None:
    """Return the date in a cell, or None if the cell as a whole is no date."""
    text = tidy(cell)
    if not text or len(text) > LONGEST or not any(sign.isdigit() for sign in text):
        return None
    if _EPOCH.fullmatch(text):
        at = EPOCH + timedelta(seconds=int(text[:10]))
        return DateText(
            at.year,
            at.month,
            at.day,
            time_s=at.hour * 3_600 + at.minute * 60 + at.second,
            offset_s=0,
        )
    text = _ZONE_NAME.sub("", _WEEKDAYS.sub(" ", text.lstrip("'"))).strip()
    if rewritten := _TIME_FIRST.fullmatch(text):
        text = f"{rewritten[2]} {rewritten[1]}"
    elif rewritten := _YEAR_LAST.fullmatch(text):
        text = f"{rewritten[1]} {rewritten[3]} {rewritten[2]}"
    for pattern in _DATES:
        match = pattern.match(text)
        if match is None:
            continue
        found = _date_in(match)
        if found is None:
            continue
        return _with_time(found, _BETWEEN.sub("", text[match.end() :], count=1))
    return None


def time_in(cell: str) -> int | None:
    """Return the seconds since midnight that a cell of a time of day alone says."""
    text = tidy(cell)
    if _DAY_PART.fullmatch(text):
        return round(float(text) * 86_400)
    if not re.search(r"[:時hHapAP午]", text):
        return None
    match = _TIME.fullmatch(text)
    return None if match is None else _seconds(match.groupdict())


def serial_in(cell: str, *, is_1904: bool = False) -> datetime | None:
    """Return the wall time of a serial number, as Excel counts days; None if it is none."""
    text = tidy(cell)
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
    return DateText(year=written, month=month, day=day) if 1 <= day <= 31 else None


def _with_time(found: DateText, rest: str) -> DateText | None:
    if not rest:
        return found
    rest = _POINTED_TIME.sub(r"\1:\2", rest)
    match = _PACKED_TIME.fullmatch(rest) or _TIME.match(rest)
    if match is None:
        return None
    seconds = _seconds(match.groupdict())
    tail = rest[match.end() :].strip(" ()頃ごろ").removesuffix("Uhr").rstrip()
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
    hour, minute, second = (int(part.get(name) or 0) for name in ("H", "M", "S"))
    half = (part.get("p1") or part.get("p2") or "").lower().replace(".", "")
    if half and hour > 12:
        half = ""
    if half in ("pm", "午後"):
        hour = hour % 12 + 12
    elif half in ("am", "午前"):
        hour %= 12
    if hour > 24 or minute > 59 or second > 59 or (hour == 24 and (minute or second)):
        return None
    return hour * 3_600 + minute * 60 + second


def _offset_s(part: dict[str, str | None]) -> int | None:
    if part["sign"] is None:
        if part["name"] is None:
            return None
        return 9 * 3_600 if part["name"].upper() == "JST" else 0
    sign = -1 if part["sign"] == "-" else 1
    return sign * (int(part["h"] or 0) * 3_600 + int(part["mm"] or 0) * 60)
