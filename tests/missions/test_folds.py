"""Hana, eight, studies in June; her devices sync when they like, and the answers are the same."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.missions.rules.activity import Activity, BadActivity, declared
from shinrai.missions.rules.attempt import (
    Attempt,
    BadAttempt,
    ReportedAttempt,
    checked,
    known_before,
)
from shinrai.missions.rules.pins import BadPinRule, PinRule, PinVersion, earned_pins, pin_rule
from shinrai.missions.rules.recommendation import policy_for, recommendations
from shinrai.missions.rules.week import Rest, weekly_mission

TOKYO = ZoneInfo("Asia/Tokyo")
MONDAY = date(2026, 6, 8)
ADD, SUB = Activity("add-1", "math", "sums", 10), Activity("add-2", "math", "sums", 10, ("add-1",))
KANJI = Activity("kanji-1", "japanese", "kanji", 5)
SHELF = (ADD, SUB, KANJI)
BY_KEY = {one.key: one for one in SHELF}


def did(
    activity: str,
    day: date,
    *,
    score: float | None = None,
    hour: int = 17,
    synced: timedelta = timedelta(0),
    begun: bool = False,
    id: str = "",
) -> Attempt:
    at = datetime(day.year, day.month, day.day, hour, tzinfo=TOKYO).astimezone(UTC)
    name = id or f"{activity} {day} {hour}"
    return Attempt(at, name, activity, day, at + synced, not begun, score)


def days(*numbers: int) -> tuple[Attempt, ...]:
    return tuple(did("add-1", date(2026, 6, number)) for number in numbers)


def reasons(attempts: tuple[Attempt, ...], on: date) -> list[tuple[str, str]]:
    found = recommendations(SHELF, attempts, on=on, zone=TOKYO)
    return [(one.activity.key, one.reason) for one in found]


class TestToday:
    def test_on_the_first_day_something_new_of_each_subject_waits(self) -> None:
        assert reasons((), MONDAY) == [("add-1", "next"), ("kanji-1", "next")]

    def test_the_next_one_waits_until_what_comes_before_is_completed(self) -> None:
        begun = (did("add-1", MONDAY, begun=True),)

        assert ("add-2", "next") not in reasons(begun, MONDAY + timedelta(1))
        assert ("add-2", "next") in reasons((did("add-1", MONDAY),), MONDAY + timedelta(1))

    def test_what_was_begun_is_offered_until_it_is_completed(self) -> None:
        tuesday = MONDAY + timedelta(1)
        begun = (did("kanji-1", MONDAY, begun=True),)

        assert reasons(begun, tuesday)[0] == ("kanji-1", "begun")
        done = (*begun, did("kanji-1", MONDAY, hour=18))
        assert ("kanji-1", "begun") not in reasons(done, tuesday)

    def test_what_went_badly_comes_back_sooner_than_what_went_well(self) -> None:
        def first_due(score: float) -> date:
            done = (did("add-1", MONDAY, score=score),)
            later = (MONDAY + timedelta(n) for n in range(1, 60))
            return next(day for day in later if ("add-1", "review") in reasons(done, day))

        assert first_due(0.3) < first_due(0.9) < first_due(1.0)

    def test_a_weak_unit_is_offered_by_its_weakest_activity(self) -> None:
        done = (
            did("add-1", MONDAY, score=0.55),
            did("add-2", MONDAY, score=0.4, hour=18),
        )
        found = recommendations(SHELF, done, on=MONDAY + timedelta(1), zone=TOKYO)

        assert [one.activity.key for one in found if one.reason == "weak"] in ([], ["add-2"])
        assert "add-2" in [one.activity.key for one in found]

    def test_nothing_today_when_all_is_done_and_nothing_is_due(self) -> None:
        done = tuple(did(one.key, MONDAY, score=1.0) for one in SHELF)

        assert reasons(done, MONDAY + timedelta(1)) == []

    def test_the_day_stays_as_it_was_whatever_comes_in(self) -> None:
        before = (did("add-1", MONDAY),)
        late = did("kanji-1", MONDAY, synced=timedelta(hours=20))  # on Tuesday afternoon
        tuesday = MONDAY + timedelta(1)

        assert reasons((*before, late), tuesday) == reasons(before, tuesday)
        assert reasons((*before, late), MONDAY + timedelta(2)) != reasons(before, tuesday)

    def test_a_learner_keeps_the_policy_and_each_is_as_likely(self) -> None:
        names = ("review-first", "next-first")
        got = [policy_for(learner, "June", names) for learner in range(2_000)]

        assert got == [policy_for(learner, "June", names) for learner in range(2_000)]
        assert 900 < got.count("next-first") < 1_100
        assert got != [policy_for(learner, "July", names) for learner in range(2_000)]


class TestTheWeek:
    def mission(self, attempts: tuple[Attempt, ...], *rests: Rest, day: int = 14):  # type: ignore[no-untyped-def]
        at = datetime(2026, 6, day, 23, tzinfo=TOKYO)
        return weekly_mission(attempts, rests, start=MONDAY, at=at, zone=TOKYO)

    def test_the_first_week_asks_for_two_days(self) -> None:
        found = self.mission(days(9, 11))

        assert (found.days, found.state, len(found.active)) == (2, "met", 2)

    def test_many_things_on_one_day_are_one_day(self) -> None:
        found = self.mission(tuple(did("add-1", MONDAY, hour=hour) for hour in range(8, 20)))

        assert (len(found.active), found.state) == (1, "open")

    def test_the_pace_is_the_learners_own_and_leaves_a_day_free(self) -> None:
        may = [date(2026, 5, day) for day in range(4, 32)]
        every_day = tuple(did("add-1", day) for day in may)
        twice = tuple(did("add-1", day) for day in may if day.weekday() in (1, 3))

        assert self.mission(every_day).days == 6
        assert self.mission(twice).days == 2

    def test_what_syncs_until_wednesday_counts_and_what_syncs_later_does_not(self) -> None:
        first = days(9)
        in_time = did("add-1", date(2026, 6, 13), synced=timedelta(days=3))
        too_late = did("add-1", date(2026, 6, 13), synced=timedelta(days=9), id="late")

        assert self.mission((*first, in_time), day=15).state == "waiting"
        assert self.mission((*first, in_time), day=17).state == "met"
        assert self.mission((*first, too_late), day=30).state == "missed"

    def test_a_week_of_illness_asks_for_nothing_and_does_not_slow_the_pace(self) -> None:
        at = datetime(2026, 6, 9, tzinfo=UTC)
        ill = Rest(date(2026, 6, 8), date(2026, 6, 12), at, "illness")
        usual = tuple(did("add-1", date(2026, 5, day)) for day in (25, 26, 27, 28))

        assert self.mission(usual, ill).state == "rest"
        after = weekly_mission(
            usual,
            (ill,),
            start=date(2026, 6, 15),
            at=datetime(2026, 6, 15, tzinfo=TOKYO),
            zone=TOKYO,
        )
        without = weekly_mission(
            usual, (), start=date(2026, 6, 15), at=datetime(2026, 6, 15, tzinfo=TOKYO), zone=TOKYO
        )
        assert after.days > without.days

    def test_a_rest_declared_after_the_week_was_final_changes_nothing(self) -> None:
        late = Rest(MONDAY, date(2026, 6, 14), datetime(2026, 6, 20, tzinfo=UTC), "illness")

        assert self.mission(days(9), late, day=25).state == "missed"


class TestPins:
    RULE = PinRule("three-days", "days", 3)
    EVER = PinVersion(1, RULE, datetime(2026, 1, 1, tzinfo=UTC))
    AT = datetime(2026, 7, 1, tzinfo=UTC)

    def earned(self, *versions: PinVersion, attempts: tuple[Attempt, ...]) -> dict[str, date]:
        return {one.key: one.on for one in earned_pins(versions, attempts, BY_KEY, at=self.AT)}

    def test_a_pin_is_earned_on_the_day_that_completes_it(self) -> None:
        assert self.earned(self.EVER, attempts=days(1, 5, 9)) == {"three-days": date(2026, 6, 9)}
        assert self.earned(self.EVER, attempts=days(1, 5)) == {}

    def test_a_streak_is_days_in_a_row(self) -> None:
        streak = PinVersion(1, PinRule("row", "streak", 3), self.EVER.since)

        assert self.earned(streak, attempts=days(1, 2, 4, 5)) == {}
        assert self.earned(streak, attempts=days(1, 2, 4, 5, 6)) == {"row": date(2026, 6, 6)}

    @pytest.mark.parametrize(
        ("rule", "on"),
        [
            (PinRule("a", "completions", 2), date(2026, 6, 2)),
            (PinRule("a", "activities", 2), date(2026, 6, 3)),
            (PinRule("a", "completions", 1, subject="japanese"), date(2026, 6, 3)),
            (PinRule("a", "score", 1, score=0.9), date(2026, 6, 2)),
        ],
    )
    def test_each_kind(self, rule: PinRule, on: date) -> None:
        attempts = (
            did("add-1", date(2026, 6, 1), score=0.5),
            did("add-1", date(2026, 6, 2), score=0.9),
            did("kanji-1", date(2026, 6, 3)),
        )
        assert self.earned(PinVersion(1, rule, self.EVER.since), attempts=attempts) == {"a": on}

    def test_a_stricter_version_takes_nothing_back(self) -> None:
        changed = datetime(2026, 6, 10, tzinfo=UTC)
        old = PinVersion(1, self.RULE, self.EVER.since, changed)
        new = PinVersion(2, PinRule("three-days", "days", 30), changed)

        assert self.earned(old, new, attempts=days(1, 5, 9)) == {"three-days": date(2026, 6, 9)}
        assert self.earned(old, new, attempts=days(1, 5, 12)) == {}


attempt_sets = st.lists(
    st.builds(
        did,
        st.sampled_from([one.key for one in SHELF]),
        st.dates(date(2026, 5, 1), date(2026, 6, 20)),
        score=st.sampled_from([None, 0.2, 0.6, 1.0]),
        hour=st.integers(0, 23),
        synced=st.timedeltas(timedelta(0), timedelta(days=12)),
        begun=st.booleans(),
        id=st.sampled_from(["", "same"]),
    ),
    max_size=25,
)


@given(attempts=attempt_sets, data=st.data())
def test_reordered_repeated_and_resent_the_three_horizons_agree(
    attempts: list[Attempt], data: st.DataObject
) -> None:
    repeated = attempts + data.draw(st.lists(st.sampled_from(attempts))) if attempts else []
    resent = [
        Attempt(
            one.at, one.id, one.activity, one.on, one.known_at + timedelta(days=2),
            one.is_completed, one.score,
        )
        for one in data.draw(st.lists(st.sampled_from(attempts)) if attempts else st.just([]))
    ]  # fmt: skip
    shuffled = tuple(data.draw(st.permutations(repeated + resent)))
    version = PinVersion(1, PinRule("p", "days", 3), datetime(2026, 1, 1, tzinfo=UTC))
    at = datetime(2026, 7, 1, tzinfo=UTC)

    def answers(given: tuple[Attempt, ...]) -> object:
        return (
            recommendations(SHELF, given, on=date(2026, 6, 15), zone=TOKYO),
            weekly_mission(given, (), start=MONDAY, at=at, zone=TOKYO),
            earned_pins([version], given, BY_KEY, at=at),
        )

    assert answers(shuffled) == answers(tuple(attempts))


def test_known_before_keeps_what_arrived_first() -> None:
    first = did("add-1", MONDAY, id="x")
    again = did("add-2", MONDAY, id="x", synced=timedelta(days=1))

    assert known_before([again, first], datetime(2026, 7, 1, tzinfo=UTC)) == (first,)


class TestRefusals:
    NOW = datetime(2026, 6, 10, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("changed", "why"),
        [
            ({"at": datetime(2026, 6, 12, tzinfo=UTC)}, "to come"),
            ({"activity": "swim"}, "no activity swim"),
            ({"activity": "old"}, "gone since 2026-06-01"),
            ({"score": 140}, "a score of 140 of 100"),
            ({"score": float("nan")}, "a score of nan"),
            ({"learner": " "}, "learner is missing"),
            ({"id": "x" * 201}, "longer than 200"),
        ],
    )
    def test_what_cannot_count_says_why(self, changed: dict[str, object], why: str) -> None:
        given: dict[str, object] = {
            "id": "1", "learner": "hana", "activity": "add-1",
            "at": datetime(2026, 6, 9, tzinfo=UTC),
        }  # fmt: skip
        retired = {"add-1": None, "old": datetime(2026, 6, 1, tzinfo=UTC)}

        with pytest.raises(BadAttempt, match=why):
            checked(
                ReportedAttempt(**given | changed),  # type: ignore[arg-type]
                received_at=self.NOW,
                retired=retired,
            )

    @pytest.mark.parametrize(
        ("row", "why"),
        [
            ({"key": "a"}, "Row 1: subject is missing"),
            ({"minutes": "ten"}, "whole number from 1"),
            ({"prerequisite": "b"}, "there is no activity b"),
            ({"prerequisite": "a"}, "wait for each other: a"),
            ({"colour": "red"}, "nobody knows colour"),
        ],
    )
    def test_a_declaration_says_which_row(self, row: dict[str, str], why: str) -> None:
        whole = {"key": "a", "subject": "math", "unit": "sums", "minutes": 10}
        given = row if set(row) == {"key"} else whole | row

        with pytest.raises(BadActivity, match=why):
            declared([given])

    def test_a_pin_names_its_kind(self) -> None:
        with pytest.raises(BadPinRule, match="kind is one of completions"):
            pin_rule({"key": "a", "kind": "fastest", "count": 1})
        assert pin_rule({"key": "a", "kind": "score", "count": 1, "score": 90}).score == 0.9
