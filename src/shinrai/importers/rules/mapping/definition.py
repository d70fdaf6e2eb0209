"""The parts of a mapping, read and checked: immutable, without any code from the user."""

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from shinrai.importers.rules.moments import SourceClock
from shinrai.importers.rules.patterns import Pattern

Rows = Literal["cases", "messages", "states", "steps"]
ROWS: Final[tuple[Rows, ...]] = ("cases", "messages", "states", "steps")
SET_ASIDE: Final = "set_aside"
KEEP: Final = "keep"


@dataclass(frozen=True)
class MatchRule:
    """One rule of `first_match`: what a cell must contain, and the value it then gives."""

    result: Any
    contains: tuple[str, ...] = ()
    is_one_of: tuple[str, ...] = ()
    matches: Pattern | None = None
    otherwise: bool = False


@dataclass(frozen=True)
class Value:
    """Where a value comes from, and how it is converted."""

    path: str = ""
    columns: tuple[str, ...] = ()
    join: tuple[tuple[str, ...], ...] = ()
    fixed: Any = None
    optional: bool = False
    words: MappingOf[str, Any] | None = None
    rules: tuple[MatchRule, ...] = ()
    otherwise: Any = SET_ASIDE
    separator: str | None = None
    html: bool = False
    person: str | None = None
    moment: bool = False
    number: bool = False


@dataclass(frozen=True)
class Condition:
    """A condition on a cell that must hold for a step to be made."""

    value: Value
    is_one_of: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    present: bool | None = None


@dataclass(frozen=True)
class SplitCell:
    """How to split a cell with several values: the separator, and the names of the parts."""

    split: str
    into: tuple[str, ...]


@dataclass(frozen=True)
class StepPart:
    """A step that a row may hold: its kind, and where its time and details come from."""

    path: str
    kind: str
    at: Value
    required: bool = False
    by: Value | None = None
    role: str = "system"
    tier: Value | None = None
    detail: tuple[tuple[str, Value], ...] = ()
    words: Value | None = None
    when: Condition | None = None
    unless: Condition | None = None
    needs: tuple[Value, ...] = ()
    each: Value | None = None
    cell: SplitCell | None = None
    doubt: str | None = None


@dataclass(frozen=True)
class StatusPart:
    """Which step should be the last for each status word; if the dates differ, they count."""

    value: Value
    words: MappingOf[str, tuple[tuple[str, ...], str | None]]
    flag_unknown: bool


@dataclass(frozen=True)
class StatePart:
    """The state that each word of the state column means (None: no state), with a doubt or None."""

    value: Value
    words: MappingOf[str, tuple[str | None, str | None]]
    set_aside_unknown: bool
    again: frozenset[str] = frozenset()  # words that make a step each time they are said
    otherwise: "StatePart | None" = None  # another column, asked where this one says nothing known


@dataclass(frozen=True)
class ChangePart:
    """Columns in which a change makes a step."""

    watch: tuple[Value, ...]
    kind: str
    detail: tuple[tuple[str, Value], ...]
    tier: Value | None
    role: str


@dataclass(frozen=True)
class TableMapping:
    """One table of a mapping: how its file is read, and what its rows mean."""

    name: str
    path: str
    rows: Rows
    encodings: tuple[str, ...]
    delimiter: str
    sheets: tuple[str, ...]
    header_row: int
    missing: frozenset[str]
    zone: str | None
    zone_is_assumed: bool
    clocks: tuple[SourceClock, ...]
    moments: tuple[str, ...]
    key: Value
    files: tuple[str, ...] = ()
    revision: tuple[Value, ...] = ()
    order: tuple[Value, ...] = ()
    joins: str | None = None
    customer: Value | None = None
    fields: tuple[tuple[str, Value], ...] = ()
    words: tuple[tuple[str, Value], ...] = ()
    source_says: tuple[tuple[str, Value], ...] = ()
    look_ahead: tuple[str, ...] = ()
    doubts: Value | None = None  # where each row names what cannot be known of it
    refused: Value | None = None  # where a row names why nobody can read it
    steps: tuple[StepPart, ...] = ()
    status: StatusPart | None = None
    begins: StepPart | None = None
    at: Value | None = None
    kind: Value | None = None
    by: Value | None = None
    by_way: MappingOf[str, Value] = field(default_factory=dict)  # who wrote, by direction
    role: str = "system"
    role_cell: Value | None = None  # where each row says who acted
    tier: Value | None = None
    detail: tuple[tuple[str, Value], ...] = ()
    text: Value | None = None
    direction: Value | None = None
    roles: MappingOf[str, str] = field(default_factory=dict)
    state: StatePart | None = None
    changes: tuple[ChangePart, ...] = ()


@dataclass(frozen=True)
class Mapping:
    """A mapping: what the tables of a source mean."""

    name: str
    version: int
    says: MappingOf[str, str]
    source: str
    record: Literal["inquiry", "investigation"]
    tables: tuple[TableMapping, ...]
    document: MappingOf[str, Any]
