"""What readers see: the frame in both languages, and the pages shown when another could not be."""

import logging
import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from shinrai.console import pages
from shinrai.units.share import Share
from shinrai.units.unknown import Unknown
from tests.console import lives
from tests.console.gallery.render import CONSOLE, Workspace, render

TEMPLATES = sorted((CONSOLE / "templates").rglob("*.html"))
SCRIPT = re.compile(r"<script(?![^>]*(\bsrc=|application/json))", re.I)
HANDLER = re.compile(r"<[^>]+\son\w+\s*=", re.I)


def page(source, language="en", **context):
    with translation.override(language):
        return engines["django"].from_string("{% load console %}" + source).render(context)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(CONSOLE)))
def test_no_template_holds_what_a_strict_policy_forbids(path):
    source = path.read_text(encoding="utf-8")
    assert "style=" not in source
    assert "<style" not in source
    assert not SCRIPT.search(source)
    assert not HANDLER.search(source)
    assert "http://" not in source.replace("http://www.w3.org", "")
    assert "https://" not in source


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_whole_frame_passes_a_strict_policy_and_says_its_language(language):
    for name, html in render(language).items():
        assert f'<html lang="{language}">' in html, name
        assert not SCRIPT.search(html), name
        assert not HANDLER.search(html), name
        assert "style=" not in html, name
        assert "<style" not in html, name
        identifiers = re.findall(r'\bid="([^"]+)"', html)
        assert len(identifiers) == len(set(identifiers)), name


def test_made_up_data_is_said_to_be_made_up_on_every_page():
    request = SimpleNamespace(at=lives.tokyo(6, 5, 15, 40), get_full_path="/")
    for simulated in (True, False):
        html = render_to_string(
            "console/base.html",
            {"workspace": Workspace(is_simulated=simulated), "request": request},
        )
        assert ("Made-up data." in html) == simulated


def test_strangers_are_shown_the_way_in_and_members_the_way_out():
    request = SimpleNamespace(at=lives.tokyo(6, 5, 15, 40), get_full_path="/w/sakura/?a=1&b=2")
    stranger = render_to_string("console/base.html", {"request": request})
    assert "?next=/w/sakura/%3Fa%3D1%26b%3D2" in stranger
    hana = SimpleNamespace(display_name="Hana")
    member = render_to_string("console/base.html", {"request": request, "member": hana})
    assert "Hana" in member
    assert "/accounts/logout/" in member
    assert "?next=" not in member


def test_a_moment_is_shown_in_the_zone_of_the_workspace():
    context = {
        "workspace": Workspace(),
        "request": SimpleNamespace(at=lives.tokyo(6, 1)),
        "due": lives.tokyo(6, 5, 18),
    }
    html = page("{% moment due %}", "ja", **context)
    assert html == (
        '<time datetime="2026-06-05T09:00:00+00:00" '
        'title="2026年6月5日（金）18:00:00 (Asia/Tokyo)">6月5日（金）18:00</time>'
    )
    assert "Fri 5 June 18:00<" in page("{% moment due %}", "en", **context)


def test_without_a_workspace_a_moment_is_in_utc():
    assert "Fri 5 June 2026 09:00<" in page("{% moment due %}", due=lives.tokyo(6, 5, 18))


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("{% moment v %}", None),
        ("{% duration v %}", None),
        ("{% share v %}", Share(0, 0)),
        ("{% share_figure v %}", Share(0, 0)),
        ("{% known v %}", Unknown("nothing to count")),
        ("{% count v %}", None),
    ],
)
def test_what_is_unknown_is_a_dash_with_its_reason(source, value):
    assert "—" in page(source, v=value)
    reason = "対象なし" if value is not None else "記録なし"
    assert f"（{reason}）" in page(source, "ja", v=value)


def test_zero_is_not_unknown():
    assert page("{% known v %}", v=0) == '<span class="count">0</span>'
    assert "0 m" in page("{% duration v %}", v=timedelta(0))
    assert "0 of 9" in page("{% share v %}", v=Share(0, 9))


def test_what_people_wrote_is_escaped_wherever_it_is_said():
    evil = "<b>&"
    assert "<b>" not in page("{% known v %}", v=evil)
    assert "<b>" not in page("{% unknown v %}", v=evil)


def test_a_figure_leads_to_its_definition_and_its_rows():
    context = {
        "asked": "Answered in time",
        "share": Share(47, 52),
        "definition": "/measures/investigation/",
        "version": 2,
        "rows": "/rows/",
        "rows_count": 52,
    }
    html = render_to_string("console/_figure.html", context)
    assert "47 of 52" in html
    assert "(90 %, 79–96 %)" in html
    assert '<a href="/measures/investigation/">Definition, version 2</a>' in html
    assert '<a href="/rows/">The <span class="count">52</span> rows behind</a>' in html


# -- signing in -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "en", "ja"),
    [
        ("/accounts/login/", "Sign in", "ログイン"),
        ("/accounts/password/reset/", "Ask whoever runs Shinrai", "ログイン"),
        ("/accounts/password/reset/done/", "Password Reset", "パスワード"),
    ],
)
def test_the_pages_of_signing_in_look_like_ours(client, address, en, ja):
    english = client.get(address).content.decode()
    japanese = client.get(address, headers={"accept-language": "ja"}).content.decode()
    assert en in english
    assert ja in japanese
    for html in (english, japanese):
        assert 'class="masthead"' in html
        assert "narrow-page" in html
        assert not SCRIPT.search(html)
        assert not HANDLER.search(html)
        assert "style=" not in html


@pytest.mark.parametrize(
    "address",
    ["/accounts/2fa/", "/accounts/password/set/", "/accounts/logout/", "/accounts/email/"],
)
def test_the_pages_of_an_account_look_like_ours(cast, address):
    answer = cast.agent.client().get(address)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert 'class="masthead"' in html
    assert 'class="deed' in html
    assert "/accounts/logout/" in html
    assert not SCRIPT.search(html)
    assert "style=" not in html


def test_the_sign_in_form_keeps_what_was_typed_and_says_what_is_wrong(client, db):
    answer = client.post("/accounts/login/", {"login": "hana@example.com", "password": ""})
    html = answer.content.decode()
    assert 'value="hana@example.com"' in html
    assert "errorlist" in html
    assert 'aria-invalid="true"' in html


def test_the_language_is_switched_without_a_script(client):
    answer = client.post("/i18n/setlang/", {"language": "ja", "next": "/accounts/login/"})
    assert answer.url == "/accounts/login/"
    assert '<html lang="ja">' in client.get("/accounts/login/").content.decode()


# -- what is shown when a page could not be --------------------------------------------------------


@pytest.mark.parametrize(
    ("view", "status", "en", "ja"),
    [
        (pages.bad_request, 400, "could not be read", "読み取れませんでした"),
        (pages.forbidden, 403, "You may not see this", "権限がありません"),
        (pages.form_too_old, 403, "grown too old", "有効期限が切れました"),
        (pages.not_found, 404, "nothing at this address", "見つかりません"),
        (pages.broken, 500, "Something of ours broke", "問題が発生しました"),
        (pages.unavailable, 503, "closed for a moment", "一時的に利用できません"),
    ],
)
def test_a_fault_says_what_why_what_now_and_gives_a_reference(view, status, en, ja, caplog):
    request = RequestFactory().get("/w/sakura/")
    with caplog.at_level(logging.INFO, logger="shinrai.console"):
        answer = view(request)
    html = answer.content.decode()
    assert answer.status_code == status
    assert en in html
    assert "What you can do now" in html
    reference = re.search(r"<code>([0-9a-f]{8})</code>", html).group(1)
    assert caplog.messages[-1] == f"GET /w/sakura/ answered {status}, reference {reference}"
    with translation.override("ja"):
        assert ja in view(request).content.decode()


def test_a_refusal_says_who_may():
    refusal = PermissionDenied("Only managers of this workspace see the audit.")
    html = pages.forbidden(RequestFactory().get("/audit/"), refusal).content.decode()
    assert "Only managers of this workspace see the audit." in html
    assert "?next=/audit/" in html


def test_a_closed_database_is_asked_again_later_and_at_the_same_address():
    answer = pages.unavailable(RequestFactory().get("/w/sakura/?page=2"))
    assert answer["Retry-After"] == "30"
    assert 'href="/w/sakura/?page=2"' in answer.content.decode()


def test_a_request_that_has_a_name_keeps_it():
    request = RequestFactory().get("/")
    request.reference = "abc-1"
    assert "<code>abc-1</code>" in pages.broken(request).content.decode()
