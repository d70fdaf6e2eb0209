"""API keys: make one, whose secret is shown once, and revoke it."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from shinrai.accounts.models import ApiKey
from shinrai.accounts.operations.audit import record_action
from shinrai.accounts.operations.members import add_member, end_membership
from shinrai.accounts.queries import API_KEY, KeyRecord, UnknownApiKey, api_keys
from shinrai.accounts.rules.role import Role
from shinrai.accounts.rules.scope import Scope, secret_digest
from shinrai.units.text import Text

PREFIX: Final = "shinrai_"  # so that one that leaked is known for what it is
MOST_LABEL: Final = 80


@dataclass(frozen=True)
class NewKey:
    """A new API key; its secret is only in this object and is stored nowhere."""

    record: KeyRecord
    secret: str


def make_key(
    *, workspace_id: int, role: Role, scope: Scope, label: str, at: datetime, by: str
) -> NewKey:
    """Make a key that acts as a member of its own with this role; `label` is its name."""
    secret = PREFIX + secrets.token_urlsafe(32)
    name = label.replace("\0", "").strip()[:MOST_LABEL] or f"API ({scope.value})"
    with transaction.atomic():
        member = add_member(
            workspace_id=workspace_id,
            display_name=name,
            roles=[role],
            source=API_KEY,
            at=at,
            by=by,
        )
        row = ApiKey.objects.create(
            member_id=member.id,
            digest=secret_digest(secret),
            scope=scope.value,
            made_at=at,
            made_by=by,
        )
        record_action(
            workspace_id=workspace_id,
            what="make API key",
            subject=member.key,
            at=at,
            by=by,
            reason=scope.value,
        )
    return NewKey(KeyRecord(row.pk, member, scope, at, by), secret)


def revoke_key(*, workspace_id: int, number: int, at: datetime, by: str) -> KeyRecord:
    """Revoke a key: nothing is answered to it any more; what it did stays under its name.

    Raises: UnknownApiKey.
    """
    found = (key for key in api_keys(workspace_id=workspace_id) if not key.is_revoked)
    key = next((key for key in found if key.number == number), None)
    if key is None:
        raise UnknownApiKey(
            Text(
                "there is no key {number} that works; see: shinrai accounts key list", number=number
            )
        )
    with transaction.atomic():
        end_membership(member_id=key.member.id, at=at, by=by)
        what, subject = "revoke API key", key.member.key
        record_action(workspace_id=workspace_id, what=what, subject=subject, at=at, by=by)
    return key
