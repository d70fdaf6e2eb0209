"""Read which values a property has, to answer for each of them."""

from typing import Final

from shinrai.usage.queries.scope import UsageScope
from shinrai.usage.rules.periods import PeriodBuckets

MOST_VALUES: Final = 20


def property_values(
    scope: UsageScope, *, name: str, event: str | None, most: int = MOST_VALUES
) -> list[tuple[str, int]]:
    """Return the most frequent values of a property, and how many persons have each.

    A person may have several: a grade changes in April.
    """
    from shinrai.usage.measures import scores

    buckets = PeriodBuckets("day", scope.zone)
    found = scores.property_values(
        scope.reading(buckets, windows=True), name=name, event=event, most=most
    )
    rows = scope.ask(rows=found)["rows"]
    return [(row["value"], row["people"]) for row in rows]
