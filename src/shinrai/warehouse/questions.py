"""Counts per day: a package declares questions, the worker counts them, pages add days up.

A question is an expression with a column `on`: the day, or null for what belongs to no day. Its
other columns are keys, by which it counts, and numbers. Numbers of equal keys are added up;
of a question that is not `summed` they are kept one by one, for medians and distinct counts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from shinrai.warehouse.tables import Table

DAY: Final = "on"


@dataclass(frozen=True)
class Question:
    """One thing to count: its expression and by which of its columns."""

    expression: Any
    keys: tuple[str, ...]
    summed: bool = True


@dataclass(frozen=True)
class Questions:
    """All questions of a set, and tables computed once for all of them (`running.run_all`)."""

    asked: Mapping[str, Question]
    held: Mapping[str, Any]


@dataclass(frozen=True)
class DayCounts:
    """Declare a set of counts. The expressions read the parameter `at`, the moment of counting."""

    name: str
    tables: tuple[Table, ...]
    questions: Callable[[], Questions]
