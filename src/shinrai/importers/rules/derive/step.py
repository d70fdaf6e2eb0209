"""Stored rows of a case, steps derived from them, and periods of time in doubt."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

# Of several doubts about one step the first of these is written on it.
DOUBTS: Final = (
    "answered_before_asked",
    "followed_up_before_asked",
    "before_opening",
    "future",
    "non_monotonic",
    "zone_jump",
)


class StoredRow(NamedTuple):
    """One row as it was observed: its facts, and the ids under which its texts are stored."""

    table: str
    rows: str
    row_key: str
    facts: Mapping[str, Any]
    words: Mapping[str, Any]
    joins: bool = False


class DerivedStep(NamedTuple):
    """A step derived from stored rows. `words` is (id of the stored text, its mark)."""

    source_key: str
    at_us: int
    kind: str
    by: str
    role: str
    tier: int | None
    detail: Mapping[str, Any]
    words: tuple[int, str] | None
    source_order: int


class CaseDoubt(NamedTuple):
    """A doubt about a case, to be counted and shown."""

    code: str
    at_us: int | None = None


class DoubtfulTime(NamedTuple):
    """A period of a source's time that should not be averaged, and why."""

    code: str
    from_us: int | None
    until_us: int | None

    def holds(self, at_us: int) -> bool:
        """Return whether a moment is in the period."""
        return (self.from_us is None or self.from_us <= at_us) and (
            self.until_us is None or at_us < self.until_us
        )


@dataclass(frozen=True)
class DerivationContext:
    """What steps are checked against: the time of the import, and periods in doubt."""

    now_us: int
    doubtful: tuple[DoubtfulTime, ...] = ()


def step_key(seen: StoredRow, own: str) -> str:
    """Return the key of a step: its table, its row, and its name in that row."""
    return f"{seen.table}/{seen.row_key}/{own}"


def words_of(seen: StoredRow, own: str) -> tuple[int, str] | None:
    """Return the id and mark of a step's text; None without one."""
    return words_in(seen.words, own)


def words_in(places: Mapping[str, Any], own: str) -> tuple[int, str] | None:
    """Return the id and mark of one text of a row; None without one."""
    found = places.get(own)
    return (int(found[0]), str(found[1])) if found else None
