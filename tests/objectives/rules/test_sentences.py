"""Sentences about one case: what a colleague would say, in English and in Japanese."""

import re
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shinrai.objectives.rules.definition import (
    CLOCKS,
    BusinessDays,
    BusinessSeconds,
    ClockDefinition,
)
from shinrai.objectives.rules.explained import explain
from shinrai.objectives.rules.sentences import clocks
from shinrai.objectives.rules.sentences.figures import percent, percent_of_target
from shinrai.units.text import translated
from tests.objectives.rules.desk import OFFICE, SIXTEEN_HOURS, TWO_DAYS, jst, span
from tests.objectives.rules.test_clocks import DEFINITIONS, moments, spans

MONDAY = "2026-06-08T12:00"


def en(text):
    return translated(text, "en")


def ja(text):
    return translated(text, "ja")


def lines(case, language):
    return [translated(fact, language) for fact in clocks.facts(case)]


def told(*steps, at: str = MONDAY, definition: ClockDefinition = TWO_DAYS, why=(), **more):
    return explain(definition, OFFICE, span(*steps, **more), at=jst(at), reasons=why)


class TestSummary:
    def test_is_the_line_a_colleague_would_say(self):
        case = told("2026-06-02T18:30", "2026-06-05T11:20")

        assert en(clocks.summary(case)) == (
            "counts as Wed 3 June; due Fri 5 June 18:00 (close of the 2nd business day); "
            "answered Fri 11:20, 6 h 40 m of business time before it was due"
        )
        assert ja(clocks.summary(case)) == (
            "6月3日（水）受付扱い。期限は6月5日（金）18:00（第2営業日の終業）です。"
            "6月5日（金）11:20に回答しました。期限より営業時間で6時間40分前です。"
        )

    @pytest.mark.parametrize(
        ("steps", "english", "japanese"),
        [
            ({"answered": "2026-06-04T18:00"}, "on time to the second", "期限ちょうどです"),
            (
                {"answered": "2026-06-04T18:30"},
                "past due since the close",
                "終業を過ぎて超過しました",
            ),
            (
                {"at": "2026-06-04T15:00"},
                "not answered yet, 3 h of business time left",
                "残り3時間です",
            ),
            (
                {"answered": "2026-06-05T10:30"},
                "answered Fri 5 June 10:30, 30 m of business time past due",
                "営業時間で30分超過しました",
            ),
            (
                {"at": "2026-06-08T11:01"},  # Friday's 8 hours, and 1 h 1 m of Monday's
                "not answered yet, 9 h 1 m of business time past due",
                "営業時間で9時間1分超過しています",
            ),
            ({"at": "2026-06-01T09:00"}, "not filed yet", "まだ起票されていません"),
            (
                {"paused": (("2026-06-03T10:00", None),)},
                "paused since Wed 3 June 10:00",
                "6月3日（水）10:00から停止中です",
            ),
            ({"cancelled": "2026-06-03T15:00"}, "before it was due", "期限前に取り消された"),
            ({"cancelled": "2026-06-05T15:00"}, "it stays missed", "超過のままです"),
            ({"cancelled": "2026-06-05T15:00", "spam": True}, "as spam", "スパム"),
            (
                {"exempted": "2026-06-02T15:00", "at": "2026-06-03T18:00"},
                "handled beyond the target since Tue 2 June 15:00; not answered yet, "
                "8 h of business time left",
                "KPIにとらわれない対応",
            ),
        ],
    )
    def test_ends_with_what_became_of_it(self, steps, english, japanese):
        answered = steps.pop("answered", None)
        case = told("2026-06-02T11:00", answered, **steps)

        assert english in en(clocks.summary(case))
        assert japanese in ja(clocks.summary(case))


class TestFacts:
    def test_tell_golden_week_day_by_day(self):
        """Filed on Friday 1 May 2026 at 17:00: due on Friday 8 May, with the substitute holiday."""
        case = told("2026-05-01T17:00", "2026-05-08T18:00", at="2026-05-11T12:00")

        assert lines(case, "en") == [
            "Filed Fri 1 May 17:00, in opening hours: counts as Fri 1 May, day 0.",
            "The target is 2 business days, read as: by the close of the 2nd business day after "
            "day 0.",
            "Sat 2 May to Sun 3 May are not worked.",
            "Mon 4 May is a holiday (Greenery Day): no business day.",
            "Tue 5 May is a holiday (Children's Day): no business day.",
            "Wed 6 May is a holiday (Substitute Holiday): no business day.",
            "Due Fri 8 May 18:00 (close of the 2nd business day).",
            "Answered Fri 18:00, on time to the second.",
        ]
        assert lines(case, "ja") == [
            "5月1日（金）17:00に起票されました。営業時間内のため、5月1日（金）の受付扱いです。",
            "目標は2営業日以内です。受付扱い日の翌営業日を第1営業日と数え、"
            "第2営業日の終業までと読みます。",
            "5月2日（土）から5月3日（日）までは定休日です。",
            "5月4日（月）は祝日（みどりの日）のため、営業日に数えません。",
            "5月5日（火）は祝日（こどもの日）のため、営業日に数えません。",
            "5月6日（水）は祝日（振替休日）のため、営業日に数えません。",
            "期限は5月8日（金）18:00（第2営業日の終業）です。",
            "5月8日（金）18:00に回答しました。期限ちょうどです。",
        ]

    def test_tell_of_a_second_round_that_it_was_reopened(self):
        """Answered in May and reopened on Tuesday 2 June: nobody filed it on that day."""
        again = replace(span("2026-06-02T11:00"), index=2)
        case = explain(TWO_DAYS, OFFICE, again, at=jst("2026-06-02T12:00"))

        assert lines(case, "en")[0].startswith("Reopened Tue 2 June 11:00")
        assert lines(case, "ja")[0].startswith("6月2日（火）11:00に再オープンされました。")

    def test_tell_of_a_case_sent_back_and_resubmitted(self):
        case = told(
            "2026-06-02T11:00",
            paused=(("2026-06-03T10:00", "2026-06-04T15:00"),),
            why=("sent_back",),
            at="2026-06-04T16:00",
        )

        assert lines(case, "en")[2:] == [
            "The clock stood still from Wed 3 June 10:00 to Thu 4 June 15:00 "
            "(sent back, facts missing).",
            "Wed 3 June does not count: the clock stood still at the close of that day.",
            "Due Fri 5 June 18:00 (close of the 2nd business day).",
            "Without pauses it would be due Thu 4 June 18:00.",
            "Not answered yet, 10 h of business time left.",
        ]
        assert lines(case, "ja")[2:] == [
            "6月3日（水）10:00から6月4日（木）15:00まで、差し戻し中のため期限の計測を止めていました。",
            "6月3日（水）は終業の時点で期限の計測が止まっていたため、営業日に数えません。",
            "期限は6月5日（金）18:00（第2営業日の終業）です。",
            "計測を止めなければ、期限は6月4日（木）18:00でした。",
            "まだ回答していません。営業時間で残り10時間です。",
        ]

    def test_tell_that_a_pause_moved_nothing(self):
        case = told("2026-06-02T11:00", paused=(("2026-06-02T13:00", "2026-06-02T16:00"),))

        assert "The pauses did not move it." in lines(case, "en")
        assert case.uncounted == ()

    def test_tell_of_the_years_end_with_the_year(self):
        case = told("2026-12-28T17:30", at="2027-01-04T12:00")

        assert "Tue 29 December 2026 to Thu 31 December 2026 are closed by the company: " in (
            " ".join(lines(case, "en"))
        )
        assert "2026年12月29日（火）から2026年12月31日（木）までは休業日" in "".join(
            lines(case, "ja")
        )

    def test_tell_open_time_as_hours(self):
        case = told("2026-06-02T11:00", definition=SIXTEEN_HOURS)

        assert "due Thu 4 June 11:00 (16 h of business time)" in translated(
            clocks.summary(case), "en"
        )
        assert "目標は営業時間で16時間以内です。" in lines(case, "ja")

    @settings(max_examples=40, deadline=None)
    @given(st.sampled_from(DEFINITIONS), spans, moments)
    def test_are_whole_sentences_for_every_case_there_can_be(self, definition, one, at):
        case = explain(definition, OFFICE, one, at=at)

        for line in lines(case, "en"):
            assert line[0].isupper()
            assert line.endswith(".")
            assert "None" not in line
        for line in [*lines(case, "ja"), ja(clocks.summary(case))]:
            assert line.endswith("。")
            assert not re.search(r"[A-Za-z]", line.replace("KPI", ""))
        assert "None" not in en(clocks.summary(case))

    @pytest.mark.parametrize("clock", CLOCKS)
    @pytest.mark.parametrize(
        "within",
        [
            BusinessDays(0, "close"),
            BusinessDays(1, "close"),
            BusinessDays(0, "same_time"),
            BusinessDays(3, "same_time"),
            BusinessSeconds(5400),
        ],
        ids=str,
    )
    def test_know_every_clock_and_every_reading(self, clock, within):
        definition = ClockDefinition(clock, "direct", within, "office", (), 2)
        case = told("2026-06-02T11:00", "2026-06-02T12:20", definition=definition)
        is_late = within == BusinessDays(0, "same_time")
        apart = ("past due", "超過") if is_late else ("before", "前です")

        assert apart[0] in en(clocks.summary(case))
        assert apart[1] in ja(clocks.summary(case))
        assert len(lines(case, "en")) == len(lines(case, "ja"))


class TestFigures:
    @pytest.mark.parametrize(
        ("share", "shown"),
        [
            (Fraction(47, 52), "90"),
            (Fraction(1), "100"),
            (Fraction(9999, 10_000), "99.9"),
            (Fraction(996, 1000), "99.6"),
            (Fraction(1, 10_000), "0.1"),
            (Fraction(0), "0"),
            (Fraction(5, 1000), "1"),
        ],
    )
    def test_never_round_a_miss_away(self, share, shown):
        assert percent(share) == shown

    @pytest.mark.parametrize(
        ("share", "target", "shown"),
        [
            (Fraction(1202, 1215), Fraction(99, 100), "98.9"),
            (Fraction(99, 100), Fraction(99, 100), "99"),
            (Fraction(98996, 100000), Fraction(99, 100), "98.996"),
            (Fraction(995, 1000), Fraction(995, 1000), "99.5"),
            (Fraction(9, 10), Fraction(99, 100), "90"),
        ],
    )
    def test_just_missed_is_not_written_as_the_target(self, share, target, shown):
        """October: 1,202 of 1,215 is not 99 %, however near it lies."""
        assert percent(share, beside=target) == shown

    @pytest.mark.parametrize(
        ("target", "shown"), [("0.95", "95"), ("0.999", "99.9"), ("0.9995", "99.95")]
    )
    def test_show_targets_with_all_their_digits(self, target, shown):
        assert percent_of_target(Fraction(target)) == shown

    @pytest.mark.parametrize(
        ("number", "shown"),
        [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (22, "22nd")],
    )
    def test_count_as_people_do(self, number, shown):
        assert str(clocks.ordinal(number)) == shown


def test_seconds_are_told_below_an_hour_as_in_lists():
    case = told("2026-06-02T11:00", at="2026-06-04T17:59")
    later = explain(
        TWO_DAYS,
        OFFICE,
        span("2026-06-02T11:00"),
        at=jst("2026-06-04T17:59") + timedelta(seconds=30),
    )

    assert "1 m of business time left" in en(clocks.summary(case))
    assert "30 s of business time left" in en(clocks.summary(later))
