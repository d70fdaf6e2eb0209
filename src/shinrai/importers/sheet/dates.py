"""The dates of a sheet's columns: one order of day, month and year, and the year where none is."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Final

from shinrai.importers.rules.cells import ERRORS, tidy
from shinrai.importers.sheet.date_text import (
    ORDERS,
    DateText,
    Order,
    look_at,
    moment_of,
    orders_of,
    serial_in,
    time_in,
)
from shinrai.importers.sheet.grid import Cell

NEVER: Final = re.compile(r"(?:000[01]|1899|1900|9999)[-/.]")  # how programs write "no date yet"
AHEAD: Final = timedelta(days=2)  # a date so far ahead was written in another year, or order


@dataclass(frozen=True)
class DateStyle:
    """How a sheet writes its dates. `doubtful` are the orders that fit equally well."""

    order: Order
    doubtful: tuple[Order, ...] = ()
    lacks_year: bool = False
    has_offsets: bool = False  # every moment states its own offset from UTC
    year: int | None = None  # of the first row, where a person said it
    is_1904: bool = False


@dataclass
class YearWalk:
    """The year of dates that have none, from row to row: it turns where December meets January."""

    style: DateStyle
    latest: datetime  # wall time; later dates are of the year before
    _last: tuple[int, int] | None = field(default=None)

    def year_of(self, found: DateText) -> int:
        """Return the year of a date of filing that has none."""
        probe = moment_of(found, order=self.style.order, year=2024)
        month = probe.month if probe else 1
        if self.style.year is None:
            year = self.latest.year
            moment = moment_of(found, order=self.style.order, year=year)
            return year - 1 if moment and moment.replace(tzinfo=None) > self.latest else year
        year, before = self._last or (self.style.year, month)
        year += 1 if before - month >= 6 else -1 if month - before >= 6 else 0
        self._last = (year, month)
        return year


@dataclass(frozen=True)
class CellMoment:
    """The moment in a cell: wall time, or UTC where the cell says its offset."""

    at: datetime
    has_time: bool


def read_moment(
    cells: Sequence[Cell],
    style: DateStyle,
    *,
    year: int | None = None,
    not_before: datetime | None = None,
) -> CellMoment | None:
    """Return the moment in a cell, or in a cell of a date and one of a time of day.

    Without a year it is that of `year`, or the first year in which it is not before `not_before`.
    None if there is no such moment.
    """
    first, *rest = cells
    found = _date_in(first, style, year=year, not_before=not_before)
    if found is None or not rest:
        return found
    seconds = _time_in(rest[0])
    if seconds is None:
        return found
    midnight = found.at.replace(hour=0, minute=0, second=0, microsecond=0)
    return CellMoment(midnight + timedelta(seconds=seconds), True)


def date_style(
    columns: Mapping[str, Sequence[Cell]],
    *,
    order: Order | None,
    latest: datetime,
    is_japanese: bool = False,
) -> DateStyle:
    """Find the order in which the columns of moments write day, month and year.

    `columns` holds the cells by meaning, row by row. An order that makes answers precede their
    questions, or lie in the future, is not meant. In Japanese 11/2 is the second of November.
    """
    looks = {
        role: [look_at(cell) if isinstance(cell, str) else None for cell in cells]
        for role, cells in columns.items()
    }
    found = [look for each in looks.values() for look in each if look is not None]
    filings = looks.get("filed", found)  # later moments follow the moment of filing
    lacks_year = any(look is not None and look.lacks_year for look in filings)
    has_offsets = bool(found) and all(look.offset_s is not None for look in found)
    has_offsets = has_offsets and not any(
        isinstance(cell, datetime) or serial_in(cell) is not None
        for cells in columns.values()
        for cell in cells
    )
    fitting = _fitting(look for look in found if look.loose)
    if is_japanese and "mdy" in fitting and all(len(look.loose) != 3 for look in found):
        fitting = ["mdy"]
    doubtful: tuple[Order, ...] = ()
    if order is not None:
        chosen = order
    elif len(fitting) == 1:
        [chosen] = fitting
    else:
        chosen, doubtful = _most_plausible(looks, fitting, latest)
    return DateStyle(chosen, doubtful, lacks_year, has_offsets)


def is_empty(cell: Cell) -> bool:
    """Return whether a cell says nothing: blank, an error, or a mark or word without a digit."""
    if not isinstance(cell, str):
        return cell.year in (1899, 1900, 9999)
    text = tidy(cell)
    return (
        text in ERRORS or NEVER.match(text) is not None or not any(sign.isdigit() for sign in text)
    )


def _fitting(looks: Iterable[DateText]) -> list[Order]:
    """Return the orders of day, month and year in which every date exists, or else most do."""
    counts: Counter[Order] = Counter()
    total = 0
    shapes: set[tuple[int, bool]] = set()
    for look in looks:
        total += 1
        shapes.add((len(look.loose), look.has_long_year))
        counts.update(orders_of(look))
    if not total:
        return ["ymd"]
    if shapes <= {(2, False), (3, True)}:
        counts.pop("ymd", None)
    best = max(counts.values(), default=0)
    return [order for order in ORDERS if counts[order] == best]


def _most_plausible(
    looks: Mapping[str, Sequence[DateText | None]], orders: Sequence[Order], latest: datetime
) -> tuple[Order, tuple[Order, ...]]:
    """Return the order that fits the course of the cases best, and all in doubt if several do."""
    tried = {order: _course(looks, order, latest) for order in orders}
    least = min(wrong for wrong, _ in tried.values())
    left = [order for order in orders if tried[order][0] == least]
    left.sort(key=lambda order: tried[order][1])
    return left[0], tuple(left) if len(left) > 1 else ()


def _course(
    looks: Mapping[str, Sequence[DateText | None]], order: Order, latest: datetime
) -> tuple[int, float]:
    """Return how many dates are impossible in this order, and the usual seconds to the answer."""
    wrong = 0
    lengths: list[float] = []
    filed = looks.get("filed", ())
    answered = looks.get("answered", ())
    for place, look in enumerate(filed):
        start = _plain(look, order, latest)
        later = answered[place] if place < len(answered) else None
        end = _plain(later, order, latest)
        wrong += start is not None and start > latest
        wrong += end is not None and end > latest
        if start is not None and end is not None:
            wrong += end.date() < start.date()
            lengths.append(abs((end - start).total_seconds()))
    return wrong, median(lengths) if lengths else 0.0


def _plain(look: DateText | None, order: Order, latest: datetime) -> datetime | None:
    if look is None:
        return None
    moment = moment_of(look, order=order, year=latest.year)
    return None if moment is None else moment.replace(tzinfo=None)


def _date_in(
    cell: Cell, style: DateStyle, *, year: int | None, not_before: datetime | None
) -> CellMoment | None:
    if isinstance(cell, datetime):
        return CellMoment(cell, cell.time() != datetime.min.time())
    serial = serial_in(cell, is_1904=style.is_1904)
    if serial is not None:
        return CellMoment(serial, bool(serial.tzinfo) or serial.time() != datetime.min.time())
    look = look_at(cell)
    if look is None:
        return None
    own_year = year
    if look.lacks_year and year is None and not_before is not None:
        own_year = not_before.year
        same = moment_of(look, order=style.order, year=own_year)
        start = not_before.date()
        if same is not None and same.date() < start:
            own_year += 1
    moment = moment_of(look, order=style.order, year=own_year)
    return None if moment is None else CellMoment(moment, look.time_s is not None)


def _time_in(cell: Cell) -> int | None:
    if isinstance(cell, datetime):
        return cell.hour * 3_600 + cell.minute * 60 + cell.second
    return time_in(cell, is_packed=True)


def latest_wall(at: datetime) -> datetime:
    """Return the latest plausible wall time: a little ahead of now, in whichever zone."""
    return at.astimezone(UTC).replace(tzinfo=None) + AHEAD
