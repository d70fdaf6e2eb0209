"""Read the parts of a calendar's document: YAML, hours, dates, ranges and countries."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

import yaml

from shinrai.calendars.rules.holidays import UnknownCountry, country_code
from shinrai.calendars.rules.hours import DAY_S, Days, OpenInterval, YearlyDays
from shinrai.units.errors import UserError
from shinrai.units.text import Text, verbatim
from shinrai.units.yaml_loader import BoundedLoader

INTERVAL = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?\s*[-–]\s*(\d{1,2}):(\d{2})(?::(\d{2}))?")
DATED = re.compile(r"\d{4}-\d{2}-\d{2}")
YEARLY = re.compile(r"(\d{2})-(\d{2})")
LEAP_YEAR = 2024
NAME_LENGTH = 80


KEEP_ONE = Text("keep one of them")
CHECK_INDENTATION = Text("check the indentation")
WRITE_A_DATE = Text("write it like 2026-12-28")


class BadCalendar(UserError, ValueError):
    """A calendar is not valid: what is wrong, where, and what to do next."""

    def __init__(self, where: str | Text, what: Text, next_step: Text | None = None) -> None:
        self.where = verbatim(where) if isinstance(where, str) else where
        self.what, self.next_step = what, next_step
        text = what if next_step is None else Text("{what}; {next}", what=what, next=next_step)
        super().__init__(Text("{where}: {what}", where=self.where, what=text) if where else text)


def is_calendar_name(name: object) -> bool:
    """Return whether calendars can be saved, and named by objectives, under this name."""
    return (
        isinstance(name, str)
        and 0 < len(name) <= NAME_LENGTH
        and name == name.strip()
        and name.isprintable()
    )


class _CalendarLoader(BoundedLoader):
    """Reads every YAML value as text, so that NO is Norway and wrong dates get our own error."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 (so it is in yaml)


def _mapping_once(loader: _CalendarLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    mapping: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        line = key_node.start_mark.line + 1
        if not isinstance(key, str):
            must = Text("a key must be text")
            raise BadCalendar(_line(line), must, CHECK_INDENTATION)
        if key in mapping:
            raise BadCalendar(_line(line), duplicate_key(key), KEEP_ONE)
        mapping[key] = loader.construct_object(value_node, deep=True)
    return mapping


def _line(number: int) -> Text:
    return Text("line {number}", number=number)


def duplicate_key(key: str) -> Text:
    """Return the error text that a key occurs twice."""
    return Text("{key!r} stands twice", key=key)


_CalendarLoader.add_constructor("tag:yaml.org,2002:map", _mapping_once)


def read_yaml(text: str) -> Any:
    """Parse a calendar's YAML (or JSON) text; a key that occurs twice is refused.

    Raises: BadCalendar with the line.
    """
    try:
        return yaml.load(text, Loader=_CalendarLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = _line(mark.line + 1) if mark else ""
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        what = Text("this is no YAML ({problem})", problem=problem)
        raise BadCalendar(where, what, CHECK_INDENTATION) from error
    except RecursionError as error:
        what = Text("it is nested too deeply")
        raise BadCalendar("", what, CHECK_INDENTATION) from error


def check_keys(
    found: Mapping[Any, Any], where: str, known: tuple[str, ...], next_step: Text | None = None
) -> None:
    """Raise an error if a mapping has an unknown key.

    Raises: BadCalendar with the nearest known key.
    """
    for key in found:
        if key not in known:
            near = get_close_matches(str(key).lower(), known, n=1)
            hint = Text("did you mean {near}? ", near=near[0]) if near else ""
            raise BadCalendar(
                f"{where}.{key}" if where else str(key),
                Text("is not a known key"),
                next_step or Text("{hint}known: {known}", hint=hint, known=", ".join(known)),
            )


def read_intervals(found: Any, where: str) -> tuple[OpenInterval, ...]:
    """Read hours such as ["10:00-12:00", "22:00-06:00"], ordered by start.

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
            Text("{text!r} are no hours", text=text),
            Text('write "09:00-17:30", in quotes'),
        )
    hour, minute, second, to_hour, to_minute, to_second = (
        int(part or 0) for part in match.groups()
    )
    from_s = hour * 3600 + minute * 60 + second
    to_s = to_hour * 3600 + to_minute * 60 + to_second
    if max(minute, second, to_minute, to_second) > 59 or from_s >= DAY_S or to_s > DAY_S:
        raise BadCalendar(
            where,
            Text("{text!r} is no time of day", text=text),
            Text("hours run from 00:00 to 24:00"),
        )
    if from_s == to_s:
        raise BadCalendar(
            where,
            Text("{text!r} has no length", text=text),
            Text('the whole day is "00:00-24:00"; no hours: leave it out'),
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
            what = Text("{found} is a date that cannot be ({error})", found=found, error=error)
            raise BadCalendar(where, what) from error
    raise BadCalendar(where, _no_date(found), WRITE_A_DATE)


def _no_date(found: Any) -> Text:
    return Text("{found!r} is no date", found=found)


def read_days(found: Any, where: str) -> tuple[Days | YearlyDays, ...]:
    """Read dates, dated ranges and yearly ranges, each a text or `range: name`.

    Raises: BadCalendar.
    """
    if found in (None, ""):
        return ()
    listed = found if isinstance(found, list) else [found]
    return tuple(_days(item, f"{where}[{at}]") for at, item in enumerate(listed))


def read_country_or_days(
    found: Any, where: str
) -> tuple[tuple[str, ...], tuple[Days | YearlyDays, ...]]:
    """Read holidays: country codes, dates, both in a list, or as {country:, dates:}.

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
                Text("{item} is no country", item=item),
                Text('put its code in quotes, such as "NO"'),
            )
        else:
            days.append(_days(item, f"{where}[{at}]"))
    return tuple(codes), tuple(days)


def write_days(days: Days | YearlyDays) -> str | dict[str, str]:
    """Write a date or range in the form in which it is read."""
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
        raise BadCalendar(where, error.text) from error


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
            Text("{item!r} is no date or range", item=item),
            Text("write 2026-12-28, 12-29..01-03 or 2026-08-12..2026-08-14"),
        )
    days = Days(read_date(first, where), read_date(last, where), name)
    if days.last < days.first:
        raise BadCalendar(
            where,
            Text("{item} ends before it starts", item=item),
            Text("swap the two dates"),
        )
    return days


def _month_day(text: str, where: str) -> tuple[int, int]:
    month, day = int(text[:2]), int(text[3:])
    try:
        date(LEAP_YEAR, month, day)
    except ValueError as error:
        what = Text("{text} is a day that cannot be ({error})", text=text, error=error)
        raise BadCalendar(where, what) from error
    return month, day
