"""Permissions: which role may do what."""

from collections.abc import Iterable
from enum import StrEnum

from shinrai.accounts.rules.role import Role


class Permission(StrEnum):
    """A kind of action in a workspace that needs permission."""

    READ = "read"
    FILE_INVESTIGATION = "file_investigation"
    WORK_ON_INVESTIGATION = "work_on_investigation"
    ANSWER_INQUIRY = "answer_inquiry"
    LABEL = "label"  # say what an inquiry is about
    SORT = "sort"  # keep the codebook of topics
    REVIEW = "review"  # judge sampled answers
    IMPORT = "import"
    PROMISE = "promise"  # calendars and objectives
    DELIVER = "deliver"  # say to whom reports are sent
    AUDIT = "audit"
    MANAGE_MEMBERS = "manage_members"
    OPEN_WORKSPACE = "open_workspace"  # another one, beside this
    ERASE = "erase"  # a customer's words, for good


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
    Permission.AUDIT: _LEADS,
    Permission.MANAGE_MEMBERS: frozenset({Role.OWNER}),
    Permission.OPEN_WORKSPACE: frozenset({Role.OWNER}),
    Permission.ERASE: frozenset({Role.OWNER}),
}


def is_permitted(roles: Iterable[Role], deed: Permission) -> bool:
    """Tell whether any of these roles has the permission."""
    return not PERMITTED[deed].isdisjoint(roles)
