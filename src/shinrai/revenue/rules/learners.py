"""Which learners stand behind a contract, on which days: what links say, and never a guess."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from shinrai.customers.rules import Linked
from shinrai.revenue.rules.contracts import ContractPeriod

Days = tuple[date, date | None]  # the first day, and the first one after


@dataclass(frozen=True)
class HeldContract:
    """A contract as its source numbers it, its customer, and the periods in which it is in force.

    `person` is the customer; a learner who pays for themselves is their own.
    """

    id: int
    source: str
    key: str
    person: int
    periods: tuple[ContractPeriod, ...]

    def terms(self, on: date) -> ContractPeriod | None:
        """Return the terms on a day; None if it is not in force then."""
        return next(
            (one for one in self.periods if one.start <= on and (not one.end or on < one.end)), None
        )

    @property
    def days(self) -> list[Days]:
        """Return the days on which it is in force; a change of terms is no end."""
        found: list[Days] = []
        for one in self.periods:
            if found and found[-1][1] == one.start:
                found[-1] = (found[-1][0], one.end)
            else:
                found.append((one.start, one.end))
        return found


@dataclass(frozen=True, slots=True)
class LearnerSpan:
    """Days on which a contract in force is linked with a learner."""

    person: int
    contract: int
    since: date
    until: date | None

    def holds(self, on: date) -> bool:
        """Return whether a day is one of them."""
        return self.since <= on and (self.until is None or on < self.until)


@dataclass(frozen=True)
class JoinedLearners:
    """The learners of contracts, and how many links tell no contract, or could mean several."""

    spans: tuple[LearnerSpan, ...]
    unmatched: int
    ambiguous: int

    def behind(self, on: date) -> dict[int, set[int]]:
        """Return the learners of each contract on a day; contracts without one are left out."""
        found: dict[int, set[int]] = defaultdict(set)
        for one in self.spans:
            if one.holds(on):
                found[one.contract].add(one.person)
        return dict(found)


def join_learners(
    contracts: Collection[HeldContract],
    links: Sequence[Linked],
    *,
    persons: Mapping[int, int],
    actors: Collection[int],
) -> JoinedLearners:
    """Return the learners of each contract.

    A link that names a contract means the guardian's own of that key, or the only one of the key; a
    link that names none the guardian's contracts, if no two are in force at once. A customer who
    uses the service (`actors`) and is nobody's guardian is the learner. `persons` says of merged
    actors which person they are.
    """
    by_key: dict[str, list[HeldContract]] = defaultdict(list)
    by_person: dict[int, list[HeldContract]] = defaultdict(list)
    for one in contracts:
        by_key[one.key].append(one)
        by_person[one.person].append(one)
    spans: list[LearnerSpan] = []
    unmatched = ambiguous = 0
    for link in links:
        own = by_person.get(link.guardian_id, [])
        if link.contract_key:
            of_key = by_key.get(link.contract_key, [])
            meant = [one for one in of_key if one in own] or of_key
            is_clear = len(meant) <= 1
        else:
            meant = [one for one in own if any(_together(one, link))]
            is_clear = not _overlap(days for one in meant for days in _together(one, link))
        learner = persons.get(link.learner_id, link.learner_id)
        unmatched += not meant
        ambiguous += not is_clear
        if is_clear:
            spans += [LearnerSpan(learner, one.id, *days) for one in meant
                      for days in _together(one, link)]  # fmt: skip
    linked = {one.contract for one in spans}
    guardians = {link.guardian_id for link in links}
    spans += [
        LearnerSpan(persons.get(one.person, one.person), one.id, *days)
        for one in contracts
        if one.person in actors and one.person not in guardians and one.id not in linked
        for days in one.days
    ]
    return JoinedLearners(tuple(spans), unmatched, ambiguous)


def _together(contract: HeldContract, link: Linked) -> Iterator[Days]:
    """Yield the days on which a contract is in force and a link holds."""
    for start, end in contract.days:
        since = max(start, link.since)
        until = min((one for one in (end, link.until) if one), default=None)
        if until is None or since < until:
            yield since, until


def _overlap(spans: Iterable[Days]) -> bool:
    ordered = sorted(spans, key=lambda days: days[0])
    return any(end is None or end > start for (_start, end), (start, _end) in pairwise(ordered))
