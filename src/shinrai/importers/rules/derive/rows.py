"""Steps that stand in their rows as they are: sheets with a column per step, logs of steps."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from shinrai.importers.rules.derive.step import DerivedStep, Seen, words_in

NO_DETAIL: Final[Mapping[str, Any]] = {}
_new = tuple.__new__  # what a named tuple's own constructor calls, for millions of them


def steps_in_rows(rows: Iterable[Seen]) -> list[DerivedStep]:
    """Give the steps that rows hold."""
    return [
        _new(
            DerivedStep,
            (
                f"{table}/{row_key}/{step['key']}",
                step["at"],
                step["kind"],
                step.get("by", "system"),
                step["role"],
                step.get("tier"),
                step.get("detail", NO_DETAIL),
                words_in(words, step["key"]) if words else None,
                step["order"],
            ),
        )
        for table, _, row_key, facts, words, _ in rows
        for step in facts.get("steps", ())
    ]
