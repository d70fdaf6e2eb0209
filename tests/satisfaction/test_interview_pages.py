"""The pages of interviews, as Kobayashi uses them, and the page on which Yui decides."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from shinrai.accounts.models import AuditEntry
from shinrai.delivery.models import Outbox
from shinrai.satisfaction.models import InterviewStep
from shinrai.satisfaction.operations.interviews import declare_round
from shinrai.satisfaction.queries.interviews import interviewee, invitation_link, round_overviews
from tests.cast import Cast
from tests.satisfaction.asking import ask, refusal
from tests.satisfaction.interviews import ROUND as ROUND_FORM
from tests.satisfaction.interviews import WORDS, consent, open_round, step
from tests.satisfaction.surveys import BY, moment, persons

pytestmark = pytest.mark.django_db
ROUNDS = "/w/tanuki/interviews/"
ROUND = f"{ROUNDS}rounds/spring/"
QUOTES = f"{ROUNDS}quotes/"


@pytest.fixture(autouse=True)
def today(settings: Any, tmp_path: Path) -> Iterator[None]:
    """It is noon of 15 April in Tokyo."""
    settings.SHINRAI_WAREHOUSE = str(tmp_path)
    with time_machine.travel(moment(4, 15, 3), tick=False):
        yield


def page(client: Client, address: str, status: int = 200, **typed: Any) -> str:
    found = client.post(address, typed) if typed else client.get(address)
    assert found.status_code == status, found.content.decode()[:3000]
    return str(found.content.decode())


def test_kobayashi_plans_a_round_and_a_blank_question_keeps_what_was_typed(cast: Cast) -> None:
    manager = cast.manager.client()
    assert "Plan a round" in page(manager, ROUNDS)
    typed = {
        "key": "spring", "title": "春にやめる理由", "question": " ", "guide": "1. いつですか",
        "who": "active", "days": "28", "cap_days": "90", "children": "guardian", "cohort": "",
        "wanted": "8", "keep_days": "180",
    }  # fmt: skip
    refused = page(manager, f"{ROUNDS}new/", 422, **typed)
    assert "Write the question" in refused
    assert "1. いつですか" in refused

    page(manager, f"{ROUNDS}new/", 302, **(typed | {"question": "なぜやめるのか"}))
    assert "Nobody is invited yet." in page(manager, ROUND)
    could = page(manager, f"{ROUND}?candidates=1")
    assert "<strong>0</strong> persons could be invited now." in could
    empty = page(manager, f"{ROUND}invitations/", 422, count="8", how="hand", person="")
    assert "Nobody meets the criteria now" in empty


def test_the_guide_is_read_as_it_was_laid_out_and_nothing_in_it_runs(cast: Cast) -> None:
    open_round(cast.workspace.id, invited=())
    guide = "1. 最後に使った日は？\n2. **そのあと**は？\n\n<script>alert(1)</script>"
    document = ROUND_FORM | {"guide": guide}
    declare_round(
        workspace_id=cast.workspace.id, key="spring", document=document, at=moment(4, 2), by=BY
    )
    shown = page(cast.manager.client(), ROUND)
    assert "<li>最後に使った日は？</li>" in shown
    assert "<strong>そのあと</strong>" in shown
    assert "<script>alert" not in shown


def test_one_person_is_invited_by_name_once(cast: Cast) -> None:
    open_round(cast.workspace.id, invited=())
    manager = cast.manager.client()
    invited = {"count": "1", "how": "hand", "person": "usage:yui"}
    page(manager, f"{ROUND}invitations/", 302, **invited)
    assert "Of 1 invited, 0 consented" in page(manager, ROUND)
    again = page(manager, f"{ROUND}invitations/", 422, **invited)
    assert "invited on 2026-04-15 already" in again
    nobody = page(manager, f"{ROUND}invitations/", 422, **invited | {"person": "nobody"})
    assert "Nobody of that name is known" in nobody


def test_what_is_written_is_masked_and_whoever_reads_it_is_recorded(cast: Cast) -> None:
    there, manager = cast.workspace.id, cast.manager.client()
    who = open_round(there)
    person = f"{ROUND}persons/{who['yui']}/"
    early = page(manager, f"{person}steps/", 422, kind="quote", words=WORDS, need="time")
    assert "There is no consent in force" in early
    assert "新学期は忙しくて" in early, "what was typed is kept"

    consented = {"kind": "consented", "scope": ["quotes_inside"], "until": "2026-05-31"}
    page(manager, f"{person}steps/", 302, **consented, given_by="self", how="in_person")
    page(manager, f"{person}steps/", 302, kind="quote", words=WORDS, need="time")
    before = AuditEntry.objects.filter(kind="view", what="words of interviews").count()
    for address in (person, QUOTES):
        shown = page(cast.agent.client(), address)
        assert "<br>新学期は忙しくて" in shown, "written in two lines"
        assert "090-1234-5678" not in shown
        assert "2026-05-31" in shown
    views = AuditEntry.objects.filter(kind="view", what="words of interviews")
    assert views.count() == before + 2
    assert "新学期は忙しくて" not in page(manager, f"{QUOTES}?use=outside")
    assert "短い時間で続けたい" in page(manager, f"{QUOTES}?need=time")
    sheet = cast.manager.client().get(f"{QUOTES}?format=json")
    body = b"".join(sheet.streaming_content).decode()  # type: ignore[attr-defined]
    assert "090-1234-5678" not in body
    assert "time" in body

    page(manager, f"{person}steps/", 302, kind="withdrawn")
    for address in (person, QUOTES):
        assert "新学期は忙しくて" not in page(manager, address)


def test_a_reader_may_look_and_not_write(cast: Cast) -> None:
    who = open_round(cast.workspace.id)
    person = f"{ROUND}persons/{who['yui']}/"
    shown = page(cast.agent.client(), person)
    assert "<form" not in shown.partition("<main")[2].partition("</main")[0]
    assert "/interview/" not in shown, "the link decides for the person"
    page(cast.agent.client(), f"{person}steps/", 403, kind="declined")
    page(cast.agent.client(), f"{ROUND}persons/0/", 404)


@pytest.fixture
def yui(cast: Cast) -> tuple[int, str]:
    """Yui was invited; the address of her page."""
    person = open_round(cast.workspace.id)["yui"]
    link = invitation_link(workspace_id=cast.workspace.id, key="spring", person=person)
    return person, "/interview/" + link.partition("/interview/")[2]


def state(cast: Cast, person: int) -> Any:
    found = interviewee(
        workspace_id=cast.workspace.id, key="spring", person=person, at=moment(4, 15, 3)
    )
    return found.standing


def test_yui_agrees_to_what_she_ticks_and_takes_it_back_at_the_same_link(
    cast: Cast, yui: tuple[int, str]
) -> None:
    person, link = yui
    shown = page(Client(), f"{link}?lang=ja")
    assert "春にやめる理由" in shown
    assert "checked" not in shown, "nothing is chosen for her"
    assert 'lang="ja"' in shown

    late = page(Client(), link, 422, what="yes", until="2026-04-14", given_by="self")
    assert "would have ended on 2026-04-14" in late
    assert "Choose who consents" in page(Client(), link, 422, what="yes", until="2026-05-31")
    page(Client(), link, 302, what="yes", scope=["notes"], until="2026-05-31", given_by="self")
    found = state(cast, person).consent
    assert (found.scope, found.until, found.how) == (("notes",), date(2026, 5, 31), "link")
    assert "You agreed, until 2026-05-31." in page(Client(), link)

    step(cast.workspace.id, person, "note", WORDS, at=moment(4, 15, 4))
    page(Client(), link, 302, what="withdraw")
    assert state(cast, person).state == "withdrawn"
    assert "You have taken everything back." in page(Client(), link)
    page(Client(), link, 302, what="withdraw")
    assert InterviewStep.objects.filter(kind="withdrawn").count() == 1
    [found] = round_overviews(workspace_id=cast.workspace.id, at=moment(4, 15))
    assert found.counts["notes"] == 1


def test_no_is_one_press_and_asks_nothing(cast: Cast, yui: tuple[int, str]) -> None:
    person, link = yui
    page(Client(), link, 302, what="no")
    assert state(cast, person).state == "declined"
    assert "You said no." in page(Client(), link)
    assert "Choose yes or no" in page(Client(), link, 422, what="maybe")


def test_a_link_that_is_not_ours_opens_nothing(cast: Cast, yui: tuple[int, str]) -> None:
    _person, link = yui
    assert "not complete" in page(Client(), f"{link[:-3]}x/", 410)
    ren = invitation_link(workspace_id=cast.workspace.id, key="autumn", person=1)
    assert "not complete" in page(Client(), "/interview/" + ren.partition("/interview/")[2], 410)


def test_an_invitation_by_mail_waits_in_the_outbox_with_the_link(cast: Cast, settings: Any) -> None:
    settings.SHINRAI_SMTP_HOST = "mail.example"
    open_round(cast.workspace.id, invited=())
    persons(cast.workspace.id, "aoi@home.example")
    invited = ask(
        "interviews", "invite", "spring", "--person", "usage:aoi@home.example", "--how", "mail"
    )
    [message] = Outbox.objects.all()
    assert invited["invited"][0]["link"] in message.content["text"]
    assert "春にやめる理由" in message.content["subject"]
    text = message.content["text"]
    assert not re.search("please|must|only today", text, re.IGNORECASE), "no pressure"
    sora = refusal("interviews", "invite", "spring", "--person", "usage:sora", "--how", "mail")
    assert "No mail address of this person is known" in sora


def test_commands_do_what_the_pages_do(cast: Cast, tmp_path: Path) -> None:
    there = cast.workspace.id
    who = open_round(there)
    consent(there, who["ren"], until=date(2026, 12, 31))
    said = tmp_path / "said.txt"
    said.write_text("短いのがいい", encoding="utf-8")
    words = ("--words", said, "--person", "usage:ren")
    assert ask("interviews", "step", "spring", "quote", "--need", "time", *words)["new"]
    assert not ask("interviews", "step", "spring", "quote", "--need", "time", *words)["new"]
    [quote] = ask("interviews", "quotes", "--need", "time")["quotes"]
    assert (quote["words"], quote["consent"]["until"]) == ("短いのがいい", "2026-12-31")
    [found] = ask("interviews", "list")["rounds"]
    assert (found["invited"], found["consented"], found["quotes"]) == (2, 1, 1)
    missing = refusal("interviews", "step", "spring", "quote", "--need", "money", *words)
    assert "There is no need" in missing
    round_file = tmp_path / "round.json"
    round_file.write_text('{"title": "t", "question": "q"}', encoding="utf-8")
    assert ask("interviews", "new", "autumn", round_file)["version"] == 1
    assert ask("interviews", "need", "calm", "Nobody calls me")["need"] == "calm"
