"""What every answer carries: no cache keeps words, and no page runs what it should not."""

from collections.abc import Iterator

import pytest
import time_machine
from django.http.response import HttpResponseBase
from django.test import Client

from shinrai.accounts.operations.feed_addresses import make_feed_address
from shinrai.accounts.rules.role import Role
from shinrai.accounts.rules.scope import Scope
from shinrai.console.lists import TYPES
from tests.api.caller import key_of
from tests.cast import Cast
from tests.desk.stage import NOW, open_desk
from tests.site.test_every_route import SAMPLES, asked_answer, filled, routes

pytestmark = [pytest.mark.django_db, pytest.mark.end_to_end]
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def lacking(answer: HttpResponseBase) -> list[str]:
    """List what an answer lacks, its cookies too."""
    found = [name for name, value in HEADERS.items() if answer.get(name) != value]
    # no-referrer: of a page whose address is its key
    if answer.get("Referrer-Policy") not in ("same-origin", "no-referrer"):
        found.append("Referrer-Policy")
    if not {"no-store", "private"} <= set(answer.get("Cache-Control", "").split(", ")):
        found.append("Cache-Control")
    policy = answer.get("Content-Security-Policy", "")
    if "default-src" not in policy or "unsafe" in policy or "*" in policy:
        found.append("Content-Security-Policy")
    for name, cookie in answer.cookies.items():
        if cookie.value and not (
            cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["secure"]
        ):
            found.append(f"cookie {name}")
    return found


@pytest.fixture
def desk(cast: Cast, settings, tmp_path, monkeypatch) -> Iterator[Cast]:
    """A desk behind HTTPS."""
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE"):
        setattr(settings, name, True)
    monkeypatch.setitem(SAMPLES, "case_id", str(open_desk(cast.workspace)["INV-1"]))
    with time_machine.travel(NOW, tick=False):
        yield cast


@pytest.mark.parametrize("part", ["owner", "nobody"])
def test_every_address_answers_so(desk: Cast, part: str) -> None:
    person, wrong = desk.everybody[part], {}
    for address, _view in routes():
        answer = asked_answer(person.client(), filled(address, "tanuki"))
        if missing := lacking(answer):
            wrong[address] = (answer.status_code, missing)

    assert wrong == {}


def test_what_is_taken_away_is_kept_by_no_cache(desk: Cast) -> None:
    client, key = desk.owner.client(), key_of(desk.workspace, Role.OWNER, Scope.WRITE)
    token = make_feed_address(member=desk.owner.member, is_own=False, at=NOW)
    asked = {"Authorization": f"Bearer {key.secret}"}
    answers = {
        **{form: client.get(f"/w/tanuki/queue/?format={form}") for form in TYPES},
        "feed": Client().get(f"/feeds/due/{token}.ics"),
        "metrics": Client().get("/metrics", headers=asked),
        "case": key.get("investigations/INV-3"),
        "cases": key.get("investigations"),
        "export": key.post("exports", list="queue", format="xlsx"),
    }

    assert {name: one.status_code for name, one in answers.items()} == dict.fromkeys(answers, 200)
    assert {name: missing for name, one in answers.items() if (missing := lacking(one))} == {}


def test_refusals_are_answered_alike(desk: Cast, settings) -> None:
    client = Client(raise_request_exception=False)
    settings.SHINRAI_API_PER_MINUTE = 1
    key = key_of(desk.workspace, Role.OWNER)
    key.get("investigations")
    answers = {
        400: client.get("/", headers={"host": "evil.example"}),
        401: client.get("/metrics"),
        404: client.get("/nowhere/"),
        405: client.post("/w/kitsune/queue/"),
        413: client.post("/w/kitsune/queue/", b"x" * (6 << 20), content_type="text/plain"),
        429: key.get("investigations"),
    }

    assert {status: one.status_code for status, one in answers.items()} == dict(
        zip(answers, answers, strict=True)
    )
    assert {status: missing for status, one in answers.items() if (missing := lacking(one))} == {}


def test_a_language_is_remembered_in_a_cookie_that_no_script_reads(desk: Cast) -> None:
    answer = Client().post("/i18n/setlang/", {"language": "ja", "next": "/"})

    assert answer.cookies["django_language"].value == "ja"
    assert lacking(answer) == []


def test_files_and_redirects_to_https_have_the_policy_too(settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    for answer in (
        Client().get("/static/console/shinrai.css", secure=True),
        Client().get("/w/tanuki/"),
    ):
        assert "default-src 'self'" in answer["Content-Security-Policy"]
        answer.close()
