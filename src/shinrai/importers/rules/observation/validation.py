"""Checks of what a row must have: its key, its time, and the numbers that order it."""

from typing import Any

from shinrai.importers.rules.mapping.definition import Value
from shinrai.importers.rules.observation.cell_values import UnreadableRow
from shinrai.units.text import Text

LONGEST_KEY = 150
LARGEST_NUMBER = 10**15  # with room for the steps between two rows

NO_NUMBER_THERE = Text("the empty cell is no whole number to order rows by")
NO_NUMBER = Text("the cell is no whole number to order rows by")


def key_value(value: Value) -> Value:
    """Return the value of a key without conversion, except for moments, whose format may vary."""
    return Value(path=value.path, columns=value.columns, join=value.join, moment=value.moment)


def case_key(name: str, value: Any) -> str:
    """Check the key of a case, or a part of a row's key; return it as text.

    Raises: UnreadableRow.
    """
    text = "" if value is None else str(value)
    if not text:
        raise UnreadableRow(
            name,
            Text("the key is empty, so nobody can say which case this is"),
        )
    if len(text) > LONGEST_KEY:
        raise UnreadableRow(
            name,
            Text(
                "a key of {count} characters is too long; {longest_key} fit",
                count=len(text),
                longest_key=LONGEST_KEY,
            ),
        )
    return text


def required(name: str, value: Any) -> Any:
    """Check that there is a value, and return it.

    Raises: UnreadableRow.
    """
    if value is None:
        raise UnreadableRow(
            name,
            Text("the cell is empty, and without it this row says nothing"),
        )
    return value


def whole_number(name: str, text: Any) -> int:
    """Return a whole number that rows are ordered by.

    Raises: UnreadableRow.
    """
    try:
        number = int(text)
        if abs(number) > LARGEST_NUMBER:
            raise ValueError(number)
        return number
    except (TypeError, ValueError) as error:
        raise UnreadableRow(
            name,
            NO_NUMBER_THERE if text is None else NO_NUMBER,
            text,
        ) from error
