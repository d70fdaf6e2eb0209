"""Who belongs together: links of learners with guardians, and the households they make."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class LinkRecord:
    """A learner and a guardian who are linked under a contract on a day, and how one knows."""

    learner_id: int
    guardian_id: int
    contract_key: str
    since: date
    until: date | None
    proof: str

    def holds(self, on: date) -> bool:
        """Return whether the two are linked on a day; on `until` they no longer are."""
        return self.since <= on and (self.until is None or on < self.until)


@dataclass(frozen=True)
class Household:
    """Learners and guardians who are linked, also through one another."""

    learners: frozenset[int]
    guardians: frozenset[int]

    @property
    def persons(self) -> frozenset[int]:
        """Return everybody in it."""
        return self.learners | self.guardians


def households(
    links: Iterable[LinkRecord], *, persons: Mapping[int, int] | None = None
) -> list[Household]:
    """Return the households that links make, in order of their lowest number.

    Parents who live apart are one household while both are linked with a child of theirs. `persons`
    says of merged actors which person they are.
    """
    same = persons or {}
    near: dict[int, set[int]] = defaultdict(set)
    learners, guardians = set(), set()
    for one in links:
        learner, guardian = (same.get(who, who) for who in (one.learner_id, one.guardian_id))
        near[learner].add(guardian)
        near[guardian].add(learner)
        learners.add(learner)
        guardians.add(guardian)
    found, seen = [], set[int]()
    for first in sorted(near):
        if first in seen:
            continue
        reached, waiting = {first}, [first]
        while waiting:
            following = near[waiting.pop()] - reached
            reached |= following
            waiting += following
        seen |= reached
        found.append(Household(frozenset(reached & learners), frozenset(reached & guardians)))
    return found
