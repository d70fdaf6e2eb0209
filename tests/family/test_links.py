"""Links of guardians with learners: two homes, two children, and parents who live apart."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.customers.queries import known_customers, person_links
from shinrai.family.operations.guardians import GuardianDetails
from shinrai.family.operations.links import (
    EndRequest,
    TooManyTries,
    UnknownLink,
    claim_code,
    confirm_link,
    end_links,
    make_code,
)
from shinrai.family.queries.guardians import (
    all_guardians,
    guardian_numbered,
    guardians_known_at,
    guardians_of,
    linked_learners,
)
from shinrai.family.rules.link import CODE_LIFE, LinkStep, Side, guardian_links, tidy_code
from shinrai.usage.operations.events import ACTORS
from tests.cast import BY, Cast

MONDAY = datetime(2026, 6, 8, 10, tzinfo=UTC)  # 19:00 in Tokyo
HOUR = timedelta(hours=1)


def linked(
    there: WorkspaceRecord,
    child: str,
    guardian: str,
    at: datetime = MONDAY,
    address: str | None = None,
) -> tuple[int, int]:
    """Link a child with a guardian by a code; return their numbers."""
    name = {"hana": "はな", "ken": "けん"}.get(child)
    made = make_code(workspace=there, learner=child, name=name, at=at, by=BY)
    details = GuardianDetails(address=address)
    claim = claim_code(
        workspace=there, guardian=guardian, code=made.code, details=details, at=at, by=BY
    )
    assert claim is not None
    assert claim.guardian is not None
    confirm_link(
        workspace=there, learner_id=claim.learner, guardian_id=claim.guardian, at=at, by=BY
    )
    return claim.learner, claim.guardian


def names(guardian: int, at: datetime) -> list[str]:
    return [one.name for one in linked_learners(guardian, at)]


@pytest.mark.django_db
def test_a_guardian_sees_a_child_once_both_sides_have_said_so(cast: Cast) -> None:
    there = cast.workspace
    made = make_code(workspace=there, learner="hana", name="はな", at=MONDAY, by=BY)
    typed = f" {made.code[:4].lower()}-{made.code[4:]} "
    claim = claim_code(workspace=there, guardian="g-1", code=typed, at=MONDAY + HOUR, by=BY)
    assert claim is not None
    assert claim.guardian is not None
    assert linked_learners(claim.guardian, MONDAY + HOUR) == ()

    confirm_link(workspace=there, learner_id=claim.learner, guardian_id=claim.guardian,
                 at=MONDAY + 2 * HOUR, by=BY)  # fmt: skip

    assert names(claim.guardian, MONDAY + 2 * HOUR) == ["はな"]
    assert names(claim.guardian, MONDAY + HOUR) == []
    [one] = guardians_of(claim.learner, MONDAY + 2 * HOUR)
    assert all_guardians(there.id, MONDAY + 2 * HOUR) == (one,)
    [household] = person_links(workspace_id=there.id, on=MONDAY.date())
    assert household.proof == "confirmed by both sides with a code on 2026-06-08"


@pytest.mark.django_db
def test_a_code_opens_once_and_for_a_day(cast: Cast) -> None:
    there = cast.workspace
    first = make_code(workspace=there, learner="hana", at=MONDAY, by=BY)
    second = make_code(workspace=there, learner="hana", at=MONDAY, by=BY)

    assert claim_code(workspace=there, guardian="g-1", code=first.code, at=MONDAY, by=BY)
    for code, at in ((first.code, MONDAY), (second.code, MONDAY + CODE_LIFE + HOUR),
                     ("ACDEFHJK", MONDAY)):  # fmt: skip
        assert not claim_code(workspace=there, guardian="g-2", code=code, at=at, by=BY)


@pytest.mark.django_db
def test_who_guesses_is_stopped_and_may_try_tomorrow(cast: Cast) -> None:
    there = cast.workspace
    made = make_code(workspace=there, learner="hana", at=MONDAY + 20 * HOUR, by=BY)
    for _ in range(10):
        assert not claim_code(workspace=there, guardian="g-1", code="AAAAAAAA", at=MONDAY, by=BY)

    with pytest.raises(TooManyTries):
        claim_code(workspace=there, guardian="g-1", code=made.code, at=MONDAY + HOUR, by=BY)
    assert claim_code(workspace=there, guardian="g-1", code=made.code, at=MONDAY + 25 * HOUR, by=BY)


@pytest.mark.django_db
@pytest.mark.parametrize("side", ["learner", "guardian", "staff"])
def test_a_link_ends_at_once_whoever_ends_it_and_only_that_one(cast: Cast, side: Side) -> None:
    """Mother and father live apart; Ken is the mother's alone."""
    there = cast.workspace
    hana, mother = linked(there, "hana", "mother")
    _, father = linked(there, "hana", "father")
    ken, _ = linked(there, "ken", "mother", MONDAY + HOUR / 2)
    assert names(mother, MONDAY + HOUR / 2) == ["はな", "けん"]

    end_links(workspace=there, asked=EndRequest(hana, mother, side, "asked by phone"),
              at=MONDAY + HOUR, by=BY)  # fmt: skip

    assert names(mother, MONDAY + HOUR) == ["けん"]
    assert names(father, MONDAY + HOUR) == ["はな"]
    with pytest.raises(UnknownLink):
        confirm_link(workspace=there, learner_id=hana, guardian_id=mother, at=MONDAY + HOUR, by=BY)
    tuesday = {
        (one.learner_id, one.guardian_id)
        for one in person_links(workspace_id=there.id, on=MONDAY.date() + timedelta(1))
    }
    assert tuesday == {(hana, father), (ken, mother)}

    linked(there, "hana", "mother", MONDAY + 3 * HOUR)  # and may be made again
    assert names(mother, MONDAY + 3 * HOUR) == ["けん", "はな"]


@pytest.mark.django_db
def test_an_address_lies_sealed_and_is_found(cast: Cast) -> None:
    _, mother = linked(cast.workspace, "hana", "mother", address="Okaasan@home.example")

    [found] = guardians_known_at("okaasan@HOME.example ")
    assert (found.id, found.address, found.zone) == (mother, "Okaasan@home.example", "Asia/Tokyo")
    assert guardian_numbered(cast.simulated.id, mother) is None
    assert known_customers(workspace_id=cast.workspace.id, source=ACTORS, identifiers=["hana"])


STEPS = (
    LinkStep("code", b"1", 1, None, MONDAY, "learner"),
    LinkStep("claimed", b"1", 1, 9, MONDAY + HOUR, "guardian"),
    LinkStep("confirmed", b"1", 1, 9, MONDAY + 2 * HOUR, "learner"),
    LinkStep("ended", b"1", 1, 9, MONDAY + 3 * HOUR, "guardian"),
)


def test_the_order_of_steps_and_their_repetition_say_nothing() -> None:
    for hours, state in enumerate(("offered", "claimed", "linked", "ended")):
        told: set[Iterable[object]] = {
            guardian_links([*steps, *steps[:2]], at=MONDAY + hours * HOUR)
            for steps in permutations(STEPS)
        }
        [[link]] = told
        assert link.state == state  # type: ignore[attr-defined]


@given(st.sampled_from("ACDEFHJKMNPRTWXY34679").flatmap(lambda one: st.just(one * 8)))
def test_a_code_is_the_same_however_it_is_typed(code: str) -> None:
    full_width = "".join(chr(ord(sign) + 0xFEE0) for sign in code)
    assert tidy_code(full_width) == tidy_code(code.lower()) == tidy_code(" ".join(code)) == code
