"""A run of SQL as it is asked for, and its answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from shinrai.units.errors import UserError

MOST_ROWS = 10_000
LIMIT_S = 5.0

Value = int | float | str | bool | date | None
Given = Value | tuple[Value, ...]


class QueryRefused(UserError, ValueError):
    """SQL that may not run: not a SELECT, an unknown table, a function that is closed."""


class QueryFailed(UserError, RuntimeError):
    """SQL that ran and did not end well: its own error, its limit, or cancelled."""


class QueryBusy(QueryFailed):
    """SQL that did not start because others were asking; asked again, it may run."""


@dataclass(frozen=True)
class SqlRequest:
    """A run asked for: SQL with `{{parameters}}`, as a role of a workspace may read it."""

    workspace_id: int
    role: str
    sql: str
    parameters: Mapping[str, Given] = field(default_factory=dict)
    limit_s: float = LIMIT_S
    most_rows: int = MOST_ROWS


@dataclass(frozen=True)
class AnswerColumn:
    """A column of an answer; `kind` is what a chart needs to know of it."""

    name: str
    kind: Literal["number", "text", "date", "bool", "other"]


@dataclass(frozen=True)
class SqlAnswer:
    """The rows of a run, and what they rest on.

    `is_cut`: there are more rows than asked for. `hidden` rows are groups of fewer than k persons.
    """

    columns: tuple[AnswerColumn, ...]
    rows: tuple[tuple[Any, ...], ...]
    versions: Mapping[str, int]
    took_s: float
    is_cut: bool = False
    hidden: int = 0
