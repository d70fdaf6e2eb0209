"""Checks of what a row must hold: its key, its moment, the numbers that order it."""

from typing import Any

from shinrai.importers.rules.mapping.definition import Value
from shinrai.importers.rules.observation.cell_values import UnreadableRow
from shinrai.units.wording import both

LONGEST_KEY = 150
LARGEST_NUMBER = 10**15  # with room for the steps between two rows


def key_value(value: Value) -> Value:
    """Keys are taken as they stand, but for moments, which one file may write unlike the next."""
    return Value(path=value.path, columns=value.columns, join=value.join, moment=value.moment)


def case_key(name: str, value: Any) -> str:
    """Check a key, of a case or of a part of a row's.

    Raises: UnreadableRow.
    """
    text = "" if value is None else str(value)
    if not text:
        raise UnreadableRow(
            name,
            both(
                en="the key is empty, so nobody can say which case this is",
                ja="キーが空なので、どの案件の行か分かりません",
            ),
        )
    if len(text) > LONGEST_KEY:
        raise UnreadableRow(
            name,
            both(
                en=f"a key of {len(text)} characters is too long; {LONGEST_KEY} fit",
                ja=f"{len(text)} 文字のキーは長すぎます。{LONGEST_KEY} 文字まで入ります",
            ),
        )
    return text


def required(name: str, value: Any) -> Any:
    """Check that there is a value.

    Raises: UnreadableRow.
    """
    if value is None:
        raise UnreadableRow(
            name,
            both(
                en="the cell is empty, and without it this row says nothing",
                ja="セルが空です。この値がないと、行の意味が分かりません",
            ),
        )
    return value


def whole_number(name: str, text: Any) -> int:
    """Read a number that rows are put in order by.

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
            both(
                en=f"{cell_words(text)} is no whole number to order rows by",
                ja=f"{cell_words_ja(text)}行を並べる整数が必要です"
                if text is None
                else "セルが、行を並べるための整数ではありません",
            ),
            text,
        ) from error


def cell_words(word: Any) -> str:
    return "the empty cell" if word is None else "the cell"


def cell_words_ja(word: Any) -> str:
    return "セルが空です。" if word is None else "このセルでは、"
