"""How moments, spans and shares are said, in both languages."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.console.rules.wording import (
    decimal_words,
    duration_words,
    kept_together,
    moment_words,
    percent_words,
    share_words,
)
from shinrai.statistics.wilson import wilson
from shinrai.units.share import Share
from shinrai.units.unknown import Unknown

CLOSE = datetime(2026, 6, 5, 9, 0, tzinfo=UTC)  # 18:00 in Tokyo


@pytest.mark.parametrize(
    ("language", "form", "said"),
    [
        ("en", "moment", "Fri 5 June 18:00"),
        ("ja", "moment", "6月5日（金）18:00"),
        ("en", "date", "Fri 5 June"),
        ("ja", "date", "6月5日（金）"),
        ("en", "time", "18:00"),
        ("en", "full", "Fri 5 June 2026 18:00:00 (Asia/Tokyo)"),
        ("ja", "full", "2026年6月5日（金）18:00:00 (Asia/Tokyo)"),
    ],
)
def test_a_due_time_is_said_as_people_of_the_zone_say_it(language, form, said):
    near = datetime(2026, 1, 1, tzinfo=UTC)
    words = moment_words(CLOSE, zone="Asia/Tokyo", language=language, near=near, form=form)
    assert words == said


def test_the_year_is_said_when_it_is_another_one_in_that_zone():
    """At 15:30 UTC on New Year's Eve it is already next year in Tokyo."""
    eve = datetime(2026, 12, 31, 15, 30, tzinfo=UTC)
    near = datetime(2026, 12, 31, 14, 0, tzinfo=UTC)
    assert (
        moment_words(eve, zone="Asia/Tokyo", language="en", near=near) == "Fri 1 January 2027 00:30"
    )
    assert moment_words(eve, zone="UTC", language="en", near=near) == "Thu 31 December 15:30"


@pytest.mark.parametrize(
    ("seconds", "en", "ja"),
    [
        (24_000, "6 h 40 m", "6時間40分"),
        (-24_000, "−6 h 40 m", "−6時間40分"),
        (0, "0 m", "0分"),
        (59, "59 s", "59秒"),
        (-1, "−1 s", "−1秒"),
        (3_601, "1 h", "1時間"),
        (360_000, "100 h", "100時間"),
    ],
)
def test_a_span_is_said_in_hours_and_never_in_days(seconds, en, ja):
    span = timedelta(seconds=seconds)
    assert duration_words(span, language="en") == en
    assert duration_words(span, language="ja") == ja


def test_a_span_of_less_than_a_second_has_no_sign():
    assert duration_words(timedelta(microseconds=-1), language="en") == "0 m"


def test_a_share_never_stands_alone():
    share, interval = Share(47, 52), wilson(47, 52)
    assert share_words(share, language="en", interval=interval) == "47 of 52 (90 %, 79–96 %)"
    assert share_words(share, language="ja", interval=interval) == "52件中47件（90%、79–96%）"


def test_few_are_said_to_be_few():
    assert share_words(Share(2, 3), language="en", interval=wilson(2, 3)) == (
        "2 of 3 (too few to tell)"
    )


def test_nothing_of_nothing_is_unknown_and_not_a_hundred_percent():
    assert share_words(Share(0, 0), language="en") == Unknown("nothing to count")


@given(st.integers(1, 10**7), st.data())
def test_only_all_is_a_hundred_percent_and_only_none_is_zero(of, data):
    count = data.draw(st.integers(0, of))
    words = percent_words(Fraction(count, of), language="en")
    assert (words == "100 %") == (count == of)
    assert (words == "0 %") == (count == 0)


def test_a_budget_is_said_with_one_decimal():
    assert decimal_words(Fraction(13, 5)) == "2.6"
    assert decimal_words(Fraction(-1, 2)) == "−0.5"


@pytest.mark.parametrize(
    ("count", "of", "said"),
    [
        (3757, 3796, "3,757 of 3,796 (99.0 %, 98.6–99.2 %)"),  # both ends would read 99
        (2929, 3796, "2,929 of 3,796 (77 %, 76–78 %)"),
        (47, 52, "47 of 52 (90 %, 79–96 %)"),
        (100_000, 100_001, "100,000 of 100,001 (>99.9 %, 100.0–100.0 %)"),
    ],
)
def test_a_decimal_more_is_said_where_both_ends_would_read_the_same(count, of, said):
    interval = wilson(count, of)

    assert share_words(Share(count, of), language="en", interval=interval) == said


def test_a_percent_sign_stays_with_its_number():
    said = kept_together("90 % of 52, 79–96 %", language="en")

    assert said == "90\u00a0% of 52, 79–96\u00a0%"


def test_japanese_sets_no_blank_before_a_percent_sign():
    assert percent_words(Fraction(9, 10), language="ja") == "90%"
    assert kept_together("52件中47件は90 %", language="ja") == "52件中47件は90%"


@pytest.mark.parametrize(
    ("count", "of", "target", "said"),
    [
        (988, 1000, Fraction(99, 100), "98.8 %"),
        (9_899, 10_000, Fraction(99, 100), "98.99 %"),
        (99, 100, Fraction(99, 100), "99 %"),
        (95, 100, Fraction(99, 100), "95 %"),
        (99_999, 100_000, Fraction(1), "99.999 %"),
        (9_991, 10_000, Fraction(999, 1000), "99.91 %"),
    ],
)
def test_what_misses_a_target_is_not_rounded_to_it(count, of, target, said):
    assert percent_words(Fraction(count, of), language="en", target=target) == said


@given(st.integers(1, 10**7), st.data())
def test_beside_a_target_only_what_meets_it_reads_like_it(of, data):
    count = data.draw(st.integers(0, of))
    target = data.draw(st.fractions(Fraction(1, 2), 1, max_denominator=1000))
    words = percent_words(Fraction(count, of), language="en", target=target)

    if words.startswith((">", "<")):
        return
    assert (Fraction(words.removesuffix(" %")) == target * 100) <= (Fraction(count, of) == target)
