"""What a case weighed: Suzuki (CS), Takahashi (CRE) and the product engineers."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shinrai.inquiries.rules.replay import replay
from shinrai.ledger.rules.steps import Step
from shinrai.statistics.interval import Interval
from shinrai.units.unknown import Unknown
from shinrai.workload.rules.entries import CaseWork, case_work
from shinrai.workload.rules.jobs import jobs, weekly, whole_weeks
from shinrai.workload.rules.kinds import BadMinutes, read_minutes

TUESDAY = datetime(2026, 6, 2, tzinfo=UTC)


def at(hour: int) -> datetime:
    return TUESDAY.replace(hour=hour)


def step(hour: int, kind: str, tier: int | None = None, **detail: object) -> Step:
    return Step(hour, at(hour), at(hour), kind, tier=tier, detail=detail)


def work_of(*steps: Step) -> CaseWork:
    return case_work(steps, replay(steps).stretches)


class TestWorked:
    def test_counts_for_the_tier_that_is_named(self) -> None:
        work = work_of(step(1, "received"), step(2, "worked", 2, minutes=15, job="investigate"))

        [entry] = work.entries
        assert (entry.kind, entry.tier, entry.job, entry.spent_s) == (
            "worked",
            2,
            "investigate",
            900,
        )

    def test_counts_for_the_tier_that_held_it_where_none_is_named(self) -> None:
        work = work_of(
            step(1, "received", 1),
            step(2, "worked", minutes=5),
            step(3, "escalated", 2),
            step(4, "worked", minutes=20),
        )

        assert [(entry.tier, entry.spent_s) for entry in work.entries] == [(1, 300), (2, 1200)]

    def test_while_we_wait_for_the_customer_nobody_knows_the_tier(self) -> None:
        work = work_of(step(1, "received", 1), step(2, "waiting"), step(3, "worked", minutes=5))

        assert [entry.tier for entry in work.entries] == [None]

    @pytest.mark.parametrize("minutes", [None, 0, -5, 1441, "soon", float("nan")])
    def test_minutes_that_cannot_be_are_no_work(self, minutes: object) -> None:
        assert work_of(step(1, "received"), step(2, "worked", minutes=minutes)).entries == ()

    def test_the_topic_is_the_one_last_labelled(self) -> None:
        work = work_of(
            step(1, "received", topic="login"),
            step(2, "labelled", topic="billing"),
            step(3, "labelled", topic="refund"),
        )

        assert work.topic == "refund"


class TestInterruptions:
    def test_handing_up_and_asking_interrupt_handing_on_among_engineers_does_not(self) -> None:
        work = work_of(
            step(1, "received", 1),
            step(2, "consulted"),
            step(3, "escalated", 2),
            step(4, "escalated", 3),
            step(5, "assigned", 3),
            step(6, "returned", 2),
            step(7, "escalated", 3),
            step(8, "consulted", 2),
        )

        assert [entry.at.hour for entry in work.entries] == [2, 4, 7]
        assert all(entry.kind == "interruption" for entry in work.entries)


class TestJobs:
    def test_rank_by_volume_times_minutes_with_a_compound_poisson_interval(self) -> None:
        """Three cases of 10, 20 and 30 minutes: 60, give or take 1.96 x sqrt(1400)."""
        few = {"mode": "via_cs", "job": "reply", "tier": 1, "topic": None}
        rows = [
            {**few, "cases": 1, "spent_s": 600, "squares": 600.0**2},
            {
                **few,
                "job": "investigate",
                "cases": 3,
                "spent_s": 3600,
                "squares": float(600**2 + 1200**2 + 1800**2),
            },
        ]

        heavy, light = jobs(rows)

        assert (heavy.job, light.job) == ("investigate", "reply")
        assert heavy.high_s / 60 == pytest.approx(60 + 1.959964 * 1400**0.5, rel=1e-6)
        assert light.low_s == 0.0


class TestWeeks:
    def test_only_whole_weeks_count_also_empty_ones(self) -> None:
        """Wednesday 3 June to Tuesday 30 June 2026 holds the weeks of 8, 15 and 22 June."""
        weeks = whole_weeks(date(2026, 6, 3), date(2026, 6, 30))
        found = weekly({date(2026, 6, 8): 3.0}, weeks)

        assert [week.day for week in weeks] == [8, 15, 22]
        assert found.mean == 1.0
        assert isinstance(found.interval, Unknown)

    def test_without_a_whole_week_nothing_is_known(self) -> None:
        found = weekly({}, whole_weeks(date(2026, 6, 2), date(2026, 6, 7)))

        assert isinstance(found.mean, Unknown)

    @settings(deadline=None, max_examples=20)
    @given(st.lists(st.floats(0, 100), min_size=8, max_size=30, unique=True))
    def test_the_mean_lies_in_its_interval(self, values: list[float]) -> None:
        weeks = whole_weeks(date(2026, 1, 5), date(2026, 1, 5 + 6))
        found = weekly(dict(zip(_mondays(len(values)), values, strict=True)), _mondays(len(values)))

        assert len(weeks) == 1
        assert isinstance(found.interval, Interval)
        assert found.interval.low - 1e-9 <= found.mean <= found.interval.high + 1e-9  # type: ignore[operator]


def _mondays(count: int) -> tuple[date, ...]:
    return tuple(date.fromordinal(date(2026, 1, 5).toordinal() + 7 * n) for n in range(count))


class TestMinutes:
    def test_are_whole_and_within_a_day(self) -> None:
        assert read_minutes(" 90 ") == 90

    @pytest.mark.parametrize("text", ["", "0", "-1", "1.5", "1441", "ninety", "九十"])
    def test_others_are_refused_in_both_languages(self, text: str) -> None:
        with pytest.raises(BadMinutes) as caught:
            read_minutes(text)

        assert "1440" in caught.value.text["ja"]
