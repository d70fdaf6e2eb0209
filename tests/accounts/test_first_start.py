"""The first start: Sato opens the first workspace in the browser, on Monday 1 June 2026 at noon."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils.html import strip_tags

from shinrai.accounts import queries
from shinrai.accounts.models import AuditEntry, SignInLink, User, Workspace
from shinrai.accounts.operations.first_start import first_start_token
from shinrai.accounts.rules.role import Role
from shinrai.accounts.rules.workspace import free_slug, likely_zone
from tests.cast import Cast

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)
TYPED = {
    "name": "たぬき塾",
    "slug": "tanuki",
    "zone": "Asia/Tokyo",
    "language": "ja",
    "owner": "佐藤",
    "email": "Sato@tanuki.example",
    "password": "",
}


def start(token: str, client: Client | None = None, at: datetime = NOON, **typed: str):
    with time_machine.travel(at, tick=False):
        client = client or Client()
        return client.post(f"/start/{token}/", TYPED | typed)


def words(answer) -> str:
    return " ".join(strip_tags(answer.content.decode()).split())


class TestFirstStart:
    def test_the_link_opens_a_workspace_and_signs_its_owner_in(self) -> None:
        client = Client()

        answer = start(first_start_token(at=NOON), client)

        assert answer["Location"] == "/w/tanuki/"
        assert answer.cookies["django_language"].value == "ja"
        with time_machine.travel(NOON, tick=False):
            assert client.get("/w/tanuki/").status_code == 200
            assert client.get("/w/tanuki/members/").status_code == 200
        there = queries.workspace_named("tanuki")
        assert (there.name, there.zone, there.zone_is_assumed) == ("たぬき塾", "Asia/Tokyo", False)
        [owner] = queries.members(workspace_id=there.id)
        assert (owner.display_name, owner.email) == ("佐藤", "sato@tanuki.example")
        assert owner.roles == {Role.OWNER}
        assert set(AuditEntry.objects.values_list("what", flat=True)) >= {
            "open workspace",
            "add member",
            "grant owner",
        }
        assert not SignInLink.objects.exists()

    def test_a_password_signs_them_in_again(self) -> None:
        start(first_start_token(at=NOON), password="correct horse battery")

        assert User.objects.get().check_password("correct horse battery")

    def test_it_works_once(self) -> None:
        token = first_start_token(at=NOON)
        start(token)

        again = start(token, slug="kitsune", email="ito@elsewhere.example")

        assert again.status_code == 410
        assert Workspace.objects.count() == User.objects.count() == 1

    def test_it_works_for_a_day(self) -> None:
        token = first_start_token(at=NOON)

        assert start(token, at=NOON + timedelta(days=1)).status_code == 410
        assert start(token, at=NOON + timedelta(hours=23)).status_code == 302

    @pytest.mark.parametrize("token", ["nonsense", "MTc5NjA1MjIwMQ:1xY3Dt:forged"])
    def test_a_guessed_one_opens_nothing(self, token: str) -> None:
        with time_machine.travel(NOON, tick=False):
            assert Client().get(f"/start/{token}/").status_code == 410
        assert start(token).status_code == 410
        assert not Workspace.objects.exists()

    @pytest.mark.parametrize(
        ("field", "typed", "said"),
        [
            ("zone", "Tokyo", "is no IANA zone"),
            ("email", "sato", "is no mail address"),
            ("password", "short", "at least 12 characters"),
            ("slug", "Tanuki Juku!", "cannot be a workspace"),
            ("name", " ", "needs a name"),
            ("language", "fr", "is no language of ours"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_is_half_opened(
        self, field: str, typed: str, said: str
    ) -> None:
        answer = start(first_start_token(at=NOON), **{field: typed})

        assert answer.status_code == 422
        assert said in words(answer)
        assert not Workspace.objects.exists()
        assert not User.objects.exists()

    def test_without_an_address_one_is_made(self) -> None:
        assert start(first_start_token(at=NOON), slug="")["Location"] == "/w/desk/"

    def test_names_that_no_table_holds_are_cut(self) -> None:
        assert start(first_start_token(at=NOON), owner="佐\x00藤" + "あ" * 300).status_code == 302

    def test_an_empty_house_says_where_its_link_is(self) -> None:
        assert "shinrai serve printed a link" in words(Client().get("/"))


def test_good_guesses() -> None:
    assert free_slug("Tanuki Juku（塾）", ["tanuki-juku"]) == "tanuki-juku-2"
    assert free_slug("たぬき塾", []) == "desk"
    assert likely_zone("Europe/Berlin", "ja") == "Europe/Berlin"
    assert likely_zone("Etc/UTC", "ja") == "Asia/Tokyo"
    assert likely_zone("", "en") == "UTC"


class TestFurtherWorkspace:
    def test_an_owner_opens_another_in_the_same_company(self, cast: Cast) -> None:
        client = cast.owner.client()

        answer = client.post("/w/tanuki/new-workspace/", TYPED | {"slug": "mujina"})

        assert answer["Location"] == "/w/mujina/"
        opened = Workspace.objects.get(slug="mujina")
        assert opened.organisation.slug == "tanuki"
        [owner] = queries.members(workspace_id=opened.pk)
        assert (owner.email, owner.roles) == ("sato@tanuki.example", {Role.OWNER})
        assert opened.opened_by == cast.owner.member.key  # type: ignore[union-attr]
        assert "/w/mujina/new-workspace/" in client.get("/?all=1").content.decode()

    def test_an_address_that_is_taken_is_said(self, cast: Cast) -> None:
        answer = cast.owner.client().post("/w/tanuki/new-workspace/", TYPED)

        assert answer.status_code == 422
        assert "choose another address" in words(answer)

    def test_nobody_else_does(self, cast: Cast) -> None:
        told = {
            who: person.client().post("/w/tanuki/new-workspace/", TYPED | {"slug": "mujina"})
            for who, person in cast.everybody.items()
            if who != "owner"
        }

        assert {one.status_code for one in told.values()} <= {403, 404}
        assert not Workspace.objects.filter(slug="mujina").exists()


class TestInviting:
    def invite(self, cast: Cast, who: str = "owner", **typed: str):
        typed = {"email": "yui@tanuki.example", "name": "結衣", "role": "cre_engineer"} | typed
        return getattr(cast, who).client().post("/w/tanuki/members/", typed)

    def test_the_answer_shows_a_link_that_signs_in_once(self, cast: Cast) -> None:
        page = self.invite(cast).content.decode()

        link = page.partition("<code>http://testserver")[2].partition("<")[0]
        yui = Client()
        assert yui.post(link).status_code == 302
        assert yui.get("/w/tanuki/").status_code == 200
        assert Client().post(link).status_code == 410
        entry = AuditEntry.objects.filter(what="make sign-in link").latest("id")
        assert (entry.workspace_id, entry.by) == (cast.workspace.id, cast.owner.member.key)  # type: ignore[union-attr]

    def test_an_owner_never_gets_a_link_of_somebody_who_works_for_others(self, cast: Cast) -> None:
        """Ito owns Elsewhere Ltd: as a member here too she signs in as she does there."""
        before = SignInLink.objects.count()

        page = self.invite(cast, email="ito@elsewhere.example")

        assert "signs in as they do elsewhere" in words(page)
        assert "accounts/links" not in page.content.decode()
        assert SignInLink.objects.count() == before
        assert any(
            one.email == "ito@elsewhere.example"
            for one in queries.members(workspace_id=cast.workspace.id)
        )

    def test_what_is_wrong_is_said_beside_its_field(self, cast: Cast) -> None:
        answer = self.invite(cast, email="yui")

        assert answer.status_code == 422
        assert 'value="yui"' in answer.content.decode()
        assert "is no mail address" in words(answer)

    @pytest.mark.parametrize("who", ["agent", "engineer", "stranger", "nobody"])
    def test_only_owners_invite(self, cast: Cast, who: str) -> None:
        assert self.invite(cast, who).status_code in (403, 404)
        assert not User.objects.filter(email="yui@tanuki.example").exists()
