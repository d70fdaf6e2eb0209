"""The parts of a calendar's document: YAML text, intervals, dates, ranges and countries."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

import yaml

from shinrai.calendars.rules.holidays import UnknownCountry, country_code
from shinrai.calendars.rules.hours import DAY_S, Days, OpenInterval, YearlyDays
from shinrai.units.wording import SaidInBoth, Words, alike, both
from shinrai.units.yaml_loader import BoundedLoader

INTERVAL = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?\s*[-–]\s*(\d{1,2}):(\d{2})(?::(\d{2}))?")
DATED = re.compile(r"\d{4}-\d{2}-\d{2}")
YEARLY = re.compile(r"(\d{2})-(\d{2})")
LEAP_YEAR = 2024


KEEP_ONE = both(en="keep one of them", ja="どちらか一つだけ残してください")
CHECK_INDENTATION = both(en="check the indentation", ja="字下げを確認してください")
WRITE_A_DATE = both(en="write it like 2026-12-28", ja="2026-12-28 のように書いてください")


class BadCalendar(SaidInBoth, ValueError):
    """A calendar that cannot be kept: what is wrong, where, and what to do next."""

    def __init__(self, where: str | Words, what: Words, next_step: Words | None = None) -> None:
        self.where = alike(where) if isinstance(where, str) else where
        self.what, self.next_step = what, next_step
        super().__init__(
            (f"{self.where['en']}: " if self.where["en"] else "")
            + what["en"]
            + (f"; {next_step['en']}" if next_step else ""),
            (f"{self.where['ja']}: " if self.where["ja"] else "")
            + what["ja"]
            + (f"。{next_step['ja']}" if next_step else ""),
        )


class _CalendarLoader(BoundedLoader):
    """Read every scalar as the text that stands there: NO is Norway, 2026-02-30 ours to refuse."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 (so it is in yaml)


def _mapping_once(loader: _CalendarLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    mapping: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        line = key_node.start_mark.line + 1
        if not isinstance(key, str):
            must = both(en="a key must be text", ja="キーは文字列で書いてください")
            raise BadCalendar(_line(line), must, CHECK_INDENTATION)
        if key in mapping:
            raise BadCalendar(_line(line), duplicate_key(key), KEEP_ONE)
        mapping[key] = loader.construct_object(value_node, deep=True)
    return mapping


def _line(number: int) -> Words:
    return both(en=f"line {number}", ja=f"{number} 行目")


def duplicate_key(key: str) -> Words:
    """Say that a key is there two times."""
    return both(en=f"{key!r} stands twice", ja=f"「{key}」が二度書かれています")


_CalendarLoader.add_constructor("tag:yaml.org,2002:map", _mapping_once)


def read_yaml(text: str) -> Any:
    """Parse a calendar's YAML (or JSON) text; keys that stand twice are refused.

    Raises: BadCalendar with the line.
    """
    try:
        return yaml.load(text, Loader=_CalendarLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = _line(mark.line + 1) if mark else ""
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        what = both(en=f"this is no YAML ({problem})", ja=f"YAML として読めません（{problem}）")
        raise BadCalendar(where, what, CHECK_INDENTATION) from error
    except RecursionError as error:
        what = both(en="it is nested too deeply", ja="入れ子が深すぎます")
        raise BadCalendar("", what, CHECK_INDENTATION) from error


def check_keys(
    found: Mapping[Any, Any], where: str, known: tuple[str, ...], next_step: Words | None = None
) -> None:
    """Refuse keys that nobody would read.

    Raises: BadCalendar with the nearest known key.
    """
    for key in found:
        if key not in known:
            near = get_close_matches(str(key).lower(), known, n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            meant = f"もしかして `{near[0]}` ですか。" if near else ""
            raise BadCalendar(
                f"{where}.{key}" if where else str(key),
                both(en="is not a known key", ja="このようなキーはありません"),
                next_step
                or both(
                    en=f"{hint}known: {', '.join(known)}",
                    ja=f"{meant}使えるキー: {', '.join(known)}",
                ),
            )


def read_intervals(found: Any, where: str) -> tuple[OpenInterval, ...]:
    """Read hours such as ["10:00-12:00", "22:00-06:00"], in order of their start.

    Raises: BadCalendar.
    """
    if found in (None, ""):
        return ()
    listed = found if isinstance(found, list) else [found]
    return tuple(sorted(_interval(text, f"{where}[{at}]") for at, text in enumerate(listed)))


def _interval(text: Any, where: str) -> OpenInterval:
    match = INTERVAL.fullmatch(text.strip()) if isinstance(text, str) else None
    if not match:
        raise BadCalendar(
            where,
            both(en=f"{text!r} are no hours", ja=f"「{text}」は時間帯として読めません"),
            both(
                en='write "09:00-17:30", in quotes',
                ja='"09:00-17:30" のように引用符で囲んで書いてください',
            ),
        )
    hour, minute, second, to_hour, to_minute, to_second = (
        int(part or 0) for part in match.groups()
    )
    from_s = hour * 3600 + minute * 60 + second
    to_s = to_hour * 3600 + to_minute * 60 + to_second
    if max(minute, second, to_minute, to_second) > 59 or from_s >= DAY_S or to_s > DAY_S:
        raise BadCalendar(
            where,
            both(en=f"{text!r} is no time of day", ja=f"「{text}」という時刻はありません"),
            both(en="hours run from 00:00 to 24:00", ja="00:00 から 24:00 の間で書いてください"),
        )
    if from_s == to_s:
        raise BadCalendar(
            where,
            both(en=f"{text!r} has no length", ja=f"「{text}」は長さがありません"),
            both(
                en='the whole day is "00:00-24:00"; no hours: leave it out',
                ja='終日なら "00:00-24:00" と書き、営業しないなら書かないでください',
            ),
        )
    # The end is not after the start: overnight, and owned by the day it starts on.
    return OpenInterval(from_s, to_s if to_s > from_s else to_s + DAY_S)


def read_date(found: Any, where: str) -> date:
    """Read a date such as 2026-12-28.

    Raises: BadCalendar.
    """
    if isinstance(found, date) and not isinstance(found, datetime):
        return found
    if isinstance(found, str) and DATED.fullmatch(found.strip()):
        try:
            return date.fromisoformat(found.strip())
        except ValueError as error:
            what = both(
                en=f"{found} is a date that cannot be ({error})",
                ja=f"「{found}」という日付はありません。正しい日付に直してください",
            )
            raise BadCalendar(where, what) from error
    raise BadCalendar(where, _no_date(found), WRITE_A_DATE)


def _no_date(found: Any) -> Words:
    return both(en=f"{found!r} is no date", ja=f"「{found}」は日付として読めません")


def read_days(found: Any, where: str) -> tuple[Days | YearlyDays, ...]:
    """Read dates, dated ranges and yearly ranges, each alone or as `range: name`.

    Raises: BadCalendar.
    """
    if found in (None, ""):
        return ()
    listed = found if isinstance(found, list) else [found]
    return tuple(_days(item, f"{where}[{at}]") for at, item in enumerate(listed))


def read_country_or_days(
    found: Any, where: str
) -> tuple[tuple[str, ...], tuple[Days | YearlyDays, ...]]:
    """Read holidays: country codes, dates, or both in one list or as {country:, dates:}.

    Raises: BadCalendar.
    """
    if found in (None, ""):
        return (), ()
    if isinstance(found, Mapping) and found.keys() <= {"country", "dates"}:
        countries = found.get("country") or []
        listed = [*(countries if isinstance(countries, list) else [countries])]
        dates = read_days(found.get("dates"), f"{where}.dates")
        return tuple(_country(code, f"{where}.country") for code in listed), dates
    listed = found if isinstance(found, list) else [found]
    codes: list[str] = []
    days: list[Days | YearlyDays] = []
    for at, item in enumerate(listed):
        if isinstance(item, str) and not item.strip()[:1].isdigit():
            codes.append(_country(item, f"{where}[{at}]"))
        elif isinstance(item, bool):
            raise BadCalendar(
                where,
                both(en=f"{item} is no country", ja=f"「{item}」は国コードではありません"),
                both(
                    en='put its code in quotes, such as "NO"',
                    ja='"NO" のように、コードを引用符で囲んでください',
                ),
            )
        else:
            days.append(_days(item, f"{where}[{at}]"))
    return tuple(codes), tuple(days)


def write_days(days: Days | YearlyDays) -> str | dict[str, str]:
    """Write a date or range as it is read."""
    first, last = (
        bound.isoformat() if isinstance(bound, date) else f"{bound[0]:02}-{bound[1]:02}"
        for bound in (days.first, days.last)
    )
    text = first if first == last else f"{first}..{last}"
    return {text: days.name} if days.name else text


def _country(code: Any, where: str) -> str:
    try:
        return country_code(str(code))
    except UnknownCountry as error:
        raise BadCalendar(where, error.said) from error


def _days(item: Any, where: str) -> Days | YearlyDays:
    name = ""
    if isinstance(item, Mapping) and len(item) == 1:
        item, found = next(iter(item.items()))
        name = str(found or "")
    if isinstance(item, date) and not isinstance(item, datetime):
        return Days(item, item, name)
    if not isinstance(item, str):
        raise BadCalendar(where, _no_date(item), WRITE_A_DATE)
    first, _, last = (part.strip() for part in item.partition(".."))
    last = last or first
    if YEARLY.fullmatch(first) and YEARLY.fullmatch(last):
        return YearlyDays(_month_day(first, where), _month_day(last, where), name)
    if not (DATED.fullmatch(first) and DATED.fullmatch(last)):
        raise BadCalendar(
            where,
            both(
                en=f"{item!r} is no date or range",
                ja=f"「{item}」は日付や期間として読めません",
            ),
            both(
                en="write 2026-12-28, 12-29..01-03 or 2026-08-12..2026-08-14",
                ja="2026-12-28、12-29..01-03、2026-08-12..2026-08-14 のように書いてください",
            ),
        )
    days = Days(read_date(first, where), read_date(last, where), name)
    if days.last < days.first:
        raise BadCalendar(
            where,
            both(en=f"{item} ends before it starts", ja=f"「{item}」は終わりが始まりより前です"),
            both(en="swap the two dates", ja="二つの日付を入れかえてください"),
        )
    return days


def _month_day(text: str, where: str) -> tuple[int, int]:
    month, day = int(text[:2]), int(text[3:])
    try:
        date(LEAP_YEAR, month, day)
    except ValueError as error:
        what = both(
            en=f"{text} is a day that cannot be ({error})",
            ja=f"「{text}」という月日はありません。正しい月日に直してください",
        )
        raise BadCalendar(where, what) from error
    return month, day
