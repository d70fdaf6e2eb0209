"""The pages: who was not heard, what the silent did, comments with their topics, and a file."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from shinrai.accounts.models import AuditEntry
from shinrai.ledger.operations.cases import NewCase, record_cases
from shinrai.ledger.operations.step_encoding import NewStep
from shinrai.ledger.operations.steps import append_steps
from shinrai.satisfaction.models import PreparedSatisfaction, QuoteLabel, SurveyAnswer
from shinrai.satisfaction.operations.answers import record_answers, record_askings
from shinrai.satisfaction.operations.first_view import prepare_satisfaction
from shinrai.satisfaction.queries.responses import all_series
from shinrai.satisfaction.queries.summary import satisfaction_summary
from shinrai.topics.operations.codebook import define_topic
from shinrai.units.unknown import Unknown
from shinrai.warehouse.store import Warehouse
from tests.cast import Cast
from tests.satisfaction.asking import NOW as JUNE
from tests.satisfaction.asking import take_in
from tests.satisfaction.surveys import answer, moment, nps_wave, persons
from tests.satisfaction.waves import asks
from tests.usage.filling import Act, fill

pytestmark = pytest.mark.django_db
PAGE = "/w/tanuki/satisfaction/"
WORDS = "鈴木です。\n<b>遅い</b> 090-1234-5678"


@pytest.fixture(autouse=True)
def warehouse(settings: Any, tmp_path: Path) -> Warehouse:
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    return Warehouse(settings.SHINRAI_WAREHOUSE)


@pytest.fixture
def asked(cast: Cast) -> dict[str, int]:
    """Yui and Ren answer, Sora keeps silent, Aoi was asked too often lately."""
    there = cast.workspace.id
    who, wave = persons(there, "yui", "ren", "sora", "aoi"), nps_wave(there)
    states = {who[name]: "asked" for name in ("yui", "ren", "sora")} | {who["aoi"]: "capped"}
    record_askings(wave=wave, states=states, at=moment(4, 1, 1))
    given = [
        answer(who["yui"], "1", 10),
        answer(who["ren"], "2", 3, WORDS),
    ]
    record_answers(wave=wave, answers=given, at=moment(4, 2))
    return who


def shown(cast: Cast, address: str = PAGE) -> str:
    with time_machine.travel(JUNE, tick=False):
        found = cast.agent.client().get(address)
    assert found.status_code == 200
    return found.content.decode()


def test_the_first_page_teaches_the_first_step(cast: Cast) -> None:
    assert "shinrai satisfaction import" in shown(cast)


def test_who_was_not_heard_stands_beside_the_score(
    cast: Cast, asked: dict[str, int], warehouse: Warehouse
) -> None:
    page = shown(cast)
    assert "2 of 3" in page
    assert "1 by the cap, 0 by the draw" in page
    assert "no usage of these persons is recorded" in page

    assert prepare_satisfaction(workspace=cast.workspace, at=JUNE, warehouse=warehouse)
    assert not prepare_satisfaction(workspace=cast.workspace, at=JUNE, warehouse=warehouse)
    prepared = PreparedSatisfaction.objects.get().parts["en"]
    assert prepared in shown(cast)

    wave = nps_wave(cast.workspace.id)
    record_answers(wave=wave, answers=[answer(asked["sora"], "3", 9)], at=moment(4, 20))
    assert "3 of 3" in shown(cast), "an answer that came since is on the page"


def test_comments_are_masked_recorded_and_say_first_whom_they_do_not_speak_for(
    cast: Cast, asked: dict[str, int]
) -> None:
    page = shown(cast, f"{PAGE}quotes/")

    assert "Who writes does not speak for all." in page
    assert "<b>" not in page.partition("<tbody>")[2].partition("</table>")[0]
    assert "090-1234-5678" not in page
    assert "⟨000A⟩" not in page, "a comment of two lines"
    assert AuditEntry.objects.filter(kind="view", what="comments of answers").count() == 1
    assert "遅い" not in shown(cast, f"{PAGE}quotes/?q=nothing-like-it")


def test_a_comment_is_tied_to_a_topic_of_the_codebook(cast: Cast, asked: dict[str, int]) -> None:
    there = cast.workspace.id
    define_topic(workspace_id=there, key="slow", name_en="Slow", at=JUNE, by="test")
    number = SurveyAnswer.objects.get(words_id__isnull=False).pk
    client = cast.agent.client()

    client.post(f"{PAGE}quotes/{number}/labels/", {"topic": "slow"})
    refused = client.post(f"{PAGE}quotes/{number}/labels/", {"topic": "no-such"}, follow=True)

    assert [row.topic for row in QuoteLabel.objects.all()] == ["slow"]
    assert "no topic" in refused.content.decode()
    assert "遅い" in shown(cast, f"{PAGE}quotes/?topic=slow")
    assert client.post(f"{PAGE}quotes/999999/labels/", {"topic": ""}).status_code == 404


def test_a_newcomer_drops_a_file_and_what_was_typed_stays_when_it_is_refused(cast: Cast) -> None:
    client = cast.owner.client()
    text = b"user,mood,date\nyui,9,2026-04-02\nren,3,2026-04-02\n"

    refused = client.post(
        f"{PAGE}import/", {"file": SimpleUploadedFile("a.csv", text), "wave": "spring"}
    )
    done = client.post(
        f"{PAGE}import/",
        {"file": SimpleUploadedFile("a.csv", text), "kind": "nps", "score": "mood"},
    )

    assert refused.status_code == 422
    assert 'value="spring"' in refused.content.decode()
    assert "2 were new answers" in done.content.decode()
    assert SurveyAnswer.objects.count() == 2
    assert cast.agent.client().get(f"{PAGE}import/").status_code == 403


def test_scores_of_the_desk_are_read_from_the_ledger_by_the_month_of_solving(cast: Cast) -> None:
    """Three matters are solved in May: one scores 5, one 2 and then 4 in June, one nothing."""
    there = cast.workspace.id
    who = persons(there, "tanaka", "yamada")
    cases = [
        NewCase("inquiry", "desk", f"Q-{n}", customer_id=customer)
        for n, customer in enumerate((*who.values(), None))
    ]
    numbers = record_cases(workspace_id=there, cases=cases)
    said: list[tuple[int, datetime, str, dict[str, int]]] = [
        (n, moment(5, 10), "solved", {}) for n in numbers
    ]
    said += [(numbers[0], moment(5, 11), "rated", {"score": 5}),
             (numbers[1], moment(5, 11), "rated", {"score": 2}),
             (numbers[1], moment(6, 2), "rated", {"score": 4})]  # fmt: skip
    steps = [
        NewStep(case_id=n, at=at, kind=kind, role="customer", detail=detail)
        for n, at, kind, detail in said
    ]
    append_steps(workspace_id=there, steps=steps, count=len(steps), recorded_at=JUNE)

    [series] = all_series(cast.workspace, at=JUNE, survey="desk")

    [wave] = series.waves
    assert (wave.key, wave.scores, wave.eligible) == ("desk-2026-05", [5, 4], 3)
    assert all_series(cast.workspace, at=moment(5, 10, 1), survey="desk") == []
    assert not SurveyAnswer.objects.exists(), "no copy is kept"


def test_what_the_silent_did_stands_beside_what_others_said(
    cast: Cast, asked: dict[str, int], warehouse: Warehouse
) -> None:
    """In the 28 days before: Yui studied on ten, Ren on two, Sora on none, Aoi on one."""
    acts = [
        Act(asked[name], moment(3, 10 + day, 9))
        for name, days in (("yui", 10), ("ren", 2), ("aoi", 1))
        for day in range(days)
    ]
    acts.append(Act(asked["sora"], moment(2, 1)))  # long before
    fill(warehouse, acts, zone="Asia/Tokyo", workspace_id=cast.workspace.id)

    [found] = satisfaction_summary(cast.workspace, at=JUNE, warehouse=warehouse)

    usage = found.newest.usage
    assert not isinstance(usage, Unknown)
    assert [(one.group, one.active.count, one.active.of, one.days) for one in usage] == [
        ("answered", 2, 2, 12), ("silent", 0, 1, 0), ("not_asked", 1, 1, 1),
    ]  # fmt: skip


def test_what_was_answered_stands_first_and_what_a_file_does_not_say_is_not_counted(
    cast: Cast, tmp_path: Path
) -> None:
    """The tool of the file asked how easy it was; our own survey was just opened."""
    asks(cast, "aaa", "link", at=JUNE)
    path = tmp_path / "ces.csv"
    path.write_text("user,ces,date\nyui,7,2026-04-02\nren,2,2026-04-02\n")
    take_in(path)

    page = shown(cast)
    assert page.index("CES 4.50") < page.index("Nobody has answered it yet.")
    assert "1 of 2 gave the best answer" in page
    assert "by the cap" not in page
    surveys = shown(cast, f"{PAGE}surveys/")
    assert "not asked here" in surveys
    assert "2 answers came from files" in shown(cast, f"{PAGE}surveys/ces/")
