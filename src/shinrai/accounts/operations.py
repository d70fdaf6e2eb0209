"""Deeds of accounts: each one transaction, with its author and its moment."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction

from shinrai.accounts import queries
from shinrai.accounts.models import (
    AuditEntry,
    Member,
    MemberDeparture,
    Organisation,
    RealDataArrival,
    RoleGrant,
    RoleWithdrawal,
    SignInLink,
    SignInLinkUse,
    User,
    Workspace,
)
from shinrai.accounts.queries import MemberRecord, WorkspaceRecord
from shinrai.accounts.rules import (
    ASSUMED_ZONE,
    LINK_LIFE_S,
    Role,
    check_workspace,
    check_zone,
    is_zone_assumed,
    read_email,
)
from shinrai.books.following import this_transaction
from shinrai.books.queue import put_in_queue
from shinrai.units.wording import SaidInBoth

CATCH_UP = "objectives:catch_up"  # the task that publishes what changed; a package above has it
OWN_SOURCE = ""  # members who were added by hand come from no source


class WorkspaceExists(SaidInBoth):
    """Another workspace has this address already."""


class LastOwner(SaidInBoth):
    """A workspace keeps at least one owner: else nobody could let anybody in."""


class LinkSpent(SaidInBoth):
    """A sign-in link is unknown, too old, or was used before."""


@dataclass(frozen=True)
class Invitation:
    """A fresh one-time link; the token is told once and kept nowhere."""

    email: str
    token: str
    expires_at: datetime


def open_workspace(
    *,
    slug: str,
    name: str,
    zone: str | None,
    simulated: bool,
    at: datetime,
    by: str,
    language: str = "en",
    organisation: str | None = None,
) -> WorkspaceRecord:
    """Open a workspace; without an organisation it gets one of its own name.

    Without a zone its dates go by UTC until somebody says one, and every page says so.
    Raises: WorkspaceExists, BadWorkspace.
    """
    check_workspace(slug=slug, name=name, zone=zone or ASSUMED_ZONE, language=language)
    try:
        with transaction.atomic():
            company, _made = Organisation.objects.get_or_create(
                slug=organisation or slug, defaults={"name": name, "opened_at": at}
            )
            row = Workspace.objects.create(
                organisation=company,
                slug=slug,
                name=name.strip(),
                zone=zone or ASSUMED_ZONE,
                zone_by=by if zone else "",
                language=language,
                declared_simulated=simulated,
                opened_at=at,
                opened_by=by,
            )
            _record(row.pk, "deed", "open workspace", f"workspace:{row.pk}", "", at=at, by=by)
    except IntegrityError as error:
        raise WorkspaceExists(
            f"there is a workspace {slug!r} already; choose another address",
            f"ワークスペース「{slug}」はすでにあります。別のアドレスを選んでください",
        ) from error
    return queries.workspace_named(slug)


def set_zone(
    *,
    workspace_id: int,
    zone: str,
    at: datetime,
    by: str,
    source: str = "",
    keep_said: bool = False,
) -> bool:
    """Set the time zone by which a workspace counts its dates; say whether that changed anything.

    Every published date of the workspace is computed again by the next catch-up. `source` says what
    the zone was derived from, where nobody typed it; `keep_said` leaves a zone alone that somebody
    said before.
    Raises: BadWorkspace.
    """
    check_zone(zone)
    with transaction.atomic():
        row = Workspace.objects.select_for_update().get(pk=workspace_id)
        if keep_said and not is_zone_assumed(row.zone, row.zone_by):
            return False
        if row.zone == zone and row.zone_by:
            return False
        before, has_moved = row.zone, row.zone != zone
        row.zone, row.zone_by = zone, by
        row.save(update_fields=["zone", "zone_by"])
        if has_moved:
            Workspace.objects.filter(pk=workspace_id).update(zone_written_in=this_transaction())
        reason = f"{before} -> {zone}" + (f", from {source}" if source else "")
        subject = f"workspace:{workspace_id}"
        _record(workspace_id, "deed", "set time zone", subject, reason, at=at, by=by)
    return has_moved


def change_zone(*, workspace_id: int, zone: str, at: datetime, by: str) -> bool:
    """Set a workspace's time zone as somebody said it, and have its figures computed again at once.

    Raises: BadWorkspace.
    """
    with transaction.atomic():
        is_changed = set_zone(workspace_id=workspace_id, zone=zone, at=at, by=by)
        if is_changed:
            put_in_queue(CATCH_UP, lock=CATCH_UP, once=CATCH_UP)
    return is_changed


def mark_real(*, workspace_id: int, reason: str, at: datetime, by: str) -> bool:
    """Note that real data came in, which ends reading without signing in; say if that was news."""
    with transaction.atomic():
        if RealDataArrival.objects.filter(workspace_id=workspace_id).exists():
            return False
        workspace = Workspace.objects.select_for_update().get(pk=workspace_id)
        if RealDataArrival.objects.filter(workspace_id=workspace_id).exists():
            return False
        RealDataArrival.objects.create(workspace_id=workspace_id, at=at, by=by, reason=reason)
        subject = f"workspace:{workspace_id}"
        _record(workspace_id, "deed", "real data arrived", subject, reason, at=at, by=by)
        return workspace.declared_simulated


def add_member(
    *,
    workspace_id: int,
    display_name: str,
    at: datetime,
    by: str,
    roles: Iterable[Role] = (),
    user_id: int | None = None,
    source: str = OWN_SOURCE,
    source_key: str = "",
) -> MemberRecord:
    """Add a member, or give the roles to the one who has this user or source key already."""
    with transaction.atomic():
        row = _known_member(workspace_id, user_id, source, source_key)
        if row is None:
            row = Member.objects.create(
                workspace_id=workspace_id,
                user_id=user_id,
                display_name=display_name,
                source=source,
                source_key=source_key,
                joined_at=at,
                joined_by=by,
            )
            _record(workspace_id, "deed", "add member", f"staff:{row.pk}", "", at=at, by=by)
        _grant(row, roles, at=at, by=by)
    return next(m for m in queries.members(workspace_id=workspace_id) if m.id == row.pk)


def grant_role(*, member_id: int, role: Role, at: datetime, by: str) -> None:
    """Give a role to a member who does not have it."""
    with transaction.atomic():
        _grant(Member.objects.select_for_update().get(pk=member_id), [role], at=at, by=by)


def withdraw_role(*, member_id: int, role: Role, at: datetime, by: str) -> None:
    """Take a role back; the grant stays as history.

    Raises: LastOwner.
    """
    with transaction.atomic():
        member = Member.objects.select_for_update().get(pk=member_id)
        if role is Role.OWNER:
            _keep_an_owner(member)
        for grant in RoleGrant.objects.filter(
            member=member, role=role.value, withdrawal__isnull=True
        ):
            RoleWithdrawal.objects.create(grant=grant, at=at, by=by)
            what = f"withdraw {role.value}"
            subject = f"staff:{member_id}"
            _record(member.workspace_id, "deed", what, subject, "", at=at, by=by)


def part_with_member(*, member_id: int, at: datetime, by: str) -> None:
    """Note that a member left: they may do nothing from now on; what they did stays.

    Where they belong to no other workspace of the organisation, their sessions and open links end.

    Raises: LastOwner.
    """
    with transaction.atomic():
        member = Member.objects.select_for_update().get(pk=member_id)
        _keep_an_owner(member)
        _departure, is_new = MemberDeparture.objects.get_or_create(
            member=member, defaults={"at": at, "by": by}
        )
        if is_new:
            subject = f"staff:{member_id}"
            _record(member.workspace_id, "deed", "member left", subject, "", at=at, by=by)
        if member.user_id is None:
            return
        elsewhere = Member.objects.filter(
            user_id=member.user_id,
            departure__isnull=True,
            workspace__organisation_id=member.workspace.organisation_id,
        )
        if not elsewhere.exists():
            where, user_id = member.workspace_id, member.user_id
            take_back_links(user_id=user_id, workspace_id=where, at=at, by=by)
            _end_sessions(user_id)


def take_back_links(*, user_id: int, at: datetime, by: str, workspace_id: int | None = None) -> int:
    """End the links somebody could still sign in by; say how many those were."""
    with transaction.atomic():
        ended = _end_links(user_id, at=at, by=by)
        if ended:
            what = "take back sign-in links"
            _record(workspace_id, "deed", what, f"user:{user_id}", "", at=at, by=by)
    return ended


def invite(
    *,
    email: str,
    workspace_id: int,
    roles: Iterable[Role],
    at: datetime,
    by: str,
    display_name: str = "",
) -> Invitation:
    """Let somebody sign in to a workspace: make what is missing, and a fresh one-time link.

    Raises: BadEmail.
    """
    address = read_email(email)
    with transaction.atomic():
        user = User.objects.filter(email=address).first()
        if user is None:
            user = User(email=address, made_at=at)
            user.set_unusable_password()
            user.save()
            # whoever runs the command vouches for the address; a second factor asks for that
            EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)
        add_member(
            workspace_id=workspace_id,
            display_name=display_name or address.partition("@")[0],
            user_id=user.pk,
            roles=roles,
            at=at,
            by=by,
        )
        return _fresh_link(user, at=at, by=by)


def make_link(*, email: str, at: datetime, by: str) -> Invitation:
    """Make one more one-time link for somebody who has an account.

    Raises: UnknownUser.
    """
    user = User.objects.get(pk=queries.user_id_of(email=email))
    return _fresh_link(user, at=at, by=by)


def use_link(*, token: str, at: datetime) -> int:
    """Spend a one-time link, with all others that person has, and say who may sign in by it.

    Raises: LinkSpent; the same words whatever the reason, so that nothing can be learnt by trying.
    """
    spent = LinkSpent(
        "this link was used, is too old, or was never made; "
        "ask for a new one: shinrai accounts link EMAIL",
        "このリンクは使用済みか、有効期間を過ぎたか、存在しません。"
        "新しいリンクを発行してもらってください: shinrai accounts link EMAIL",
    )
    link = SignInLink.objects.select_related("user").filter(digest=_digest(token)).first()
    if link is None or not link.made_at <= at < link.expires_at or not link.user.is_active:
        raise spent
    try:
        with transaction.atomic():
            User.objects.select_for_update().get(pk=link.user_id)  # one of their links at a time
            SignInLinkUse.objects.create(link=link, at=at)  # the unique key decides a race
            _end_links(link.user_id, at=at, by=f"user:{link.user_id}")
    except IntegrityError as error:
        raise spent from error
    return link.user_id


def record_view(
    *,
    workspace_id: int | None,
    what: str,
    subject: str,
    at: datetime,
    by: str,
    reason: str = "",
) -> None:
    """Note in the audit who saw what; subjects are keys such as `inquiry:7`, never names."""
    _record(workspace_id, "view", what, subject, reason, at=at, by=by)


def record_deed(
    *,
    workspace_id: int | None,
    what: str,
    subject: str,
    at: datetime,
    by: str,
    reason: str = "",
) -> None:
    """Note in the audit who did what."""
    _record(workspace_id, "deed", what, subject, reason, at=at, by=by)


def _known_member(
    workspace_id: int, user_id: int | None, source: str, source_key: str
) -> Member | None:
    rows = Member.objects.filter(workspace_id=workspace_id)
    if user_id is not None:
        # who comes back is a new member; what they did before stays with the one who left
        rows.filter(user_id=user_id, departure__isnull=False).update(user=None)
        return rows.filter(user_id=user_id).first()
    if source_key:
        return rows.filter(source=source, source_key=source_key).first()
    return None


def _grant(member: Member, roles: Iterable[Role], *, at: datetime, by: str) -> None:
    held = set(
        RoleGrant.objects.filter(member=member, withdrawal__isnull=True).values_list(
            "role", flat=True
        )
    )
    for role in sorted(set(roles) - {Role(word) for word in held}):
        RoleGrant.objects.create(member=member, role=role.value, at=at, by=by)
        what = f"grant {role.value}"
        _record(member.workspace_id, "deed", what, f"staff:{member.pk}", "", at=at, by=by)


def _fresh_link(user: User, *, at: datetime, by: str) -> Invitation:
    token = secrets.token_urlsafe(32)
    expires_at = at + timedelta(seconds=LINK_LIFE_S)
    SignInLink.objects.create(
        user=user, digest=_digest(token), made_at=at, made_by=by, expires_at=expires_at
    )
    _record(None, "deed", "make sign-in link", f"user:{user.pk}", "", at=at, by=by)
    return Invitation(email=user.email, token=token, expires_at=expires_at)


def _keep_an_owner(member: Member) -> None:
    """Refuse to take away a workspace's last owner; one change of members at a time."""
    Workspace.objects.select_for_update().get(pk=member.workspace_id)
    owners = Member.objects.filter(
        pk__in=RoleGrant.objects.filter(
            member__workspace_id=member.workspace_id,
            role=Role.OWNER.value,
            withdrawal__isnull=True,
            member__departure__isnull=True,
            member__user__is_active=True,
        ).values("member_id")
    ).values_list("pk", flat=True)
    if list(owners) == [member.pk]:
        raise LastOwner(
            "this is the workspace's last owner; make somebody else an owner first",
            "このワークスペースの最後のオーナーです。先に別の人をオーナーにしてください",
        )


def _end_links(user_id: int, *, at: datetime, by: str) -> int:
    links = SignInLink.objects.filter(user_id=user_id, use__isnull=True, expires_at__gt=at)
    ended = [SignInLinkUse(link=link, at=at, by=by) for link in links]
    SignInLinkUse.objects.bulk_create(ended, ignore_conflicts=True)
    return len(ended)


def _end_sessions(user_id: int) -> None:
    """Sign somebody out everywhere; a session says whose it is only within."""
    for session in Session.objects.iterator():
        if session.get_decoded().get(SESSION_KEY) == str(user_id):
            session.delete()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _record(
    workspace_id: int | None,
    kind: str,
    what: str,
    subject: str,
    reason: str,
    *,
    at: datetime,
    by: str,
) -> None:
    AuditEntry.objects.create(
        workspace_id=workspace_id,
        kind=kind,
        what=what,
        subject=subject,
        reason=reason,
        at=at,
        by=by,
    )


def meet_members(
    *, workspace_id: int, source: str, names: Iterable[str], at: datetime, by: str
) -> dict[str, str]:
    """Find or record the staff a source names, many at once; answer name to `staff:N`.

    They come without roles and cannot sign in. The audit gets one entry for all that are new.
    """
    wanted = list(dict.fromkeys(names))
    with transaction.atomic():
        rows = Member.objects.filter(workspace_id=workspace_id, source=source)
        found = dict(rows.filter(source_key__in=wanted).values_list("source_key", "id"))
        new = [name for name in wanted if name not in found]
        made = Member.objects.bulk_create(
            Member(
                workspace_id=workspace_id,
                display_name=name[:200],
                source=source,
                source_key=name,
                joined_at=at,
                joined_by=by,
            )
            for name in new
        )
        if made:
            what, reason = "add members named by a source", f"{source}: {len(made)}"
            _record(workspace_id, "deed", what, f"workspace:{workspace_id}", reason, at=at, by=by)
    found |= {row.source_key: row.pk for row in made}
    return {name: f"staff:{number}" for name, number in found.items()}
