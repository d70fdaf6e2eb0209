"""The life of an inquiry, and which of its messages say something."""

from datetime import UTC, datetime, timedelta

import pytest

from shinrai.inquiries.rules.replay import replay
from shinrai.inquiries.rules.substantive import is_substantive
from shinrai.ledger.rules.steps import Step

NINE = datetime(2026, 6, 2, 0, tzinfo=UTC)


def at(hours):
    return NINE + timedelta(hours=hours)


def step(hours, kind, tier=None, **detail):
    return Step(hours, at(hours), at(hours), kind, tier=tier, detail=detail)


class TestReplay:
    def test_asked_waited_answered_solved(self):
        case = replay(
            [
                step(0, "received", channel="mail"),
                step(1, "assigned", tier=2, group="CRE"),
                step(2, "waiting", on="customer"),
                step(5, "resumed"),
                step(6, "outbound"),
                step(7, "solved"),
            ]
        )

        assert [item.holder for item in case.stretches] == [
            "tier:1",
            "tier:2",
            "customer",
            "tier:2",
        ]
        assert [(r.index, r.solved_at) for r in case.resolutions] == [(1, at(7))]
        assert case.highest_tier == 2
        assert not case.flags

    def test_solved_after_solved_is_flagged_and_no_reopening(self):
        case = replay([step(0, "received"), step(1, "solved"), step(2, "solved")])

        assert [flag.code for flag in case.flags] == ["out_of_order", "solved_twice"]
        assert len(case.resolutions) == 1

    def test_a_merged_inquiry_brings_its_earlier_receipt(self):
        """Two mails about one matter: the later one's case starts when the first mail came."""
        case = replay(
            [
                step(0, "received", merged_from=7, channel="form"),
                step(3, "received", channel="mail"),
            ]
        )

        assert case.received_at == at(0)
        assert case.channel == "mail"
        assert not case.flags

    def test_reopened_after_a_solution(self):
        case = replay([step(0, "received"), step(2, "solved"), step(4, "reopened")])

        assert [(r.started_at, r.solved_at) for r in case.resolutions] == [
            (at(0), at(2)),
            (at(4), None),
        ]
        assert case.phase == "open"


class TestSubstantive:
    @pytest.mark.parametrize(
        "words",
        [
            "ありがとうございました！",
            "了解しました。ありがとうございます",
            "Thank you so much!",
            "<p>Thanks </p>",
            "ｔｈａｎｋｓ",
            "大変助かりました",
        ],
    )
    def test_thanks_are_not(self, words):
        assert not is_substantive(words)

    @pytest.mark.parametrize(
        "words",
        [
            "ありがとうございます。ただ、まだ開けません",
            "了解しました。いつ直りますか？",
            "Thanks, but it still crashes",
            "thanks?",
            None,
        ],
    )
    def test_what_asks_or_tells_is(self, words):
        assert is_substantive(words)

    def test_an_attachment_says_something(self):
        assert is_substantive("thanks", attachments=1)
