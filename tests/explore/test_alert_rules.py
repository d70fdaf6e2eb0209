"""When an alert of a tile is raised, told on a tile of inquiries a day in November 2026."""

from datetime import UTC, date, datetime, timedelta
from typing import ClassVar

import pytest

from shinrai.explore.rules.alerts import (
    AlertRule,
    AlertState,
    BadAlert,
    alert_rule,
    judge,
    sentence,
)
from shinrai.explore.rules.answer import AnswerColumn, SqlAnswer

TODAY = date(2026, 11, 24)  # a Tuesday
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DATE, COUNT = AnswerColumn("on", "date"), AnswerColumn("inquiries", "number")


def days(*counts, last=TODAY):
    first = last - timedelta(days=len(counts) - 1)
    rows = tuple((first + timedelta(days=n), count) for n, count in enumerate(counts))
    return SqlAnswer((DATE, COUNT), rows, {"inquiries": 3}, 0.01)


def figure(value):
    return SqlAnswer((COUNT,), ((value,),), {"inquiries": 3}, 0.01)


def judged(rule, answer):
    return judge(rule, answer, today=TODAY, at=NOON)


class TestThreshold:
    def test_above_counts_today_since_it_cannot_be_undone(self):
        found = judged(AlertRule("threshold", "above", 40), days(20, 21, 41))

        assert found == AlertState(True, "2026-11-24", 41, 40)

    def test_below_waits_until_the_day_is_over(self):
        morning = judged(AlertRule("threshold", "below", 10), days(20, 21, 2))
        evening = judged(AlertRule("threshold", "below", 10), days(20, 2, 3))

        assert morning == AlertState(False, "2026-11-23", 21, 10)
        assert evening == AlertState(True, "2026-11-23", 2, 10)

    def test_a_week_that_has_just_begun_is_not_below(self):
        monday = date(2026, 11, 23)
        rows = tuple((monday - timedelta(weeks=n), 50 if n else 3) for n in range(5))
        weeks = SqlAnswer((DATE, COUNT), rows, {}, 0.01)

        assert judged(AlertRule("threshold", "below", 10), weeks).is_raised is False

    def test_of_one_number_the_event_is_the_day(self):
        assert judged(AlertRule("threshold", "above", 5), figure(6)) == AlertState(
            True, "2026-11-24", 6, 5
        )


class TestWeekday:
    # Mondays have 40, other days 10; yesterday was a Monday.
    USUAL: ClassVar = [
        40 if (TODAY - timedelta(days=n)).weekday() == 0 else 10 for n in range(36, 0, -1)
    ]

    def test_a_monday_like_other_mondays_is_no_news(self):
        found = judged(AlertRule("weekday", "above", 50), days(*self.USUAL, 3))

        assert found == AlertState(False, "2026-11-23", 40, 40)

    def test_a_monday_twice_as_high_is(self):
        counts = [*self.USUAL[:-1], 81, 3]

        assert judged(AlertRule("weekday", "above", 100), days(*counts)).is_raised

    def test_with_three_mondays_nothing_can_be_said(self):
        assert judged(AlertRule("weekday", "above", 50), days(*self.USUAL[-20:], 3)) is None


class TestNoData:
    def test_a_table_that_moved_yesterday_is_not_late(self):
        answer = days(4, 5, last=date(2026, 11, 23))

        assert judged(AlertRule("no_data", "", 24), answer).is_raised is False

    def test_two_days_without_a_row_are(self):
        answer = days(4, 5, last=date(2026, 11, 21))

        assert judged(AlertRule("no_data", "", 24), answer) == AlertState(
            True, "2026-11-21", None, None
        )

    def test_an_empty_answer_is(self):
        empty = SqlAnswer((DATE, COUNT), (), {}, 0.01)

        assert judged(AlertRule("no_data", "", 24), empty).is_raised


class TestRise:
    def test_a_day_far_above_six_weeks_is_a_rise(self):
        quiet = [4, 5, 3, 6, 4, 5, 4] * 6

        assert judged(AlertRule("rise"), days(*quiet, 31, 2)).is_raised
        assert not judged(AlertRule("rise"), days(*quiet, 6, 2)).is_raised

    def test_a_month_is_too_short_to_say(self):
        assert judged(AlertRule("rise"), days(*([4] * 20), 31, 2)) is None

    def test_shares_have_no_rises(self):
        assert judged(AlertRule("rise"), days(*([0.5] * 50))) is None


def test_a_tile_of_several_lines_raises_nothing():
    columns = (DATE, AnswerColumn("topic", "text"), COUNT)
    rows = tuple((TODAY - timedelta(days=n), topic, 9) for n in range(3) for topic in "ab")

    assert judged(AlertRule("threshold", "above", 5), SqlAnswer(columns, rows, {}, 0.1)) is None


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        (("threshold", "above", "1,200"), AlertRule("threshold", "above", 1200)),
        (("weekday", "below", "30 %"), AlertRule("weekday", "below", 30)),
        (("no_data", "", "24"), AlertRule("no_data", "", 24)),
        (("rise", "", ""), AlertRule("rise")),
    ],
)
def test_typed(typed, rule):
    assert alert_rule(*typed) == rule


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("sometimes", "", ""), "choose what raises"),
        (("threshold", "above", "many"), "'many' is no number"),
        (("threshold", "beside", "4"), "above or below"),
        (("weekday", "above", "0"), "1 to 1000 percent"),
        (("no_data", "", "0"), "hours"),
    ],
)
def test_what_cannot_be_an_alert_says_what_to_write(typed, said):
    with pytest.raises(BadAlert, match=said):
        alert_rule(*typed)


def test_the_message_says_what_was_seen_and_against_what():
    rule = AlertRule("threshold", "above", 40)
    raised = sentence(rule, AlertState(True, "2026-11-24", 1241, 40), tile="Inquiries a day")
    over = sentence(rule, AlertState(False, "2026-11-25", 12, 40), tile="Inquiries a day")

    assert str(raised) == "Inquiries a day: 1,241 on 2026-11-24, above 40."
    assert str(over) == "Inquiries a day: back within its limits (2026-11-25: 12)."
