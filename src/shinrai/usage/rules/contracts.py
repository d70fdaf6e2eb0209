"""Who was under contract for a whole month, and who only for a part of it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class ContractSpan:
    """A contract of a learner; `until` is the first day without it, None while it runs."""

    person: int
    since: date
    until: date | None = None


@dataclass(frozen=True)
class Covered:
    """Learners under contract for the whole of a month, and those for a part of it."""

    whole: frozenset[int]
    part: frozenset[int]


def covered(contracts: Iterable[ContractSpan], *, first: date, after: date) -> Covered:
    """Return whose contracts cover the days from `first` up to `after`, which is the day after.

    Contracts that follow one another without a day between them are one.
    """
    spans: dict[int, list[tuple[date, date]]] = defaultdict(list)
    for one in contracts:
        since, until = max(one.since, first), min(one.until or after, after)
        if since < until:
            spans[one.person].append((since, until))
    whole = set()
    for person, of_person in spans.items():
        reached = first
        for since, until in sorted(of_person):
            if since > reached:
                break
            reached = max(reached, until)
        if reached >= after:
            whole.add(person)
    return Covered(frozenset(whole), frozenset(spans.keys() - whole))
