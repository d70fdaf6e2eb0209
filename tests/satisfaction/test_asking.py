"""Who is asked, and who is not: Yui, Ren and little Haruto, in June 2026.

Tanuki Juku asks in its lesson app and by a link.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from shinrai.customers.operations import LinkRequest, link_persons, record_customers
from shinrai.satisfaction.models import Asking, SurveyAnswer
from shinrai.satisfaction.operations.surveys import close_wave
from shinrai.satisfaction.operations.waves import AskRequest, begin_asking
from shinrai.satisfaction.queries.addresses import link_for
from shinrai.satisfaction.queries.overview import survey_overview
from shinrai.satisfaction.rules.survey import BadSurvey
from shinrai.satisfaction.rules.targeting import (
    asked_instead,
    in_sample,
    read_targeting,
    usual_document,
)
from tests.cast import Cast
from tests.satisfaction.waves import APP, MONDAY, address, answered, asked, asks, sent

pytestmark = pytest.mark.django_db


class TestInTheProduct:
    def test_a_person_is_asked_once_and_answers_once(self, cast: Cast) -> None:
        wave = asks(cast)
        assert asked(cast)
        assert asked(cast), "the page was loaded again before she answered"

        assert answered(cast, wave).status_code == 201
        assert answered(cast, wave).status_code == 201, "the first receipt was lost on the way"
        assert answered(cast, wave, id="b" * 32, values={"score": 0}).status_code == 201

        assert not asked(cast)
        assert SurveyAnswer.objects.get().score == 9

    def test_who_closed_it_or_let_it_be_for_a_day_is_not_asked_again(self, cast: Cast) -> None:
        wave = asks(cast)
        assert asked(cast, "ren")
        assert answered(cast, wave, "ren", declined=True).status_code == 201
        assert asked(cast, "yui")

        assert not asked(cast, "ren")
        assert not asked(cast, "yui", at=MONDAY + timedelta(days=2))
        assert Asking.objects.get(state="declined").asked_at == MONDAY

    def test_the_pause_holds_across_surveys(self, cast: Cast) -> None:
        asks(cast, cap_days=90)
        asks(cast, "other", cap_days=90)
        assert asked(cast)

        assert not asked(cast, key="other", at=MONDAY + timedelta(days=89))
        found = survey_overview(workspace_id=cast.workspace.id, key="other", at=MONDAY).waves[0]
        assert (found.capped, found.asked) == (1, 0)
        assert asked(cast, key="other", at=MONDAY + timedelta(days=90))

    def test_nobody_answers_for_another_nor_unasked(self, cast: Cast) -> None:
        wave = asks(cast)
        forged = sent(cast, "ask", {"person": "yui", "signature": "0" * 64})
        assert forged.status_code == 422
        assert "secret" in forged.json()["detail"]
        assert answered(cast, wave, "ren").status_code == 422, "he was never asked"
        assert (
            sent(cast, "ask", {"person": "yui"}, origin="https://evil.example").status_code == 403
        )
        assert not Asking.objects.exists()

    def test_eleven_on_a_scale_of_ten_is_said_and_not_stored(self, cast: Cast) -> None:
        wave = asks(cast)
        assert asked(cast)
        refused = answered(cast, wave, values={"score": 11})
        assert refused.status_code == 422
        assert "11 is not on the scale from 0 to 10" in refused.json()["detail"]
        assert not SurveyAnswer.objects.exists()

    @pytest.mark.parametrize(
        "body",
        ["[]", "nothing", '{"person": "yui", "wave": "x"}', '{"wave": 99999999999}', "[" * 9999],
    )
    def test_what_is_no_answer_is_refused(self, cast: Cast, body: str) -> None:
        asks(cast)
        token = address(cast).token
        answer = Client().post(f"/survey/{token}/answers/", body, content_type="application/json")
        assert 400 <= answer.status_code < 500

    def test_a_device_that_was_offline_sends_what_was_answered_in_time(self, cast: Cast) -> None:
        friday = MONDAY + timedelta(days=4)
        wave = asks(cast, closes_at=friday)
        assert asked(cast, "yui")
        assert asked(cast, "ren")
        at = (friday - timedelta(hours=1)).isoformat()

        late = answered(
            cast, wave, "ren", at=friday.isoformat(), sent_at=friday + timedelta(days=1)
        )
        assert late.status_code == 422
        assert "closed" in late.json()["detail"]
        kept = answered(cast, wave, "yui", at=at, sent_at=friday + timedelta(days=3))
        assert kept.status_code == 201
        assert not asked(cast, "aoi", at=friday + timedelta(hours=1))

    def test_the_script_is_small_and_sets_no_cookie(self, cast: Cast) -> None:
        asks(cast)
        answer = Client().get(f"/survey/{address(cast).token}/survey.js")
        assert len(answer.content) < 10_000
        assert b"cookie" not in answer.content
        assert not answer.cookies


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_the_same_moment_are_one(cast: Cast) -> None:
    """Yui presses on her phone and on the tablet; two workers take it up together."""
    wave = asks(cast)
    assert asked(cast)

    def press(mark: str) -> int:
        try:
            return int(answered(cast, wave, id=mark * 32).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert set(pool.map(press, "cd")) == {201}
    assert SurveyAnswer.objects.count() == 1


class TestChildren:
    def family(self, cast: Cast) -> dict[str, int]:
        """Haruto learns; his mother pays for him."""
        known = record_customers(
            workspace_id=cast.workspace.id,
            source="usage",
            identifiers=["haruto", "mother@tanaka.example"],
            at=MONDAY,
        )
        child, mother = (one.id for one in known.values())
        link = LinkRequest(cast.workspace.id, child, mother, "c-1", date(2026, 4, 1), None, "form")
        link_persons(link, at=MONDAY, by="test")
        return {"child": child, "mother": mother}

    def test_the_guardian_is_asked_and_the_child_never(self, cast: Cast) -> None:
        self.family(cast)
        asks(cast, children="guardian")
        assert not asked(cast, "haruto")
        assert not asked(cast, "somebody"), "who is no known guardian may be a child"
        assert asked(cast, "mother@tanaka.example")

    def test_without_the_mode_who_has_a_guardian_is_left_out(self, cast: Cast) -> None:
        self.family(cast)
        asks(cast)
        assert not asked(cast, "haruto")
        assert asked(cast, "yui")

    def test_children_answer_by_three_faces(self, cast: Cast) -> None:
        self.family(cast)
        wave = asks(cast, kind="csat", children="smileys")
        told = sent(cast, "ask", {"person": "haruto", "language": "ja"}).json()
        assert [one["value"] for one in told["steps"][0]["options"]] == [1, 3, 5]
        assert told["steps"][0]["options"][2]["label"] == "よかった"
        assert told["words"]["skip"] == "答えない"
        assert answered(cast, wave, "haruto", values={"score": 5}).status_code == 201


@given(
    st.sets(st.integers(1, 50)), st.dictionaries(st.integers(1, 50), st.sets(st.integers(51, 60)))
)
def test_no_child_is_ever_asked_where_guardians_are(
    persons: set[int], guardians: dict[int, set[int]]
) -> None:
    instead = asked_instead(persons, guardians, "guardian")
    assert not instead & set(guardians)
    assert not asked_instead(persons, guardians, "none") & set(guardians)


@given(st.integers(1, 10**9), st.floats(0, 1), st.floats(0, 1))
def test_who_is_in_a_small_share_is_in_a_larger_one(person: int, one: float, other: float) -> None:
    small, large = sorted((one, other))
    assert in_sample("lesson", person, small) <= in_sample("lesson", person, large)


def test_a_share_is_met() -> None:
    found = sum(in_sample("lesson", person, 0.2) for person in range(10_000))
    assert abs(found - 2_000) < 4 * 40  # four times the standard deviation


class TestByLink:
    def test_a_link_of_ones_own_counts_once_and_ends(self, cast: Cast) -> None:
        wave = asks(cast, channel="link", kind="csat")
        known = record_customers(
            workspace_id=cast.workspace.id, source="usage", identifiers=["yui"], at=MONDAY
        )
        link = link_for(address(cast), wave, known["yui"].id, at=MONDAY)
        place = f"/survey{link.partition('/survey')[2]}"
        with time_machine.travel(MONDAY, tick=False):
            typed = {"id": "c" * 32, "score": "4", "comment": "よかった"}
            assert Client().post(place, typed).status_code == 302
            assert Client().post(place, typed | {"id": "d" * 32, "score": "1"}).status_code == 302
            assert "arrived" in Client().get(place).content.decode()
            assert Client().get(place.replace("to=", "to=x")).status_code == 410
        with time_machine.travel(MONDAY + timedelta(days=15), tick=False):
            over = Client().get(place)
        assert over.status_code == 410
        assert "14 days" in over.content.decode()
        assert SurveyAnswer.objects.get().score == 4

    def test_what_is_wrong_is_said_and_what_was_typed_stays(self, cast: Cast) -> None:
        wave = asks(cast, channel="link", kind="csat")
        place = f"/survey/{address(cast).token}/"
        with time_machine.travel(MONDAY, tick=False):
            typed = {"id": "c" * 32, "score": "9", "comment": "まあまあ"}
            refused = Client().post(place, typed)
            assert refused.status_code == 422
            assert "まあまあ" in refused.content.decode()
            assert Client().post(place, {"id": "c" * 32}).status_code == 422, "nothing is answered"
            assert Client().post(place, typed | {"score": "5"}).status_code == 302
            close_wave(wave=wave, at=MONDAY + timedelta(minutes=1), by="test")
        with time_machine.travel(MONDAY + timedelta(minutes=2), tick=False):
            assert Client().get(place).status_code == 410
        assert SurveyAnswer.objects.count() == 1


FORM = {
    "key": "lesson",
    "kind": "csat",
    "en": "How was the lesson?",
    "comment": "on",
    "channel": "app",
    "origins": APP,
    "who": "active",
    "days": "28",
    "share": "50",
    "cap_days": "90",
    "children": "none",
    "signed": "on",
}


class TestTheManager:
    def made(self, cast: Cast, **typed: str) -> Any:
        with time_machine.travel(MONDAY, tick=False):
            return cast.manager.client().post("/w/tanuki/satisfaction/new-survey/", FORM | typed)

    def test_makes_a_survey_and_reads_how_it_stands(self, cast: Cast) -> None:
        assert self.made(cast).status_code == 302
        [one] = survey_overview(workspace_id=cast.workspace.id, key="lesson", at=MONDAY).waves
        assert (one.targeting.share, one.targeting.who, one.is_open) == (0.5, "active", True)

        place = "/w/tanuki/satisfaction/surveys/lesson/"
        shown = cast.manager.client().get(place).content.decode()
        assert "How was the lesson?" in shown
        secret = cast.manager.client().post(f"{place}changes/", {"what": "secret"})
        assert "The secret" in secret.content.decode()
        assert cast.agent.client().post(f"{place}changes/", {"what": "secret"}).status_code == 403

    def test_is_warned_that_other_words_break_the_series(self, cast: Cast) -> None:
        self.made(cast)
        warned = self.made(cast, en="Was the lesson good?")
        assert warned.status_code == 422
        assert "make no series" in warned.content.decode()
        assert "Was the lesson good?" in warned.content.decode()

        assert self.made(cast, en="Was the lesson good?", breaks="on").status_code == 302
        found = survey_overview(workspace_id=cast.workspace.id, key="lesson", at=MONDAY)
        assert found.survey.number == 2
        assert [one.wave.survey.number for one in found.waves] == [2, 1]

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({"share": "0"}, "A share of nobody"),
            ({"share": "much"}, "is no number"),
            ({"origins": ""}, "Name the website"),
            ({"origins": "app"}, "is no origin"),
            ({"closes_on": "2026-06-01"}, "over before it begins"),
            ({"children": "smileys", "kind": "nps"}, "by a face"),
            ({"key": "Ärger"}, "small letters"),
        ],
    )
    def test_reads_what_is_wrong(self, cast: Cast, typed: dict[str, str], said: str) -> None:
        refused = self.made(cast, **typed)
        assert refused.status_code == 422
        assert said in refused.content.decode()
        assert "How was the lesson?" in refused.content.decode(), "what was typed stays"

    def test_asks_no_more_than_three_questions_in_the_product(self, cast: Cast) -> None:
        one = usual_document("csat")["questions"][0]
        many = [one | {"key": f"q{number}"} for number in range(4)]
        request = AskRequest(
            cast.workspace.id, "long", "app", read_targeting({}), MONDAY,
            document={"kind": "csat", "questions": many},
        )  # fmt: skip
        with pytest.raises(BadSurvey, match="at most 3 questions"):
            begin_asking(request, at=MONDAY, by="test")
