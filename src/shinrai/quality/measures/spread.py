"""Counts by number of round trips, tiers, handovers and doubts, for means and shares."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Spread:
    """A count by values: which inquiries it counts, and by which columns; `mode` is always one."""

    name: str
    where: Callable[[Any], Any]
    columns: Callable[[Any], dict[str, Any]]

    def counted(self, found: Any, *, by: Sequence[str] = ()) -> Any:
        """Count inquiries by these columns, and those in `by`.

        Input:  measures.population.population
        Shape:  one row per combination that occurs, with its `count`.
        """
        some = found.filter(self.where(found))
        return some.group_by(*by, **self.columns(some)).aggregate(count=some.count())


def _run_columns(found: Any) -> dict[str, Any]:
    return {
        "mode": found["mode"],
        "source": found.source,
        "order_doubt": found.order_doubt,
        "solved": found.is_solved & found.counts,
        "runs": found.runs_count,
        "every": found.runs_every_count,
        "unanswered": found.unanswered_count,
        "unanswered_every": found.unanswered_every_count,
    }


def _tier_columns(found: Any) -> dict[str, Any]:
    return {
        "mode": found["mode"],
        "source": found.source,
        "held": found.held_tiers,
        "highest": found.highest_tier,
        "peak": found.peak_tier,
        "replied": found.replied,
        "solved": found.is_solved,
    }


def _handover_columns(found: Any) -> dict[str, Any]:
    return {
        "mode": found["mode"],
        "handovers": found.handovers_count,
        "returns": found.group_returns_count,
    }


# By answered and unanswered runs. `solved` are those that figures of solved ones may use.
RUNS = Spread("runs", lambda found: found.counts | ~found.counts, _run_columns)
# By the tiers that held them, and the highest held or consulted. A source without messages says of
# a solved one that it was answered.
TIERS = Spread("tiers", lambda found: found.counts & found.highest_tier.notnull(), _tier_columns)
# By how often the holding group changed, and how often it came back to one before.
HANDOVERS = Spread(
    "handovers",
    lambda found: found.counts & found.handovers_count.notnull(),
    _handover_columns,
)
# By their doubt, cancelled ones too.
FLAGGED = Spread(
    "flagged",
    lambda found: found.any_doubt.notnull(),
    lambda found: {"mode": found["mode"], "doubt": found.any_doubt},
)
SPREADS = (RUNS, TIERS, HANDOVERS, FLAGGED)


def runs(found: Any) -> Any:
    """Count inquiries by their answered and unanswered runs."""
    return RUNS.counted(found)


def tiers(found: Any) -> Any:
    """Count inquiries by the tiers that held them."""
    return TIERS.counted(found)


def handovers(found: Any) -> Any:
    """Count inquiries by how often the holding group changed."""
    return HANDOVERS.counted(found)


def flagged(found: Any) -> Any:
    """Count inquiries by their doubt."""
    return FLAGGED.counted(found)


def is_long(found: Any) -> Any:
    """Return a condition: the inquiry may be listed among those with the most round trips."""
    return found.counts & found.is_solved & ~found.order_doubt & (found.runs_count > 1)


TAIL = 10


def tail(found: Any, *, most: int = TAIL) -> Any:
    """List the solved inquiries of each mode with the most round trips.

    Shape:  one row per inquiry, at most `most` per mode.
    """
    import ibis

    long = found.filter(is_long(found))
    place = ibis.row_number().over(
        group_by="mode", order_by=[ibis.desc("runs_count"), ibis.asc("case_id")]
    )
    first = long.mutate(place=place)
    first = first.filter(first.place < most)
    return first.select("mode", "case_key", runs=first.runs_count, place=first.place).order_by(
        "mode", "place"
    )
