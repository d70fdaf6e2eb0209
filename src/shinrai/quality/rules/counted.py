"""The rows counted by the measures, and functions that add them up."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

Row = Mapping[str, Any]
# What an investigation can be sent back for.
MISSING: Final = ("identity", "device", "evidence", "moment", "other")


@dataclass(frozen=True)
class Counted:
    """The rows counted by each measure, of all modes or of one."""

    counts: Sequence[Row] = ()
    rules: Sequence[Row] = ()
    waiting_times: Sequence[Row] = ()
    plain_waiting_times: Sequence[Row] = ()
    runs: Sequence[Row] = ()
    tiers: Sequence[Row] = ()
    handovers: Sequence[Row] = ()
    tail: Sequence[Row] = ()
    repeats: Sequence[Row] = ()
    flagged: Sequence[Row] = ()
    investigations: Sequence[Row] = ()
    repeats_on_topic: Sequence[Row] = ()
    double_labels: Sequence[Row] = ()
    findings: Sequence[Row] = ()
    marks: Sequence[Row] = ()
    account_counts: Sequence[Row] = ()
    top_accounts: Sequence[Row] = ()
    longest_silent: Sequence[Row] = ()
    modes: tuple[str, ...] = field(default=())

    def of_mode(self, mode: str) -> "Counted":
        """Return the rows of one mode."""
        names = [name for name in self.__dataclass_fields__ if name != "modes"]
        kept = {n: [row for row in getattr(self, n) if row["mode"] == mode] for n in names}
        return Counted(**kept, modes=(mode,))

    def sum(self, name: str, *, where: str | None = None) -> int:
        """Return the sum of a count over sources; with `where`, of rows where that is not 0.

        So `where="messages"` leaves out sources without messages.
        """
        rows = (row for row in self.counts if where is None or row[where])
        return sum(int(row[name] or 0) for row in rows)

    def telling(self, what: str) -> set[str]:
        """Return the sources whose rows have a count other than 0."""
        return {str(row["source"]) for row in self.counts if row[what]}


def spread_of(rows: Iterable[Row], name: str) -> dict[str, int]:
    found = add(rows, lambda row: row[name])
    return {str(value): found[value] for value in sorted(found)}


def add(rows: Iterable[Row], of: Callable[[Row], Any]) -> Counter[int]:
    found: Counter[int] = Counter()
    for row in rows:
        found[int(of(row))] += int(row["count"])
    return found


def sum_of(rows: Iterable[Row], name: str) -> int:
    return sum(int(row[name]) for row in rows)
