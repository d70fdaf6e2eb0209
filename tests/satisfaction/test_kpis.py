"""Initiatives judged by a survey: Yui, Ren and Sora answer in April, the wording changes in May."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from shinrai.satisfaction.operations.answers import record_answers, record_askings
from shinrai.satisfaction.operations.surveys import WaveRequest, declare_survey, open_wave
from shinrai.satisfaction.queries.kpis import KPIS
from shinrai.warehouse.kpis import PERSON, KpiQuestion, KpiRow
from shinrai.warehouse.store import Warehouse
from tests.cast import Cast
from tests.satisfaction.surveys import BY, NPS, answer, moment, nps_wave, persons

pytestmark = pytest.mark.django_db
JUNE = moment(6, 1)
READ = {one.measure.key: one.read for one in KPIS}


def rows(cast: Cast, key: str, *, at: datetime = JUNE, **more: Any) -> list[KpiRow]:
    asked = KpiQuestion(
        cast.workspace.id, date(2026, 4, 1), more.pop("until", date(2026, 5, 31)), at,
        "Asia/Tokyo", {"survey": more.pop("survey", "nps")}, **more,
    )  # fmt: skip
    return READ[key](Warehouse("unused"), key, asked)


def spring(cast: Cast) -> dict[str, int]:
    there = persons(cast.workspace.id, "yui", "ren", "sora")
    given = [
        answer(there["yui"], "a", 10), answer(there["ren"], "b", 3), answer(there["sora"], "c", 8),
    ]  # fmt: skip
    record_answers(wave=nps_wave(cast.workspace.id), answers=given, at=moment(4, 3))
    return there


def test_nps_is_the_mean_of_a_hundred_nothing_and_minus_a_hundred(cast: Cast) -> None:
    there = spring(cast)
    assert rows(cast, "nps") == [KpiRow(date(2026, 4, 2), "", 3, 0.0, 20_000.0)]
    by_person = rows(cast, "nps", by=PERSON)
    assert {row.group: row.total for row in by_person} == {
        str(there["yui"]): 100, str(there["ren"]): -100, str(there["sora"]): 0,
    }  # fmt: skip
    assert rows(cast, "csat") == [], "a scale from 0 to 10 is no CSAT"
    assert rows(cast, "nps", survey="other") == []
    assert rows(cast, "nps", at=moment(4, 1)) == [], "nobody had answered yet"


def test_another_wording_does_not_mix_and_what_was_judged_before_it_stays(cast: Cast) -> None:
    there = spring(cast)
    question = {**NPS["questions"][0], "words": {"en": "And your friends?"}}
    document = {**NPS, "questions": [question]}
    may = moment(5, 1)
    survey = declare_survey(
        workspace_id=cast.workspace.id, key="nps", document=document, at=may, by=BY
    )
    wave = open_wave(WaveRequest(cast.workspace.id, "may", survey, "app", may), at=may, by=BY)
    later = answer(there["ren"], "d", 9, day=2)
    moved = type(later)(later.person, "d", {"recommend": 9}, moment(5, 2))
    record_answers(wave=wave, answers=[moved], at=moment(5, 2))

    assert rows(cast, "nps") == [KpiRow(date(2026, 5, 2), "", 1, 100.0, 10_000.0)]
    assert rows(cast, "nps", until=date(2026, 4, 30))[0].of == 3


def test_who_was_asked_counts_after_two_weeks_and_who_answered_later_is_silent(cast: Cast) -> None:
    there = persons(cast.workspace.id, "yui", "ren", "sora")
    wave = nps_wave(cast.workspace.id)
    record_askings(wave=wave, states=dict.fromkeys(there.values(), "asked"), at=moment(4, 1))
    in_time, late = answer(there["yui"], "a", 9, day=3), answer(there["ren"], "b", 9, day=20)
    record_answers(wave=wave, answers=[in_time, late], at=moment(4, 20))

    assert rows(cast, "response_share", at=moment(4, 1) + timedelta(days=13)) == []
    assert rows(cast, "response_share") == [KpiRow(date(2026, 4, 1), "", 3, 1.0, None)]
