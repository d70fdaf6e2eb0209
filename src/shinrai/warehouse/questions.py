"""Counts per day: a package declares questions, the worker counts them, pages add days up.

A question is an expression with a column `on`: the day, or null for what belongs to no day. Its
other columns are keys, by which it counts, and numbers. Numbers of equal keys are added up;
of a question that is not `summed` they are kept one by one, for medians and distinct counts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from shinrai.warehouse.tables import Table  # Ibis: slow to load, and pages only add days up

DAY: Final = "on"


@dataclass(frozen=True)
class Question:
    """One thing to count: its expression and by which of its columns."""

    expression: Any
    keys: tuple[str, ...]
    summed: bool = True


@dataclass(frozen=True)
class Questions:
    """All questions of a set, and tables computed once for all of them (`query.run_all`)."""

    asked: Mapping[str, Question]
    held: Mapping[str, Any]


@dataclass(frozen=True)
class DayCounts:
    """Declare a set of counts. The expressions read the parameter `at`, the moment of counting.

    `replays`: where steps lie ahead of that moment, the rows counted are those as of it; otherwise
    the expressions leave out by themselves what lies ahead. `notes` says in plain values what the
    rows of the first table rest on, for pages to tell.
    """

    name: str
    tables: "tuple[Table, ...]"
    questions: Callable[[], Questions]
    replays: bool = False
    notes: Callable[[Any], Mapping[str, object]] = lambda basis: {}
