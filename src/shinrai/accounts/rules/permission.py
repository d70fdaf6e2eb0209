"""Permissions: which role may do what, and the words for it that pages, docs and commands print."""

from collections.abc import Iterable
from enum import StrEnum

from shinrai.accounts.rules.role import Role
from shinrai.units.text import Text


class Permission(StrEnum):
    """A kind of action in a workspace that needs permission."""

    READ = "read"
    FILE_INVESTIGATION = "file_investigation"
    WORK_ON_INVESTIGATION = "work_on_investigation"
    ANSWER_INQUIRY = "answer_inquiry"
    LABEL = "label"
    SORT = "sort"
    REVIEW = "review"
    IMPORT = "import"
    PROMISE = "promise"
    DELIVER = "deliver"
    REVEAL = "reveal"
    AUDIT = "audit"
    MANAGE_MEMBERS = "manage_members"
    OPEN_WORKSPACE = "open_workspace"
    ERASE = "erase"


_LEADS = frozenset({Role.MANAGER, Role.OWNER})
_ENGINEERS = frozenset({Role.CRE_ENGINEER, Role.PRODUCT_ENGINEER})
_EVERYBODY = frozenset(Role)
PERMITTED: dict[Permission, frozenset[Role]] = {
    Permission.READ: _EVERYBODY,
    Permission.FILE_INVESTIGATION: _EVERYBODY,
    Permission.WORK_ON_INVESTIGATION: _ENGINEERS | _LEADS,
    Permission.ANSWER_INQUIRY: frozenset({Role.CS_AGENT, Role.CRE_ENGINEER}) | _LEADS,
    Permission.LABEL: _EVERYBODY,
    Permission.SORT: frozenset({Role.CRE_ENGINEER}) | _LEADS,
    Permission.REVIEW: frozenset({Role.CS_AGENT, Role.CRE_ENGINEER}) | _LEADS,
    Permission.IMPORT: frozenset({Role.CRE_ENGINEER}) | _LEADS,
    Permission.PROMISE: frozenset({Role.CRE_ENGINEER}) | _LEADS,
    Permission.DELIVER: _LEADS,
    Permission.REVEAL: _EVERYBODY,
    Permission.AUDIT: _LEADS,
    Permission.MANAGE_MEMBERS: frozenset({Role.OWNER}),
    Permission.OPEN_WORKSPACE: frozenset({Role.OWNER}),
    Permission.ERASE: frozenset({Role.OWNER}),
}
PERMISSION_WORDS: dict[Permission, Text] = {
    Permission.READ: Text("read cases, figures and reports"),
    Permission.FILE_INVESTIGATION: Text("file investigations"),
    Permission.WORK_ON_INVESTIGATION: Text("work on investigations"),
    Permission.ANSWER_INQUIRY: Text("answer inquiries, correct their steps"),
    Permission.LABEL: Text("say what an inquiry is about"),
    Permission.SORT: Text("keep the codebook of topics"),
    Permission.REVIEW: Text("review sampled answers"),
    Permission.IMPORT: Text("import, and take an import back"),
    Permission.PROMISE: Text("set calendars, objectives and the time zone"),
    Permission.DELIVER: Text("say to whom reports are sent"),
    Permission.REVEAL: Text("unmask a case for ten minutes, with a reason"),
    Permission.AUDIT: Text("read the audit"),
    Permission.MANAGE_MEMBERS: Text("manage members and roles"),
    Permission.OPEN_WORKSPACE: Text("open another workspace"),
    Permission.ERASE: Text("erase a customer for good"),
}


def is_permitted(roles: Iterable[Role], deed: Permission) -> bool:
    """Tell whether any of these roles has the permission."""
    return not PERMITTED[deed].isdisjoint(roles)
