"""Formats of moments in tables: the pattern of each directive, and the moment a match makes."""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

from shinrai.console.rules import wording
from shinrai.importers.rules.cells import tidy
from shinrai.units.errors import UserError
from shinrai.units.text import Text

# Months as people abbreviate them: known by four letters where three would not tell (juin, juil.).
_BEGINNINGS: Final = (
    ("jan", "jän", "ene", "gen"),
    ("feb", "fév", "fev"),
    ("mar", "mär", "mrz", "mrt", "maa"),
    ("apr", "avr", "abr"),
    ("may", "mai", "mei", "mag"),
    ("jun", "juin", "giu"),
    ("jul", "juil", "lug"),
    ("aug", "aoû", "ago"),
    ("sep", "set"),
    ("oct", "okt", "out", "ott"),
    ("nov",),
    ("dec", "déc", "dez", "dic"),
)
_MONTHS: Final = {
    name: number for number, names in enumerate(_BEGINNINGS, start=1) for name in names
}
MONTH: Final = r"(?P<b>[^\W\d_]{3,}|(?:1[0-2]|0?[1-9])月)\.?"
WEEKDAYS: Final = "月火水木金土日"
ENGLISH_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# First day of each era; its last is the day before the next. **Source:** the imperial ordinances.
ERAS: Final = {
    "明治": date(1868, 1, 25),
    "大正": date(1912, 7, 30),
    "昭和": date(1926, 12, 25),
    "平成": date(1989, 1, 8),
    "令和": date(2019, 5, 1),
}
ERA_NAMES: Final = {
    name: era for era, letter in zip(ERAS, "MTSHR", strict=True) for name in (era, era[0], letter)
}
LONGEST_FORMAT = 100  # characters; a complaint repeats it
DIRECTIVES: Final = {
    "%Y": r"(?P<Y>\d{4})",
    "%y": r"(?P<y>\d{2})",
    "%m": r"(?P<m>\d{1,2})",
    "%d": r"(?P<d>\d{1,2})",
    "%H": r"(?P<H>\d{1,2})",
    "%I": r"(?P<I>\d{1,2})",
    "%M": r"(?P<M>\d{1,2})",
    "%S": r"(?P<S>\d{1,2})",
    "%f": r"(?P<f>\d{1,9})",
    "%p": r"(?P<p>[AaPp]\.?[Mm]\.?|午前|午後)",
    "%b": MONTH,
    "%B": MONTH,
    "%a": r"(?P<a>[A-Za-z]{3})[a-z]*\.?",
    "%z": r"(?P<z>Z|UTC|GMT|[+-]\d{2}:?\d{2})",
    "%Jy": r"(?P<J>\d{1,2}|元)",
    "%Ja": r"(?P<K>[月火水木金土日])",
    "%%": "%",
}
NAMED_FORMATS: Final = ("iso", "excel")
_DIRECTIVE = re.compile(r"%J[ya]|%.")
_ERA_BEFORE = re.compile(f"(?:{'|'.join(ERA_NAMES)})$")


class ImpossibleMoment(UserError, ValueError):
    """The parts of a moment contradict each other."""


class UnknownFormat(UserError, ValueError):
    """A format of moments is not known."""


def compile_format(text: str) -> re.Pattern[str]:
    """Turn a format into a regular expression.

    Raises: UnknownFormat, with the directive that is not known.
    """
    if len(text) > LONGEST_FORMAT:
        raise UnknownFormat(
            Text(
                "the format {text!r}… is longer than {longest_format} characters",
                text=text[:LONGEST_FORMAT],
                longest_format=LONGEST_FORMAT,
            ),
        )
    pieces: list[str] = []
    last = 0
    for found in _DIRECTIVE.finditer(text):
        before, era = text[last : found.start()], None
        if found.group() == "%Jy" and (era := _ERA_BEFORE.search(before)):
            before = before[: era.start()]
        pieces.append(_literal(before))
        if era is not None:
            pieces.append(f"(?P<E>{era.group()})")
        if found.group() not in DIRECTIVES:
            raise UnknownFormat(
                Text(
                    "{group} in the format {text!r} is not known; there are {directives}, and "
                    "the formats iso and excel",
                    group=found.group(),
                    text=text,
                    directives=" ".join(DIRECTIVES),
                ),
            )
        pieces.append(DIRECTIVES[found.group()])
        last = found.end()
    pieces.append(_literal(text[last:]))
    try:
        return re.compile("".join(pieces))
    except re.error as error:  # a directive that stands twice
        raise UnknownFormat(
            Text("the format {text!r} says the same thing twice; keep one of them", text=text),
        ) from error


def _literal(text: str) -> str:
    tidied = tidy(text) if text.strip() else ""
    if text and not tidied:
        return r"\s+"
    front = r"\s+" if text[:1].isspace() else ""
    back = r"\s+" if text[-1:].isspace() else ""
    return front + re.sub(r"(?:\\ )+", r"\\s+", re.escape(tidied)) + back


def month_named(name: str) -> int | None:
    """Return the number of a month by its name or the beginning of it; None if there is none.

    Jun, June, Juni, juin, junho and 6月 are the same.
    """
    text = unicodedata.normalize("NFC", name).casefold()
    if text.endswith("月"):
        number = text.removesuffix("月")
        return int(number) if number.isdigit() and 1 <= int(number) <= 12 else None
    return _MONTHS.get(text[:4], _MONTHS.get(text[:3]))


def build_moment(match: re.Match[str]) -> datetime:
    """Build the moment that a format's match holds.

    Raises: ValueError, OverflowError if there is no such moment.
    """
    part = match.groupdict()
    year = _year(part)
    month = int(part["m"]) if part.get("m") else _month(part.get("b"))
    hour = int(part.get("H") or part.get("I") or 0)
    if part.get("p"):
        hour = _half_day(hour, part["p"])
    is_midnight_after = hour == 24 and not int(part.get("M") or 0) and not int(part.get("S") or 0)
    fraction = ((part.get("f") or "") + "000000")[:6]
    wall = datetime(  # noqa: DTZ001  the zone comes from the mapping
        year,
        month,
        int(part.get("d") or 1),
        0 if is_midnight_after else hour,
        int(part.get("M") or 0),
        int(part.get("S") or 0),
        int(fraction),
    )
    _check_era(wall, part)
    _check_weekday(wall, part)
    if is_midnight_after:  # 24:00 is how a Japanese desk writes the end of a day
        wall += timedelta(days=1)
    return wall.replace(tzinfo=_offset(part["z"])) if part.get("z") else wall


def _year(part: dict[str, str | None]) -> int:
    if number := part.get("J"):
        return ERAS[_era(part)].year - 1 + (1 if number == "元" else int(number))
    if short := part.get("y"):
        return 2000 + int(short) if int(short) < 70 else 1900 + int(short)
    if year := part.get("Y"):
        return int(year)
    raise ImpossibleMoment(Text("the format names no year"))


def _era(part: dict[str, str | None]) -> str:
    return ERA_NAMES[part.get("E") or "令和"]


def _check_era(wall: datetime, part: dict[str, str | None]) -> None:
    if not part.get("J"):
        return
    era = _era(part)
    names = list(ERAS)
    after = names[names.index(era) + 1 :]
    if wall.date() < ERAS[era]:
        first = ERAS[era]
        raise ImpossibleMoment(Text("{era} began on {on}", era=era, on=first))
    if after and wall.date() >= ERAS[after[0]]:
        last = ERAS[after[0]] - timedelta(days=1)
        raise ImpossibleMoment(Text("{era} ended on {on}", era=era, on=last))


def _month(name: str | None) -> int:
    if name is None:
        return 1
    found = month_named(name)
    if found is None:
        raise ImpossibleMoment(Text("there is no such month"))
    return found


def _half_day(hour: int, half: str) -> int:
    if not 0 <= hour <= 12:
        raise ImpossibleMoment(Text("{hour} o'clock is no hour before or after noon", hour=hour))
    afternoon = half in ("午後",) or half[:1].lower() == "p"
    return hour % 12 + (12 if afternoon else 0)


def _offset(text: str) -> timezone:
    if text[0] not in "+-":
        return UTC
    digits = text[1:].replace(":", "")
    span = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-span if text[0] == "-" else span)


def _check_weekday(wall: datetime, part: dict[str, str | None]) -> None:
    said: int | None = None
    if kanji := part.get("K"):
        said = WEEKDAYS.index(kanji)
    elif name := part.get("a"):
        said = ENGLISH_DAYS.index(name.lower()) if name.lower() in ENGLISH_DAYS else -1
    if said is not None and said != wall.weekday():
        raise ImpossibleMoment(
            Text("the day is a {weekday}", weekday=wording.WEEKDAYS[wall.weekday()])
        )
