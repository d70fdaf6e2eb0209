"""Who belongs together: links of learners with guardians, and the households they make."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol


class Linked(Protocol):
    """A learner and a guardian who are linked, under a contract if it is named, for a while."""

    @property
    def learner_id(self) -> int: ...

    @property
    def guardian_id(self) -> int: ...

    @property
    def contract_key(self) -> str: ...

    @property
    def since(self) -> date: ...

    @property
    def until(self) -> date | None: ...


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
    links: Iterable[Linked], *, persons: Mapping[int, int] | None = None
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
