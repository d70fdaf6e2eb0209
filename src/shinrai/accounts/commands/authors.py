"""Who acts when a command does, as steps and the audit record it."""

import getpass

from shinrai.accounts import queries
from shinrai.units.errors import UserError
from shinrai.units.text import Text


class UnknownMember(UserError, LookupError):
    """No member of this workspace has this mail address."""


def by_command() -> str:
    """Return the author for the audit when a command acts: the machine's user."""
    try:
        return f"command:{getpass.getuser()}"
    except (KeyError, OSError):  # a user without a name, as in some containers
        return "command"


def by_member(there: queries.WorkspaceRecord, email: str) -> str:
    """Return the author for the audit when a command acts for a member: the member's key.

    Raises: UnknownMember.
    """
    return member_by_email(there, email).key


def member_by_email(there: queries.WorkspaceRecord, email: str) -> queries.MemberRecord:
    """Return the member of a workspace with a mail address. Raises: UnknownMember."""
    found = queries.members(workspace_id=there.id)
    member = next((one for one in found if one.email == email.strip().lower()), None)
    if member is None:
        raise UnknownMember(
            Text(
                "nobody in {slug} signs in as {email}; see who with: shinrai accounts list",
                slug=there.slug,
                email=email,
            ),
        )
    return member
