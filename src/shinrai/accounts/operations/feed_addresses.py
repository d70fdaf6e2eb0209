"""Secret addresses of calendar feeds: make one, shown once, end it, and find who reads by it."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from shinrai.accounts.models import FeedAddress, FeedAddressEnd, Member
from shinrai.accounts.operations.audit import record_action
from shinrai.accounts.queries import MemberRecord, may, member_of
from shinrai.accounts.rules.permission import Permission
from shinrai.accounts.rules.scope import secret_digest


@dataclass(frozen=True)
class FeedRecord:
    """A feed address that works: its number, since when, and whether of own cases alone."""

    id: int
    is_own: bool
    made_at: datetime


def make_feed_address(*, member: MemberRecord, is_own: bool, at: datetime) -> str:
    """Make a member's feed address and return its token; the one before ends."""
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        Member.objects.select_for_update().get(pk=member.id)  # one of their addresses at a time
        _end(member.id, at=at, by=member.key)
        FeedAddress.objects.create(
            member_id=member.id, digest=secret_digest(token), is_own=is_own, made_at=at
        )
        _record("make feed address", member.workspace_id, member.id, at=at, by=member.key)
    return token


def end_feed_address(*, member_id: int, at: datetime, by: str) -> None:
    """End a member's feed address, if there is one."""
    with transaction.atomic():
        member = Member.objects.select_for_update().get(pk=member_id)
        if _end(member_id, at=at, by=by):
            _record("end feed address", member.workspace_id, member_id, at=at, by=by)


def feed_address(*, member_id: int) -> FeedRecord | None:
    """Return a member's feed address; None if there is none."""
    row = FeedAddress.objects.filter(member_id=member_id, end__isnull=True).first()
    return FeedRecord(row.pk, row.is_own, row.made_at) if row else None


def feed_reader(token: str) -> tuple[FeedRecord, MemberRecord] | None:
    """Return a feed address by its token, with the member whose it is; None if it does not work.

    It is looked up by its digest: how long that takes tells nothing of a token.
    """
    rows = FeedAddress.objects.filter(digest=secret_digest(token), end__isnull=True)
    row = rows.filter(member__user__is_active=True).select_related("member").first()
    if row is None or row.member.user_id is None:
        return None
    member = member_of(workspace_id=row.member.workspace_id, user_id=row.member.user_id)
    if member is None or not may(member, Permission.READ):
        return None
    return FeedRecord(row.pk, row.is_own, row.made_at), member


def _end(member_id: int, *, at: datetime, by: str) -> int:
    going = FeedAddress.objects.filter(member_id=member_id, end__isnull=True)
    ends = [FeedAddressEnd(address=row, at=at, by=by) for row in going]
    return len(FeedAddressEnd.objects.bulk_create(ends))


def _record(what: str, workspace_id: int, member_id: int, *, at: datetime, by: str) -> None:
    subject = f"staff:{member_id}"
    record_action(workspace_id=workspace_id, what=what, subject=subject, at=at, by=by)
