"""Who plays in our stories: one workspace with its people, and those who do not belong to it.

Tanuki Juku (たぬき塾) is a real workspace; Kitsune Juku is its simulated sister.
    Sato 佐藤      owner
    Suzuki 鈴木    CS agent
    Takahashi 高橋 CRE engineer
    Mori 森        product engineer
    Kobayashi 小林 manager
    Tanaka 田中    guardian of a young user; can sign in, is no staff
    Ito 伊藤       stranger: owner of another company's workspace
    nobody         has not signed in
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.test import Client

from shinrai.accounts import queries
from shinrai.accounts.models import User
from shinrai.accounts.operations.members import invite
from shinrai.accounts.operations.workspaces import open_workspace
from shinrai.accounts.queries import MemberRecord, WorkspaceRecord
from shinrai.accounts.rules.role import Role

OPENED_AT = datetime(2026, 4, 1, 0, 0, tzinfo=UTC)  # Wednesday 09:00 in Tokyo
BY = "test"
MEMBERS = ("owner", "agent", "engineer", "product_engineer", "manager")
OUTSIDERS = ("guardian", "stranger", "nobody")


@dataclass(frozen=True)
class Person:
    """Somebody, and how they come in."""

    name: str
    user: User | None
    member: MemberRecord | None = None

    def client(self) -> Client:
        """Give a browser in which this person is signed in, if they can."""
        client = Client()
        if self.user is not None:
            client.force_login(self.user, backend="django.contrib.auth.backends.ModelBackend")
        return client


@dataclass(frozen=True)
class Cast:
    """Everybody by their part."""

    workspace: WorkspaceRecord
    simulated: WorkspaceRecord
    owner: Person
    agent: Person
    engineer: Person
    product_engineer: Person
    manager: Person
    guardian: Person
    stranger: Person
    nobody: Person

    @property
    def everybody(self) -> dict[str, Person]:
        """Name every part."""
        return self.members | {part: getattr(self, part) for part in OUTSIDERS}

    @property
    def members(self) -> dict[str, Person]:
        """Name every part that belongs to Tanuki Juku."""
        return {part: getattr(self, part) for part in MEMBERS}


def open_stage() -> Cast:
    """Open the workspaces and let everybody in who belongs there."""
    tanuki = _open("tanuki", "たぬき塾", simulated=False)
    kitsune = _open("kitsune", "きつね塾", simulated=True)
    elsewhere = _open("elsewhere", "Elsewhere Ltd", simulated=False)
    return Cast(
        workspace=tanuki,
        simulated=kitsune,
        owner=_member(tanuki, "佐藤", "sato@tanuki.example", Role.OWNER),
        agent=_member(tanuki, "鈴木", "suzuki@tanuki.example", Role.CS_AGENT),
        engineer=_member(tanuki, "高橋", "takahashi@tanuki.example", Role.CRE_ENGINEER),
        product_engineer=_member(tanuki, "森", "mori@tanuki.example", Role.PRODUCT_ENGINEER),
        manager=_member(tanuki, "小林", "kobayashi@tanuki.example", Role.MANAGER),
        guardian=Person("田中", _user("tanaka@home.example")),
        stranger=_member(elsewhere, "伊藤", "ito@elsewhere.example", Role.OWNER),
        nobody=Person("nobody", None),
    )


def _open(slug: str, name: str, *, simulated: bool) -> WorkspaceRecord:
    return open_workspace(
        slug=slug, name=name, zone="Asia/Tokyo", simulated=simulated, at=OPENED_AT, by=BY
    )


def _member(workspace: WorkspaceRecord, name: str, email: str, role: Role) -> Person:
    invite(
        email=email,
        workspace_id=workspace.id,
        roles=[role],
        display_name=name,
        at=OPENED_AT,
        by=BY,
    )
    user = User.objects.get(email=email)
    return Person(name, user, queries.member_of(workspace_id=workspace.id, user_id=user.pk))


def _user(email: str) -> User:
    return User.objects.create(email=email, password="!", made_at=OPENED_AT)
