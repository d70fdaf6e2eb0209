"""Add members, grant and withdraw roles, and end memberships."""

from collections.abc import Iterable
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction

from shinrai.accounts import queries
from shinrai.accounts.models import (
    Member,
    MemberDeparture,
    RoleGrant,
    RoleWithdrawal,
    User,
    Workspace,
)
from shinrai.accounts.operations.audit import record_action
from shinrai.accounts.operations.feed_addresses import end_feed_address
from shinrai.accounts.operations.sign_in_links import (
    Invitation,
    end_sessions,
    fresh_link,
    revoke_links,
)
from shinrai.accounts.queries import MemberRecord
from shinrai.accounts.rules.invitation import read_email
from shinrai.accounts.rules.role import Role
from shinrai.units.errors import UserError
from shinrai.units.text import Text

OWN_SOURCE = ""  # members who were added by hand come from no source


class LastOwner(UserError):
    """The workspace would have no owner left, so nobody could invite members."""


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
    """Add a member, or grant the roles to the existing one with this user or source key."""
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
            record_action(
                workspace_id=workspace_id,
                what="add member",
                subject=f"staff:{row.pk}",
                at=at,
                by=by,
            )
        _grant(row, roles, at=at, by=by)
    return next(m for m in queries.members(workspace_id=workspace_id) if m.id == row.pk)


def grant_role(*, member_id: int, role: Role, at: datetime, by: str) -> None:
    """Grant a role to a member, unless they have it."""
    with transaction.atomic():
        _grant(Member.objects.select_for_update().get(pk=member_id), [role], at=at, by=by)


def withdraw_role(*, member_id: int, role: Role, at: datetime, by: str) -> None:
    """Withdraw a role from a member; the grant stays in the history.

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
            record_action(
                workspace_id=member.workspace_id, what=what, subject=subject, at=at, by=by
            )
        if not RoleGrant.objects.filter(member=member, withdrawal__isnull=True).exists():
            end_feed_address(member_id=member_id, at=at, by=by)


def end_membership(*, member_id: int, at: datetime, by: str) -> None:
    """End a membership: the person may do nothing from now on; what they did is kept.

    If they belong to no other workspace of the organisation, their sessions and open links end too.

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
            record_action(
                workspace_id=member.workspace_id, what="member left", subject=subject, at=at, by=by
            )
            end_feed_address(member_id=member_id, at=at, by=by)
        if member.user_id is None:
            return
        elsewhere = Member.objects.filter(
            user_id=member.user_id,
            departure__isnull=True,
            workspace__organisation_id=member.workspace.organisation_id,
        )
        if not elsewhere.exists():
            where, user_id = member.workspace_id, member.user_id
            revoke_links(user_id=user_id, workspace_id=where, at=at, by=by)
            end_sessions(user_id)


def set_active(*, email: str, is_active: bool, at: datetime, by: str) -> None:
    """Close a person's account in all workspaces at once, or open it again with its roles.

    Raises: UnknownUser.
    """
    user_id = queries.user_id_of(email=email)
    what = "activate account" if is_active else "deactivate account"
    with transaction.atomic():
        if not User.objects.filter(pk=user_id, is_active=not is_active).update(is_active=is_active):
            return  # it is so already
        if not is_active:
            revoke_links(user_id=user_id, at=at, by=by)
            end_sessions(user_id)
        for member in Member.objects.filter(user_id=user_id, departure__isnull=True):
            subject = f"staff:{member.pk}"
            record_action(
                workspace_id=member.workspace_id, what=what, subject=subject, at=at, by=by
            )
            if not is_active:
                end_feed_address(member_id=member.pk, at=at, by=by)


def add_person(
    *,
    email: str,
    workspace_id: int,
    roles: Iterable[Role],
    at: datetime,
    by: str,
    display_name: str = "",
) -> User:
    """Let a person work in a workspace: add user and member if missing; return the user.

    Raises: BadEmail.
    """
    address = read_email(email)
    with transaction.atomic():
        user = User.objects.filter(email=address).first()
        if user is None:
            user = User(email=address, made_at=at)
            user.set_unusable_password()
            user.save()
            # whoever adds them vouches for the address; a second factor asks for that
            EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)
        add_member(
            workspace_id=workspace_id,
            display_name=display_name or address.partition("@")[0],
            user_id=user.pk,
            roles=roles,
            at=at,
            by=by,
        )
    return user


def invite(
    *,
    email: str,
    workspace_id: int,
    roles: Iterable[Role],
    at: datetime,
    by: str,
    display_name: str = "",
) -> Invitation:
    """Let a person sign in to a workspace: add user and member if missing, return a new link.

    Raises: BadEmail.
    """
    with transaction.atomic():
        user = add_person(
            email=email,
            workspace_id=workspace_id,
            roles=roles,
            at=at,
            by=by,
            display_name=display_name,
        )
        return fresh_link(user, at=at, by=by)


def invite_colleague(
    *,
    email: str,
    workspace_id: int,
    roles: Iterable[Role],
    at: datetime,
    owner: MemberRecord,
    display_name: str = "",
) -> Invitation | None:
    """Let a person sign in, as an owner may: a link is made only for people of their own.

    Whoever belongs to a workspace of others has an account already and signs in as they do there;
    a link would let this owner in under their name: None.
    Raises: BadEmail.
    """
    with transaction.atomic():
        user = add_person(
            email=email,
            workspace_id=workspace_id,
            roles=roles,
            at=at,
            by=owner.key,
            display_name=display_name,
        )
        if not user.is_active or not queries.belongs_to(user_id=user.pk, owner=owner):
            return None
        return fresh_link(user, at=at, by=owner.key, workspace_id=workspace_id)


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
        record_action(
            workspace_id=member.workspace_id, what=what, subject=f"staff:{member.pk}", at=at, by=by
        )


def _keep_an_owner(member: Member) -> None:
    """Raise LastOwner if this member is the workspace's last owner; locks the workspace."""
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
            Text("this is the workspace's last owner; make somebody else an owner first"),
        )


def record_staff(
    *, workspace_id: int, source: str, names: Iterable[str], at: datetime, by: str
) -> dict[str, str]:
    """Find or add the staff that an import names; return {name: `staff:N`}.

    They have no roles and cannot sign in. The audit gets one entry for all new ones together.
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
            record_action(
                workspace_id=workspace_id,
                what=what,
                subject=f"workspace:{workspace_id}",
                reason=reason,
                at=at,
                by=by,
            )
    found |= {row.source_key: row.pk for row in made}
    return {name: f"staff:{number}" for name, number in found.items()}
