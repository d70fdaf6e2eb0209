"""Declared events, such as a release or an outage: typed by a person, or read from a CSV file."""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import Final
from unicodedata import normalize

from shinrai.units.errors import UserError
from shinrai.units.text import LANGUAGES, Text, joined, translated

KINDS: Final[dict[str, Text]] = {
    "release": Text("release"),
    "outage": Text("outage"),
    "campaign": Text("campaign"),
    "school_year_end": Text("end of the school year"),
    "other": Text("other", context="event"),
}
COLUMNS: Final[dict[str, Text]] = {
    "from": Text("From", context="event"),
    "to": Text("To", context="event"),
    "kind": Text("Kind", context="event"),
    "name": Text("Name"),
    "service": Text("Service"),
}
NEEDED: Final = ("from", "kind", "name")
NAME_LENGTH: Final = 80
MOST_ROWS: Final = 1000
MOST_NAMED: Final = 10
YEARS: Final = range(1970, 2200)
DATE: Final = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


class BadDeclaration(UserError, ValueError):
    """An event cannot be declared: its kind, name or dates are missing or cannot be."""


@dataclass(frozen=True)
class EventDeclaration:
    """What happened, in one language as typed, from its first to its last date, both included."""

    kind: str
    name: str
    first_on: date
    last_on: date
    service: str = ""


def read_declaration(given: Mapping[str, str]) -> EventDeclaration:
    """Read an event from the texts `kind`, `name`, `from`, `to` and `service`.

    A kind may be written as its key or its name in either language; without `to`, it is one day.
    Raises: BadDeclaration.
    """
    cells = {key: normalize("NFKC", given.get(key) or "").strip() for key in COLUMNS}
    for key in NEEDED:
        if not cells[key]:
            raise BadDeclaration(Text("{column} is missing", column=COLUMNS[key]))
    kind = _key_of(cells["kind"], KINDS)
    if kind is None:
        raise BadDeclaration(
            Text(
                "{kind!r} is no kind of event; there are: {known}",
                kind=cells["kind"][:40],
                known=list(KINDS.values()),
            )
        )
    for key in ("name", "service"):
        if len(cells[key]) > NAME_LENGTH or not cells[key].isprintable():
            raise BadDeclaration(
                Text(
                    "{column}: take up to {most} letters in one line",
                    column=COLUMNS[key],
                    most=NAME_LENGTH,
                )
            )
    first = _date(cells["from"])
    last = _date(cells["to"]) if cells["to"] else first
    if last < first:
        raise BadDeclaration(
            Text("{last} lies before {first}. Give the earlier date first.", last=last, first=first)
        )
    return EventDeclaration(kind, cells["name"], first, last, cells["service"])


def read_declarations(text: str) -> tuple[EventDeclaration, ...]:
    """Read a CSV or tab-separated table whose header names the columns, in either language.

    Raises: BadDeclaration, which names each line that cannot be read; then none is returned.
    """
    head = text.partition("\n")[0]
    rows = csv.reader(StringIO(text), delimiter="\t" if "\t" in head else ",")
    try:
        lines = [(rows.line_num, row) for row in rows if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise BadDeclaration(
            Text("the file cannot be read as CSV ({error})", error=error)
        ) from error
    if len(lines) > MOST_ROWS + 1:
        raise BadDeclaration(Text("give at most {most} events at once", most=MOST_ROWS))
    names = [_key_of(cell, COLUMNS) for cell in (lines[0][1] if lines else ())]
    absent = [COLUMNS[key] for key in NEEDED if key not in names]
    if absent:
        raise BadDeclaration(
            Text(
                "the first line must name the columns; missing: {absent}. Write for example "
                "from,to,kind,name,service",
                absent=absent,
            )
        )
    return _all_read((line, _cells(names, row)) for line, row in lines[1:])


def _cells(names: Sequence[str | None], row: Sequence[str]) -> dict[str, str]:
    return {name: cell for name, cell in zip(names, row, strict=False) if name is not None}


def _all_read(lines: Iterable[tuple[int, Mapping[str, str]]]) -> tuple[EventDeclaration, ...]:
    found, wrong = [], []
    for line, cells in lines:
        try:
            found.append(read_declaration(cells))
        except BadDeclaration as error:
            wrong.append(Text("line {line}: {why}", line=line, why=error.text))
    if wrong:
        more = len(wrong) - MOST_NAMED
        rest = [Text("and {count} more", count=more)] if more > 0 else []
        raise BadDeclaration(joined([*wrong[:MOST_NAMED], *rest], "; "))
    if not found:
        raise BadDeclaration(Text("the file names no event below its first line"))
    return tuple(found)


def _key_of(word: str, known: Mapping[str, Text]) -> str | None:
    """Return the key that a word stands for: the key itself, or its text in either language."""
    sought = normalize("NFKC", word).strip().casefold()
    for key, text in known.items():
        words = (key, *(translated(text, language) for language in LANGUAGES))
        if sought in (normalize("NFKC", one).casefold() for one in words):
            return key
    return None


def _date(text: str) -> date:
    """Read a date such as 2026-09-08, 2026/9/8, or one with the signs for year, month and day."""
    found = DATE.fullmatch(text)
    try:
        on = date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        on = None
    if on is None or on.year not in YEARS:
        raise BadDeclaration(
            Text("{text!r} is no date; write one such as 2026-06-03", text=text[:40])
        )
    return on
