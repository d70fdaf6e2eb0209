"""Values of the `{{parameters}}` of SQL, from what somebody typed; a value is never pasted as text.

A number, a date (2026-04-01), yes or no (true, false), else a text. Where the SQL says
`IN {{name}}`, what is typed is a list, its values separated by commas.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from shinrai.explore.rules.answer import Given, Value

NAMES = re.compile(r"(\bin\s*)?\{\{\s*([A-Za-z_][A-Za-z0-9_]{0,59})\s*\}\}", re.I)
NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
TRUTH: Mapping[str, bool] = {"true": True, "false": False}


def parameter_names(sql: str) -> tuple[str, ...]:
    """Return the names of the parameters of SQL in the order they stand, each once."""
    return tuple(dict.fromkeys(found[2] for found in NAMES.finditer(sql)))


def given_values(sql: str, typed: Mapping[str, str | Sequence[str]]) -> dict[str, Given]:
    """Return the values typed for the parameters of SQL; what it does not name is left out."""
    lists = {found[2] for found in NAMES.finditer(sql) if found[1]}
    return {
        name: _given(typed[name], is_list=name in lists)
        for name in parameter_names(sql)
        if name in typed
    }


def value_typed(word: str) -> Value:
    """Return the number, date or truth a word stands for, else the word."""
    text = word.strip()
    if NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    if DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text
    return TRUTH.get(text.lower(), text)


def as_json(given: Given) -> Any:
    """Return a value as the row of a run keeps it."""
    if isinstance(given, tuple):
        return [as_json(one) for one in given]
    return given.isoformat() if isinstance(given, date) else given


def _given(typed: str | Sequence[str], *, is_list: bool) -> Given:
    if isinstance(typed, str):
        typed = typed.split(",") if is_list else [typed]
    values = tuple(value_typed(one) for one in typed)
    return values if is_list or len(values) != 1 else values[0]
