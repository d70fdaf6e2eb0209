"""Hana's tablet says by usage events what she did; each completion counts once, or says why not."""

import json
import random
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from shinrai.missions.commands.learners import group
from shinrai.missions.models import AttemptRow, PinGiven
from shinrai.missions.operations.attempts import record_attempts
from shinrai.missions.operations.declarations import declare_activities
from shinrai.missions.operations.events import declare_events
from shinrai.missions.queries.learner import learner_named, today_of, week_of_learner
from shinrai.missions.rules.attempt import ReportedAttempt
from shinrai.missions.rules.events import BadEventNames, message, named, reported, usage_event
from shinrai.revenue.queries.learners import contract_learners, first_contracts
from shinrai.usage.models import InboxEvent
from shinrai.usage.operations.merges import join_actors
from shinrai.usage.operations.move import move_all
from shinrai.usage.operations.retry import retry_set_aside
from shinrai.usage.queries.actors import actors_merged, merged_with, set_aside_events
from shinrai.usage.rules.dialects.messages import message_events, read_json
from shinrai.usage.rules.event import RowIds
from shinrai.warehouse.store import Warehouse
from tests.cast import BY, Cast
from tests.missions.stage import (
    DAY,
    MAY,
    SHELF,
    TUESDAY,
    Killed,
    declare,
    goals,
    killing,
    sent,
    sync,
)
from tests.revenue.town import Town

pytestmark = pytest.mark.django_db


@pytest.fixture
def warehouse(tmp_path: Path, settings: Any) -> Warehouse:
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    return Warehouse(settings.SHINRAI_WAREHOUSE)


@pytest.fixture
def there(cast: Cast) -> Cast:
    declare(cast.workspace.id)
    return cast


def reasons(cast: Cast) -> list[str]:
    return [one.reason["en"] for one in set_aside_events(cast.workspace.id, origin="completions")]


def test_one_event_moves_all_three_horizons_once_on_her_own_day(
    there: Cast, warehouse: Warehouse
) -> None:
    """Offline in London at 23:30 on Monday; the tablet comes in on Thursday."""
    night = datetime(2026, 6, 8, 22, 30, tzinfo=UTC)
    late = sent("e1", at=night, zone="Europe/London")
    sync(there.workspace, warehouse, sent("e0", "kanji-1", TUESDAY - 3 * DAY))
    for days in (2, 2, 3):
        sync(there.workspace, warehouse, late, late, at=TUESDAY + days * DAY)

    learner = learner_named(there.workspace, "hana")
    assert AttemptRow.objects.get(attempt_id="e1").own_on == date(2026, 6, 8)
    assert today_of(learner, at=night, on=date(2026, 6, 8)).done == {"add-1"}
    week = week_of_learner(learner, at=TUESDAY + 2 * DAY)
    assert week.active == (date(2026, 6, 8),)
    assert PinGiven.objects.filter(key="two").count() == 1


def test_a_week_of_53_retries_is_one_completion_and_one_reason(
    there: Cast, warehouse: Warehouse
) -> None:
    queue = [sent("e1"), sent("e2", "kanji-1", TUESDAY + DAY), sent("bad", score=140)]
    for retry in range(53):
        at = TUESDAY + DAY + retry * timedelta(hours=3)
        sync(there.workspace, warehouse, *queue[retry % 3 :], *queue[: retry % 3], at=at)

    assert sorted(AttemptRow.objects.values_list("attempt_id", flat=True)) == ["e1", "e2"]
    assert sorted(PinGiven.objects.values_list("key", flat=True)) == ["first", "two"]
    assert reasons(there) == ["a score of 140 of 100"]
    assert not InboxEvent.objects.exists()


def test_the_product_names_its_events(there: Cast, warehouse: Warehouse) -> None:
    names = named({"completed": "lesson", "activity": "what", "score": "points", "of": "out_of"})
    declare_events(workspace_id=there.workspace.id, names=names, at=MAY, by=BY)
    own = {"what": "add-1", "points": 3, "out_of": 4}
    sync(
        there.workspace, warehouse, sent("usual"), sent("own", name="lesson", properties=own),
        sent("begun", name="activity_started", properties={"what": "kanji-1"}, score=None),
    )  # fmt: skip

    found = AttemptRow.objects.order_by("attempt_id").values_list(
        "attempt_id", "is_completed", "score"
    )
    assert list(found) == [("begun", False, None), ("own", True, 0.75)]
    with pytest.raises(BadEventNames, match="cannot say both"):
        named({"completed": "same", "started": "same"})
    with pytest.raises(BadEventNames, match="above 0"):
        named({"most": -5})


def test_without_declared_activities_events_are_nobodys(cast: Cast, warehouse: Warehouse) -> None:
    sync(cast.workspace, warehouse, sent("e1"))

    assert not AttemptRow.objects.exists()
    assert not reasons(cast)


def test_what_was_unknown_counts_when_it_is_tried_again(there: Cast, warehouse: Warehouse) -> None:
    sync(there.workspace, warehouse, sent("e1", "swim"))
    assert reasons(there) == ["there is no activity swim"]
    more = [*SHELF, {"key": "swim", "subject": "sport", "unit": "water", "minutes": 10}]
    declare_activities(workspace_id=there.workspace.id, rows=more, at=TUESDAY + DAY, by=BY)

    [aside] = set_aside_events(there.workspace.id)
    assert "e1" in aside.place
    retry_set_aside(
        workspace_id=there.workspace.id, number=aside.number, at=TUESDAY + 2 * DAY, by=BY
    )
    move_all(warehouse, at=TUESDAY + 2 * DAY)

    one = AttemptRow.objects.get()
    assert (one.activity, one.known_at, one.own_on) == ("swim", TUESDAY, date(2026, 6, 9))
    assert not reasons(there)


def test_sent_again_mended_it_counts_and_its_reason_goes(there: Cast, warehouse: Warehouse) -> None:
    sync(there.workspace, warehouse, sent("e1", score=140), sent("vanished", "gone"))
    for _ in range(2):  # what was wrong stays in the queue of the tablet
        sync(there.workspace, warehouse, sent("e1", score=90), sent("e1", score=140))

    assert AttemptRow.objects.get().score == 0.9
    assert reasons(there) == ["there is no activity gone"]


def test_an_attempt_of_the_api_is_the_same_when_its_event_comes_round(
    there: Cast, warehouse: Warehouse
) -> None:
    one = ReportedAttempt("1", "hana", "add-1", TUESDAY, score=4, most=5)
    record_attempts(workspace=there.workspace, reports=[one], received_at=TUESDAY)
    move_all(warehouse, at=TUESDAY)

    assert list(AttemptRow.objects.values_list("attempt_id", "score")) == [("1", 0.8)]


@given(
    score=st.none() | st.floats(0, 100) | st.just(float("nan")),
    id=st.text(min_size=1, max_size=60),
    is_completed=st.booleans(),
)
def test_what_is_set_aside_says_the_same_when_it_is_read_again(
    score: float | None, id: str, is_completed: bool
) -> None:
    names = named({"completed": "done", "activity": "what"})
    one = ReportedAttempt(id, "hana", "add-1", TUESDAY, "Asia/Tokyo", is_completed, score, 100)
    again = reported(usage_event(one, names), names)
    [event] = (
        message_events(read_json(message(one, names)), received_at=TUESDAY, ids=RowIds())
        if id.strip() and "\0" not in id and id.isprintable()
        else [usage_event(one, names)]
    )
    back = reported(event, names)  # type: ignore[arg-type]

    assert again is not None
    assert back is not None
    same = ("id", "learner", "activity", "at", "zone", "is_completed", "most")
    if one.score is None:
        same = same[:-1]
    assert [getattr(back, name) for name in same] == [getattr(one, name) for name in same]
    assert str(back.score) == str(again.score) == str(one.score)


def test_the_page_of_events_set_aside_says_why_and_tries_again(
    there: Cast, warehouse: Warehouse
) -> None:
    sync(there.workspace, warehouse, sent("e1", "swim"))
    [aside] = set_aside_events(there.workspace.id)
    browser = there.owner.client()
    page = reverse("usage_quarantine", args=["tanuki"])
    assert "there is no activity swim" in browser.get(page).content.decode()

    one = reverse("event_set_aside", args=["tanuki", aside.number])
    assert "activity_completed" in browser.get(one).content.decode()
    assert browser.post(one, {"deed": "retry"}).status_code == 302
    assert InboxEvent.objects.count() == 1


class TestAnothersChild:
    def test_an_id_of_ken_does_not_count_for_hana(self, there: Cast, warehouse: Warehouse) -> None:
        sync(there.workspace, warehouse, sent("e1", learner="ken"))
        sync(there.workspace, warehouse, sent("e1"), at=TUESDAY + DAY)
        sync(there.workspace, warehouse, sent("e1", learner="ken"), at=TUESDAY + DAY)

        ken = learner_named(there.workspace, "ken").id
        assert list(AttemptRow.objects.values_list("learner_id", flat=True)) == [ken]
        assert reasons(there) == ["its id is that of another learner's attempt"]

    def test_one_id_of_her_tablet_and_of_her_is_one(
        self, there: Cast, warehouse: Warehouse
    ) -> None:
        sync(there.workspace, warehouse, sent("e1", learner="tablet"), sent("e2", at=TUESDAY - DAY))
        join_actors(workspace_id=there.workspace.id, names=("tablet", "hana"), at=TUESDAY, by=BY)
        sync(there.workspace, warehouse, sent("e1"), sent("e3"), at=TUESDAY + DAY)

        assert AttemptRow.objects.count() == 3
        assert sorted(PinGiven.objects.values_list("key", flat=True)) == ["first", "first", "two"]
        assert not reasons(there)

    def test_a_guardian_is_no_learner(self, there: Cast, warehouse: Warehouse) -> None:
        town = Town(there.workspace)
        town.link("hana", "mother", source="usage")
        sync(there.workspace, warehouse, sent("e1", learner="mother"), sent("e2"))

        assert AttemptRow.objects.get().attempt_id == "e2"
        assert reasons(there) == ["it is of a guardian, who is no learner here"]


class TestBeforeTheContract:
    def test_it_counts_from_the_first_day_of_the_first_contract(
        self, there: Cast, warehouse: Warehouse
    ) -> None:
        """Hana's contract begins on Tuesday in Tokyo; Ken has none, and is not refused."""
        town = Town(there.workspace)
        town.contract("C-1", "mother", since=date(2026, 6, 9))
        town.link("hana", "mother", "C-1", since=date(2026, 6, 1))
        midnight = datetime(2026, 6, 8, 15, tzinfo=UTC)
        second = timedelta(seconds=1)
        sync(
            there.workspace, warehouse, sent("before", at=midnight - second),
            sent("first", at=midnight), sent("ken", at=midnight - second, learner="ken"),
        )  # fmt: skip

        assert sorted(AttemptRow.objects.values_list("attempt_id", flat=True)) == ["first", "ken"]
        assert reasons(there) == ["it is dated 2026-06-08, before the contract of 2026-06-09"]

    @examples(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(seed=st.integers(0, 1 << 30))
    def test_some_learners_contracts_are_those_of_all(self, cast: Cast, seed: int) -> None:
        rng, town, there = random.Random(seed), Town(cast.workspace), cast.workspace.id
        mark = f"{seed}-{rng.random()}"
        names = [f"{name} {mark}" for name in "abcd"]
        people = {name: town.person(name) for name in names}
        days = [date(2026, month, 1) for month in (1, 2, 3)]
        for n in range(4):
            payer = rng.choice(["mother", "father", *names])
            source = "usage" if payer in names else "revenue"
            shop = rng.choice(["shop", "store"])
            key = f"{rng.randrange(3)} {mark}"
            customer = payer if rng.random() < 0.5 else f"{payer} {n}"
            town.contract(key, customer, since=rng.choice(days), source=rng.choice([source, shop]))
            other = rng.choice([one for one in (*names, "mother", customer) if one != names[n]])
            town.link(
                names[n], other, rng.choice(["", key]), since=rng.choice(days),
                source="usage" if other in names else rng.choice(["revenue", shop]),
            )  # fmt: skip
        if rng.random() < 0.5:
            join_actors(workspace_id=there, names=(names[0], names[1]), at=TUESDAY, by=BY)
        spans = contract_learners(there).spans
        for name in names:
            persons = merged_with(there, [people[name]])
            root = actors_merged(there).get(people[name], people[name])
            mine = [one.since for one in spans if one.person == root]

            assert set(persons.values()) == {root}
            assert first_contracts(workspace_id=there, persons=persons) == (
                {root: min(mine)} if mine else {}
            )


POINTS = ("missions.attempts_stored", "missions.pins_given")


def june_of(mark: str) -> list[ReportedAttempt]:
    """Return what Hana and Ken did on six days; nobody else bears the mark."""
    done = (("add-1", 1), ("kanji-1", 9), ("add-2", 16)) * 2
    return [
        ReportedAttempt(
            f"{n} {name}", name, activity, MAY + n * DAY + timedelta(hours=hour), score=80
        )
        for name in (f"hana {mark}", f"ken {mark}")
        for n, (activity, hour) in enumerate(done)
    ]


@examples(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 1 << 30))
def test_killed_anywhere_and_resent_each_completion_counts_once(there: Cast, seed: int) -> None:
    """The tablet sends until it hears an answer, whichever process ends meanwhile."""
    AttemptRow.objects.all().delete()
    rng = random.Random(seed)
    reports, given_before = june_of(f"{seed} {rng.random()}"), PinGiven.objects.count()
    names = sorted({one.learner for one in reports})
    queue = rng.sample([*reports, *rng.sample(reports, 4)], len(reports) + 4)
    again = {"workspace": there.workspace, "received_at": TUESDAY, "is_history": True}
    with killing() as plan:
        while queue:
            part = queue[: rng.randint(1, 6)]
            before = AttemptRow.objects.count(), InboxEvent.objects.count()
            if rng.random() < 0.5:
                plan(rng.choice(POINTS))
                with pytest.raises(Killed):
                    record_attempts(reports=part, **again)
                assert (AttemptRow.objects.count(), InboxEvent.objects.count()) == before
            else:
                record_attempts(reports=part, **again)
                del queue[: len(part)]

    said = goals(there.workspace, names, at=TUESDAY, weeks=2)
    assert AttemptRow.objects.count() == len(reports)
    assert PinGiven.objects.count() == given_before + 4
    AttemptRow.objects.all().delete()
    record_attempts(reports=reports, **again)
    assert goals(there.workspace, names, at=TUESDAY, weeks=2) == said


@pytest.mark.parametrize("seed", range(12))
def test_the_worker_is_killed_anywhere_in_a_batch(
    there: Cast, warehouse: Warehouse, seed: int
) -> None:
    rng = random.Random(seed)
    points = (*POINTS, "usage.chosen", "publish.all_handed_over", "publish.committed")
    events = [sent(f"e{n}", at=TUESDAY - n * DAY) for n in range(4)]
    with killing() as plan:
        for round in range(3):
            plan(rng.choice(points), rng.randint(1, 2))
            with suppress(Killed):
                sync(there.workspace, warehouse, *rng.sample(events, 3), at=TUESDAY + round * DAY)
        plan("usage.chosen", 99)
        sync(there.workspace, warehouse, *events, at=TUESDAY + 4 * DAY)

    assert AttemptRow.objects.count() == 4
    assert sorted(PinGiven.objects.values_list("key", flat=True)) == ["first", "two"]
    assert not InboxEvent.objects.exists()


class TestCommands:
    def asked(self, *words: str) -> Any:
        done = CliRunner().invoke(group, [*words, "--workspace", "tanuki", "--json"])
        assert done.exit_code == 0, done.output
        return json.loads(done.output)

    def test_events_are_declared_and_shown(self, there: Cast) -> None:
        assert self.asked("events")["completed"] == "activity_completed"
        declared = self.asked("events", "--completed", "lesson", "--most", "10")
        assert (declared["completed"], declared["most"]) == ("lesson", 10)
        assert self.asked("events") == declared

    def test_what_is_aside_is_listed_with_why(self, there: Cast, warehouse: Warehouse) -> None:
        sync(there.workspace, warehouse, sent("e1", "swim"))

        [one] = self.asked("aside")["aside"]
        assert (one["id"], one["reason"]) == ("e1", "there is no activity swim")
