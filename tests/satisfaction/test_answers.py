"""Answers count once per person and wave, whatever comes twice, late or in another order."""

import pytest

from shinrai.customers.queries import person_keys
from shinrai.privacy.operations import destroy_key, read_words
from shinrai.satisfaction.models import SurveyAnswer
from shinrai.satisfaction.operations.answers import record_answers, record_askings
from shinrai.satisfaction.operations.surveys import WaveRequest, declare_survey, open_wave
from shinrai.satisfaction.queries.surveys import last_asked, state_in_wave, states_of_wave, surveys
from shinrai.satisfaction.rules.survey import BadSurvey, BadSurveyAnswer, read_survey
from tests.cast import Cast
from tests.satisfaction.surveys import BY, NPS, answer, moment, nps_wave, persons


def test_the_first_of_two_answers_of_one_person_counts(cast: Cast) -> None:
    """Yui answers on her phone, and again on the tablet at once."""
    there = cast.workspace.id
    wave, [yui] = nps_wave(there), persons(there, "yui").values()

    found = record_answers(
        wave=wave, answers=[answer(yui, "phone", 9), answer(yui, "tablet", 2)], at=moment(4, 2)
    )
    again = record_answers(wave=wave, answers=[answer(yui, "phone", 9)], at=moment(4, 3))

    assert (found.new, found.known, again.new, again.known) == (1, 1, 0, 1)
    assert SurveyAnswer.objects.get().score == 9
    assert states_of_wave(wave=wave.id) == {"answered": 1}


def test_eleven_on_a_scale_of_ten_is_refused_and_nothing_is_recorded(cast: Cast) -> None:
    there = cast.workspace.id
    wave, who = nps_wave(there), persons(there, "yui", "ren")

    with pytest.raises(BadSurveyAnswer, match="11 is not on the scale from 0 to 10"):
        record_answers(
            wave=wave,
            answers=[answer(who["yui"], "1", 9), answer(who["ren"], "2", 11)],
            at=moment(4, 2),
        )
    assert not SurveyAnswer.objects.exists()


def test_what_is_late_never_takes_an_answer_back(cast: Cast) -> None:
    """The note that Ren was asked arrives after his answer."""
    there = cast.workspace.id
    wave, [ren] = nps_wave(there), persons(there, "ren").values()
    record_answers(wave=wave, answers=[answer(ren, "1", 7)], at=moment(4, 2))

    assert record_askings(wave=wave, states={ren: "asked"}, at=moment(4, 3)) == 0
    assert state_in_wave(wave=wave.id, person=ren) == "answered"
    assert last_asked(workspace_id=there, persons=[ren]) == {ren: [moment(4, 2)]}


def test_who_was_capped_was_not_asked(cast: Cast) -> None:
    there = cast.workspace.id
    wave, who = nps_wave(there), persons(there, "sora", "aoi")
    record_askings(wave=wave, states={who["sora"]: "capped", who["aoi"]: "asked"}, at=moment(4, 2))

    assert set(last_asked(workspace_id=there, persons=who.values())) == {who["aoi"]}


def test_a_comment_goes_with_the_key_and_the_count_stays(cast: Cast) -> None:
    there = cast.workspace.id
    wave, [aoi] = nps_wave(there), persons(there, "aoi").values()
    record_answers(wave=wave, answers=[answer(aoi, "1", 3, "私はアオイです")], at=moment(4, 2))
    row = SurveyAnswer.objects.get()
    assert read_words([row.words_id or 0]) == {row.words_id: "私はアオイです"}

    [key] = person_keys(workspace_id=there, numbers=[aoi]).values()
    destroy_key(workspace_id=there, key_id=key)

    assert read_words([row.words_id or 0]) == {}
    late = record_answers(
        wave=nps_wave(there, "next"), answers=[answer(aoi, "2", 3)], at=moment(5, 1)
    )
    assert (late.new, late.erased, SurveyAnswer.objects.count()) == (0, 1, 1)


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({"kind": "nps", "questions": []}, "without questions"),
        ({"kind": "csat", "questions": NPS["questions"]}, "from 1 to 5"),
        ({"kind": "nps", "questions": NPS["questions"][1:]}, "No question has a scale"),
        ({"kind": "nps", "questions": [NPS["questions"][0]] * 2}, "same key"),
        ({"kind": "mood", "questions": NPS["questions"]}, "csat, nps, ces, free"),
        ([], "a kind and questions"),
    ],
)
def test_a_survey_that_cannot_be_asked_is_refused_in_a_sentence(
    document: object, sentence: str
) -> None:
    with pytest.raises(BadSurvey, match=sentence):
        read_survey(document)


def test_another_wording_is_another_version_and_the_same_again_is_none(cast: Cast) -> None:
    there = cast.workspace.id
    wave = nps_wave(there)
    nps_wave(there)
    assert [one.number for one in surveys(workspace_id=there)] == [1]

    first, why = NPS["questions"]
    changed = {**NPS, "questions": [{**first, "words": {"en": "And now?"}}, why]}
    newer = declare_survey(workspace_id=there, key="nps", document=changed, at=moment(5, 1), by=BY)

    assert (newer.number, newer.wording == wave.survey.wording) == (2, False)
    asked = WaveRequest(there, "spring", newer, "app", moment(5, 1))
    with pytest.raises(BadSurvey, match="asked other words"):
        open_wave(asked, at=moment(5, 1), by=BY)
