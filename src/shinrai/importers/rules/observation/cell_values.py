"""Functions that read values from a row's cells, compiled once per file from the mapping."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from shinrai.importers.rules.cells import plain_text, tidy
from shinrai.importers.rules.mapping.definition import (
    KEEP,
    SET_ASIDE,
    Condition,
    TableMapping,
    Value,
)
from shinrai.importers.rules.moments import MomentReader, UnreadableMoment
from shinrai.importers.rules.observation.header import TableHeader
from shinrai.units.errors import UserError
from shinrai.units.text import Text

Cells = Sequence[str | datetime]
ReadCell = Callable[[Cells], Any]
LONGEST_FACT = 300
MOST_CACHED = 50_000
_UNKNOWN: Final = object()
_NUMBER: Final = re.compile(r"-?\d{1,15}(\.\d{1,6})?", re.ASCII)


class NamedPerson:
    """A person a row names, before their id is known.

    `written` is what is packed for them: a stand-in first, and their id once it is known.
    """

    __slots__ = ("kind", "name", "written")

    def __init__(self, kind: str, name: str) -> None:
        self.kind = kind
        self.name = name
        self.written: str | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NamedPerson) and (self.kind, self.name) == (other.kind, other.name)

    def __hash__(self) -> int:
        return hash((self.kind, self.name))

    def __repr__(self) -> str:
        return f"Person({self.kind!r}, {self.name!r})"

    def __reduce__(self) -> tuple[type["NamedPerson"], tuple[str, str]]:
        """Pickle the kind and the name only."""
        return NamedPerson, (self.kind, self.name)


class UnreadableRow(UserError, ValueError):
    """A row cannot be read: the field, and the reason.

    The reason never holds the cell, for it is stored unencrypted; `cell` is encrypted.
    """

    def __init__(self, field: str, reason: Text, cell: object = None) -> None:
        super().__init__(Text("{field}: {reason}", field=field, reason=reason))
        self.field = field
        self.reason = reason
        self.cell = "" if cell is None else str(cell)


def as_text(cell: str | datetime) -> str:
    """Return a cell as text; a date of a workbook as people would type it."""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M:%S}" if cell.second else f"{cell:%Y-%m-%d %H:%M}"
    return cell


class CellReader:
    """Turns the values of a mapping into functions that read the rows of one file."""

    def __init__(self, table: TableMapping, header: TableHeader, moments: MomentReader) -> None:
        self.table = table
        self.header = header
        self.moments = moments
        self.used: set[int] = set()
        self.joined: set[int] = set()  # places of dates whose time of day stands elsewhere
        self.named: list[NamedPerson] = []  # by the row being read
        self._within = ""

    def for_cell_parts(self, names: Sequence[str], within: str) -> "CellReader":
        """Return a reader for the parts of a split cell, which are used like columns."""
        inner = CellReader(self.table, TableHeader(names, self.header.where), self.moments)
        inner.named = self.named
        inner._within = within
        return inner

    def name(self, value: Value) -> str:
        """Return the name of the column a value comes from, for messages."""
        columns = value.columns or (value.join[0] if value.join else ())
        found = self.header.places(columns)
        return found[0] if found else (columns[0] if columns else "")

    def cell(self, value: Value) -> Callable[[Cells], str | datetime | None]:
        """Return a function that reads a value's cell; None for a cell marked as missing.

        Raises: BadMapping if the column is not there and is not optional.
        """
        found = self.header.places(value.columns)
        if found is None:
            if value.optional:
                return _nothing
            raise self.header.missing(value.columns, value.path)
        places = found[1]
        self.used.update(places)
        missing = self.table.missing
        if len(places) == 1:
            place = places[0]

            def one(cells: Cells) -> str | datetime | None:
                cell = cells[place]
                return None if isinstance(cell, str) and tidy(cell) in missing else cell

            return one

        def first(cells: Cells) -> str | datetime | None:
            for place in places:
                cell = cells[place]
                if not (isinstance(cell, str) and tidy(cell) in missing):
                    return cell
            return None

        return first

    def all_cells(self, value: Value) -> Callable[[Cells], list[str]]:
        """Return a function that reads the cells of all columns with one name."""
        found = self.header.places(value.columns)
        if found is None:
            if value.optional:
                return lambda _: []
            raise self.header.missing(value.columns, value.path)
        places = found[1]
        self.used.update(places)
        missing = self.table.missing
        return lambda cells: [
            text for place in places if tidy(text := as_text(cells[place])) not in missing
        ]

    def text_if_there(self, value: Value | None) -> Callable[[Cells], str | None] | None:
        """Return a function that reads a text; None if the file has no column for it."""
        if value is None:
            return None
        take = self.text(value)
        is_there = any(map(self.header.has, value.join or (value.columns,)))
        return take if is_there else None

    def text(self, value: Value) -> Callable[[Cells], str | None]:
        """Return a function that reads a text as it was typed; HTML becomes plain text."""
        if value.join:
            inner = [
                self.text(Value(path=value.path, columns=columns, optional=value.optional))
                for columns in value.join
            ]

            def joined(cells: Cells) -> str | None:
                found = [text for take in inner if (text := take(cells))]
                return "\n\n".join(found) or None

            return joined
        cell = self.cell(value)
        is_html = value.html

        def typed(cells: Cells) -> str | None:
            found = cell(cells)
            if found is None:
                return None
            text = as_text(found).replace("\x00", "")
            return plain_text(text) if is_html else text.strip()

        return typed

    def value(self, value: Value) -> ReadCell:
        """Return a function that reads a fact.

        Raises: UnreadableRow, from the function, if a cell does not hold what it should.
        """
        if value.moment:
            return self.moment(value)
        if not value.columns:
            if value.join:
                return self.text(value)
            fixed = value.fixed
            return lambda _: fixed
        if value.separator is not None:
            every, sign = self.all_cells(value), value.separator
            return lambda cells: (
                [part for text in every(cells) for raw in text.split(sign) if (part := tidy(raw))]
                or None
            )
        turn = self._turn(value)
        cell = self.cell(value)

        def taken(cells: Cells) -> Any:
            found = cell(cells)
            return None if found is None else turn(tidy(as_text(found)))

        places = self.header.places(value.columns)
        take: ReadCell = taken
        if places is not None and len(places[1]) == 1:
            take = _cached(taken, places[1][0])
        return take if value.person is None else self._noting_persons(take)

    def _noting_persons(self, take: ReadCell) -> ReadCell:
        """Return the function, extended to collect the persons that the current row names."""
        named = self.named

        def taken(cells: Cells) -> Any:
            person = take(cells)
            if person is not None:
                named.append(person)
            return person

        return taken

    def moment(self, value: Value) -> Callable[[Cells], int | None]:
        """Return a function that reads a moment, in microseconds since 1970."""
        written, name = self.written(value), self.name(value)
        read = self.moments.of(self._within or name, is_joined=bool(value.join)).read

        def taken(cells: Cells) -> int | None:
            found = written(cells)
            if found is None:
                return None
            try:
                return read(found)
            except UnreadableMoment as error:
                raise UnreadableRow(name, error.text, as_text(found)) from error

        return taken

    def written(self, value: Value) -> Callable[[Cells], str | datetime | None]:
        """Return a function that reads the cell of a moment, or joins those of date and time.

        Raises: UnreadableRow, from the function, if only one of the two is there.
        """
        if not value.join:
            return self.cell(value)
        parts = [
            Value(path=value.path, columns=columns, optional=value.optional)
            for columns in value.join
        ]
        names, takes = [self.name(part) for part in parts], [self.cell(part) for part in parts]
        for part in parts:
            found = self.header.places(part.columns)
            self.joined.update(found[1] if found else ())
        join = self.moments.join

        def joined(cells: Cells) -> str | None:
            found = [take(cells) for take in takes]
            there = [cell for cell in found if cell is not None]
            if len(there) == len(found):
                return join(there)
            if not there:
                return None
            raise UnreadableRow(
                names[found.index(None)],
                Text("the cell is empty, and the date or time beside it says nothing alone"),
            )

        return joined

    def condition(self, condition: Condition | None) -> Callable[[Cells], bool] | None:
        """Return a function that tests a condition on a cell; None without a condition."""
        if condition is None:
            return None
        cell = self.cell(condition.value)

        def holds(cells: Cells) -> bool:
            found = cell(cells)
            if condition.present is not None:
                return (found is not None) == condition.present
            if found is None:
                return False
            text = tidy(as_text(found))
            return text in condition.is_one_of or any(part in text for part in condition.contains)

        return holds

    def _turn(self, value: Value) -> Callable[[str], Any]:
        name = self.name(value)
        if value.person is not None:
            kind = value.person
            return lambda text: NamedPerson(kind, _short_text(name, text))
        if value.number:
            return lambda text: _number(name, text)
        if value.words is not None:
            return _lookup(value, name)
        if value.rules:
            return _first_match(value, name)
        return lambda text: _short_text(name, text)


def _cached(take: ReadCell, place: int) -> ReadCell:
    """Return the function with a cache: the cells of a log repeat the same few values."""
    known: dict[str | datetime, Any] = {}

    def taken(cells: Cells) -> Any:
        cell = cells[place]
        value = known.get(cell, _UNKNOWN)
        if value is _UNKNOWN:
            value = take(cells)
            if len(known) >= MOST_CACHED:
                known.clear()
            known[cell] = value
        return value

    return taken


def _nothing(_: Cells) -> None:
    return None


def _number(name: str, text: str) -> int | float:
    """Return the number in a cell: an integer if it has no decimal point."""
    plain = text.replace(",", "")
    if _NUMBER.fullmatch(plain) is None:
        raise UnreadableRow(
            name,
            Text("the cell is no number"),
            text,
        )
    return float(plain) if "." in plain else int(plain)


def _short_text(name: str, text: str) -> str:
    if len(text) > LONGEST_FACT:
        raise UnreadableRow(
            name,
            Text(
                "{count} characters are too many for a fact; name the column under "
                "`words`, where texts are sealed",
                count=len(text),
            ),
        )
    return text


def _unmatched(value: Value, name: str, text: str) -> Any:
    if value.otherwise == KEEP:
        return _short_text(name, text)
    if value.otherwise == SET_ASIDE:
        raise UnreadableRow(
            name,
            Text(
                "nothing says what the cell means; add it to {path} of the mapping", path=value.path
            ),
            text,
        )
    return value.otherwise


def _lookup(value: Value, name: str) -> Callable[[str], Any]:
    words = value.words or {}

    def look(text: str) -> Any:
        return words[text] if text in words else _unmatched(value, name, text)

    return look


def _first_match(value: Value, name: str) -> Callable[[str], Any]:
    def match(text: str) -> Any:
        for rule in value.rules:
            if (
                rule.otherwise
                or text in rule.is_one_of
                or any(part in text for part in rule.contains)
                or (rule.matches is not None and rule.matches.search(text))
            ):
                return rule.result
        return _unmatched(value, name, text)

    return match
