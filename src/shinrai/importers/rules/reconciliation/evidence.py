"""All that is known about one case when a source's figure is held against ours."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from shinrai.calendars.rules.hours import Calendar
from shinrai.importers.rules.derive.step import StoredRow
from shinrai.inquiries.rules.replay import Inquiry, replay
from shinrai.ledger.rules.steps import Step


@dataclass(frozen=True)
class Evidence:
    """One case: its standing steps, every row the source gave of it, and what can judge its time.

    `calendar` is None where none was named; `zones` are those a clock may have been kept in.
    """

    key: str
    steps: Sequence[Step]
    seen: Sequence[StoredRow]
    calendar: Calendar | None = None
    zones: tuple[str, ...] = ("UTC",)

    @cached_property
    def life(self) -> Inquiry:
        """What the steps add up to."""
        return replay(self.steps)

    @cached_property
    def rows(self) -> tuple[StoredRow, ...]:
        """The rows that say how the case stood, in the order its steps were derived in."""
        states = [row for row in self.seen if row.rows == "states"]
        return tuple(sorted(states, key=_place))

    @cached_property
    def says(self) -> Mapping[str, Any]:
        """What the source says of the case itself, the latest of every figure."""
        found: dict[str, Any] = {}
        others = [row for row in self.seen if row.rows != "states"]
        for row in (*others, *self.rows):
            found |= row.facts.get("says", {})
        return found

    def pairs(self) -> Iterator[tuple[StoredRow, StoredRow]]:
        """Walk from row to row."""
        return pairwise(self.rows)

    def count(self, *kinds: str) -> int:
        """Count the steps of some kinds."""
        return sum(step.kind in kinds for step in self.steps)


def _place(row: StoredRow) -> tuple[int, list[int], str]:
    return (row.facts["at"], row.facts["order"], row.row_key)
