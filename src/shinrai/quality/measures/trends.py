"""The same counts by week or month of receipt, for lines over time."""

from typing import Any, Literal

from shinrai.quality.measures.counts import doubts, replies, sizes, solutions
from shinrai.quality.measures.population import Moment

Period = Literal["W", "M"]


def trends(found: Any, *, at: Moment, period: Period) -> Any:
    """Count what shares are divided from, by mode, source and the first day of a week or month.

    Input:  measures.population.population
    Shape:  one row per (mode, source, since_on); a period without inquiries has no row.
    Unit:   inquiries. Add up sources first, then divide.
    """
    wanted = {**sizes(found), **replies(found, at=at), **solutions(found), **doubts(found)}
    return found.group_by("mode", "source", since_on=found.received_on.truncate(period)).aggregate(
        **{name: value.sum() for name, value in wanted.items()}
    )


def filed(investigations: Any, *, period: Period) -> Any:
    """Count investigations by mode and the first day of the week or month they were filed in.

    Shape:  one row per (mode, since_on).
    """
    dated = investigations.filter(investigations.filed_on.notnull())
    return dated.group_by("mode", since_on=dated.filed_on.truncate(period)).aggregate(
        filed=dated.count()
    )
