"""A form in a product: Haruto's pen draws nothing, and he hears by when an answer comes.

Monday 8 June 2026, 11:00 in Tokyo; the office is open from 10:00 to 18:00 on weekdays.
"""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client

from shinrai.api.embedding import OF_ADDRESS
from shinrai.calendars.operations import save_calendar
from shinrai.desk.models import CaseFile
from shinrai.desk.queries.inquiry import inquiry_view
from shinrai.intake.forms.questions import form_spec, read_answers
from shinrai.intake.models import Connection, Receipt
from shinrai.intake.operations.connections import connect
from shinrai.intake.operations.receipts import handle_waiting
from shinrai.intake.rules.channels import UnusableConnection
from shinrai.ledger.models import Case
from shinrai.objectives.operations.saving import save_objective
from tests.cast import Cast
from tests.desk.stage import OFFICE, promise, tokyo

pytestmark = pytest.mark.django_db
MONDAY = tokyo(8, 11)
APP = "https://app.tanuki.example"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
SETTINGS = {
    "title": "What happened? | なにがありましたか",
    "categories": "drawing | The pen does not draw | ペンでかけない\nother | Something else",
    "origins": APP,
    "mail": "optional",
}
SAID = {"id": "0c8f7d1e-haruto-0001", "category": "drawing", "words": "The pen draws nothing."}


@pytest.fixture
def address(cast: Cast) -> str:
    connect(
        workspace_id=cast.workspace.id,
        kind="form",
        name="In the app",
        given=SETTINGS,
        at=MONDAY,
        by="staff:1",
    )
    return f"/forms/{Connection.objects.get().token}/"


@pytest.fixture
def promised(cast: Cast) -> None:
    """The same day for 70 % of inquiries, the next business day for 99 %."""
    there, start = cast.workspace.id, tokyo(1, 9)
    save_calendar(workspace_id=there, name="office", document=OFFICE, at=start, by="test")
    for name, days, target in (("same-day", "0", "0.7"), ("next-day", "1", "0.99")):
        within = {"business_days": days, "by": "close"}
        document = promise(name, clock="first_reply", within=within, pauses=[])
        document["spec"]["objectives"][0]["target"] = target
        save_objective(workspace_id=there, document=document, at=start, by="test")


def send(address: str, said: dict[str, Any] | None = None, *, at=MONDAY, **headers: str) -> Any:
    """Send answers as an app does."""
    body = json.dumps(SAID if said is None else said)
    with time_machine.travel(at, tick=False):
        return Client().post(address, body, content_type="application/json", headers=headers)


def fill_in(address: str, said: dict[str, Any], *, seconds: int = 30) -> Any:
    """Open the page, fill it in and send it, as a browser without scripts does."""
    browser = Client()
    with time_machine.travel(MONDAY, tick=False) as clock:
        shown = browser.get(address).context
        clock.shift(timedelta(seconds=seconds))
        return browser.post(address, {"id": shown["mark"], "began": shown["began"], **said})


def opened(cast: Cast) -> Any:
    key = Case.objects.get(record="inquiry").source_key
    return inquiry_view(workspace=cast.workspace, source_key=key, at=MONDAY + timedelta(minutes=5))


def test_an_answer_opens_an_inquiry_with_its_facts_and_topic(cast: Cast, address: str) -> None:
    said = {
        **SAID,
        "happened_at": "2026-06-08T10:40",
        "screen": "/lesson/3",
        "version": "4.2",
        "last_failure": "TypeError",
        "user": "pupil-17",
        "mail": "mother@haruto.example",
    }
    answer = send(address, said, user_agent="Mozilla/5.0 (iPad; CPU OS 17_4) Safari/604.1")
    assert answer.status_code == 201

    case = opened(cast).case
    assert dict(case.about) == {
        "happened_at": "2026-06-08T10:40+09:00",
        "screen": "/lesson/3",
        "version": "4.2",
        "device": "iPad; CPU OS 17_4 · Safari/604.1",
        "last_failure": "TypeError",
        "channel": "form",
    }
    [received] = case.steps
    assert received.at == MONDAY
    assert received.words.startswith("The pen draws nothing.")
    assert "Category: The pen does not draw" in received.words, "in the language of the desk"
    assert "pupil-17" in received.words
    assert "mother@haruto.example" not in received.words, "masked like all that people write"
    assert bytes(Receipt.objects.get().body) == b""


def test_sent_twice_is_stored_once_and_changed_words_are_not_lost(address: str) -> None:
    first, again = (send(address).json() for _ in range(2))
    assert first == again

    changed = send(address, SAID | {"words": "Now the rubber too."}).json()

    assert changed["number"] != first["number"]
    assert Case.objects.count() == 2


def test_the_receipt_tells_the_surest_promise(promised: None, address: str) -> None:
    said = send(address).json()

    assert said["number"] == "INQ-1"
    assert said["answer_due_at"] == "2026-06-09T09:00:00Z"
    assert said["due_text"] == "You get an answer by Tue 9 June 18:00."
    page = Client().get(said["receipt"].partition("8000")[2], headers={"accept-language": "ja"})
    assert "Tue 9 June 18:00" in page.content.decode(), "the language it was sent in"


def test_without_a_promise_nothing_is_promised(address: str) -> None:
    answer = fill_in(address, SAID)
    page = Client().get(answer["Location"]).content.decode()

    assert "INQ-1" in page
    assert "Somebody here will read it." in page
    assert "You get an answer" not in page


def test_what_cannot_be_handled_at_once_is_handled_by_the_worker(
    promised: None, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def waits(*_given: Any, **_named: Any) -> None:
        raise OperationalError("canceling statement due to statement timeout")

    with monkeypatch.context() as busy:
        busy.setattr("shinrai.intake.forms.channel.receive_by_hand", waits)
        said = send(address).json()
    assert (said["number"], said["answer_due_at"]) == (None, "2026-06-09T09:00:00Z")

    handle_waiting(clock=lambda: MONDAY + timedelta(seconds=10))

    assert send(address).json()["number"] == "INQ-1"


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"category": "none"}, "category"),
    ({"words": "  "}, "words"),
    ({"words": "x" * 5001}, "words"),
    ({"happened_at": "yesterday"}, "happened_at"),
    ({"mail": "haruto"}, "mail"),
    ({"id": "1"}, "id"),
]


@pytest.mark.parametrize(("said", "field"), WRONG)
def test_what_is_wrong_is_named_by_its_field(
    address: str, said: dict[str, Any], field: str
) -> None:
    answer = send(address, SAID | said)

    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [field]
    assert not Receipt.objects.exists()


@pytest.mark.parametrize("body", ["", "[1]", '{"words": 1}', "[" * 100_000, '{"id":"\\ud800"}'])
def test_what_is_no_answer_breaks_nothing(address: str, body: str) -> None:
    answer = Client().post(address, body, content_type="application/json")

    assert answer.status_code in (400, 422)


def test_text_that_cannot_be_stored_loses_only_the_signs_that_cannot(
    cast: Cast, address: str
) -> None:
    assert send(address, SAID | {"words": "a\0b\ud800c", "screen": "\0/x" * 500}).status_code == 201

    assert opened(cast).case.steps[0].words.startswith("ab?c")


def test_a_fast_clock_does_not_keep_anybody_from_asking(cast: Cast, address: str) -> None:
    send(address, SAID | {"happened_at": "2026-06-08T12:00:00Z"})

    assert dict(opened(cast).case.about)["happened_at"] == "2026-06-08T11:00+09:00"


REFUSALS: list[tuple[dict[str, Any], int, str]] = [
    ({"homepage": "https://spam.example"}, 30, "A field that stays empty was filled in."),
    ({}, 1, "That was very fast."),
    ({"category": ""}, 30, "please look at what is marked"),
]


@pytest.mark.parametrize(("said", "seconds", "told"), REFUSALS)
def test_a_refused_page_keeps_what_was_typed(
    address: str, said: dict[str, Any], seconds: int, told: str
) -> None:
    answer = fill_in(address, {**SAID, **said}, seconds=seconds)

    assert answer.status_code == 422
    shown = answer.content.decode()
    assert told in shown
    assert "The pen draws nothing." in shown
    assert not Receipt.objects.exists()


def test_a_page_whose_time_was_tampered_with_is_sent_the_second_time(address: str) -> None:
    browser, said = Client(), {**SAID, "began": "x"}
    with time_machine.travel(MONDAY, tick=False) as clock:
        again = browser.post(address, said)
        assert again.status_code == 422
        clock.shift(timedelta(seconds=5))
        assert browser.post(address, {**said, "began": again.context["began"]}).status_code == 302


def test_who_sends_without_end_is_put_off_and_others_are_not(address: str) -> None:
    for number in range(OF_ADDRESS):
        assert send(address, SAID | {"id": f"many-times-{number:08}"}).status_code == 201

    answer = send(address)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert fill_in(address, SAID).status_code == 429
    assert "The pen draws nothing." in fill_in(address, SAID).content.decode()
    with time_machine.travel(MONDAY, tick=False):
        elsewhere = Client(REMOTE_ADDR="198.51.100.7")
        body = json.dumps(SAID)
        assert elsewhere.post(address, body, content_type="application/json").status_code == 201


def test_attachments_are_kept_and_what_is_no_picture_is_refused(address: str) -> None:
    good = SimpleUploadedFile("screen.png", PNG)
    assert fill_in(address, {**SAID, "files": good}).status_code == 302
    assert CaseFile.objects.get().media_type == "image/png"

    bad = fill_in(address, {**SAID, "files": SimpleUploadedFile("a.png", b"MZ\x90\x00\x01")})
    assert bad.status_code == 422
    assert "choose the files once more" in bad.content.decode()


def test_its_origins_alone_frame_it_and_read_its_answers(address: str) -> None:
    page = Client().get(address)
    assert f"frame-ancestors {APP}" in page["Content-Security-Policy"]
    assert "X-Frame-Options" not in page
    assert not page.cookies
    assert "frame-ancestors 'none'" in Client().get("/accounts/login/")["Content-Security-Policy"]

    assert send(address, origin=APP)["Access-Control-Allow-Origin"] == APP
    stranger = send(address, origin="https://evil.example")
    assert stranger.status_code == 403
    assert "Access-Control-Allow-Origin" not in stranger
    asked = Client().options(address, headers={"origin": APP})
    assert asked["Access-Control-Allow-Headers"] == "Content-Type"


def test_a_form_without_origins_can_be_linked_to_and_not_framed(address: str) -> None:
    Connection.objects.update(settings=Connection.objects.get().settings | {"origins": ""})
    page = Client().get(address)

    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"


def test_the_script_is_small_cached_and_the_same_questions_as_the_api(address: str) -> None:
    script = Client().get(f"{address}form.js")
    assert len(script.content) < 10_000
    assert script["Cache-Control"] == "public, max-age=300"
    assert not script.cookies

    asked = Client().get(f"{address}?lang=ja", headers={"accept": "application/json"}).json()
    assert asked["categories"][0] == {"key": "drawing", "title": "ペンでかけない"}
    assert asked["categories"][1]["title"] == "Something else"


def test_an_ended_form_is_not_there_any_more(address: str) -> None:
    Connection.objects.update(ended_at=MONDAY)

    assert send(address).status_code == 404
    assert Client().get(f"{address}form.js").status_code == 404


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("categories", "The pen does not draw"),
        ("categories", "a | A\na | B"),
        ("origins", "https://app.example'; script-src *"),
        ("origins", "*"),
        ("languages", "fr"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused(cast: Cast, field: str, typed: str) -> None:
    with pytest.raises(UnusableConnection) as refused:
        connect(
            workspace_id=cast.workspace.id,
            kind="form",
            name="In the app",
            given=SETTINGS | {field: typed},
            at=MONDAY,
            by="staff:1",
        )
    assert set(refused.value.by_field) == {field}


def test_its_page_shows_what_to_put_into_the_product(cast: Cast, address: str) -> None:
    number = Connection.objects.get().pk
    page = cast.owner.client().get(f"/w/tanuki/connections/{number}/").content.decode()

    assert f"{address}form.js" in page
    assert f'href="{address}"' in page


def test_a_form_with_nothing_but_a_title_asks_for_the_usual() -> None:
    names = ("categories", "origins")
    spec = form_spec(
        dict.fromkeys(names, "")
        | {"title": "Help", "languages": "ja", "files": "no", "mail": "no", "opens": "direct"}
    )
    answers = read_answers(spec, SAID | {"category": "broken"}, (), zone="Asia/Tokyo", at=MONDAY)

    assert spec.titles["ja"] == "Help"
    assert answers.category == "broken"


def test_the_investigation_of_it_knows_when_it_happened(cast: Cast, address: str) -> None:
    send(address, SAID | {"happened_at": "2026-06-08T10:40", "screen": "/lesson/3"})

    with time_machine.travel(MONDAY, tick=False):
        filing = "/w/tanuki/investigations/new/?kind=broken&inquiry=INQ-1"
        page = cast.agent.client().get(filing).content.decode()
    assert 'value="2026-06-08T10:40"' in page
    assert 'value="/lesson/3"' in page
