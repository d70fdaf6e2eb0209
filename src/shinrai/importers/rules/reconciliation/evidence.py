"""Everything known about one case, to compare a source's figure with ours."""

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
    """One case: its standing steps, every row observed about it, and its calendar and time zones.

    `calendar` is None if none was named; `zones` are those the source's clock may have used.
    """

    key: str
    steps: Sequence[Step]
    seen: Sequence[StoredRow]
    calendar: Calendar | None = None
    zones: tuple[str, ...] = ("UTC",)

    @cached_property
    def life(self) -> Inquiry:
        """The inquiry that the steps replay to."""
        return replay(self.steps)

    @cached_property
    def rows(self) -> tuple[StoredRow, ...]:
        """The rows with states of the case, in the order its steps were derived."""
        states = [row for row in self.seen if row.rows == "states"]
        return tuple(sorted(states, key=_place))

    @cached_property
    def says(self) -> Mapping[str, Any]:
        """The source's own figures of the case, the latest of each."""
        found: dict[str, Any] = {}
        others = [row for row in self.seen if row.rows != "states"]
        for row in (*others, *self.rows):
            found |= row.facts.get("says", {})
        return found

    def pairs(self) -> Iterator[tuple[StoredRow, StoredRow]]:
        """Yield each row with the next one."""
        return pairwise(self.rows)

    def count(self, *kinds: str) -> int:
        """Return how many steps are of these kinds."""
        return sum(step.kind in kinds for step in self.steps)


def _place(row: StoredRow) -> tuple[int, list[int], str]:
    return (row.facts["at"], row.facts["order"], row.row_key)
