"""Finds the order of day, month and year in the dates of a column: a column has one order.

07/06 is 7 June if the same column holds 25/06, and 6 July if it holds 06/25. If no date in a column
decides, the other columns of the file do; otherwise the mapping's order is used and flagged.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from shinrai.importers.rules.cells import tidy
from shinrai.importers.rules.mapping.definition import StepPart, TableMapping, Value
from shinrai.importers.rules.moment_formats import NAMED_FORMATS, build_moment, compile_format
from shinrai.importers.rules.observation.cell_values import CellReader, Cells, UnreadableRow

LONGEST_DATE: Final = 12  # characters, with blanks before: "  25/06/2026"
_PLACED: Final = re.compile("%[dmy]")
_OPEN: Final = re.compile("#")
_TIME: Final = re.compile("%[HIp]")
_SWAPPED: Final = {"%d": "%m", "%m": "%d"}

Order = tuple[str, ...]


@dataclass(frozen=True)
class ColumnOrder:
    """The formats a column is read with; `doubtful` counts its dates that have two readings."""

    formats: tuple[str, ...]
    doubtful: int = 0


@dataclass
class _DateCounts:
    """The dates of one pattern in a column: their count, and how many each order can read."""

    count: int = 0
    doubtful: int = 0
    readable: Counter[Order] = field(default_factory=Counter)

    def fitting(self, orders: Sequence[Order]) -> list[Order]:
        return [order for order in orders if self.readable[order] == self.count]


class DateOrders:
    """Finds the date order of columns for which several formats of one pattern (1/2/2026) fit."""

    def __init__(self, formats: Sequence[str]) -> None:
        self.formats = tuple(formats)
        self._orders: dict[str, list[Order]] = {}
        for look in dict.fromkeys(filter(None, map(_look, formats))):
            alike = [text for text in formats if _look(text) == look]
            orders = dict.fromkeys((*map(_order, alike), *filter(None, map(_twin, alike))))
            if len(orders) > 1:
                self._orders[look] = list(orders)
        self._patterns = {
            look: [(order, _pattern(_format_in(look, order))) for order in orders]
            for look, orders in self._orders.items()
        }
        self._seen: dict[str, dict[str, _DateCounts]] = {}
        self._known: dict[str, set[str]] = {}

    def __bool__(self) -> bool:
        """Return whether the formats leave any order open."""
        return bool(self._orders)

    def look_at(self, column: str, cells: Iterable[str | datetime | None]) -> None:
        """Count the dates in cells of a column; each distinct date is counted once."""
        known = self._known.setdefault(column, set())
        seen = self._seen.setdefault(column, {})
        begun = {cell[:LONGEST_DATE] for cell in cells if isinstance(cell, str)}
        for cell in begun - known:
            for look, patterns in self._patterns.items():
                read = {order: day for order, found in patterns if (day := _day(found, cell))}
                if read:
                    its = seen.setdefault(look, _DateCounts())
                    its.count += 1
                    its.doubtful += len(set(read.values())) > 1
                    its.readable.update(read.keys())
        known |= begun

    def found(self) -> Mapping[str, ColumnOrder]:
        """Return by column its order, if that differs from the mapping or has dates in doubt."""
        sure: dict[str, set[Order]] = {}
        for column in self._seen.values():
            for look, its in column.items():
                if len(fit := its.fitting(self._orders[look])) == 1:
                    sure.setdefault(look, set()).add(fit[0])
        told = {column: self._order_in(seen, sure) for column, seen in self._seen.items()}
        plain = ColumnOrder(self.formats)
        return {column: order for column, order in told.items() if order != plain}

    def _order_in(
        self, seen: Mapping[str, _DateCounts], sure: Mapping[str, set[Order]]
    ) -> ColumnOrder:
        chosen: dict[str, Order] = {}
        doubtful = 0
        for look, its in seen.items():
            fitting = its.fitting(self._orders[look])
            others = sure.get(look, set())
            if len(fitting) == 1 or (fitting and not its.doubtful):
                chosen[look] = fitting[0]
            elif len(others) == 1 and others <= set(fitting):
                [chosen[look]] = others
            else:
                doubtful += its.doubtful
        formats = (
            _format_in(text, chosen.get(_look(text) or "", _order(text)), _PLACED)
            for text in self.formats
        )
        return ColumnOrder(tuple(dict.fromkeys(formats)), doubtful)


def moment_columns(
    table: TableMapping, reader: CellReader
) -> Iterator[tuple[str, Callable[[Cells], Iterable[str | datetime | None]]]]:
    """Yield each column that holds a table's moments, with a function that returns its cells."""
    named = (*table.fields, *table.detail, *table.source_says)
    values = [*table.revision, *table.order, *(value for _, value in named)]
    values = [value for value in values if value.moment]
    for step in (*table.steps, *([table.begins] if table.begins else ())):
        values += [value for _, value in step.detail if value.moment]
        if step.each is None:
            values.append(step.at)
        elif step.cell is None or set(step.at.columns[:1]) & set(step.cell.into):
            yield reader.name(step.each), _parts(step, step.each, reader)
    values += [table.at] if table.at is not None else []
    for value in values:
        if value.columns or value.join:
            yield reader.name(value), _single_cell(reader.written(value))


def _single_cell(
    written: Callable[[Cells], str | datetime | None],
) -> Callable[[Cells], Iterable[str | datetime | None]]:
    def found(cells: Cells) -> Iterable[str | datetime | None]:
        try:
            return (written(cells),)
        except UnreadableRow:
            return ()

    return found


def _parts(step: StepPart, each: Value, reader: CellReader) -> Callable[[Cells], Iterable[str]]:
    """Return a function that reads the moments of a repeated column, or of cells that are split."""
    every = reader.all_cells(each)
    if step.cell is None:
        return every
    sign, place = step.cell.split, step.cell.into.index(step.at.columns[0])
    last = len(step.cell.into) - 1
    return lambda cells: [
        parts[place] for text in every(cells) if len(parts := text.split(sign, last)) > place
    ]


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(compile_format(text).pattern + r"(?!\d)")


def _look(text: str) -> str | None:
    """Return the date in a format without the order of its numbers: %d/%m/%Y %H:%M is #/#/%Y."""
    if text in NAMED_FORMATS:
        return None
    time = _TIME.search(text)
    head = text[: time.start()] if time else text
    return _PLACED.sub("#", head.rstrip()) if _PLACED.search(head) else None


def _order(text: str) -> Order:
    return tuple(_PLACED.findall(text))


def _twin(text: str) -> Order | None:
    """Return the order with day and month swapped; None for formats that begin with the year."""
    order = _order(text)
    if {"%d", "%m"} <= set(order) and order[0] != "%y" and not text.startswith("%Y"):
        return tuple(_SWAPPED.get(part, part) for part in order)
    return None


def _format_in(text: str, order: Order, places: re.Pattern[str] = _OPEN) -> str:
    parts = iter(order)
    return places.sub(lambda _: next(parts), text)


def _day(pattern: re.Pattern[str], cell: str) -> datetime | None:
    match = pattern.match(tidy(cell))
    try:
        return None if match is None else build_moment(match)
    except (ValueError, OverflowError):
        return None
