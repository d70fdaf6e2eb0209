"""Rules on words, fields, floods and switches: what they hold for, and what they refuse."""

from datetime import UTC, datetime, timedelta

import pytest

from shinrai.topics.rules.fields import field_rule_for, learn_fields
from shinrai.topics.rules.floods import flooded
from shinrai.topics.rules.held_back import HeldBack
from shinrai.topics.rules.switches import SwitchState, must_close
from shinrai.topics.rules.word_rules import BadRule, WordRule, try_rule

MONDAY = datetime(2026, 6, 8, 9, tzinfo=UTC)
TEXTS = ["ログインできません"] * 10 + ["領収書がほしい"] * 20
SAID = ["login"] * 9 + [""] + ["billing"] * 20


class TestWords:
    @pytest.mark.parametrize(
        ("rule", "text", "is_about"),
        [
            (WordRule("t", any=("ログイン", "sign in")), "ﾛｸﾞｲﾝできない", True),
            (WordRule("t", any=("ログイン", "sign in")), "Cannot SIGN IN", True),
            (WordRule("t", any=("art",)), "I want to start", False),
            (WordRule("t", all=("音", "動画")), "動画の音が出ない", True),
            (WordRule("t", all=("音", "動画")), "動画が出ない", False),
            (WordRule("t", any=("音",), none=("録音",)), "録音の音", False),
        ],
    )
    def test_any_all_and_none(self, rule: WordRule, text: str, is_about: bool) -> None:
        assert rule.is_about(text) is is_about

    def test_it_is_tried_on_earlier_inquiries(self) -> None:
        trial = try_rule(WordRule("login", any=("ログイン",)), TEXTS, SAID)

        assert (trial.of, trial.hits, trial.labelled, trial.right) == (30, 10, 9, 9)

    def test_one_that_holds_for_many_warns(self) -> None:
        assert try_rule(WordRule("billing", any=("領収書",)), TEXTS, SAID).is_wide

    @pytest.mark.parametrize(
        "rule", [WordRule("t", any=("い", "ま")), WordRule("t"), WordRule("t", none=("x",))]
    )
    def test_one_that_holds_for_everything_or_says_nothing_is_refused(self, rule) -> None:
        with pytest.raises(BadRule):
            try_rule(rule, TEXTS, SAID)


def test_a_field_speaks_where_it_surely_goes_with_one_topic() -> None:
    cases = [({"screen": "pay"}, "billing")] * 59 + [({"screen": "home"}, "login")] * 58
    cases += [({"device": "iPad"}, topic) for topic in ("login", "billing") * 60]

    rules = learn_fields(cases, precision=0.95)

    assert [(rule.value, rule.topic, rule.of) for rule in rules] == [("pay", "billing", 59)]
    assert field_rule_for({"screen": "pay"}, rules) == rules[0]
    assert field_rule_for({"screen": "home"}, rules) is None


class TestFloods:
    def test_copies_within_a_day_are_set_apart_but_the_first(self) -> None:
        texts = [
            (MONDAY + timedelta(hours=n), f"Buy now! http://x.example/{n} No. {n}")
            for n in range(7)
        ]
        texts.append((MONDAY, "ログインできません"))

        assert flooded(texts) == {1, 2, 3, 4, 5, 6}

    def test_a_complaint_of_every_month_is_no_flood(self) -> None:
        texts = [(MONDAY + timedelta(days=30 * n), "領収書がほしい") for n in range(12)]

        assert not flooded(texts)


class TestSwitches:
    def test_it_opens_where_people_agree_and_nothing_is_missing(self) -> None:
        ready = HeldBack(59, 59, 0.95)

        assert SwitchState("t", False, "", "above", ready).may_open
        for agreement in ("none", "unknown", "below"):
            assert not SwitchState("t", False, "", agreement, ready).may_open
        assert not SwitchState("t", False, "", "above", HeldBack(58, 58, 0.95)).may_open

    def test_it_closes_itself_when_people_change_every_second_suggestion(self) -> None:
        assert must_close([True, False] * 20, a_week=10)

    def test_it_stays_open_while_the_promise_is_kept(self) -> None:
        assert not must_close(([False] * 19 + [True]) * 10, a_week=10)
        assert not must_close([], a_week=0)
