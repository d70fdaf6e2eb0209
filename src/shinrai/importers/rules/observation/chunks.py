"""Observes many rows at once: logs of steps by columns, all other tables row by row.

A log repeats the same few values, so each distinct cell of a column is converted once and then
looked up. A row with a cell that cannot be converted is passed to the observer of single rows,
which reports what is wrong; both read every row alike.
"""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import repeat
from operator import is_
from typing import Any, Final

from shinrai.importers.rules.cells import ERRORS
from shinrai.importers.rules.mapping.definition import Mapping, TableMapping, Value
from shinrai.importers.rules.moments import AS_MAPPED, MomentReader, MomentStyle
from shinrai.importers.rules.observation.cell_values import (
    CellReader,
    Cells,
    NamedPerson,
    ReadCell,
    UnreadableRow,
)
from shinrai.importers.rules.observation.header import TableHeader
from shinrai.importers.rules.observation.rows import (
    OPENINGS,
    Observe,
    ObservedRow,
    row_observer,
)
from shinrai.importers.rules.observation.steps import RowStep, with_substance
from shinrai.importers.rules.observation.validation import (
    LONGEST_KEY,
    case_key,
    key_value,
    required,
    whole_number,
)
from shinrai.units.text import Text

MOST_CACHED = 50_000
_UNREADABLE: Final = object()
_PENDING: Final = UnreadableRow("", Text("not looked at yet"))

Rows = Sequence[Cells]
Columns = Sequence[Sequence[Any]]
ReadColumn = Callable[[Rows, Columns], Sequence[Any]]
ObserveChunk = Callable[[Sequence[int], Rows], list[ObservedRow | UnreadableRow]]


def chunk_observer(
    mapping: Mapping,
    table: TableMapping,
    header: TableHeader,
    zone: str | None,
    *,
    has_dates: bool = False,
    writing: MomentStyle = AS_MAPPED,
) -> ObserveChunk:
    """Return a function that observes many rows of a table: from their lines and their cells.

    `has_dates` if cells may be dates, as in a workbook, and not only text.

    Raises: BadMapping if a column is not there.
    """
    observe = row_observer(mapping, table, header, zone, writing)
    is_plain = not (table.doubts or table.refused or has_dates) and _plain_persons(table)
    if table.rows != "steps" or not is_plain:
        return lambda lines, rows: list(map(partial(_observe_one, observe), lines, rows))
    by_columns = _StepLog(
        table, header, MomentReader(table.moments, zone, table.clocks, writing), observe
    )
    return by_columns.observe


def _observe_one(observe: Observe, line: int, cells: Cells) -> ObservedRow | UnreadableRow:
    try:
        return observe(line, cells)
    except UnreadableRow as aside:
        return aside


def _plain_persons(table: TableMapping) -> bool:
    """Return whether only the columns of customer and author name persons."""
    others = (*table.fields, *table.detail, *table.source_says)
    return not any(value.person for _, value in others)


class _StepLog:
    """A table with a step in every row, read by columns."""

    def __init__(
        self, table: TableMapping, header: TableHeader, moments: MomentReader, observe: Observe
    ) -> None:
        assert table.at is not None
        assert table.kind is not None
        self.table = table
        self.one = observe
        reader = self.reader = CellReader(table, header, moments)
        self.case = self._checked(table.key, case_key, as_key=True)
        self.revision = [self._checked(part, case_key, as_key=True) for part in table.revision]
        self.at = self._moments(table.at)
        self.kind = self._checked(table.kind, required)
        self.order = [self._checked(part, whole_number) for part in table.order[:1]]
        self.customer = self._column_of(table.customer)
        self.by = self._column_of(table.by)
        self.role = self._column_of(table.role_cell)
        self.tier = self._column_of(table.tier)
        self.detail = [(name, self._column_of(value)) for name, value in table.detail]
        self.opens = [(name, self._column_of(value)) for name, value in table.fields]
        self.says = [(name, self._column_of(value)) for name, value in table.source_says]
        self.text = reader.text_if_there(table.text)
        at = header.places(table.text.columns) if table.text and not table.text.join else None
        self.text_at = at[1][0] if at and len(at[1]) == 1 else None
        self.words = [(f"words/{name}", reader.text(value)) for name, value in table.words]
        self.silent: dict[str, Any] = {}
        with_substance(self.silent, "")
        self.has_failed = False

    def observe(self, lines: Sequence[int], rows: Rows) -> list[ObservedRow | UnreadableRow]:
        """Observe rows; those that cannot be read by columns are observed one by one."""
        if not rows:
            return []
        found, alone = self._read_columns(lines, rows, list(zip(*rows, strict=True)))
        self.reader.named.clear()
        for place in alone:
            found[place] = _observe_one(self.one, lines[place], rows[place])
        return found

    def _read_columns(
        self, lines: Sequence[int], rows: Rows, columns: Columns
    ) -> tuple[list[ObservedRow | UnreadableRow], list[int]]:
        """Return the observed rows, and the indexes of those to observe one by one."""
        turned = [
            self.case(rows, columns),
            self._row_keys(rows, columns),
            self.at(rows, columns),
            self.kind(rows, columns),
            self.order[0](rows, columns) if self.order else [0] * len(rows),
            self.customer(rows, columns),
            self.by(rows, columns),
            self.role(rows, columns),
            self.tier(rows, columns),
            self._facts(self.detail, rows, columns),
            self._facts(self.opens, rows, columns),
        ]
        single = _places_of(None, turned[2:3])
        for column in columns:
            if not ERRORS.isdisjoint(column):
                single |= {place for place, cell in enumerate(column) if cell in ERRORS}
        if self.has_failed:
            single |= _places_of(_UNREADABLE, turned)
        texts = [self._words(cells) for cells in rows] if self.text is not None else repeat(None)
        usual = self.table.role
        found: list[ObservedRow | UnreadableRow] = []
        alone: list[int] = []
        add = found.append
        for place, (line, words, told) in enumerate(
            zip(lines, texts, zip(*turned, strict=True), strict=False)
        ):
            case, key, at, kind, order, customer, by, role, tier, detail, opens = told
            if kind == "nothing" or (single and place in single):
                alone.append(place)
                add(_PENDING)
                continue
            if opens and kind in OPENINGS:
                detail = {**opens, **detail}
            if words is not None and kind in ("inbound", "outbound"):
                detail = self._with_substance(detail, words)
            role = role or usual
            if customer is None:
                persons: tuple[NamedPerson, ...] = () if by is None else (by,)
                facts: dict[str, Any] = {}
            else:
                persons = (customer,) if by is None else (customer, by)
                facts = {"customer": customer}
                if by is None and role == "customer":
                    by = customer  # what a customer does is by whose matter it is
            facts["steps"] = [RowStep("step", kind, at, order, role, detail, by, tier)]
            texts_of = {"step": words} if words else None
            add(ObservedRow(line, case, key or case, at, facts, texts_of, (), customer, persons))
        if self.says or self.words:
            alone += self._with_more(found, rows, columns)
        return found, alone

    def _words(self, cells: Cells) -> str:
        """Return the text of a step; empty if there is none."""
        assert self.text is not None
        return ((self.text_at is None or cells[self.text_at]) and self.text(cells)) or ""

    def _with_substance(self, detail: dict[str, Any], words: str) -> dict[str, Any]:
        """Return a message's details, with whether the message is substantive."""
        if not words and not detail.get("attachments"):
            return detail | self.silent
        talking = dict(detail)
        with_substance(talking, words)
        return talking

    def _with_more(
        self, found: Sequence[ObservedRow | UnreadableRow], rows: Rows, columns: Columns
    ) -> list[int]:
        """Add the source's own figures and further texts; return the rows where that fails."""
        says = self._facts(self.says, rows, columns)
        alone: list[int] = []
        for place, (row, said) in enumerate(zip(found, says, strict=True)):
            if not isinstance(row, ObservedRow):
                continue
            if said is _UNREADABLE:
                alone.append(place)
                continue
            if self.says:
                row.facts["says"] = said
            for name, take in self.words:
                if words := take(rows[place]):
                    row.texts = {**(row.texts or {}), name: words}
        return alone

    def _facts(
        self, parts: Sequence[tuple[str, ReadColumn]], rows: Rows, columns: Columns
    ) -> Sequence[Any]:
        """Return the facts of every row, as one dict per row."""
        if not parts:
            return [{}] * len(rows)
        names = [name for name, _ in parts]
        told = [turn(rows, columns) for _, turn in parts]
        if any(list in set(map(type, values)) for values in told):
            return [_named(names, values) for values in zip(*told, strict=True)]
        known: dict[tuple[Any, ...], Any] = {}
        gathered: list[Any] = []
        for values in zip(*told, strict=True):
            if (facts := known.get(values)) is None:
                facts = known[values] = _named(names, values)
            gathered.append(facts)
        return gathered

    def _row_keys(self, rows: Rows, columns: Columns) -> Sequence[Any]:
        """Return the key of each row; None if it is the key of its case."""
        parts = [turn(rows, columns) for turn in self.revision]
        if not parts:
            return [None] * len(rows)
        if len(parts) == 1:
            return parts[0]
        return [self._joined(values) for values in zip(*parts, strict=True)]

    def _joined(self, parts: Sequence[Any]) -> Any:
        if _UNREADABLE in parts or len(key := "/".join(parts)) > LONGEST_KEY:
            self.has_failed = True
            return _UNREADABLE
        return key

    def _checked(
        self, value: Value, check: Callable[[str, Any], Any], *, as_key: bool = False
    ) -> ReadColumn:
        name = self.reader.name(value)
        known = key_value(value) if as_key else value
        take = self.reader.value(known)
        return self._by_cell(known, lambda cells: check(name, take(cells)))

    def _column_of(self, value: Value | None) -> ReadColumn:
        if value is None:
            return lambda rows, _: [None] * len(rows)
        return self._by_cell(value, self.reader.value(value))

    def _by_cell(self, value: Value, take: ReadCell) -> ReadColumn:
        """Return a function that converts a column: each distinct cell once if possible."""
        places = self.reader.header.places(value.columns)
        if places is None and not value.join:  # one value for all: fixed, or of no column
            constant = self._taken(take, ())
            return lambda rows, _: [constant] * len(rows)
        if places is None or len(places[1]) != 1 or value.separator is not None or value.join:
            return lambda rows, _: [self._taken(take, cells) for cells in rows]
        [place] = places[1]
        known: dict[Any, Any] = {}
        alone = [""] * len(self.reader.header.names)  # a row that holds but the one cell

        def turned(_: Rows, columns: Columns) -> Sequence[Any]:
            column = columns[place]
            if len(known) >= MOST_CACHED:
                known.clear()
            for cell in set(column).difference(known):
                alone[place] = cell
                known[cell] = self._taken(take, alone)
            return list(map(known.__getitem__, column))

        return turned

    def _moments(self, value: Value) -> ReadColumn:
        take = self.reader.moment(value)
        places = self.reader.header.places(value.columns)
        hurry = self.reader.moments.of(self.reader.name(value)).read_by_hour
        if (
            places is None
            or len(places[1]) != 1
            or any(len(mark) >= len("2026-01-05 09:00") for mark in self.table.missing)
        ):
            return lambda rows, _: [self._taken(take, cells) for cells in rows]
        [place] = places[1]

        def turned(rows: Rows, columns: Columns) -> Sequence[Any]:
            found = hurry(columns[place])
            if None not in found:
                return found
            return [
                self._taken(take, rows[number]) if us is None else us
                for number, us in enumerate(found)
            ]

        return turned

    def _taken(self, take: ReadCell, cells: Cells) -> Any:
        """Read a value; if that fails, note that later chunks must be searched for failures."""
        try:
            return take(cells)
        except UnreadableRow:
            self.has_failed = True
            return _UNREADABLE


def _named(names: Sequence[str], values: Sequence[Any]) -> Any:
    if _UNREADABLE in values:
        return _UNREADABLE
    return {name: value for name, value in zip(names, values, strict=True) if value is not None}


def _places_of(value: object, columns: Sequence[Sequence[Any]]) -> set[int]:
    """Return the indexes of the rows in which a column holds this very object."""
    return {
        place
        for column in columns
        if True in map(is_, column, repeat(value))
        for place, found in enumerate(column)
        if found is value
    }
