"""What needs a decision, which topics are heavy, and when a fall can be told from chance."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.reports.rules.digest import (
    ChronicTopic,
    a_month,
    before_and_after,
    checked_text,
    heaviest,
    suggestions,
    undecided,
)
from shinrai.statistics.wilson import poisson_count
from shinrai.units.unknown import Unknown


@dataclass(frozen=True)
class Item:
    number: int
    kind: str
    topic: str
    verdict: str = ""


KINDS = st.sampled_from(["rise", "chronic", "proposal", "quote"])
ITEMS = st.lists(
    st.tuples(KINDS, st.sampled_from("abc"), st.sampled_from(["", "taken", "declined"])),
    max_size=12,
).map(lambda rows: [Item(number, *row) for number, row in enumerate(rows)])


@given(ITEMS)
def test_an_item_waits_unless_it_or_the_proposal_on_its_topic_is_decided(items: list[Item]) -> None:
    waiting = undecided(items)

    for one in items:
        others = [two for two in items if two.kind == "proposal" and two.topic == one.topic]
        settled = bool(one.verdict) or (
            one.kind != "proposal" and any(two.verdict for two in others)
        )
        assert (one.number in waiting) == (one.kind != "quote" and not settled)


def test_heavy_is_what_comes_week_after_week_by_customers_times_minutes() -> None:
    burst = ChronicTopic("outage", 900, 2, 9000.0)
    billing = ChronicTopic("billing", 40, 13, 300.0)
    login = ChronicTopic("login", 60, 10, 100.0)
    unmeasured = ChronicTopic("praise", 200, 13, None)

    assert heaviest([burst, unmeasured, login, billing]) == [billing, login, unmeasured]


def test_proposals_take_the_largest_rise_now_and_heavy_topics_later() -> None:
    assert suggestions(["login", "app"], ["billing", "login", "grading"]) == [
        ("short", "login"),
        ("middle", "billing"),
        ("long", "grading"),
    ]
    assert suggestions([], []) == []


def test_a_month_is_30_4_days_with_the_score_interval_of_a_count() -> None:
    """By hand: 28 in 28 days are 30.4 a month; 28 + 1.92 ± 1.96 x sqrt(28.96) is 19.4 to 40.5."""
    found = a_month(28, days=28)

    assert (found["n"], found["likely"]) == (28, 30.4)
    assert found["low"] == pytest.approx(19.37 * 30.4375 / 28, abs=0.1)
    assert found["high"] == pytest.approx(40.47 * 30.4375 / 28, abs=0.1)
    none = poisson_count(0)
    assert (none.low, round(none.high, 2)) == (0.0, 3.84)


class TestBeforeAndAfter:
    def test_two_weeks_are_set_against_four_before(self) -> None:
        found = before_and_after({-4: 30, -3: 30, -2: 30, -1: 30, 0: 5, 1: 5})

        assert (found.before, found.before_weeks, found.after, found.after_weeks) == (120, 4, 10, 2)
        assert found.answer == "fell"

    def test_few_customers_tell_no_change(self) -> None:
        assert before_and_after({-4: 2, -3: 1, -2: 2, -1: 1, 0: 1, 1: 1}).answer == "none"

    def test_without_a_whole_week_or_customers_it_is_unknown(self) -> None:
        assert before_and_after({-1: 9}).answer == "unknown"
        assert isinstance(before_and_after({-1: 0, 0: 0}).ratio, Unknown)

    def test_of_many_weeks_the_newest_four_count(self) -> None:
        found = before_and_after({-1: 9, **dict.fromkeys(range(6), 2), 6: 40})

        assert (found.after, found.after_weeks, found.before_weeks) == (46, 4, 4)

    def test_what_never_came_before_rose_without_an_upper_end(self) -> None:
        document = before_and_after({-4: 0, 0: 12}).document

        assert (document["answer"], document["ratio"]["high"]) == ("rose", None)


def test_typed_words_keep_their_lines_and_lose_control_characters() -> None:
    assert checked_text("  Ask\u202e them \r\n\r\n now ", "text") == "Ask them\n\nnow"
