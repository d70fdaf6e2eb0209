"""Parse an iCalendar text into its events and time zones; no error is passed over silently.

The `icalendar` package reads these too, but drops parts of an event it cannot parse, and takes
zones from the machine. Here each relevant line is read or refused, and zones are from `zones`.

**Source:** RFC 5545 §3.1 (lines), §3.3 (values), §3.6.5 (zones); CLDR (zone names of Windows).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from io import StringIO
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from shinrai.calendars.rules.time_zone import zone_named, zone_names
from shinrai.units.errors import UserError
from shinrai.units.text import Text

EARLIEST, LATEST = 1600, 2999  # years; Outlook's zones begin in 1601
MOST_OBSERVANCES: Final = 200
_LINE: Final = re.compile(
    r'([\w.-]+)((?:;[\w.-]+=(?:"[^"]*+"|[^";:,]*+)(?:,(?:"[^"]*+"|[^";:,]*+))*+)*+):(.*)', re.DOTALL
)
_PARAMETER: Final = re.compile(r';([\w.-]+)=("[^"]*"|[^;]*)')
_BREAK: Final = re.compile(r"\r\n|\n|\r")
_AT: Final = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z)?)?", re.ASCII)
_DURATION: Final = re.compile(
    r"([+-]?)P(?=T?\d)(?:(\d{1,6})W)?(?:(\d{1,6})D)?"
    r"(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?",
    re.ASCII,
)
_OFFSET: Final = re.compile(r"[+-](?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?", re.ASCII)
# What decides when an event is; a broken line of any other kind, such as a description, does not.
_DECISIVE: Final = frozenset(
    ["DTSTART", "DTEND", "DURATION", "RRULE", "EXRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "UID",
     "SEQUENCE", "STATUS", "BEGIN", "END", "TZID", "TZOFFSETFROM", "TZOFFSETTO"]
)  # fmt: skip


class BadEvents(UserError, ValueError):
    """An iCalendar text cannot be read, or has content that a calendar cannot use."""


class Line(NamedTuple):
    """One content line, unfolded; the names of parameters are in capitals."""

    name: str
    parameters: Mapping[str, str]
    value: str


@dataclass(frozen=True)
class Component:
    """The content between BEGIN and END; `number` is the line number of BEGIN."""

    kind: str
    number: int
    lines: list[Line] = field(default_factory=list)
    parts: "list[Component]" = field(default_factory=list)

    def all(self, name: str) -> list[Line]:
        """Return all lines with a name, such as "EXDATE"."""
        return [line for line in self.lines if line.name == name]

    def one(self, name: str) -> Line | None:
        """Return the line with a name that may occur only once, or None.

        Raises: BadEvents if it occurs twice.
        """
        found = self.all(name)
        if len(found) > 1:
            raise self.bad(Text("has {count} lines {name}", count=len(found), name=name))
        return found[0] if found else None

    def text(self, name: str) -> str:
        """Return the value of the first line with a name, or ""."""
        return next((line.value.strip() for line in self.all(name)), "")

    @property
    def title(self) -> str:
        """Return its summary, else its zone id, else its UID."""
        said = self.text("SUMMARY") or self.text("TZID") or self.text("UID")
        return re.sub(r"\\(.)", lambda at: " " if at[1] in "nN" else at[1], said)

    def bad(self, what: Text) -> BadEvents:
        """Return an error that names this component; `what` follows the name in its sentence."""
        values = {"number": self.number, "title": self.title, "what": what}
        if self.kind == "VTIMEZONE":
            return BadEvents(Text("line {number}: zone {title!r} {what}", **values))
        return BadEvents(Text("line {number}: event {title!r} {what}", **values))


def components(text: str) -> Component:
    """Parse a text; its VCALENDARs are the parts of the component that is returned.

    Raises: BadEvents.
    """
    root = Component("", 0)
    path = [root]
    for number, content in _unfolded(text):
        found = _LINE.fullmatch(content)
        if found is None:
            if len(path) == 1 or re.split("[;:]", content)[0].strip().upper() in _DECISIVE:
                raise _no_text(number, content)
            continue
        line = Line(found[1].upper(), _parameters(found[2]), found[3])
        if len(path) == 1 and (line.name, line.value.strip().upper()) != ("BEGIN", "VCALENDAR"):
            raise _no_text(number, content)
        if line.name == "BEGIN":
            part = Component(line.value.strip().upper(), number)
            path[-1].parts.append(part)
            path.append(part)
        elif line.name == "END":
            if path[-1].kind != line.value.strip().upper() or len(path) == 1:
                raise _no_text(number, content)
            path.pop()
        else:
            path[-1].lines.append(line)
    if len(path) > 1:
        raise _no_text(path[-1].number, f"BEGIN:{path[-1].kind}")
    return root


def _no_text(number: int, content: str) -> BadEvents:
    said = content[:60]
    return BadEvents(
        Text(
            "this is no iCalendar text, or it is cut off (line {number}: {said!r})",
            number=number,
            said=said,
        ),
    )


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Yield each line with its number; continuation lines (after a blank) are joined to it."""
    begins, pieces = 0, list[str]()
    for number, line in enumerate(_BREAK.split(text), start=1):
        if pieces and line[:1] in (" ", "\t"):
            pieces.append(line[1:])
        elif line.strip("\ufeff \t"):
            if pieces:
                yield begins, "".join(pieces)
            begins, pieces = number, [line.lstrip("\ufeff")]
    if pieces:
        yield begins, "".join(pieces)


def _parameters(text: str) -> dict[str, str]:
    return {name.upper(): value.strip("\"'") for name, value in _PARAMETER.findall(text)}


def length_of(text: str) -> timedelta:
    """Parse a duration, such as "PT1H30M".

    Raises: ValueError.
    """
    found = _DURATION.fullmatch(text.strip().upper())
    if found is None:
        raise ValueError(text)
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    length = timedelta(days, seconds, weeks=weeks, hours=hours, minutes=minutes)
    return -length if found[1] == "-" else length


@dataclass(frozen=True)
class ValueReader:
    """Parses the values of a file, with the time zones that the file describes.

    Times without a zone remain local times.
    """

    own: tzinfo
    described: Mapping[str, Component]
    _made: dict[str, tzinfo] = field(default_factory=dict)

    def value(self, text: str, line: Line, of: Component) -> date | datetime:
        """Parse a date or a time; a time without a zone is returned without one.

        Raises: BadEvents.
        """
        found = _AT.fullmatch(text.strip().upper())
        kind = line.parameters.get("VALUE", "").upper()
        try:
            if found is None or not EARLIEST <= int(found[1]) <= LATEST:
                raise ValueError
            on = date(int(found[1]), int(found[2]), int(found[3]))
            if (kind == "DATE" and found[4]) or (kind == "DATE-TIME" and not found[4]):
                raise ValueError
            if not found[4]:
                return on
            hour, minute, second = (int(part or 0) for part in found.groups()[3:6])
            clock = time(hour, minute, second)
        except ValueError:
            raise of.bad(
                Text(
                    "says {name} {text!r}: this is no date or time that exists",
                    name=line.name,
                    text=text[:60],
                ),
            ) from None
        at = datetime.combine(on, clock)
        if found[7]:
            return at.replace(tzinfo=UTC)
        name = line.parameters.get("TZID", "").strip("\"' ")
        return at.replace(tzinfo=self.zone(name, of)) if name else at

    def zone(self, name: str, of: Component) -> tzinfo:
        """Return a zone by its IANA name (also after a path), its Windows name, or as described.

        Raises: BadEvents.
        """
        parts = name.strip("/").split("/")
        behind = ("/".join(parts[at:]) for at in range(1, len(parts) - 1))
        for tried in (name, "/".join(parts), _of_windows(name), *behind):
            if (known := _spelled().get(tried.casefold())) is not None:
                return zone_named(known)
        if name in self.described:
            if name not in self._made:
                self._made[name] = _described(self.described[name])
            return self._made[name]
        raise of.bad(
            Text(
                "is in time zone {name!r}: time zone {name!r} is unknown; use an IANA name",
                name=name,
            ),
        )


@cache
def _spelled() -> Mapping[str, str]:
    return {name.casefold(): name for name in zone_names()}


def _of_windows(name: str) -> str:
    from icalendar.timezone.windows_to_olson import (  # type: ignore[import-untyped]
        WINDOWS_TO_OLSON,
    )

    return str(WINDOWS_TO_OLSON.get(name, ""))


def _described(zone: Component) -> tzinfo:
    """Make a time zone from its description (VTIMEZONE) in the file.

    Raises: BadEvents.
    """
    from dateutil.tz import tzical

    lines = ["BEGIN:VTIMEZONE", "TZID:described"]
    for part in zone.parts[:MOST_OBSERVANCES]:
        lines += [f"BEGIN:{part.kind}", *_observance(part, zone), f"END:{part.kind}"]
    try:
        if len(zone.parts) > MOST_OBSERVANCES:
            raise ValueError(f"{len(zone.parts)} changes of its clocks")
        found = tzical(StringIO("\n".join([*lines, "END:VTIMEZONE"]))).get()
        if not isinstance(found, tzinfo):
            raise ValueError("nothing")
        found.utcoffset(datetime.combine(date(2000, 1, 1), time.min))
    except (ValueError, TypeError, AttributeError, OverflowError) as error:
        raise zone.bad(Text("cannot be read ({error})", error=error)) from error
    return found


def _observance(part: Component, zone: Component) -> Iterator[str]:
    for line in part.lines:
        value = line.value.strip().upper()
        if line.name in ("TZOFFSETFROM", "TZOFFSETTO") and not _OFFSET.fullmatch(value):
            raise zone.bad(Text("says {name} {value!r}", name=line.name, value=value))
        if line.name == "RRULE":
            # Only a year is a plausible step, and one that never comes is not looked for for ever.
            if "FREQ=YEARLY" not in value or re.search(
                r"INTERVAL=0*(;|$)|BYHOUR|BYMIN|BYSEC", value
            ):
                raise zone.bad(Text("repeats by {value!r}", value=value))
            if "UNTIL=" not in value and "COUNT=" not in value:
                value += ";UNTIL=22000101T000000Z"
        if line.name in ("DTSTART", "RRULE", "RDATE", "TZOFFSETFROM", "TZOFFSETTO"):
            yield f"{line.name}:{value}"


def moment_of(wall: datetime, zone: tzinfo) -> datetime:
    """Return the moment of a local time in a zone, by the same rules as `wall_to_utc`."""
    at = wall.replace(tzinfo=zone, fold=0)
    if not isinstance(zone, ZoneInfo):
        from dateutil.tz import resolve_imaginary

        at = resolve_imaginary(at)
    return at.astimezone(UTC)
