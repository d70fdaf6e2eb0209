"""Opening workspaces, letting people in and out, one-time links, and the audit of all that."""

from datetime import UTC, datetime, timedelta

import pytest

from shinrai.accounts import queries
from shinrai.accounts.models import SignInLink
from shinrai.accounts.operations.audit import record_action, record_view
from shinrai.accounts.operations.members import (
    add_member,
    end_membership,
    grant_role,
    invite,
    withdraw_role,
)
from shinrai.accounts.operations.sign_in_links import LinkSpent, make_link, use_link
from shinrai.accounts.operations.workspaces import WorkspaceExists, mark_real, open_workspace
from shinrai.accounts.rules.permission import Permission
from shinrai.accounts.rules.role import Role
from tests.cast import Cast

NOON = datetime(2026, 6, 3, 3, 0, tzinfo=UTC)  # Wednesday noon in Tokyo


@pytest.mark.django_db
class TestWorkspaces:
    def test_an_opened_workspace_is_found_by_its_address(self) -> None:
        opened = open_workspace(
            slug="tanuki", name="たぬき塾", zone="Asia/Tokyo", simulated=True, at=NOON, by="test"
        )

        assert queries.workspace_named("tanuki") == opened
        assert opened.is_simulated
        assert opened.opened_at == NOON

    def test_an_address_is_given_once(self, cast: Cast) -> None:
        with pytest.raises(WorkspaceExists, match="'tanuki' already"):
            open_workspace(slug="tanuki", name="x", zone="UTC", simulated=False, at=NOON, by="test")

    def test_an_unknown_address_says_how_workspaces_come_about(self) -> None:
        with pytest.raises(queries.UnknownWorkspace, match="importing into it"):
            queries.workspace_named("nowhere")

    def test_real_data_ends_the_simulation_for_good_and_is_news_once(self, cast: Cast) -> None:
        kitsune = cast.simulated

        first = mark_real(workspace_id=kitsune.id, reason="batch 1", at=NOON, by="staff:1")
        second = mark_real(workspace_id=kitsune.id, reason="batch 2", at=NOON, by="staff:1")

        assert (first, second) == (True, False)
        assert not queries.workspace_named("kitsune").is_simulated
        assert queries.audit(workspace_id=kitsune.id)[0].reason == "batch 1"

    def test_real_data_in_a_real_workspace_is_no_news(self, cast: Cast) -> None:
        assert not mark_real(
            workspace_id=cast.workspace.id, reason="batch 1", at=NOON, by="staff:1"
        )

    def test_people_see_their_own_and_the_simulated(self, cast: Cast) -> None:
        assert cast.owner.user
        assert cast.stranger.user

        mine = queries.workspaces_of(user_id=cast.owner.user.pk)
        theirs = queries.workspaces_of(user_id=cast.stranger.user.pk)
        open_to_all = queries.workspaces_of(user_id=None)

        assert [w.slug for w in mine] == ["kitsune", "tanuki"]
        assert [w.slug for w in theirs] == ["elsewhere", "kitsune"]
        assert [w.slug for w in open_to_all] == ["kitsune"]


@pytest.mark.django_db
class TestMembers:
    def test_staff_of_a_source_are_one_member_however_often_they_come(self, cast: Cast) -> None:
        first, again = (
            add_member(
                workspace_id=cast.workspace.id,
                display_name=name,
                source="jira",
                source_key="u-7",
                at=NOON,
                by="import",
            )
            for name in ("Takahashi", "高橋")
        )

        assert first == again
        assert first.display_name == "Takahashi"
        assert first.key == f"staff:{first.id}"
        assert first.roles == frozenset()

    def test_the_same_key_in_another_workspace_is_somebody_else(self, cast: Cast) -> None:
        here, there = (
            add_member(
                workspace_id=workspace.id,
                display_name="x",
                source="jira",
                source_key="u-7",
                at=NOON,
                by="import",
            )
            for workspace in (cast.workspace, cast.simulated)
        )

        assert here.id != there.id

    def test_roles_are_given_and_taken_back(self, cast: Cast) -> None:
        assert cast.agent.member
        assert cast.agent.user
        member_id = cast.agent.member.id

        grant_role(member_id=member_id, role=Role.MANAGER, at=NOON, by="staff:1")
        withdraw_role(member_id=member_id, role=Role.CS_AGENT, at=NOON, by="staff:1")

        member = queries.member_of(workspace_id=cast.workspace.id, user_id=cast.agent.user.pk)
        assert member
        assert member.roles == {Role.MANAGER}
        assert queries.may(member, Permission.AUDIT)

    def test_a_role_taken_back_can_be_given_again(self, cast: Cast) -> None:
        assert cast.agent.member
        assert cast.agent.user
        member_id = cast.agent.member.id
        withdraw_role(member_id=member_id, role=Role.CS_AGENT, at=NOON, by="staff:1")
        grant_role(member_id=member_id, role=Role.CS_AGENT, at=NOON, by="staff:1")

        member = queries.member_of(workspace_id=cast.workspace.id, user_id=cast.agent.user.pk)

        assert member
        assert member.roles == {Role.CS_AGENT}

    def test_who_left_may_do_nothing_but_is_still_named(self, cast: Cast) -> None:
        assert cast.engineer.member
        assert cast.engineer.user
        end_membership(member_id=cast.engineer.member.id, at=NOON, by="staff:1")

        found = queries.members(workspace_id=cast.workspace.id)
        member = next(m for m in found if m.id == cast.engineer.member.id)

        assert member.has_left
        assert not queries.may(member, Permission.READ)
        assert (
            queries.member_of(workspace_id=cast.workspace.id, user_id=cast.engineer.user.pk) is None
        )

    def test_nobody_may_do_nothing(self) -> None:
        assert not any(queries.may(None, deed) for deed in Permission)


@pytest.mark.django_db
class TestOneTimeLinks:
    def test_a_link_signs_in_once(self, cast: Cast) -> None:
        assert cast.agent.user
        made = make_link(email="suzuki@tanuki.example", at=NOON, by="test")

        assert use_link(token=made.token, at=NOON) == cast.agent.user.pk
        with pytest.raises(LinkSpent):
            use_link(token=made.token, at=NOON)

    def test_a_link_lives_a_day_to_the_second(self, cast: Cast) -> None:
        made = make_link(email="suzuki@tanuki.example", at=NOON, by="test")
        day = timedelta(days=1)

        assert made.expires_at == NOON + day
        with pytest.raises(LinkSpent):
            use_link(token=made.token, at=NOON + day)
        assert use_link(token=made.token, at=NOON + day - timedelta(seconds=1))

    def test_the_books_know_only_its_digest(self, cast: Cast) -> None:
        made = make_link(email="suzuki@tanuki.example", at=NOON, by="test")

        assert made.token not in str(list(SignInLink.objects.values()))

    def test_a_link_nobody_made_signs_nobody_in(self) -> None:
        with pytest.raises(LinkSpent):
            use_link(token="\udcff" + "guess", at=NOON)

    def test_an_unknown_address_gets_no_link(self) -> None:
        with pytest.raises(queries.UnknownUser, match="accounts add"):
            make_link(email="who@example.jp", at=NOON, by="test")

    def test_inviting_somebody_twice_adds_a_role_and_no_second_member(self, cast: Cast) -> None:
        invite(
            email="Suzuki@Tanuki.example",
            workspace_id=cast.workspace.id,
            roles=[Role.MANAGER],
            at=NOON,
            by="test",
        )

        found = queries.members(workspace_id=cast.workspace.id)
        members = [m for m in found if m.email == "suzuki@tanuki.example"]

        assert [sorted(m.roles) for m in members] == [["cs_agent", "manager"]]


@pytest.mark.django_db
def test_the_audit_names_views_and_deeds_newest_first(cast: Cast) -> None:
    here = cast.workspace.id
    record_view(workspace_id=here, what="case", subject="investigation:7", at=NOON, by="staff:1")
    record_action(
        workspace_id=here,
        what="import",
        subject="batch:1",
        reason="sheet of May",
        at=NOON + timedelta(minutes=1),
        by="staff:2",
    )

    deed, view = queries.audit(workspace_id=here, limit=2)

    assert (deed.kind, deed.what, deed.reason) == ("deed", "import", "sheet of May")
    assert (view.kind, view.subject, view.by) == ("view", "investigation:7", "staff:1")
