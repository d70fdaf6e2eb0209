"""What a mapping may say of one value of a row: how cells make it, and from when days count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from shinrai.units.errors import UserError
from shinrai.units.text import Text


class BadCellRule(UserError, ValueError):
    """A rule that cannot be read, or a cell that does not fit it."""


@dataclass(frozen=True)
class CellRule:
    """How a value comes from cells: all joined, or the first that is not empty, or a fixed one."""

    columns: tuple[str, ...] = ()
    takes_first: bool = False
    otherwise: str = ""

    def value(self, cells: Sequence[str]) -> str:
        """Return the value that these cells make, in the order of `columns`."""
        if self.takes_first:
            return next(filter(None, cells), self.otherwise)
        return "/".join(cells) if cells and all(cells) else self.otherwise


def read_cell_rule(document: Any) -> CellRule | None:
    """Return the rule in a mapping: [A, B], {first: [A, B], else: 0} or {fixed: 0}; else None."""
    if isinstance(document, list) and document:
        return CellRule(tuple(map(str, document)))
    if isinstance(document, Mapping) and set(document) == {"fixed"}:
        return CellRule(otherwise=str(document["fixed"]))
    if (
        isinstance(document, Mapping)
        and "first" in document
        and document.keys() <= {"first", "else"}
    ):
        first = document["first"]
        names = first if isinstance(first, list) else [first]
        return CellRule(tuple(map(str, names)), True, str(document.get("else", "")))
    return None


@dataclass(frozen=True)
class DayZero:
    """From which date numbers of days count: one date, or one for each value of a column."""

    dates: Mapping[str, date] = field(default_factory=dict)
    column: str = ""

    def date_of(self, days: str, *, value: str) -> str:
        """Return a number of days as a date, as ISO 8601; `value` is that of the column.

        Raises: BadCellRule.
        """
        zero = self.dates.get(value if self.column else "")
        if zero is None:
            raise BadCellRule(
                Text("day_zero names no date for {column} {value!r}",
                     column=self.column, value=value[:40])
            )  # fmt: skip
        try:
            return (zero + timedelta(days=float(days))).isoformat()
        except (ValueError, OverflowError) as error:
            raise BadCellRule(Text("{text!r} is no number of days", text=days[:40])) from error


def read_day_zero(document: Any) -> DayZero | None:
    """Return what a mapping says: a date, or {column: NAME, VALUE: date, …}; None for nothing.

    Raises: BadCellRule.
    """
    if document is None:
        return None
    said = dict(document) if isinstance(document, Mapping) else {"": document}
    column = str(said.pop("column", ""))
    try:
        dates = {str(value): date.fromisoformat(str(on)) for value, on in said.items()}
    except ValueError as error:
        raise BadCellRule(
            Text("day_zero is a date such as 2013-10-01, or a column and a date for each value")
        ) from error
    return DayZero(dates, column)
