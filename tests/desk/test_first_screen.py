"""After signing in everybody stands where their day begins: Tuesday morning at Tanuki Juku."""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from shinrai.accounts.operations.members import add_member, grant_role
from shinrai.accounts.operations.sign_in_links import make_link
from shinrai.accounts.operations.workspaces import open_workspace
from shinrai.accounts.rules.role import Role
from shinrai.desk.rules.first_screen import FIRST_SCREENS, first_screen, place_to_go_on
from shinrai.site.urls import urlpatterns
from tests.cast import Cast, Person
from tests.desk.stage import NOW

LISTED = "/?all=1"
HAS_THIRD_LINE = any(getattr(one, "name", "") == "third_line" for one in urlpatterns)
SCREENS = {
    "engineer": "/w/tanuki/investigations/",
    "agent": "/w/tanuki/queue/",
    "product_engineer": None if HAS_THIRD_LINE else "/w/tanuki/investigations/",
    "manager": "/w/tanuki/",
    "owner": "/w/tanuki/",
}


class TestRule:
    def test_every_role_has_a_screen(self) -> None:
        assert set(FIRST_SCREENS) == set(Role)

    def test_who_leads_and_works_cases_begins_with_the_cases(self) -> None:
        assert first_screen({Role.OWNER, Role.CRE_ENGINEER}) == "board"
        assert first_screen({Role.MANAGER, Role.CS_AGENT}) == "queue"
        assert first_screen(set()) == "overview"

    def test_the_last_place_counts_only_while_it_is_one_s_own(self) -> None:
        readable = ("kitsune", "tanuki", "mujina")

        assert place_to_go_on(readable, ["tanuki", "mujina"], "mujina") == "mujina"
        assert place_to_go_on(readable, ["tanuki", "mujina"], "kitsune") is None
        assert place_to_go_on(readable, ["tanuki"], "") == "tanuki"
        assert place_to_go_on(["kitsune"], [], "") == "kitsune"
        assert place_to_go_on(readable, [], "kitsune") is None


@pytest.mark.django_db
@pytest.mark.end_to_end
class TestSigningIn:
    @pytest.fixture(autouse=True)
    def tuesday(self) -> Iterator[None]:
        with time_machine.travel(NOW, tick=False):
            yield

    def signed_in(self, person: Person) -> tuple[Client, str]:
        """Come in by a link; the browser, and where it stands."""
        assert person.user
        token = make_link(email=person.user.email, at=NOW, by="test").token
        person.user.set_password("a long word of one's own")
        person.user.save()
        client = Client()
        answer = client.post(f"/accounts/links/{token}/", follow=True)
        return client, answer.redirect_chain[-1][0]

    @pytest.mark.parametrize("part", SCREENS)
    def test_each_role_stands_on_its_first_screen(self, cast: Cast, part: str) -> None:
        client, stands = self.signed_in(cast.members[part])

        assert stands == SCREENS[part] or (SCREENS[part] is None and "/w/tanuki/" in stands)
        page = client.get(stands).content.decode()
        assert 'class="brand" href="/w/tanuki/"' in page, "the brand leads to the overview"
        assert f'href="{stands}"' in client.get(LISTED).content.decode()

    def test_with_two_workspaces_one_goes_on_in_the_last(self, cast: Cast) -> None:
        opened = open_workspace(
            slug="mujina", name="むじな塾", zone="Asia/Tokyo", simulated=False, at=NOW, by="test"
        )
        assert cast.agent.user
        add_member(
            workspace_id=opened.id,
            display_name="鈴木",
            user_id=cast.agent.user.pk,
            roles=[Role.CRE_ENGINEER],
            at=NOW,
            by="test",
        )

        client, stands = self.signed_in(cast.agent)
        assert stands == "/", "nowhere yet: a list"
        listed = client.get("/").content.decode()
        assert 'href="/w/tanuki/queue/"' in listed
        assert 'href="/w/mujina/investigations/"' in listed
        client.get("/w/mujina/queue/")

        client.post("/accounts/logout/")
        client.force_login(cast.agent.user)
        assert client.get("/").headers["Location"] == "/w/mujina/investigations/"
        assert client.get(LISTED).status_code == 200

    def test_a_role_given_changes_the_screen_with_the_next_request(self, cast: Cast) -> None:
        client, _stands = self.signed_in(cast.manager)
        assert cast.manager.member

        grant_role(member_id=cast.manager.member.id, role=Role.CS_AGENT, at=NOW, by="test")

        assert client.get("/").headers["Location"] == "/w/tanuki/queue/"
