"""A class of five: who finished a lesson when, and whose scores rose against their own."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from shinrai.accounts.rules.role import Role
from shinrai.customers.operations import record_customers
from shinrai.usage.commands.measures import group
from shinrai.usage.operations.events import ACTORS, receive_events
from shinrai.usage.operations.move import move_all
from shinrai.usage.queries.achievement import achievement
from shinrai.usage.queries.activity import lifecycle
from shinrai.usage.queries.breakdown import values_of
from shinrai.usage.queries.first_value import first_value
from shinrai.usage.queries.retention import RetentionRequest, retention
from shinrai.usage.queries.scope import BadUsageQuestion, Span, UsageScope
from shinrai.usage.rules.event import UsageEvent
from shinrai.warehouse.store import Warehouse
from tests.api.caller import key_of
from tests.cast import Cast

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 6, 30, 9, tzinfo=TOKYO).astimezone(UTC)


def event(
    who: str, day: int, name: str, *, hour: int = 12, month: int = 6, **more: Any
) -> UsageEvent:
    at = datetime(2026, month, day, hour, tzinfo=TOKYO).astimezone(UTC)
    return UsageEvent(f"{who} {name} {at.isoformat()}", who, name, at, properties=more)


LESSONS = [
    event("aki", 1, "login"), event("aki", 1, "lesson", hour=13, grade=3),
    event("ben", 1, "login"), event("ben", 4, "lesson", grade=3),
    event("chie", 2, "login"), event("chie", 20, "lesson", grade=4),
    event("dai", 3, "login"),
    event("emi", 28, "login"), event("emi", 29, "lesson", grade=4),
]  # fmt: skip


@pytest.fixture
def scope(cast: Cast, settings: Any, tmp_path: Path) -> UsageScope:
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "tables")
    return UsageScope(cast.workspace.id, "Asia/Tokyo", NOW, Warehouse(settings.SHINRAI_WAREHOUSE))


def fill(scope: UsageScope, *events: UsageEvent) -> dict[str, int]:
    receive_events(workspace_id=scope.workspace_id, events=events, received_at=NOW)
    move_all(scope.warehouse, at=NOW)
    known = record_customers(
        workspace_id=scope.workspace_id, source=ACTORS, at=NOW,
        identifiers=sorted({one.actor for one in events}),
    )  # fmt: skip
    return {name: one.id for name, one in known.items()}


@pytest.mark.django_db
class TestTimeToFirstValue:
    def test_who_came_too_lately_is_not_in_the_share_and_counts_in_the_median(self, scope) -> None:
        """Aki took 0 days, Ben 3, Chie 18, Emi 1; Dai has not yet; Emi was not seen for a week."""
        fill(scope, *LESSONS)
        found = first_value(scope, event="lesson", within_days=7)

        assert (found.people, found.reached) == (5, 4)
        assert (found.within.count, found.within.of) == (2, 4)
        assert found.median == 3.0
        assert [point.time for point in found.curve.points] == [0, 1, 3, 18]

    def test_a_date_leaves_out_who_came_before(self, scope) -> None:
        fill(scope, *LESSONS)

        assert first_value(scope, event="lesson", since=date(2026, 6, 2)).people == 3

    def test_days_have_bounds(self, scope) -> None:
        with pytest.raises(BadUsageQuestion):
            first_value(scope, event="lesson", within_days=-1)


@pytest.mark.django_db
class TestAchievement:
    def test_each_against_their_own_earlier_scores(self, scope) -> None:
        events = []
        for who, before, after in (("aki", 50, 70), ("ben", 90, 80), ("chie", 40, 46.5)):
            events += [event(who, day, "drill", month=4, score=before) for day in (1, 2, 3)]
            events += [event(who, day, "drill", score=after) for day in (10, 11, 12)]
        events.append(event("dai", 10, "drill", score=100))
        events.append(event("aki", 13, "drill", score="absent"))
        numbers = fill(scope, *events)
        found = achievement(scope)

        assert [(one.person, one.before, one.recent) for one in found.learners] == [
            (numbers["aki"], 50, 70), (numbers["ben"], 90, 80), (numbers["chie"], 40, 46.5),
        ]  # fmt: skip
        assert (found.risen.count, found.risen.of, found.apart) == (2, 3, 1)
        assert found.mean_change == pytest.approx(5.5)
        interval = found.change_interval
        assert interval.low == pytest.approx(-31.82, abs=0.01)  # 5.5 -+ 4.3027 * 15.0250 / sqrt 3
        assert interval.high == pytest.approx(42.82, abs=0.01)

    def test_too_few_learners_say_nothing_of_a_mean(self, scope) -> None:
        fill(scope, event("aki", 1, "drill", score=3))

        assert achievement(scope).mean_change is None


@pytest.mark.django_db
class TestAsked:
    def test_the_same_bucket_counts_only_what_came_after_the_start(self, scope) -> None:
        fill(
            scope,
            event("aki", 1, "login"),
            event("aki", 1, "login", hour=15),
            event("ben", 1, "login"),
        )
        span = Span("day", date(2026, 6, 1), date(2026, 6, 1))
        [cohort] = retention(scope, RetentionRequest(span, 2, same_bucket=True)).cohorts

        assert (cohort.size, cohort.same_bucket) == (2, 1)
        [cohort] = retention(scope, RetentionRequest(span, 2)).cohorts
        assert cohort.same_bucket is None

    def test_new_by_profile_is_who_was_first_seen_in_the_period(self, scope) -> None:
        """Ben came on the 1st and took a lesson on the 4th: new by the act, back by the profile."""
        fill(scope, *LESSONS[:4])
        span = Span("day", date(2026, 6, 4), date(2026, 6, 4))
        asked = {"span": span, "event": "lesson"}

        [by_act] = lifecycle(scope, **asked)
        [by_profile] = lifecycle(scope, **asked, new_by="profile")
        assert (by_act.new, by_act.resurrecting) == (1, 0)
        assert (by_profile.new, by_profile.resurrecting) == (0, 1)

    def test_values_of_a_property(self, scope) -> None:
        fill(scope, *LESSONS, event("aki", 5, "lesson", grade="3"))

        fill(scope, event("ben", 9, "lesson", grade=4), event("dai", 9, "lesson"))
        numbers = fill(scope, *LESSONS)
        named = {name: values_of(scope, "grade")[number] for name, number in numbers.items()}
        assert named == {"aki": "3", "ben": "4", "chie": "4", "dai": None, "emi": "4"}


@pytest.mark.django_db(transaction=True)
class TestByCommandAndApi:
    ASKED = (
        ("retention", {"period": "day", "periods": "3", "from": "2026-06-01", "to": "2026-06-04"}),
        ("retention", {"share": "5", "period": "week"}),
        ("retention", {"by-property": "grade", "start": "lesson"}),
        ("stickiness", {"from": "2026-06-01"}),
        ("stickiness", {"from": "2026-06-01", "share": "2", "by-property": "grade"}),
        ("learning-retention", {"by-property": "grade"}),
        ("resurrection", {"period": "week"}),
        ("lifecycle", {"new-by": "profile"}),
        ("active", {"from": "2026-06-20"}),
        ("active-days", {}),
        ("learning-retention", {}),
        ("streaks", {}),
        ("churned", {"idle-days": "9"}),
        ("survival", {}),
        ("time-to-first-value", {"event": "lesson"}),
        ("achievement", {"days": "9"}),
    )

    def test_they_answer_the_same(self, cast: Cast, scope: UsageScope) -> None:
        fill(scope, *LESSONS)
        caller = key_of(cast.workspace, Role.MANAGER)
        at = NOW.isoformat()
        for name, asked in self.ASKED:
            words = [word for key, value in asked.items() for word in (f"--{key}", value)]
            done = CliRunner().invoke(
                group, [name, "--workspace", "tanuki", "--at", at, "--json", *words],
            )  # fmt: skip
            assert done.exit_code == 0, done.output
            answer = caller.get(f"usage/{name}", asked, at=at)
            assert answer.status_code == 200, answer.content
            assert answer.json() == json.loads(done.output), name

    def test_intervals_stand_beside_the_counts(self, cast: Cast, scope: UsageScope) -> None:
        fill(scope, *LESSONS)
        asked = {"period": "day", "periods": "2", "from": "2026-06-01", "to": "2026-06-01"}
        asked |= {"intervals": "true", "at": NOW.isoformat()}
        [cohort] = (
            key_of(cast.workspace, Role.CS_AGENT).get("usage/retention", asked).json()["cohorts"]
        )

        assert (cohort["size"], cohort["returned"]) == (2, [2, 0])
        assert cohort["intervals"][1] == [0.0, pytest.approx(0.6576, abs=1e-4)]

    def test_what_is_wrong_is_said(self, cast: Cast, scope: UsageScope) -> None:
        caller = key_of(cast.workspace, Role.CS_AGENT)

        assert caller.get("usage/nothing").status_code == 404
        for asked in ({"periods": "x"}, {"colour": "red"}, {"contracts": "/etc/passwd"}):
            assert caller.get("usage/retention", asked).status_code == 422, asked
        assert (
            caller.get("usage/learning-retention", {"contracts": "/etc/passwd"}).status_code == 422
        )
        assert caller.get("usage/time-to-first-value").status_code == 422
