"""Loud and many, floods, new words, and estimates of who says nothing."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.trends.rules.arrived import Arrived, Keyed, floods, folded_text
from shinrai.trends.rules.new_words import new_words
from shinrai.trends.rules.ranking import NO_USAGE, ranked, silent_of
from shinrai.trends.rules.rises import (
    Happening,
    RiseAlarm,
    alarm_level,
    alarms,
    event_behind,
    false_alarms_a_year,
    rises,
)
from shinrai.units.unknown import Unknown

JUNE = date(2026, 6, 1).toordinal()


def arrived(*rows: tuple[str, int, int]) -> Arrived:
    """Give inquiries of (topic, customer, day of June)."""
    names = tuple(sorted({topic for topic, _customer, _day in rows}))
    case = np.arange(1, len(rows) + 1)
    return Arrived(
        case=case,
        customer=np.array([customer for _topic, customer, _day in rows], np.int64),
        on=np.array([JUNE - 1 + day for _topic, _customer, day in rows], np.int64),
        us=case,
        keyed={"topic": Keyed(names, np.array([names.index(row[0]) for row in rows]))},
    )


def test_fifty_mails_of_one_rank_below_twelve_of_twelve() -> None:
    loud = [("wish", 1, 1 + n % 28) for n in range(50)]
    many = [("login", 100 + n, 1 + 2 * n) for n in range(12)]

    first, second = ranked(arrived(*loud, *many), "topic", last=JUNE + 27, active=NO_USAGE)

    assert (first.name, first.customers, round(first.effective, 6)) == ("login", 12, 12)
    assert (second.name, second.customers, second.inquiries) == ("wish", 1, 50)
    assert second.loudest.fraction == 1
    assert second.effective == 1


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 28)), min_size=1, max_size=40))
def test_writing_again_never_raises_a_rank(rows) -> None:
    """As many customers, whatever the order; the effective number is between 1 and theirs."""
    asked = [("login", customer, day) for customer, day in rows]
    once = ranked(arrived(*asked), "topic", last=JUNE + 27, active=NO_USAGE)[0]
    loudly = ranked(arrived(*asked, *[asked[0]] * 9), "topic", last=JUNE + 27, active=NO_USAGE)[0]

    assert once.customers == loudly.customers == len({customer for customer, _day in rows})
    assert 1 <= loudly.effective <= loudly.customers + 1e-9


def test_equal_texts_of_one_day_are_a_flood_and_what_many_say_is_none() -> None:
    rows = [("wish", n, 3) for n in range(6)] + [("login", n, 3) for n in range(6)]
    texts = {n: f"Ｂｕｙ cheap lessons here, code {n}!" for n in range(1, 7)}
    texts |= dict.fromkeys(range(7, 13), "ログインできない")

    assert floods(arrived(*rows), texts) == [1, 2, 3, 4, 5, 6]
    assert folded_text("😀😀😀") is None
    assert floods(arrived(*rows), {n: texts[n] for n in range(1, 5)}) == []


def test_a_week_of_alarms_is_one_rise_and_begins_after_the_release() -> None:
    days = [
        RiseAlarm("login", date(2026, 6, day), "negative_binomial", 9, 1, 5) for day in (3, 4, 7)
    ]
    later = RiseAlarm("login", date(2026, 6, 20), "negative_binomial", 8, 1, 5)

    newest, older = rises([later, *days])

    assert (older.first_on, older.last_on, older.alarms) == (days[0].on, days[2].on, 3)
    release = Happening("release", "5.3", date(2026, 6, 2), date(2026, 6, 2))
    far = Happening("release", "5.2", date(2026, 5, 2), date(2026, 5, 2))
    assert event_behind(older, [far, release]) == (release, 1)
    assert event_behind(newest, [far, release]) is None


def test_false_alarms_of_all_topics_together_stay_at_one_a_year() -> None:
    assert alarm_level(1) == 1e-4
    assert false_alarms_a_year(1) < 0.04
    assert false_alarms_a_year(1_000) == pytest.approx(1)


def test_twelve_customers_on_one_day_are_an_alarm_and_twelve_mails_of_one_are_none() -> None:
    quiet = [("login", 500 + day, day) for day in range(1, 60, 3)]
    many = [("login", n, 61) for n in range(12)]
    loud = [("login", 7, 61) for _ in range(12)]
    until = date.fromordinal(JUNE + 61)

    [found] = alarms(arrived(*quiet, *many), until=until)

    assert (found.on, found.observed) == (date.fromordinal(JUNE + 60), 12)
    assert alarms(arrived(*quiet, *loud), until=until) == []


def test_who_is_silent_is_estimated_only_where_enough_of_them_wrote() -> None:
    """Chapman by hand: 381 x 42 / 42 - 1 = 380 where all 41 writers were seen in usage."""
    known = silent_of("sign_in_failed", 380, 41, 41)

    assert known.silent == 339
    assert known.estimate == (339, 339, 339)
    wider = silent_of("sign_in_failed", 100, 40, 20)
    assert not isinstance(wider.estimate, Unknown)
    low, likely, high = wider.estimate
    assert likely == pytest.approx(101 * 41 / 21 - 1 - 40)
    assert 80 <= low < likely < high
    assert isinstance(silent_of("sign_in_failed", 380, 41, 6).estimate, Unknown)


def test_words_of_three_customers_are_new_and_those_of_two_are_nobodys() -> None:
    before = {n: ["動画が止まります"] for n in range(40)}
    now = {100 + n: ["アドオンが消えて動画が止まります"] for n in range(6)}
    now |= {200: ["タナカさんのアドオン"], 201: ["タナカさん"]}

    found = {one.word: one.now for one in new_words(now, before)}

    assert found == {"アドオン": 7}
    assert new_words({}, before) == []
    alone = {n: ["採点が違います"] for n in range(12)}
    assert new_words(alone, {}) == [], "the only word of all is not new among them"
