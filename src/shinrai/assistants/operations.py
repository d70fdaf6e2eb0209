"""Let an assistant read in a workspace, end that, and forget those that nobody let in."""

from datetime import datetime, timedelta
from typing import Final

from allauth.idp.oidc.models import Client, Token
from django.db import transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.accounts.queries import MemberRecord
from shinrai.assistants.models import AssistantGrant
from shinrai.assistants.queries import GrantRecord, UnknownGrant
from shinrai.units.text import Text

UNUSED_FOR: Final = timedelta(days=1)


def let_read(
    *, member: MemberRecord, user_id: int, client: str, assistant: str, at: datetime
) -> None:
    """Let an assistant read in a member's workspace, and no longer in another one of theirs."""
    with transaction.atomic():
        before = AssistantGrant.objects.filter(client=client, member__user_id=user_id)
        before.filter(ended_at__isnull=True).update(ended_at=at, ended_by=member.key)
        AssistantGrant.objects.create(
            member_id=member.id, client=client, assistant=assistant, made_at=at
        )
        _record("let assistant read", member, assistant, at=at, by=member.key)


def end_access(grant: GrantRecord, *, at: datetime, by: str) -> None:
    """End the access of an assistant: its tokens are destroyed, and it is answered no more.

    Raises: UnknownGrant if somebody was quicker.
    """
    with transaction.atomic():
        row = AssistantGrant.objects.filter(pk=grant.number, ended_at__isnull=True)
        user_id = row.values_list("member__user_id", flat=True).first()
        if not row.update(ended_at=at, ended_by=by):
            raise UnknownGrant(Text("this access has ended already"))
        Token.objects.filter(client_id=grant.client, user_id=user_id).delete()
        _record("end assistant", grant.member, grant.assistant, at=at, by=by)


def forget_unused(*, at: datetime) -> None:
    """Delete tokens that expired, and registrations that nobody let in for a day."""
    Token.objects.expired().delete()
    Client.objects.filter(created_at__lt=at - UNUSED_FOR).exclude(
        id__in=AssistantGrant.objects.filter(ended_at__isnull=True).values("client")
    ).delete()


def _record(what: str, member: MemberRecord, assistant: str, *, at: datetime, by: str) -> None:
    record_action(
        workspace_id=member.workspace_id,
        what=what,
        subject=member.key,
        at=at,
        by=by,
        reason=assistant,
    )
