"""The household of a person: who belongs to it, what they asked, and their contracts."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from shinrai.customers.queries import LinkRecord, masked_identifiers, person_links
from shinrai.desk.queries.titles import titles
from shinrai.desk.rules.open_case import CaseStanding, case_standing
from shinrai.ledger.queries import CaseHead, cases_of_customer, standing_of
from shinrai.revenue.queries.persons import PersonContract, contracts_of_persons
from shinrai.usage.queries.actors import MergeRecord, merges

MOST_CASES: Final = 100


@dataclass(frozen=True)
class Relative:
    """A guardian of the person, or a learner of the same guardian; no name once erased."""

    number: int
    name: str | None
    is_guardian: bool
    link: LinkRecord


@dataclass(frozen=True)
class HouseholdCase:
    """A case that somebody of the household wrote, with its title, masked; none once erased."""

    head: CaseHead
    title: str
    stands: CaseStanding


@dataclass(frozen=True)
class HouseholdView:
    """Who belongs to a person by links that hold on a day, and what is known of them together."""

    name: str | None  # the person's own, masked; None once erased
    relatives: tuple[Relative, ...]
    cases: tuple[HouseholdCase, ...]
    contracts: tuple[PersonContract, ...]
    merges: tuple[MergeRecord, ...]


def household(
    workspace_id: int, number: int, actors: Collection[int], *, on: date
) -> HouseholdView:
    """Return the household of a person, of whom `actors` are the identifiers."""
    links = person_links(workspace_id=workspace_id, on=on)
    own = [one for one in links if one.learner_id in actors]
    guardians = {one.guardian_id for one in own}
    theirs = guardians | {one.guardian_id for one in links if one.guardian_id in actors}
    others = [one for one in links if one.guardian_id in theirs and one.learner_id not in actors]
    near = [(one.guardian_id, True, one) for one in own]
    # a learner of both guardians is one; the link that names a contract says more
    once = {one.learner_id: one for one in sorted(others, key=lambda one: bool(one.contract_key))}
    near += [(learner, False, one) for learner, one in once.items()]
    names = masked_identifiers(
        workspace_id=workspace_id, numbers={number, *(one for one, *_ in near)}
    )
    persons = {*actors, *theirs}
    return HouseholdView(
        name=names.get(number),
        relatives=tuple(Relative(one, names.get(one), is_up, link) for one, is_up, link in near),
        cases=_cases(workspace_id, sorted(persons)),
        contracts=contracts_of_persons(
            workspace_id=workspace_id,
            persons=persons,
            keys={one.contract_key for one in (*own, *others)} - {""},
            on=on,
        ),
        merges=tuple(
            one
            for one in merges(workspace_id)
            if one.stands and (one.actor in actors or one.into in actors)
        ),
    )


def learners_of(workspace_id: int, customer: int | None, *, on: date) -> tuple[Relative, ...]:
    """Return the learners whose guardian wrote a case, once each."""
    if customer is None:
        return ()
    links = person_links(workspace_id=workspace_id, on=on)
    found = {one.learner_id: one for one in links if one.guardian_id == customer}
    names = masked_identifiers(workspace_id=workspace_id, numbers=found)
    return tuple(Relative(one, names.get(one), False, link) for one, link in found.items())


def _cases(workspace_id: int, writers: Collection[int]) -> tuple[HouseholdCase, ...]:
    """Return what these customers wrote, the newest first."""
    heads = {
        head.id: head
        for number in writers
        for head in cases_of_customer(workspace_id=workspace_id, number=number)
    }
    steps = standing_of(sorted(heads)[-MOST_CASES:], workspace_id=workspace_id)
    said = titles(steps)
    found = [
        HouseholdCase(heads[case_id], said.get(case_id, ""), stands)
        for case_id, some in steps.items()
        # those of an import that does not count have no steps
        if (stands := case_standing(heads[case_id].record, some)) is not None
    ]
    return tuple(sorted(found, key=lambda one: one.stands.began_at, reverse=True))
