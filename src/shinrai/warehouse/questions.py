"""Counts per day: a package declares questions, the worker counts them, pages add up the days.

A question is an expression with a column `on`: the day, or null for what belongs to no day. Its
other columns are keys, by which it counts, and numbers. Numbers of rows with equal keys are added
up. For a question that is not `summed` they are kept one by one, for medians and distinct counts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from shinrai.warehouse.tables import Table  # Ibis: slow to load, and pages only add days up

DAY: Final = "on"


@dataclass(frozen=True)
class Question:
    """One thing to count: its expression, and the names of the columns that are keys.

    `summed`: the numbers of rows with equal keys are added up.
    """

    expression: Any
    keys: tuple[str, ...]
    summed: bool = True


@dataclass(frozen=True)
class Questions:
    """All questions of a set, and tables that they share, computed once (see `query.run_all`)."""

    asked: Mapping[str, Question]
    held: Mapping[str, Any]


@dataclass(frozen=True)
class DayCounts:
    """Declare a set of counts. Its expressions use the parameter `at`, the moment of counting.

    `replays`: if steps lie after that moment, the rows as of that moment are counted; otherwise the
    expressions must leave out such steps themselves. `notes(basis)` returns what the rows of the
    first table depend on, in readable values for pages to show.
    """

    name: str
    tables: "tuple[Table, ...]"
    questions: Callable[[], Questions]
    replays: bool = False
    notes: Callable[[Any], Mapping[str, object]] = lambda basis: {}
