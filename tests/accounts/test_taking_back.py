"""What was given can be taken: roles, links and membership; and everybody can read who did it.

Sato owns Tanuki Juku. Suzuki answers there, and leaves on Wednesday 3 June.
"""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from click.testing import CliRunner
from django.db import connection

from shinrai.accounts import queries
from shinrai.accounts.commands.members import group
from shinrai.accounts.models import RoleGrant
from shinrai.accounts.operations import audit
from shinrai.accounts.operations.audit import record_action
from shinrai.accounts.operations.members import add_member, end_membership, grant_role, invite
from shinrai.accounts.operations.sign_in_links import LinkSpent, make_link, use_link
from shinrai.accounts.operations.workspaces import open_workspace
from shinrai.accounts.rules.role import Role
from shinrai.desk.commands.audit import group as audit_group
from tests.cast import Cast

NOON = datetime(2026, 6, 3, 3, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def wednesday() -> Iterator[None]:
    """Pages and commands read the clock: it is noon in Tokyo."""
    with time_machine.travel(NOON, tick=False):
        yield


def link(email: str, at: datetime = NOON) -> str:
    return make_link(email=email, at=at, by="test").token


def change(cast: Cast, who: str = "agent", by: str = "owner", **form: str) -> int:
    member = getattr(cast, who).member
    client = getattr(cast, by).client()
    return int(client.post(f"/w/tanuki/members/{member.id}/", form).status_code)


class TestLinks:
    def test_using_one_ends_the_others(self, cast: Cast) -> None:
        older, newer = link("suzuki@tanuki.example"), link("suzuki@tanuki.example")
        others = link("sato@tanuki.example")

        use_link(token=newer, at=NOON)

        with pytest.raises(LinkSpent):
            use_link(token=older, at=NOON)
        assert use_link(token=others, at=NOON) == cast.owner.user.pk  # type: ignore[union-attr]

    def test_can_be_taken_back(self, cast: Cast) -> None:
        token = link("suzuki@tanuki.example")

        shown = CliRunner().invoke(group, ["unlink", "suzuki@tanuki.example", "--json"])

        assert json.loads(shown.output)["taken_back"] >= 1
        with pytest.raises(LinkSpent):
            use_link(token=token, at=NOON)

    def test_a_page_takes_them_back(self, cast: Cast) -> None:
        token = link("suzuki@tanuki.example")

        assert change(cast, what="links") == 302

        with pytest.raises(LinkSpent):
            use_link(token=token, at=NOON)

    @pytest.mark.django_db(transaction=True)
    def test_two_used_at_once_sign_in_once(self, cast: Cast) -> None:
        tokens = [link("suzuki@tanuki.example") for _ in range(4)]
        came: list[object] = []

        def use(token: str) -> None:
            try:
                came.append(use_link(token=token, at=NOON))
            except LinkSpent:
                came.append(None)
            finally:
                connection.close()

        threads = [threading.Thread(target=use, args=[token]) for token in tokens]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(one is not None for one in came) == [False, False, False, True]


class TestLeaving:
    def test_ends_sessions_and_links_at_once(self, cast: Cast) -> None:
        client, token = cast.agent.client(), link("suzuki@tanuki.example")
        owner = cast.owner.client()
        assert client.get("/w/tanuki/queue/").status_code == 200

        assert change(cast, what="membership") == 302

        assert client.get("/w/tanuki/queue/").status_code == 302, "signed out"
        assert owner.get("/w/tanuki/queue/").status_code == 200
        with pytest.raises(LinkSpent):
            use_link(token=token, at=NOON + timedelta(minutes=1))

    def test_of_one_workspace_leaves_the_company_s_others_open(self, cast: Cast) -> None:
        second = open_workspace(
            slug="tanuki-two",
            name="二号",
            zone="Asia/Tokyo",
            simulated=False,
            organisation="tanuki",
            at=NOON,
            by="test",
        )
        add_member(
            workspace_id=second.id,
            display_name="鈴木",
            user_id=cast.agent.user.pk,  # type: ignore[union-attr]
            roles=[Role.CS_AGENT],
            at=NOON,
            by="test",
        )
        client = cast.agent.client()

        change(cast, what="membership")

        assert client.get("/w/tanuki/queue/").status_code == 404
        assert client.get("/w/tanuki-two/queue/").status_code == 200

    def test_who_comes_back_may_work_again_and_what_they_did_stays(self, cast: Cast) -> None:
        assert cast.agent.member
        end_membership(member_id=cast.agent.member.id, at=NOON, by="test")

        invite(
            email="suzuki@tanuki.example",
            workspace_id=cast.workspace.id,
            roles=[Role.CS_AGENT],
            at=NOON,
            by="test",
        )

        assert cast.agent.client().get("/w/tanuki/queue/").status_code == 200
        known = {one.key: one for one in queries.members(workspace_id=cast.workspace.id)}
        assert known[cast.agent.member.key].has_left

    def test_by_command(self, cast: Cast) -> None:
        asked = ["leave", "suzuki@tanuki.example", "--workspace", "tanuki"]

        shown = CliRunner().invoke(group, [*asked, "--json"])

        assert json.loads(shown.output)["has_left"] is True
        assert cast.agent.client().get("/w/tanuki/queue/").status_code in (302, 404)


class TestRoles:
    def test_are_taken_back_and_what_they_permit_with_them(self, cast: Cast) -> None:
        grant_role(
            member_id=cast.agent.member.id,  # type: ignore[union-attr]
            role=Role.MANAGER,
            at=NOON,
            by="test",
        )
        assert cast.agent.client().get("/w/tanuki/audit/").status_code == 200

        assert change(cast, what="role", role="manager") == 302

        assert cast.agent.client().get("/w/tanuki/audit/").status_code == 403
        kept = RoleGrant.objects.filter(role="manager", member=cast.agent.member.id)  # type: ignore[union-attr]
        assert kept.count() == 1, "the grant stays as history"

    @pytest.mark.parametrize("form", [{"what": "membership"}, {"what": "role", "role": "owner"}])
    def test_the_last_owner_stays(self, cast: Cast, form: dict[str, str]) -> None:
        change(cast, who="owner", **form)

        page = cast.owner.client().get("/w/tanuki/members/", headers={"accept-language": "ja"})
        assert page.status_code == 200
        asked = ["withdraw", "sato@tanuki.example", "-w", "tanuki", "--role", "owner"]
        shown = CliRunner().invoke(group, asked)
        assert (shown.exit_code, "last owner" in shown.output) == (2, True)

    def test_one_of_two_owners_may_go(self, cast: Cast) -> None:
        grant_role(
            member_id=cast.agent.member.id,  # type: ignore[union-attr]
            role=Role.OWNER,
            at=NOON,
            by="test",
        )

        change(cast, who="owner", what="membership")

        assert cast.owner.client().get("/w/tanuki/members/").status_code in (302, 404)

    @pytest.mark.parametrize("by", ["agent", "engineer", "guardian", "stranger", "nobody"])
    def test_nobody_but_an_owner_changes_members(self, cast: Cast, by: str) -> None:
        assert change(cast, who="engineer", by=by, what="membership") in (403, 404)
        assert cast.engineer.client().get("/w/tanuki/queue/").status_code == 200

    def test_an_owner_changes_nobody_elsewhere(self, cast: Cast) -> None:
        assert change(cast, who="agent", by="stranger", what="membership") == 404
        elsewhere = cast.stranger.member
        assert elsewhere
        address = f"/w/tanuki/members/{elsewhere.id}/"
        assert cast.owner.client().post(address, {"what": "membership"}).status_code == 404


class TestTheAudit:
    def test_says_on_a_page_and_by_command_who_took_what(self, cast: Cast) -> None:
        change(cast, what="membership")

        page = cast.owner.client().get("/w/tanuki/audit/", headers={"accept-language": "ja"})
        shown = CliRunner().invoke(audit_group, ["list", "--workspace", "tanuki", "--json"])

        assert "メンバーから外した" in page.content.decode()
        assert "佐藤" in page.content.decode()
        newest = [one for one in json.loads(shown.output)["entries"] if one["kind"] == "deed"]
        assert cast.owner.member
        assert cast.agent.member
        assert (newest[0]["by"], newest[0]["subject"]) in {
            (cast.owner.member.key, cast.agent.member.key),
            (cast.owner.member.key, f"user:{cast.agent.user.pk}"),  # type: ignore[union-attr]
        }

    def test_every_word_it_keeps_is_said_in_japanese(self, cast: Cast) -> None:
        """A new deed or view is listed in accounts/templatetags/accounts.py."""
        from pathlib import Path
        from re import findall

        from shinrai.accounts.templatetags.accounts import ENTRIES

        source = Path(audit.__file__).parents[2]
        said = {
            what
            for path in source.rglob("*.py")
            if "record_" in (text := path.read_text("utf-8"))
            for what in findall(r'\bwhat="([a-z ]+)"', text)
            + findall(r'_audit_view\(request, "([a-z ]+)"', text)
        }

        assert said - set(ENTRIES) == set()
        assert len(said) > 8

    def test_goes_back_page_by_page(self, cast: Cast) -> None:
        for number in range(130):
            record_action(
                workspace_id=cast.workspace.id,
                what="save calendar",
                subject=f"calendar:{number}",
                at=NOON + timedelta(seconds=number),
                by="test",
            )

        first, second = (
            cast.owner.client().get(f"/w/tanuki/audit/?page={page}").content.decode()
            for page in (1, 2)
        )

        assert "calendar:129" in first
        assert "calendar:129" not in second
        assert "calendar:3<" in second
