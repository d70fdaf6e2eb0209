"""Who may open which page: members, strangers, nobody, on real and on simulated workspaces."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import path
from django.views.decorators.http import require_safe

from shinrai.accounts.operations.members import end_membership
from shinrai.accounts.operations.sign_in_links import make_link
from shinrai.accounts.operations.workspaces import mark_real
from shinrai.accounts.pages import members as member_pages
from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only, writers_only
from shinrai.accounts.rules.permission import Permission
from shinrai.site.urls import urlpatterns as house
from tests.cast import MEMBERS, Cast
from tests.downloads import column, csv_rows, json_rows

NOON = datetime(2026, 6, 3, 3, 0, tzinfo=UTC)


@require_safe
@members_only
def board(request: MemberRequest) -> HttpResponse:
    return HttpResponse(f"{request.workspace.slug} as {author_of(request)}")


@members_only
def careless(request: MemberRequest) -> HttpResponse:
    """Forgets to say that it may only be read."""
    return HttpResponse("written")


@writers_only(Permission.IMPORT)
def imports(request: MemberRequest) -> HttpResponse:
    return HttpResponse("imported")


urlpatterns = [
    path("w/<slug:workspace>/board/", board),
    path("w/<slug:workspace>/careless/", careless),
    path("w/<slug:workspace>/imports/", imports),
    *house,
]
handler403 = "shinrai.console.pages.forbidden"
handler404 = "shinrai.console.pages.not_found"
handler500 = "shinrai.site.pages.broken"

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


class TestReading:
    def test_members_read_and_act_in_their_own_name(self, cast: Cast) -> None:
        assert cast.agent.member

        answer = cast.agent.client().get("/w/tanuki/board/")

        assert answer.content.decode() == f"tanuki as {cast.agent.member.key}"

    def test_nobody_is_sent_to_sign_in_and_back(self, cast: Cast) -> None:
        answer = cast.nobody.client().get("/w/tanuki/board/")

        assert answer.status_code == 302
        assert answer.headers["Location"] == "/accounts/login/?next=/w/tanuki/board/"

    @pytest.mark.parametrize("who", ["stranger", "guardian"])
    def test_who_does_not_belong_learns_nothing(self, cast: Cast, who: str) -> None:
        client = cast.everybody[who].client()

        closed, unknown = (client.get(f"/w/{slug}/board/") for slug in ("tanuki", "nowhere"))

        assert (closed.status_code, unknown.status_code) == (404, 404)

    def test_nobody_cannot_tell_a_closed_workspace_from_none(self, cast: Cast) -> None:
        client = cast.nobody.client()

        statuses = [client.get(f"/w/{s}/board/").status_code for s in ("tanuki", "nowhere")]

        assert statuses == [302, 302]

    @pytest.mark.parametrize("who", ["nobody", "stranger", "owner", "guardian"])
    def test_everybody_reads_what_is_simulated(self, cast: Cast, who: str) -> None:
        answer = cast.everybody[who].client().get("/w/kitsune/board/")

        assert answer.content.decode() == "kitsune as anonymous"

    def test_real_data_closes_what_was_simulated(self, cast: Cast) -> None:
        mark_real(workspace_id=cast.simulated.id, reason="batch 1", at=NOON, by="x")

        assert cast.nobody.client().get("/w/kitsune/board/").status_code == 302
        assert cast.stranger.client().get("/w/kitsune/board/").status_code == 404

    def test_who_left_is_a_stranger(self, cast: Cast) -> None:
        assert cast.agent.member
        end_membership(member_id=cast.agent.member.id, at=NOON, by="x")

        assert cast.agent.client().get("/w/tanuki/board/").status_code == 404


class TestWriting:
    @pytest.mark.parametrize("who", ["nobody", "stranger", "guardian"])
    @pytest.mark.parametrize("slug", ["kitsune", "tanuki"])
    @pytest.mark.parametrize("page", ["careless", "imports"])
    def test_who_is_no_member_writes_nowhere(
        self, cast: Cast, who: str, slug: str, page: str
    ) -> None:
        answer = cast.everybody[who].client().post(f"/w/{slug}/{page}/")

        assert answer.status_code in {403, 404}

    def test_a_role_decides_who_imports(self, cast: Cast) -> None:
        statuses = {
            who: cast.everybody[who].client().post("/w/tanuki/imports/").status_code
            for who in ("owner", "engineer", "agent")
        }

        assert statuses == {"owner": 200, "engineer": 200, "agent": 403}

    def test_a_form_without_its_mark_is_refused(self, cast: Cast) -> None:
        client = Client(enforce_csrf_checks=True)
        assert cast.owner.user
        client.force_login(cast.owner.user, backend="django.contrib.auth.backends.ModelBackend")

        assert client.post("/w/tanuki/imports/").status_code == 403


class TestHosts:
    @pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "10.0.0.1"])
    def test_other_names_of_the_machine_are_refused(self, cast: Cast, host: str) -> None:
        with override_settings(ALLOWED_HOSTS=["localhost", "127.0.0.1"]):
            answer = Client().get("/w/kitsune/board/", headers={"host": host})

        assert answer.status_code == 400

    def test_every_answer_carries_its_guards(self, cast: Cast) -> None:
        answer = cast.nobody.client().get("/")

        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


class TestSigningIn:
    def link(self, at: datetime = NOON) -> str:
        made = make_link(email="suzuki@tanuki.example", at=at, by="test")
        return f"/accounts/links/{made.token}/"

    def test_looking_at_a_link_spends_nothing_and_pressing_it_signs_in(self, cast: Cast) -> None:
        client = Client()
        with time_machine.travel(NOON + timedelta(hours=1), tick=False):
            link = self.link()
            for _preview in range(2):
                assert client.get(link).status_code == 200

            answer = client.post(link, {"next": "/w/tanuki/board/"})

            assert answer.status_code == 302
            assert answer.headers["Location"] == "/w/tanuki/board/"
            assert client.get("/w/tanuki/board/").status_code == 200
            assert Client().post(link).status_code == 410

    def test_who_has_no_password_yet_is_asked_for_one(self, cast: Cast) -> None:
        with time_machine.travel(NOON, tick=False):
            answer = Client().post(self.link())

        assert answer.headers["Location"] == "/accounts/password/set/"

    @pytest.mark.parametrize("after", ["https://evil.example/", "//evil.example", "javascript:x"])
    def test_a_link_leads_nowhere_else(self, cast: Cast, after: str) -> None:
        with time_machine.travel(NOON, tick=False):
            answer = Client().post(self.link(), {"next": after})

        assert answer.headers["Location"] == "/accounts/password/set/"

    def test_a_link_is_too_old_after_a_day(self, cast: Cast) -> None:
        link = self.link()
        with time_machine.travel(NOON + timedelta(days=1), tick=False):
            answer = Client().post(link)

        assert answer.status_code == 410
        assert "accounts link" in answer.content.decode()

    def test_nobody_signs_up_alone(self, cast: Cast) -> None:
        answer = Client().post(
            "/accounts/signup/", {"email": "new@example.jp", "password1": "a very long secret"}
        )

        assert answer.status_code in {200, 403}
        assert "_auth_user_id" not in answer.wsgi_request.session

    def test_who_forgot_their_password_is_promised_no_mail(self, cast: Cast) -> None:
        page = Client().get("/accounts/password/reset/").content.decode()

        assert "shinrai accounts link" in page
        assert Client().post("/accounts/password/reset/", {"email": "a@b.jp"}).status_code == 405

    def test_the_first_page_lists_what_one_may_read(self, cast: Cast) -> None:
        seen = {
            who: p.client().get("/?all=1").content.decode() for who, p in cast.everybody.items()
        }

        assert {who for who, page in seen.items() if "たぬき塾" in page} == set(MEMBERS)
        assert all("きつね塾" in page for page in seen.values())


class TestLists:
    def test_members_are_sorted_searched_and_taken_away_by_owners(self, cast: Cast) -> None:
        client = cast.owner.client()

        by_mail = ["小林", "森", "佐藤", "鈴木", "高橋"]
        assert column(client, "/w/tanuki/members/?sort=email", "name") == by_mail
        assert column(client, "/w/tanuki/members/?sort=-email", "name") == by_mail[::-1]
        [suzuki] = csv_rows(client, "/w/tanuki/members/?q=suzuki")
        assert (suzuki["Name"], suzuki["Roles"]) == ("鈴木", "cs_agent")
        assert "Change" not in suzuki
        assert cast.agent.client().get("/w/tanuki/members/?format=csv").status_code == 403

    def test_a_long_list_of_members_has_pages(self, cast: Cast, monkeypatch) -> None:
        monkeypatch.setattr(member_pages, "MEMBERS", replace(member_pages.MEMBERS, a_page=2))
        page = cast.owner.client().get("/w/tanuki/members/?page=2").content.decode()

        assert "高橋" in page
        assert "鈴木" not in page

    def test_the_audit_is_searched_by_who_and_what_and_turned_around(self, cast: Cast) -> None:
        client = cast.owner.client()

        def told(query: str, key: str) -> list[Any]:
            return [row[key] for row in json_rows(client, f"/w/tanuki/audit/{query}")]

        every = told("?kind=deed", "at")

        assert every == sorted(every, reverse=True)
        assert told("?kind=deed&sort=at", "at") == sorted(every)
        assert set(told("?q=鈴木", "subject")) == {"鈴木"}
        assert set(told("?q=added a member", "what")) == {"added a member"}
        assert told("?q=nobody-at-all", "what") == []

    def test_taking_the_audit_away_is_in_the_audit(self, cast: Cast) -> None:
        client = cast.owner.client()
        rows = json_rows(client, "/w/tanuki/audit/?kind=deed")
        [entry] = json_rows(client, "/w/tanuki/audit/?kind=export")

        assert (entry["what"], entry["lines"]) == ("downloaded a list", len(rows))
        assert json_rows(client, "/w/tanuki/audit/?q=nobody-at-all") == []
        assert json_rows(client, "/w/tanuki/audit/?kind=export")[0]["lines"] == 0
