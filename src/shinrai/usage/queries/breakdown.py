"""A question by each value of a property: a table for each usual one, and one of the rest."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from shinrai.usage.queries.scope import UsageScope
from shinrai.usage.rules.periods import PeriodBuckets

MOST_VALUES: Final = 20


def by_value(
    scope: UsageScope, key: str, asked: Callable[[UsageScope], Any], *, share: int | None = None
) -> Any:
    """Return a document per value of a property, the most common first, then of all others.

    A person has one value: that of the newest event which says any. Values beyond the 20 most
    common are one group, as is whoever has none. When shared, a value of fewer than `share`
    persons is not named.
    """
    people = values_of(scope, key)
    groups: dict[str | None, set[int]] = defaultdict(set)
    for person, value in people.items():
        groups[value].add(person)
    usual = sorted(
        (value for value in groups if value is not None and len(groups[value]) >= (share or 1)),
        key=lambda value: (-len(groups[value]), str(value)),
    )[:MOST_VALUES]
    rest = {value for value in groups if value is not None} - set(usual)
    named: list[tuple[str, str | None, set[int]]] = [
        ("value", value, groups[value]) for value in usual
    ]
    others = set().union(*(groups[value] for value in rest))
    named += [("other", None, others)] if others else []
    named += [("none", None, groups[None])] if groups[None] else []
    return {
        "by_property": key,
        "groups": [
            {
                "group": group,
                "value": value,
                "people": None if share and len(there) < share else len(there),
                "answer": asked(replace(scope, people=frozenset(there))),
            }
            for group, value, there in named
        ],
    }


def values_of(scope: UsageScope, key: str) -> dict[int, str | None]:
    """Return the newest value of a property of each person who was ever active."""
    from shinrai.usage.measures.scores import newest_values

    reading = scope.reading(PeriodBuckets("day", scope.zone), windows=True)
    rows = scope.ask(rows=newest_values(reading, key))["rows"]
    return {row["person_id"]: row["value"] or None for row in rows}
