"""Hana's page stands in her app: signed, expiring, framed by it alone, without a cookie."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from click.testing import CliRunner
from django.test import Client

from shinrai.accounts.models import AuditEntry
from shinrai.accounts.rules.role import Role
from shinrai.accounts.rules.scope import Scope
from shinrai.api.embedding import UnusableOrigin
from shinrai.erasure.operations.persons import CustomerName, erase
from shinrai.missions.commands.learners import group
from shinrai.missions.models import Offer
from shinrai.missions.operations.attempts import record_attempts
from shinrai.missions.operations.declarations import declare_activities, declare_pins, declare_rest
from shinrai.missions.operations.learner_page import BadPageSettings, set_learner_page
from shinrai.missions.queries.learner import learner_named
from shinrai.missions.queries.learner_page import learner_link
from shinrai.missions.rules.attempt import ReportedAttempt
from shinrai.usage.operations.events import ACTORS
from tests.api.caller import Caller, key_of
from tests.cast import BY, Cast
from tests.console.gallery.render import CONSOLE
from tests.console.test_keys import CHROMIUM

pytestmark = pytest.mark.django_db
TOKYO = ZoneInfo("Asia/Tokyo")
APP = "https://app.tanuki.example"
TUESDAY = datetime(2026, 6, 9, 17, tzinfo=TOKYO)
MAY = datetime(2026, 5, 1, tzinfo=TOKYO)
SHELF = [
    {"key": "add", "subject": "math", "unit": "sums", "minutes": 10, "title": "Adding",
     "title_ja": "足し算", "reading": "たしざん"},
    {"key": "sky", "subject": "japanese", "unit": "kanji", "minutes": 5, "title": "The sky",
     "title_ja": "空の漢字", "reading": "そらのかんじ"},
]  # fmt: skip
PINS = [
    {"key": "first", "kind": "completions", "count": 1, "title": "First step",
     "title_ja": "はじめの一歩", "reading": "はじめのいっぽ"},
    {"key": "week", "kind": "streak", "count": 7, "title": "Seven days", "title_ja": "七日間"},
]  # fmt: skip


@pytest.fixture
def there(cast: Cast) -> Iterator[Cast]:
    """Hana studied last Friday; it is Tuesday, and the app may frame the page."""
    workspace = cast.workspace
    declare_activities(workspace_id=workspace.id, rows=SHELF, at=MAY, by=BY)
    declare_pins(workspace_id=workspace.id, rows=PINS, at=MAY, by=BY)
    study(cast, "sky", TUESDAY - timedelta(days=4))
    set_learner_page(
        workspace_id=workspace.id, origins=[APP], script="furigana", product="たぬきドリル",
        at=MAY, by=BY,
    )  # fmt: skip
    with time_machine.travel(TUESDAY, tick=False):
        yield cast


def study(cast: Cast, activity: str, at: datetime) -> None:
    report = ReportedAttempt(f"{activity} {at}", "hana", activity, at, "Asia/Tokyo")
    record_attempts(workspace=cast.workspace, reports=[report], received_at=at)


def path_for(cast: Cast, **more: Any) -> str:
    hana = learner_named(cast.workspace, "hana")
    return learner_link(hana, at=TUESDAY, **more).path


def app(cast: Cast) -> Caller:
    return key_of(cast.workspace, Role.OWNER, Scope.WRITE)


class TestThePage:
    def test_hana_sees_her_day_her_week_and_her_pins(self, there: Cast) -> None:
        study(there, "add", TUESDAY - timedelta(hours=1))
        said = Client().get(path_for(there) + "?lang=en").text

        assert "Something new is waiting here" not in said, "it is done"
        assert re.search(r'class="is-done">\s*<svg class="tick".*?Adding.*?Done!', said, re.S)
        assert "Mission complete! You studied on 1 day this week." in said
        assert re.search(r'is-earned">.*?First step.*?You got it on Fri 5 June 2026\.', said, re.S)
        assert re.search(r"Seven days.*?Study on 7 days in a row\.", said, re.S)

    def test_japanese_has_kana_above_kanji_where_it_is_wished(self, there: Cast) -> None:
        said = Client().get(path_for(there), headers={"Accept-Language": "ja,en;q=0.5"}).text
        assert "<ruby>今日<rp>（</rp><rt>きょう</rt><rp>）</rp></ruby>" in said
        assert "<ruby>足<rp>（</rp><rt>た</rt><rp>）</rp></ruby>し<ruby>算" in said

        set_learner_page(
            workspace_id=there.workspace.id, origins=[], script="kana", product="", at=MAY, by=BY
        )
        said = Client().get(path_for(there) + "?lang=ja").text
        assert "<ruby>" not in said
        assert "《" not in said
        assert "きょうのおすすめ" in said

    def test_nothing_today_is_said_kindly(self, there: Cast) -> None:
        declare_activities(workspace_id=there.workspace.id, rows=[], at=MAY, by=BY)
        declare_rest(
            workspace_id=there.workspace.id, learner_id=None, kind="holiday", at=MAY, by=BY,
            dates=(TUESDAY.date() - timedelta(days=1), TUESDAY.date() + timedelta(days=6)),
        )  # fmt: skip
        said = Client().get(path_for(there) + "?lang=en").text

        assert "Nothing to do today. Have a lovely day!" in said
        assert "This is a week of rest" in said
        assert 'class="study-days"' not in said

    def test_each_offer_is_noted_once_as_by_the_api(self, there: Cast) -> None:
        path = path_for(there)
        Client().head(path)
        assert not Offer.objects.exists(), "what only looks at an address is no child"
        for _ in range(3):
            Client().get(path)
        app(there).get("learners/hana/today")

        noted = [(one.activity, one.shown_at) for one in Offer.objects.order_by("place")]
        assert noted == [("sky", TUESDAY), ("add", TUESDAY)]

    def test_no_cookie_is_set_or_read(self, there: Cast) -> None:
        path = path_for(there)
        plain = Client().get(path, headers={"Accept-Language": "en"})
        signed_in = there.owner.client()
        signed_in.cookies["django_language"] = "ja"
        known = signed_in.get(path, headers={"Accept-Language": "en"})

        assert plain.text == known.text
        assert not plain.cookies
        assert not known.cookies
        assert "Cookie" not in plain.headers.get("Vary", "")
        assert "no-store" in plain.headers["Cache-Control"]
        assert plain.headers["Referrer-Policy"] == "no-referrer"

    def test_the_origins_of_the_product_alone_frame_it(self, there: Cast) -> None:
        path = path_for(there)
        answer = Client().get(path)
        assert f"frame-ancestors {APP}" in answer.headers["Content-Security-Policy"]
        assert "X-Frame-Options" not in answer.headers

        set_learner_page(
            workspace_id=there.workspace.id, origins=[], script="kana", product="", at=MAY, by=BY
        )
        answer = Client().get(path)
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Frame-Options"] == "DENY"


class TestTheAddress:
    def test_it_expires_and_says_what_to_do(self, there: Cast) -> None:
        path = path_for(there, minutes=30) + "?lang=en"
        with time_machine.travel(TUESDAY + timedelta(minutes=29), tick=False):
            assert Client().get(path).status_code == 200
        with time_machine.travel(TUESDAY + timedelta(minutes=30), tick=False):
            answer = Client().get(path)

        assert answer.status_code == 410
        assert "Go back to the app" in answer.text
        assert f"frame-ancestors {APP}" in answer.headers["Content-Security-Policy"]

    def test_a_day_is_the_longest(self, there: Cast) -> None:
        path = path_for(there, minutes=1_000_000)
        with time_machine.travel(TUESDAY + timedelta(days=1), tick=False):
            assert Client().get(path).status_code == 410

    def test_what_nobody_signed_opens_nothing(self, there: Cast) -> None:
        path = path_for(there)
        token = path.split("/")[2]
        other = learner_link(learner_named(there.workspace, "hana"), at=TUESDAY + timedelta(1))
        forged = f"{other.path.split('/')[2].split('.')[0]}.{token.split('.')[1]}"
        for wrong in ("x", token[:-1], token.swapcase(), forged, "a" * 9_000, "%00", "a.b.c"):
            answer = Client().get(f"/learn/{wrong}/?lang=ja")
            assert answer.status_code == 404, wrong
            assert "アプリに もどって" in answer.text
        assert Client().post(path).status_code == 405
        assert not Offer.objects.exists()

    def test_of_a_child_who_was_erased_nothing_opens(self, there: Cast) -> None:
        path = path_for(there)
        erase(CustomerName(there.workspace, ACTORS, "hana"), at=TUESDAY, by=BY)

        assert Client().get(path).status_code == 404

    def test_the_product_asks_for_it(self, there: Cast) -> None:
        answer = app(there).post("learners/hana/link", minutes=10)
        found = answer.json()
        assert datetime.fromisoformat(found["expires_at"]) == TUESDAY + timedelta(minutes=10)
        path = "/" + found["url"].split("/", 3)[3]
        assert "たぬきドリル" in Client().get(path).text
        assert app(there).post("learners/nobody/link").status_code == 404
        assert app(there).post("learners/hana/link", minutes=1_441).status_code == 422

    def test_a_command_makes_it_too(self, there: Cast) -> None:
        done = CliRunner().invoke(group, ["link", "hana", "--workspace", "tanuki"])
        path = "/" + done.output.strip().split("/", 3)[3]
        assert Client().get(path).status_code == 200
        assert AuditEntry.objects.filter(what="make link of a learner").count() == 1


class TestALook:
    def test_a_member_looks_and_nothing_is_noted_as_shown(self, there: Cast) -> None:
        client = there.engineer.client()
        page = client.get("/w/tanuki/missions/learner-page/?learner=hana", follow=True)

        assert page.status_code == 200
        assert "nothing on it is noted as shown" in page.text
        assert not Offer.objects.exists()
        [entry] = AuditEntry.objects.filter(what="page of a learner")
        assert entry.subject == f"customer:{learner_named(there.workspace, 'hana').id}"

    def test_without_a_name_it_is_of_who_studied_last(self, there: Cast) -> None:
        client = there.agent.client()
        assert client.get("/w/tanuki/missions/learner-page/").status_code == 302
        assert client.get("/w/tanuki/missions/learner-page/?learner=x").status_code == 404
        assert there.stranger.client().get("/w/tanuki/missions/learner-page/").status_code == 404


class TestSettings:
    def test_the_product_sets_who_frames_it(self, there: Cast) -> None:
        call = app(there)
        done = call.put("missions/page", origins=["https://B.example/"], script="kanji")
        assert done.json() == {
            "origins": ["https://b.example"], "script": "kanji", "product": ""
        }  # fmt: skip
        assert call.put("missions/page", origins=["*"]).status_code == 422
        assert call.put("missions/page", origins=["https://a 'none'"]).status_code == 422
        assert call.put("missions/page", origins=[], script="runes").status_code == 422

    @pytest.mark.parametrize(
        ("wrong", "error"),
        [({"origins": ["https://x; script-src *"]}, UnusableOrigin),
         ({"script": "x"}, BadPageSettings),
         ({"origins": ["https://x.example"] * 21}, BadPageSettings)],
    )  # fmt: skip
    def test_what_cannot_be_is_refused(
        self, there: Cast, wrong: dict[str, Any], error: type[Exception]
    ) -> None:
        given: dict[str, Any] = {"origins": [], "script": "kana", "product": ""} | wrong
        with pytest.raises(error):
            set_learner_page(workspace_id=there.workspace.id, **given, at=MAY, by=BY)

    def test_apps_get_the_same_words_in_both_languages(self, there: Cast) -> None:
        call = app(there)
        today, week, pins = (
            call.get(f"learners/hana/{one}").json() for one in ("today", "week", "pins")
        )
        assert today["text"]["ja"] == "きょうの おすすめは 2つだよ。"
        assert [one["words"]["ja"] for one in today["recommendations"]] == [
            "まえに やったところだよ。まだ おぼえているかな？", "あたらしい もんだいだよ。",
        ]  # fmt: skip
        assert set(week["text"]) == {"en", "ja"}
        assert pins["pins"][0]["text"]["ja"] == "2026年6月5日（金）に もらったよ。"


@pytest.mark.end_to_end
@pytest.mark.django_db(transaction=True)
def test_it_fits_the_smallest_phone_and_axe_finds_nothing(there: Cast, tmp_path: Path) -> None:
    """By day and night, in both languages, at twice the size of text, without scripts."""
    if not CHROMIUM.exists():
        pytest.skip(f"no browser: {CHROMIUM} is not there; install Debian's chromium")
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    files = f'"{(CONSOLE / "static/console").as_uri()}/'
    study(there, "add", TUESDAY - timedelta(hours=1))
    pages = []
    for number, path in enumerate((path_for(there), "/learn/x/")):
        for language, scheme in (("ja", "light"), ("en", "dark"), ("ja", "dark")):
            text = Client().get(f"{path}?lang={language}").text
            assert "<script" not in text
            assert " style=" not in text
            file = tmp_path / f"{number}-{language}-{scheme}.html"
            file.write_text(re.sub(r'"/static/console/(?:[\w.]+/)*', files, text), "utf-8")
            pages.append((file, scheme))
    found = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        for file, scheme in pages:
            page = browser.new_page(
                viewport={"width": 320, "height": 640}, color_scheme=scheme,  # type: ignore[arg-type]
                reduced_motion="reduce",
            )  # fmt: skip
            page.goto(file.as_uri())
            assert page.evaluate("getComputedStyle(document.body).display") == "flex"
            found += [
                f"{file.name}: {wrong['id']}" for wrong in Axe().run(page).response["violations"]
            ]
            assert page.evaluate("document.getAnimations().length") == 0
            for size in (100, 200):
                page.add_style_tag(content=f"html {{ font-size: {size}% }}")
                wide = page.evaluate("document.documentElement.scrollWidth")
                assert wide <= 320, f"{file.name} at {size} % is {wide} px wide"
        browser.close()
    assert found == []
