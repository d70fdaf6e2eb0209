"""Completions come by API and by file, late, doubled and wrong; each counts once."""

import json
import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shinrai.accounts.operations.api_keys import make_key
from shinrai.accounts.rules.role import Role
from shinrai.accounts.rules.scope import Scope
from shinrai.missions.models import AttemptRow, Offer, PinGiven
from shinrai.missions.operations.attempts import offer_today, record_attempts
from shinrai.missions.operations.declarations import (
    BadRest,
    UnknownPolicy,
    compare_policies,
    declare_activities,
    declare_pins,
    declare_rest,
)
from shinrai.missions.queries.learner import learner_named, pins_of, today_of, week_of_learner
from shinrai.missions.queries.preview import pin_preview
from shinrai.missions.rules.attempt import ReportedAttempt
from shinrai.usage.models import InboxEvent, QuarantinedEvent
from tests.cast import BY, Cast
from tests.missions.stage import MAY, SHELF, TUESDAY, declare

pytestmark = pytest.mark.django_db


@pytest.fixture
def there(cast: Cast) -> Cast:
    """Declare a shelf of activities and two pins in May."""
    declare(cast.workspace.id)
    return cast


def report(cast: Cast, *reports: ReportedAttempt, at: datetime = TUESDAY) -> Any:
    return record_attempts(workspace=cast.workspace, reports=reports, received_at=at)


def hana(activity: str, at: datetime = TUESDAY, **more: Any) -> ReportedAttempt:
    given = {"id": f"{activity} {at.isoformat()}", "zone": "Asia/Tokyo"} | more
    return ReportedAttempt(learner="hana", activity=activity, at=at, **given)


def test_one_completion_moves_all_three_horizons_once(there: Cast) -> None:
    monday = TUESDAY - timedelta(days=1)
    report(there, hana("kanji-1", monday), at=monday)
    learner = learner_named(there.workspace, "hana")
    tuesday = TUESDAY - timedelta(hours=1)
    assert [one.activity.key for one in offer_today(learner, at=tuesday).recommendations] == [
        "add-1"
    ]

    for _ in range(3):
        report(there, hana("add-1"), hana("add-1"))

    assert today_of(learner, at=TUESDAY).done == {"add-1"}
    assert week_of_learner(learner, at=TUESDAY).state == "met"
    assert PinGiven.objects.filter(key="two").count() == 1
    assert AttemptRow.objects.filter(activity="add-1").count() == 1


def test_a_day_is_the_learners_own(there: Cast) -> None:
    """00:10 in Tokyo is the day before in London."""
    midnight = datetime(2026, 6, 9, 15, 10, tzinfo=UTC)
    report(there, hana("add-1", midnight), at=midnight)
    report(there, hana("add-1", midnight, zone="Europe/London", id="other"), at=midnight)

    assert set(AttemptRow.objects.values_list("own_on", flat=True)) == {
        date(2026, 6, 10),
        date(2026, 6, 9),
    }


def test_what_cannot_count_is_set_aside_and_the_rest_counts(there: Cast) -> None:
    done = report(
        there, hana("add-1"), hana("swim"), hana("add-2", score=140.0),
        hana("add-1", TUESDAY + timedelta(days=3)),
    )  # fmt: skip

    assert (done.new, sorted(done.refused)) == (1, [1, 2, 3])
    assert QuarantinedEvent.objects.filter(workspace_id=there.workspace.id).count() == 3
    assert InboxEvent.objects.count() == 1


def test_an_id_of_another_child_is_not_moved_to_this_one(there: Cast) -> None:
    report(there, hana("add-1", id="1"))
    report(there, ReportedAttempt("1", "ken", "add-2", TUESDAY - timedelta(days=2)), at=TUESDAY)

    [row] = AttemptRow.objects.all()
    assert (row.activity, row.learner_id) == ("add-1", learner_named(there.workspace, "hana").id)


def test_an_activity_that_vanished_counts_until_it_did(there: Cast) -> None:
    declare_activities(workspace_id=there.workspace.id, rows=SHELF[:1], at=TUESDAY, by=BY)

    late = report(there, hana("kanji-1", TUESDAY - timedelta(days=1)), at=TUESDAY)
    after = report(there, hana("kanji-1", TUESDAY + timedelta(hours=1)), at=TUESDAY)

    assert (late.new, after.new, list(after.refused)) == (1, 0, [0])


def test_a_new_version_takes_nothing_back_and_what_is_gone_is_kept(there: Cast) -> None:
    report(there, hana("add-1"))
    learner = learner_named(there.workspace, "hana")
    stricter = [{"key": "first", "kind": "completions", "count": 99}]
    done = declare_pins(
        workspace_id=there.workspace.id, rows=stricter, at=TUESDAY + timedelta(1), by=BY
    )

    assert (done.changed, done.gone) == (1, 1)
    [pin] = pins_of(learner, at=TUESDAY + timedelta(days=2))
    assert (pin.rule.key, pin.earned and pin.earned.version) == ("first", 1)


def test_a_preview_says_to_how_many(there: Cast) -> None:
    for name in ("hana", "ken", "yui"):
        report(there, ReportedAttempt(f"1 {name}", name, "add-1", TUESDAY))
    report(there, hana("add-2"))

    rows = [{"key": "a", "kind": "activities", "count": n} for n in (1,)]
    assert pin_preview(there.workspace, rows, at=TUESDAY + timedelta(1)) == {"a": 3}
    rows = [{"key": "b", "kind": "activities", "count": 2}]
    assert pin_preview(there.workspace, rows, at=TUESDAY + timedelta(1)) == {"b": 1}


def test_what_was_shown_is_noted_once_with_its_policy(there: Cast) -> None:
    compare_policies(
        workspace_id=there.workspace.id, name="June", policies=["review-first", "next-first"],
        at=MAY, by=BY,
    )  # fmt: skip
    report(there, hana("add-1", TUESDAY - timedelta(days=2)))
    learner = learner_named(there.workspace, "hana")

    first, again = offer_today(learner, at=TUESDAY), offer_today(learner, at=TUESDAY)

    assert first == again
    assert Offer.objects.count() == len(first.recommendations) > 0
    assert set(Offer.objects.values_list("chance", flat=True)) == {0.5}


def test_declarations_that_make_no_sense_are_refused(there: Cast) -> None:
    with pytest.raises(UnknownPolicy, match="review-first"):
        compare_policies(
            workspace_id=there.workspace.id, name="x", policies=["fastest"], at=MAY, by=BY
        )
    with pytest.raises(BadRest):
        declare_rest(
            workspace_id=there.workspace.id, learner_id=None,
            dates=(date(2026, 6, 2), date(2026, 6, 1)), kind="holiday", at=MAY, by=BY,
        )  # fmt: skip


REPORTS = [
    hana(activity, datetime(2026, 5, day, hour, tzinfo=UTC), score=score)
    for day in range(4, 30, 3)
    for activity, hour, score in (("add-1", 1, 40.0), ("kanji-1", 9, None), ("add-2", 16, 90.0))
]


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 1 << 30))
def test_any_order_split_and_repetition_gives_the_same(there: Cast, seed: int) -> None:
    AttemptRow.objects.all().delete()
    rng = random.Random(seed)
    sent = REPORTS + rng.sample(REPORTS, 9)
    rng.shuffle(sent)
    while sent:
        size = rng.randint(1, 12)
        record_attempts(
            workspace=there.workspace, reports=sent[:size], received_at=TUESDAY, is_history=True
        )
        sent = sent[size:]
    learner = learner_named(there.workspace, "hana")
    weeks = [
        week_of_learner(learner, at=TUESDAY, start=date(2026, 5, day)) for day in (4, 11, 18, 25)
    ]

    assert [(one.days, one.state, len(one.active)) for one in weeks] == [
        (2, "met", 5), (5, "met", 5), (5, "missed", 4), (5, "missed", 4),
    ]  # fmt: skip
    today = today_of(learner, at=TUESDAY).recommendations
    assert [(one.activity.key, one.reason) for one in today] == [("add-1", "review")]  # fmt: skip
    pins = pins_of(learner, at=TUESDAY)
    assert [(one.rule.key, one.earned and one.earned.on) for one in pins] == [
        ("first", date(2026, 5, 4)), ("two", date(2026, 5, 5)),
    ]  # fmt: skip


class TestByApi:
    @pytest.fixture
    def call(self, there: Cast) -> Callable[..., Any]:
        key = make_key(
            workspace_id=there.workspace.id,
            role=Role.OWNER,
            scope=Scope.WRITE,
            label="app",
            at=MAY,
            by=BY,
        ).secret

        def call(method: str, path: str, body: Any = None) -> Any:
            answer = Client().generic(
                method, f"/api/v1/workspaces/tanuki/{path}", json.dumps(body),
                content_type="application/json", headers={"Authorization": f"Bearer {key}"},
            )  # fmt: skip
            return answer.status_code, answer.json()

        return call

    def test_an_app_reports_and_renders(self, call: Callable[..., Any]) -> None:
        completion = {
            "id": "c1", "learner": "hana", "activity": "add-1",
            "occurred_at": datetime.now(UTC).isoformat(), "zone": "Asia/Tokyo", "score": 80,
        }  # fmt: skip
        wrong = completion | {"id": "c2", "score": 140}

        status, found = call("POST", "completions", {"completions": [completion, wrong]})
        assert (status, found["new"], found["refused"][0]["id"]) == (200, 1, "c2")
        status, found = call("POST", "completions", {"completions": [completion]})
        assert (found["new"], found["known"]) == (0, 1)

        assert call("GET", "learners/hana/today")[1]["is_empty"] is False
        assert len(call("GET", "learners/hana/week")[1]["active"]) == 1
        assert call("GET", "learners/hana/week?start=2026-06-09")[1]["active"] == []
        assert [pin["key"] for pin in call("GET", "learners/hana/pins")[1]["pins"]] == [
            "first",
            "two",
        ]
        assert call("GET", "learners/nobody/today")[0] == 404

    def test_activities_are_declared_whole(self, call: Callable[..., Any]) -> None:
        assert call("PUT", "activities", {"rows": SHELF})[1] == {"changed": 0, "same": 3, "gone": 0}
        assert call("PUT", "activities", {"rows": SHELF[:2]})[1]["gone"] == 1
        status, found = call("PUT", "activities", {"rows": [{"key": "a"}]})
        assert status == 422
        assert "subject is missing" in found["detail"]
