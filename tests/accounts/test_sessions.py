"""Who is signed in where, and how it ends: Suzuki sits at the office, and has a phone.

Tuesday 9 June 2026. What is taken from her holds from her next click, in browsers open before.
"""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from click.testing import CliRunner
from django.contrib.sessions.models import Session
from django.test import Client

from shinrai.accounts import tasks
from shinrai.accounts.commands.members import group
from shinrai.accounts.operations.sign_in_links import LinkSpent, make_link, use_link
from shinrai.accounts.templatetags.accounts import browser_name
from tests.cast import Cast

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 9, 0, 0, tzinfo=UTC)
EMAIL, PASSWORD = "suzuki@tanuki.example", "a long word of one's own"
OFFICE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)
QUEUE = "/w/tanuki/queue/"


def signed_in(cast: Cast, user_agent: str = OFFICE) -> Client:
    assert cast.agent.user
    cast.agent.user.set_password(PASSWORD)
    cast.agent.user.save()
    client = Client(HTTP_USER_AGENT=user_agent)
    answer = client.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    return client


class TestTheList:
    @pytest.fixture
    def browsers(self, cast: Cast) -> tuple[Client, Client]:
        office = signed_in(cast)
        phone = Client(HTTP_USER_AGENT=PHONE)
        phone.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD})
        return office, phone

    def test_names_one_s_own_browsers_and_nobody_else_s(self, cast: Cast, browsers) -> None:
        office, _phone = browsers

        page = office.get("/accounts/sessions/").content.decode()
        japanese = office.get("/accounts/sessions/", headers={"accept-language": "ja"})

        assert "2 browsers are signed in as you." in page
        assert "Firefox · Windows" in page
        assert "Safari · iPhone" in page
        assert page.count("this one") == 1
        assert "2個のブラウザでログインしています" in japanese.content.decode()
        assert "iPhone" not in cast.owner.client().get("/accounts/sessions/").content.decode()

    def test_ends_the_others_and_stays_itself(self, cast: Cast, browsers) -> None:
        office, phone = browsers
        owner = cast.owner.client()

        assert office.post("/accounts/sessions/").status_code == 302

        assert office.get(QUEUE).status_code == 200
        assert phone.get(QUEUE).status_code == 302
        assert owner.get(QUEUE).status_code == 200, "of somebody else"

    def test_is_for_those_who_are_signed_in(self) -> None:
        answer = Client().get("/accounts/sessions/")

        assert answer.headers["Location"] == "/accounts/login/?next=/accounts/sessions/"

    def test_forgets_address_and_browser_with_the_session(self, browsers) -> None:
        Session.objects.update(expire_date=datetime.now(UTC) - timedelta(minutes=1))

        tasks.forget_sessions()

        assert not UserSession.objects.exists()

    @pytest.mark.parametrize(
        ("sent", "name"), [("", "—"), ("curl/8.14", "curl/8.14"), (PHONE, "Safari · iPhone")]
    )
    def test_says_what_it_does_not_know(self, sent: str, name: str) -> None:
        assert browser_name(sent) == name


class TestWhatIsTaken:
    def test_a_role_is_gone_with_the_next_click(self, cast: Cast) -> None:
        browser, owner = cast.manager.client(), cast.owner.client()
        assert browser.get("/w/tanuki/audit/").status_code == 200
        assert cast.manager.member

        with time_machine.travel(AT, tick=False):
            form = {"what": "role", "role": "manager"}
            owner.post(f"/w/tanuki/members/{cast.manager.member.id}/", form)

        assert browser.get("/w/tanuki/audit/").status_code == 403
        assert browser.get(QUEUE).status_code == 403, "of no role, nothing is permitted"

    def test_an_account_closes_everywhere_at_once_and_opens_again(self, cast: Cast) -> None:
        browser = signed_in(cast)
        token = make_link(email=EMAIL, at=AT, by="test").token

        with time_machine.travel(AT, tick=False):
            done = CliRunner().invoke(group, ["deactivate", EMAIL])

        assert done.exit_code == 0, done.output
        assert browser.get(QUEUE).status_code == 302
        assert not UserSession.objects.filter(user__email=EMAIL).exists()
        with pytest.raises(LinkSpent):
            use_link(token=token, at=AT)
        tried = Client().post("/accounts/login/", {"login": EMAIL, "password": PASSWORD})
        assert tried.headers.get("Location") != "/"
        audit = cast.owner.client().get("/w/tanuki/audit/?q=closed an account")
        assert "鈴木" in audit.content.decode()

        assert CliRunner().invoke(group, ["activate", EMAIL]).exit_code == 0
        assert browser.get(QUEUE).status_code == 302, "its session stays ended"
        assert signed_in(cast).get(QUEUE).status_code == 200

    def test_nobody_is_deactivated_by_a_name_that_is_none(self, cast: Cast) -> None:
        done = CliRunner().invoke(group, ["deactivate", "nobody@tanuki.example"])

        assert done.exit_code == 2
        assert "nobody signs in as" in done.output


class TestRoles:
    def test_page_and_command_print_the_same_table(self, cast: Cast) -> None:
        page = cast.owner.client().get("/w/tanuki/members/", headers={"accept-language": "ja"})
        done = CliRunner().invoke(group, ["roles", "--json"])

        assert "分類基準を編集する" in page.content.decode()
        assert '"erase"' in done.output
        assert done.output.count('"manage_members"') == 1, "of owners alone"

    def test_every_permission_has_its_words(self) -> None:
        from shinrai.accounts.rules.permission import PERMISSION_WORDS, PERMITTED, Permission

        assert set(PERMISSION_WORDS) == set(PERMITTED) == set(Permission)
