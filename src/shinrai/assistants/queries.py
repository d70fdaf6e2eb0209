"""Who a token speaks for, and which assistants members let in: frozen records."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from allauth.idp.oidc.internal.resources import is_resources_subset
from allauth.idp.oidc.models import Token

from shinrai.accounts.queries import (
    MemberRecord,
    api_key,
    may,
    member_of,
    members,
)
from shinrai.accounts.rules.permission import Permission
from shinrai.assistants.models import AssistantGrant
from shinrai.units.errors import UserError

ADDRESS: Final = "mcp"
SCOPE: Final = "read"  # the only one there is
GRANT_TYPES: Final = ("authorization_code", "refresh_token")


class UnknownGrant(UserError, LookupError):
    """No assistant has this access in the workspace."""


@dataclass(frozen=True)
class Bearer:
    """The member that a token speaks for, and the assistant it was given to; "" of a key."""

    member: MemberRecord
    assistant: str = ""


@dataclass(frozen=True)
class GrantRecord:
    """The access of an assistant, which ends with it or with the membership."""

    number: int
    member: MemberRecord
    client: str
    assistant: str
    made_at: datetime


def bearer(secret: str, *, resource: str) -> Bearer | None:
    """Return whom an API key, or a token for this address, speaks for; None if for nobody."""
    key = api_key(secret)
    if key is not None:
        return Bearer(key.member) if may(key.member, Permission.READ) else None
    token = Token.objects.lookup(Token.Type.ACCESS_TOKEN, secret)
    if token is None or token.user is None or not token.user.is_active:
        return None
    is_meant = is_resources_subset([resource], token.get_resources())
    if SCOPE not in token.get_scopes() or not is_meant:
        return None
    grant = (
        AssistantGrant.objects.filter(
            client=token.client_id, member__user_id=token.user_id, ended_at__isnull=True
        )
        .select_related("member")
        .last()
    )
    if grant is None:
        return None
    member = member_of(workspace_id=grant.member.workspace_id, user_id=token.user_id)
    return Bearer(member, grant.assistant) if member and may(member, Permission.READ) else None


def grants(*, workspace_id: int) -> tuple[GrantRecord, ...]:
    """List the access that assistants have in a workspace, the newest first."""
    present = {one.id: one for one in members(workspace_id=workspace_id) if not one.has_left}
    rows = AssistantGrant.objects.filter(member_id__in=present, ended_at__isnull=True)
    return tuple(
        GrantRecord(row.pk, present[row.member_id], row.client, row.assistant, row.made_at)
        for row in rows.order_by("-made_at", "-id")
    )
