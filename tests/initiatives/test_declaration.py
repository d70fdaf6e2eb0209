"""Kobayashi writes down what is changed, before it is; what cannot be one is refused in words."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.initiatives.rules.arms import arm_of
from shinrai.initiatives.rules.comparison import Comparison, power_before, verdict_text
from shinrai.initiatives.rules.declaration import BadInitiative, declaration_in
from shinrai.initiatives.rules.progress import DeclaredStep, InitiativeRecord, grade_of, progress_of
from shinrai.statistics.differences import Sums
from shinrai.units.text import translated
from shinrai.warehouse.kpis import CASES, kpis
from tests.initiatives.stage import END, START, WEEK, declaration

HALVES = {"control": 50.0, "new": 50.0}


def step(kind: str, on: date, document: dict[str, Any]) -> DeclaredStep:
    at = datetime(on.year, on.month, on.day, 3, tzinfo=UTC)
    return DeclaredStep(kind, document, "", at, on, "member:kobayashi")


def amended(on: date, **changes: Any) -> InitiativeRecord:
    first = declaration_in(declaration(design="assignment"))
    new = declaration_in({**first.document, **changes})
    steps = [
        step("declared", START - WEEK, first.document),
        step("amended", on, {"declaration": new.document, "reason": "we learned"}),
    ]
    return progress_of("templates", steps, today=START + 2 * WEEK)


class TestDeclaration:
    def test_the_hash_is_of_what_is_said_and_not_of_how_it_is_written(self) -> None:
        one = declaration_in(declaration())
        other = declaration_in(dict(reversed(declaration(effect="10").items())))

        assert one.digest == other.digest
        assert declaration_in(one.document) == one

    @given(st.sampled_from(["kpi", "name", "effect", "starts_on", "direction", "only"]))
    def test_whatever_is_changed_the_hash_is_another(self, field: str) -> None:
        values = {"effect": 11, "starts_on": START + timedelta(1), "direction": "down"}
        changed = values.get(field, {"school": "7"} if field == "only" else "other")

        one = declaration_in(declaration())
        assert declaration_in(declaration(**{field: changed})).digest != one.digest

    @pytest.mark.parametrize(
        ("field", "value", "says"),
        [
            ("effect", 0, "above 0"),
            ("effect", "nan", "above 0"),
            ("arrow", "love", "one of"),
            ("ends_on", START, "from a week to two years"),
            ("ends_on", "soon", "is a date"),
            ("name", "\0 ", "missing"),
            ("key", "Größe", "small letters"),
            ("key", "new", "small letters"),
            ("baseline_weeks", 99, "from 1 to 52"),
        ],
    )
    def test_what_cannot_be_one_is_said_at_its_field(
        self, field: str, value: object, says: str
    ) -> None:
        with pytest.raises(BadInitiative, match=says) as refused:
            declaration_in(declaration(**{field: value}))

        assert refused.value.field == field

    @pytest.mark.parametrize("arms", [{"all": 100}, {"a": 60, "b": 60}, {"a": "x", "b": 1}])
    def test_arms_have_shares_that_are_a_whole(self, arms: object) -> None:
        with pytest.raises(BadInitiative, match="together 100"):
            declaration_in(declaration(design="flag", arms=arms))


class TestGrade:
    def test_the_kpi_changed_after_the_start_lowers_it(self) -> None:
        before, after = amended(START - timedelta(1), kpi="kindly"), amended(START, kpi="kindly")

        assert (grade_of(before).key, grade_of(after).key) == ("association", "measured")
        assert after.amendments[0].pairs == [("kpi", "in_time", "kindly")]

    def test_who_owns_it_may_change_at_any_time(self) -> None:
        assert grade_of(amended(START + WEEK, owner="Suzuki")).key == "association"

    def test_arms_of_the_wrong_sizes_lower_it_too(self) -> None:
        found = amended(START, kpi="kindly")

        assert grade_of(found, is_mismatched=True).key == "none"


class TestState:
    @pytest.mark.parametrize(
        ("today", "state"),
        [(START - WEEK, "declared"), (START, "running"), (END, "running"),
         (END + timedelta(1), "over")],
    )  # fmt: skip
    def test_it_follows_the_dates(self, today: date, state: str) -> None:
        steps = [step("declared", START - 2 * WEEK, declaration_in(declaration()).document)]

        assert progress_of("templates", steps, today=today).state == state


class TestAssignment:
    @given(st.text(min_size=1, max_size=40))
    def test_a_person_keeps_the_arm(self, person: str) -> None:
        assert arm_of(person, "salt", HALVES) == arm_of(person, "salt", dict(HALVES))

    def test_the_shares_are_kept_and_two_initiatives_are_independent(self) -> None:
        shares = {"control": 20.0, "new": 80.0}
        people = [f"L-{number}" for number in range(4_000)]
        new = {one for one in people if arm_of(one, "first", shares) == "new"}
        also = {one for one in people if arm_of(one, "second", shares) == "new"}

        assert len(new) / 4_000 == pytest.approx(0.8, abs=0.02)
        assert len(new & also) / len(new) == pytest.approx(0.8, abs=0.02)


class TestSentence:
    def test_while_it_runs_it_is_a_look(self) -> None:
        """38 of 40 after 32 of 40: the narrow interval would be out of zero, the wide one not."""
        found = Comparison(Sums(160, 141), Sums(320, 256), 10.0, rises=True, is_over=False)
        said = verdict_text(found, done=4, weeks=9)

        assert translated(said, "en").startswith("+8.1 points [-")
        assert "no detectable change so far; 4 of 9 weeks" in str(said)
        assert "a look, not a result" in str(said)
        assert "途中経過" in translated(said, "ja")

    def test_at_the_end_the_fixed_interval_decides(self) -> None:
        found = Comparison(Sums(160, 141), Sums(320, 256), 10.0, rises=True, is_over=True)
        other = Comparison(Sums(160, 141), Sums(320, 256), 10.0, rises=False, is_over=True)

        assert (found.verdict, other.verdict) == ("better", "worse")
        assert found.decisive == found.fixed

    def test_no_effect_that_matters_is_an_answer(self) -> None:
        found = Comparison(Sums(4_000, 3_210), Sums(4_000, 3_200), 5.0, rises=True, is_over=True)

        assert found.verdict == "too_small"

    def test_forty_a_week_take_so_many_weeks_to_see_ten_points(self) -> None:
        asked = declaration_in(declaration())
        power = power_before(asked, Sums(320, 256), history_weeks=8, volume=CASES)

        assert power.a_week == 40
        assert power.needed is not None
        assert power.is_enough == (power.needed <= asked.weeks)
        assert f"With 40 cases a week you need {power.needed} weeks to see 10 points" in str(
            power.text
        )

    @pytest.mark.parametrize(
        ("key", "said", "japanese"),
        [
            ("nps", "With 40 answers a week you need", "回答が週 40 件なら"),
            ("response_share", "With 40 persons asked a week you need", "尋ねる相手が週 40 人なら"),
            ("next_week_return", "With 40 active persons a week you need", "利用者が週 40 人なら"),
        ],
    )
    def test_what_a_kpi_counts_is_named(self, key: str, said: str, japanese: str) -> None:
        asked = declaration_in(declaration())
        history, volume = Sums(320, 256), kpis()[key].volume
        text = power_before(asked, history, history_weeks=8, volume=volume).text

        assert said in str(text)
        assert japanese in translated(text, "ja")

    def test_what_nobody_could_ever_see_is_said(self) -> None:
        asked = declaration_in(declaration(effect=0.1))

        assert "within ten years" in str(
            power_before(asked, Sums(8, 6), history_weeks=8, volume=CASES).text
        )
