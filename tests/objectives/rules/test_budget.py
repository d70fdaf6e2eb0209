"""Budgets counted in tickets: what fits, what is left, and when it can be said that it broke."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.objectives.rules.budget import Budget, attainment, outcome
from shinrai.objectives.rules.counts import WindowCounts
from shinrai.objectives.rules.escalation import escalation, is_spent
from shinrai.objectives.rules.verdict import WindowStillOpen, freeze, recompute
from shinrai.objectives.rules.windows import WindowSpan
from shinrai.units.share import Share
from shinrai.units.unknown import Unknown
from tests.objectives.rules.desk import jst
from tests.objectives.rules.test_counts import JUNE

TARGET = Fraction(95, 100)
TOO_SHORT = Unknown("2 whole weeks are on record; 4 are needed to forecast")
OVER = replace(JUNE, finished=True)
targets = st.integers(1, 999).map(lambda n: Fraction(n, 1000))
counts = st.builds(
    WindowCounts, kept=st.integers(0, 200), missed=st.integers(0, 20), overdue=st.integers(0, 5)
)


def budget(kept: int, missed: int, *, running: int = 0, to_come: object = Fraction(0), **other):
    counted = WindowCounts(kept=kept, missed=missed, running=running)
    return Budget(other.get("target", TARGET), other.get("span", JUNE), counted, to_come)


class TestAttainment:
    def test_of_nothing_due_is_unknown_and_never_all(self):
        found = attainment(Share(0, 0), TARGET)

        assert isinstance(found.is_met, Unknown)
        assert isinstance(found.interval, Unknown)

    def test_is_compared_exactly(self):
        """19 of 20 is 95 %; as floats 0.1 + 0.2 and 0.3 would already differ."""
        assert attainment(Share(19, 20), Fraction(95, 100)).is_met is True
        assert attainment(Share(18_999, 20_000), Fraction(95, 100)).is_met is False

    def test_is_met_even_where_the_interval_reaches_below(self):
        found = attainment(Share(19, 20), TARGET)

        assert found.is_met is True
        assert found.interval.low < 0.95


class TestBudget:
    def test_counts_52_expected_tickets_and_the_two_and_a_half_misses_they_allow(self):
        found = budget(40, 1, running=5, to_come=Fraction(48, 8))

        assert found.expected == 52
        assert found.allowed == Fraction(26, 10)
        assert found.left == Fraction(16, 10)
        assert found.misses_left == 1

    @given(targets, counts, st.integers(0, 100))
    def test_allows_never_less_when_more_falls_due(self, target, counted, more):
        less = Budget(target, JUNE, counted, Fraction(0))
        greater = Budget(target, JUNE, counted, Fraction(more))

        assert greater.allowed >= less.allowed

    @given(targets, counts)
    def test_and_target_say_the_same_when_the_window_is_over(self, target, counted):
        found = Budget(target, OVER, counted, Fraction(0))

        if counted.fallen:
            assert (outcome(found) == "holds") == (counted.misses <= found.allowed)

    def test_says_when_no_miss_fits_and_which_window_would_allow_one(self):
        """15 tickets in June's 30 days at 95 %: 20 tickets take 40 days."""
        found = budget(10, 0, running=5)

        assert found.allows_none
        assert found.days_for_one_miss == 40
        assert found.misses_left == 0

    def test_knows_no_window_for_one_miss_where_nothing_comes(self):
        assert isinstance(budget(0, 0).days_for_one_miss, Unknown)


class TestOutcome:
    def test_is_unknown_while_nothing_fell_due(self):
        assert isinstance(outcome(budget(0, 0, running=3)), Unknown)

    def test_is_broken_only_when_the_window_is_over(self):
        assert outcome(budget(17, 3, span=OVER)) == "broken"
        assert outcome(budget(17, 3)) == "cannot_be_kept"

    def test_holds_when_what_is_still_to_come_makes_room(self):
        assert outcome(budget(17, 3, to_come=Fraction(40))) == "holds"
        assert outcome(budget(17, 3, to_come=Fraction(39))) == "cannot_be_kept"

    def test_cannot_be_told_where_arrivals_are_unknown_and_they_would_decide(self):
        assert isinstance(outcome(budget(17, 3, to_come=TOO_SHORT)), Unknown)
        assert outcome(budget(19, 1, to_come=TOO_SHORT)) == "holds"


class TestEscalation:
    @pytest.mark.parametrize(
        ("kept", "missed", "spent"),
        [
            (58, 2, False),
            (57, 3, True),
            (39, 1, False),
            (28, 2, True),
            (10, 0, False),
            (9, 1, True),
        ],
    )
    def test_calls_a_budget_spent_when_not_one_whole_miss_is_left(self, kept, missed, spent):
        assert is_spent(budget(kept, missed, span=OVER)) is spent

    def test_takes_the_highest_level_whose_condition_holds(self):
        spent, spare = budget(9, 3, span=OVER), budget(100, 0, span=OVER)

        def level(likely, thirty, ninety):
            return escalation(
                break_probability=likely,
                alarm=Unknown("no volume"),
                rolling_30=thirty,
                rolling_90=ninety,
                at=jst("2026-06-15T12:00"),
            ).level

        assert level(0.19, spare, spare) is None
        assert level(0.20, spare, spare) == 1
        assert level(Unknown("too short"), spent, spare) == 3
        assert level(0.0, spare, spent) == 4

    def test_does_not_count_what_is_unknown(self):
        assert isinstance(is_spent(budget(0, 0, span=OVER)), Unknown)


class TestVerdicts:
    COUNTS = WindowCounts(kept=19, missed=1, exempt_kept=1)

    def frozen(self, at: str = "2026-07-01T00:00"):
        return freeze(
            objective="investigations-2bd",
            version=1,
            span=OVER,
            target=TARGET,
            counts=self.COUNTS,
            table_versions={"clocks": 7},
            at=jst(at),
        )

    def test_are_frozen_when_the_window_has_closed_and_not_before(self):
        assert self.frozen().is_met is True
        with pytest.raises(WindowStillOpen, match="from then on"):
            self.frozen("2026-06-30T23:59")

    def test_stay_the_headline_when_later_knowledge_turns_them(self):
        verdict = self.frozen()
        later = recompute(verdict, WindowCounts(kept=18, missed=2), at=jst("2026-08-01T00:00"))

        assert verdict.share == Share(19, 20)
        assert (later.differs, later.turns, later.is_met) == (True, True, False)

    def test_are_confirmed_by_the_same_counts(self):
        later = recompute(self.frozen(), self.COUNTS, at=jst("2026-08-01T00:00"))

        assert not later.differs
        assert not later.turns


def test_a_window_span_knows_its_days():
    assert WindowSpan(jst("2026-06-01T00:00"), jst("2026-07-01T00:00"), finished=True).days == 30
