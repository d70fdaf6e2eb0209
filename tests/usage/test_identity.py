"""Who is one person: merges resolve, a shared tablet stays its first owner's, undoing lasts."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.erasure.operations.persons import CustomerName, erase
from shinrai.usage.facts import EVENTS
from shinrai.usage.models import ActorMerge
from shinrai.usage.operations.events import receive_events
from shinrai.usage.operations.merges import undo_merge
from shinrai.usage.operations.move import move_all
from shinrai.usage.queries.actors import UnknownMerge, actors_merged, merges
from shinrai.usage.rules.event import SameActor, UsageEvent
from shinrai.usage.rules.identity import MergeStanding, merged
from shinrai.warehouse.query import run
from shinrai.warehouse.store import Warehouse

NOW = datetime(2026, 6, 10, 3, tzinfo=UTC)
TABLET, AOI, REN, OLD = 1, 2, 3, 4


def test_a_chain_resolves_to_its_end_and_the_newest_step_counts():
    assert merged([(TABLET, AOI, "identify"), (AOI, REN, "merge")]) == {TABLET: REN, AOI: REN}
    assert merged([(TABLET, AOI, "identify"), (TABLET, TABLET, "undone")]) == {}


def test_a_shared_tablet_belongs_to_who_signed_in_first_unless_merged_on_purpose():
    standing = MergeStanding()
    standing.step(TABLET, AOI, "identify")
    assert not standing.accepts(TABLET, REN, "identify")
    assert standing.accepts(TABLET, REN, "merge")


def test_somebody_known_is_not_merged_by_a_sign_in():
    standing = MergeStanding()
    standing.step(TABLET, AOI, "identify")
    assert not standing.accepts(AOI, REN, "identify")
    assert standing.accepts(AOI, REN, "alias")


def test_a_pair_taken_apart_is_not_claimed_together_again():
    standing = MergeStanding()
    standing.step(TABLET, AOI, "identify")
    standing.step(TABLET, TABLET, "undone")
    assert not standing.accepts(TABLET, AOI, "identify")
    assert standing.accepts(TABLET, REN, "identify")


@given(
    st.lists(
        st.tuples(
            st.integers(1, 6),
            st.integers(1, 6),
            st.sampled_from(["identify", "alias", "merge", "undone"]),
        )
    )
)
def test_no_story_of_accepted_claims_makes_a_ring(story):
    standing = MergeStanding()
    for actor, into, how in story:
        if how == "undone" or standing.accepts(actor, into, how):
            standing.step(actor, into, how)
    for actor in standing.into:
        root = standing.root(actor)
        assert root not in standing.into
        assert root != actor


@pytest.mark.django_db
def test_a_merge_is_undone_and_stays_so_however_often_it_is_claimed(cast, tmp_path):
    warehouse, there = Warehouse(str(tmp_path / "w")), cast.workspace.id
    claim = SameActor("1", "tablet", "aoi", NOW, "identify")
    for _ in range(2):
        receive_events(workspace_id=there, events=[claim, claim], received_at=NOW)
        move_all(warehouse, at=NOW)
    [step] = merges(there)
    assert actors_merged(there) == {step.actor: step.into}

    undo_merge(workspace_id=there, number=step.number, at=NOW, by="staff:1")
    receive_events(workspace_id=there, events=[claim], received_at=NOW)
    move_all(warehouse, at=NOW)

    assert actors_merged(there) == {}
    assert ActorMerge.objects.count() == 2
    with pytest.raises(UnknownMerge):
        undo_merge(workspace_id=there, number=step.number, at=NOW, by="staff:1")


@pytest.mark.django_db
def test_erasing_empties_what_events_say_of_a_person_and_of_their_devices(cast, tmp_path, settings):
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "w")
    warehouse, there = Warehouse(settings.SHINRAI_WAREHOUSE), cast.workspace
    said = [
        UsageEvent(id=name, actor=name, name="read", at=NOW, properties={"page": name})
        for name in ("aoi", "tablet", "ren")
    ]
    claim = SameActor("1", "tablet", "aoi", NOW, "identify")
    receive_events(workspace_id=there.id, events=[*said, claim], received_at=NOW)
    move_all(warehouse, at=NOW)

    erase(CustomerName(there, "usage", "aoi"), at=NOW, by="staff:1")
    receive_events(workspace_id=there.id, events=[replace(said[0], id="new")], received_at=NOW)
    moved = move_all(warehouse, at=NOW)

    rows = run(warehouse, EVENTS.unbound(), tables=[EVENTS]).records()
    assert {row["event_id"]: row["properties"] for row in rows} == {
        **{"aoi": None, "tablet": None},
        "ren": '{"page":"ren"}',
    }
    assert (moved.events, moved.erased) == (0, 1)
