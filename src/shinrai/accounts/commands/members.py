"""Commands about members, sign-in links and workspaces, for the machine's operator."""

import click
from django.conf import settings

from shinrai.accounts import queries
from shinrai.accounts.commands.authors import UnknownMember, by_command, member_by_email
from shinrai.accounts.commands.keys import group as keys
from shinrai.accounts.operations.members import (
    LastOwner,
    end_membership,
    invite,
    set_active,
    withdraw_role,
)
from shinrai.accounts.operations.sign_in_links import Invitation, make_link, revoke_links
from shinrai.accounts.operations.workspaces import change_zone
from shinrai.accounts.rules.invitation import BadEmail
from shinrai.accounts.rules.permission import PERMISSION_WORDS, PERMITTED
from shinrai.accounts.rules.role import ROLE_WORDS, Role, UnknownRole, read_role
from shinrai.accounts.rules.workspace import BadWorkspace
from shinrai.cli.errors import refusing
from shinrai.cli.frame import StandardGroup, json_option, workspace_option
from shinrai.cli.language import translate
from shinrai.cli.moments import now
from shinrai.cli.output import print_answer

ROLES = ", ".join(role.value for role in Role)


@click.group(cls=StandardGroup)
def group() -> None:
    """Members: who they are, their roles, and how they sign in.

    Example: shinrai accounts add yui@example.jp --workspace tanuki --role owner
    """


group.add_command(keys, "key")


@group.command()
@click.argument("email")
@workspace_option
@click.option("--role", "roles", multiple=True, required=True, help=f"One of {ROLES}.")
@click.option("--name", default="", help="The name colleagues see.")
@json_option
def add(email: str, workspace: str, roles: tuple[str, ...], name: str, as_json: bool) -> None:
    """Let somebody sign in, and print their one-time link.

    Example: shinrai accounts add yui@example.jp --workspace tanuki --role cre_engineer
    """
    with refusing(queries.UnknownWorkspace, BadEmail, UnknownRole):
        invitation = invite(
            email=email,
            workspace_id=queries.workspace_named(workspace).id,
            roles=[read_role(role) for role in roles],
            display_name=name,
            at=now(),
            by=by_command(),
        )
    _print_invitation(invitation, as_json=as_json)


@group.command()
@click.argument("email")
@json_option
def link(email: str, as_json: bool) -> None:
    """Print one more one-time link for somebody who has an account.

    Example: shinrai accounts link yui@example.jp
    """
    with refusing(queries.UnknownUser):
        invitation = make_link(email=email, at=now(), by=by_command())
    _print_invitation(invitation, as_json=as_json)


@group.command(name="list")
@workspace_option
@json_option
def list_members(workspace: str, as_json: bool) -> None:
    """List the members of a workspace and their roles.

    Example: shinrai accounts list --workspace tanuki --json
    """
    with refusing(queries.UnknownWorkspace):
        found = queries.members(workspace_id=queries.workspace_named(workspace).id)
    rows = [
        {
            "key": member.key,
            "name": member.display_name,
            "email": member.email,
            "roles": sorted(role.value for role in member.roles),
            "has_left": member.has_left,
        }
        for member in found
    ]
    lines = [
        f"{member.key:<12} {member.email or '-':<32} {', '.join(sorted(member.roles)) or '-'}"
        + (translate("  has left") if member.has_left else "")
        for member in found
    ]
    nobody = translate("nobody yet")
    print_answer({"members": rows}, as_json=as_json, words="\n".join(lines) or nobody)


@group.command()
@click.argument("email")
@workspace_option
@click.option("--role", required=True, help=f"One of {ROLES}.")
@json_option
def withdraw(email: str, workspace: str, role: str, as_json: bool) -> None:
    """Take a role back from a member.

    Example: shinrai accounts withdraw yui@example.jp --workspace tanuki --role manager
    """
    with refusing(queries.UnknownWorkspace, UnknownMember, UnknownRole, LastOwner):
        member, known = member_by_email(queries.workspace_named(workspace), email), read_role(role)
        withdraw_role(member_id=member.id, role=known, at=now(), by=by_command())
    words = translate("{email} is no {known} any more", email=email, known=known.value)
    print_answer({"key": member.key, "withdrawn": known.value}, as_json=as_json, words=words)


@group.command()
@click.argument("email")
@workspace_option
@json_option
def leave(email: str, workspace: str, as_json: bool) -> None:
    """End somebody's membership: they may do nothing here any more; what they did stays.

    Their sessions and open links end too, if they belong to no other workspace of the company.

    Example: shinrai accounts leave yui@example.jp --workspace tanuki
    """
    with refusing(queries.UnknownWorkspace, UnknownMember, LastOwner):
        member = member_by_email(queries.workspace_named(workspace), email)
        end_membership(member_id=member.id, at=now(), by=by_command())
    words = translate("{email} has left {workspace}", email=email, workspace=workspace)
    print_answer({"key": member.key, "has_left": True}, as_json=as_json, words=words)


@group.command()
@click.argument("email")
@json_option
def unlink(email: str, as_json: bool) -> None:
    """Take back the links somebody could still sign in by.

    Example: shinrai accounts unlink yui@example.jp
    """
    with refusing(queries.UnknownUser):
        user_id = queries.user_id_of(email=email)
        ended = revoke_links(user_id=user_id, at=now(), by=by_command())
    words = translate("{ended} links taken back", ended=ended)
    print_answer({"email": email, "taken_back": ended}, as_json=as_json, words=words)


@group.command()
@json_option
def roles(as_json: bool) -> None:
    """List what each role permits.

    Example: shinrai accounts roles --json
    """
    held = {role: [deed for deed in PERMISSION_WORDS if role in PERMITTED[deed]] for role in Role}
    print_answer(
        {"roles": [{"role": role.value, "permits": deeds} for role, deeds in held.items()]},
        as_json=as_json,
        words="\n".join(
            f"{translate(ROLE_WORDS[role])} ({role.value})\n"
            + "\n".join(f"  {translate(PERMISSION_WORDS[deed])}" for deed in deeds)
            for role, deeds in held.items()
        ),
    )


@group.command()
@click.argument("email")
@json_option
def deactivate(email: str, as_json: bool) -> None:
    """Close somebody's account everywhere: their sessions and open links end at once.

    Example: shinrai accounts deactivate yui@example.jp
    """
    with refusing(queries.UnknownUser):
        set_active(email=email, is_active=False, at=now(), by=by_command())
    words = translate("{email} signs in no more; what they did stays", email=email)
    print_answer({"email": email, "is_active": False}, as_json=as_json, words=words)


@group.command()
@click.argument("email")
@json_option
def activate(email: str, as_json: bool) -> None:
    """Open a deactivated account again, with the roles it had.

    Example: shinrai accounts activate yui@example.jp
    """
    with refusing(queries.UnknownUser):
        set_active(email=email, is_active=True, at=now(), by=by_command())
    words = translate("{email} may sign in again", email=email)
    print_answer({"email": email, "is_active": True}, as_json=as_json, words=words)


@click.group(cls=StandardGroup)
def workspaces() -> None:
    """Workspaces and the time zone their days are counted in.

    Example: shinrai workspaces set tanuki --zone Asia/Tokyo
    """


@workspaces.command(name="list")
@json_option
def list_workspaces(as_json: bool) -> None:
    """List the workspaces of this installation.

    Example: shinrai workspaces list --json
    """
    found = queries.workspaces()
    rows = [
        {
            "workspace": there.slug,
            "name": there.name,
            "zone": there.zone,
            "zone_is_assumed": there.zone_is_assumed,
            "language": there.language,
            "is_simulated": there.is_simulated,
        }
        for there in found
    ]
    assumed = translate(" (nobody said)")
    lines = [
        f"{there.slug:<24} {there.zone}{assumed if there.zone_is_assumed else ''}"
        for there in found
    ]
    nothing = translate("no workspaces yet")
    print_answer({"workspaces": rows}, as_json=as_json, words="\n".join(lines) or nothing)


@workspaces.command(name="set")
@click.argument("workspace")
@click.option("--zone", required=True, metavar="ZONE", help="Where its days begin: Asia/Tokyo.")
@json_option
def set_workspace(workspace: str, zone: str, as_json: bool) -> None:
    """Set the time zone of a workspace; its figures are computed again.

    Moments stay what they are; the dates they fall on, and what is counted by date, may change.
    Objectives and calendars keep the zone they name.

    Example: shinrai workspaces set tanuki --zone Asia/Tokyo
    """
    with refusing(queries.UnknownWorkspace, BadWorkspace):
        before = queries.workspace_named(workspace)
        is_changed = change_zone(workspace_id=before.id, zone=zone, at=now(), by=by_command())
    print_answer(
        {"workspace": workspace, "zone": zone, "before": before.zone, "is_changed": is_changed},
        as_json=as_json,
        words=(
            translate(
                "{workspace}: days are counted in {zone} now (before: {before_zone}); its "
                "figures are being computed again",
                workspace=workspace,
                zone=zone,
                before_zone=before.zone,
            )
            if is_changed
            else translate(
                "{workspace}: days are counted in {zone}, as before", workspace=workspace, zone=zone
            )
        ),
    )


def link_address(token: str) -> str:
    """Return the URL of a one-time sign-in link."""
    return f"{settings.SHINRAI_ADDRESS}/accounts/links/{token}/"


def _print_invitation(invitation: Invitation, *, as_json: bool) -> None:
    address = link_address(invitation.token)
    print_answer(
        {"email": invitation.email, "link": address, "expires_at": invitation.expires_at},
        as_json=as_json,
        words=translate(
            "{email} signs in once, within a day, by:\n{address}",
            email=invitation.email,
            address=address,
        ),
    )
