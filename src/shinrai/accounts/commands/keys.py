"""Commands about the keys of the HTTP API: make one, list them, revoke one."""

from typing import Any

import click

from shinrai.accounts import queries
from shinrai.accounts.commands.authors import by_command
from shinrai.accounts.operations.api_keys import make_key, revoke_key
from shinrai.accounts.rules.role import Role, read_role
from shinrai.accounts.rules.scope import Scope
from shinrai.cli.errors import refusing
from shinrai.cli.frame import StandardGroup, json_option, workspace_option
from shinrai.cli.language import translate
from shinrai.cli.moments import now
from shinrai.cli.output import print_answer
from shinrai.units.errors import UserError

SCOPES = [scope.value for scope in Scope]
ROLES = ", ".join(role.value for role in Role)


@click.group(cls=StandardGroup)
def group() -> None:
    """Keys of the HTTP API, by which programs file, read and answer cases."""


@group.command("add")
@workspace_option
@click.option("--role", required=True, help=f"One of {ROLES}.")
@click.option("--scope", default="read", show_default=True, type=click.Choice(SCOPES))
@click.option("--label", default="", help="The name its steps are signed with.")
@json_option
def add_key(workspace: str, role: str, scope: str, label: str, as_json: bool) -> None:
    """Make a key that acts with a role, and print it: it is shown only this once.

    Example: shinrai accounts key add --workspace tanuki --role cre_engineer --scope write --json
    """
    with refusing(UserError):
        there, known, at = queries.workspace_named(workspace).id, read_role(role), now()
        made = make_key(
            workspace_id=there, role=known, scope=Scope(scope), label=label, at=at, by=by_command()
        )
    document = {"key": made.secret, "number": made.record.number}
    print_answer(document, as_json=as_json, words=made.secret)


@group.command("list")
@workspace_option
@json_option
def list_keys(workspace: str, as_json: bool) -> None:
    """List the keys of a workspace, the newest first.

    Example: shinrai accounts key list --workspace tanuki --json
    """
    with refusing(UserError):
        found = queries.api_keys(workspace_id=queries.workspace_named(workspace).id)
    rows = [_document(one) for one in found]
    none = translate("no keys yet")
    lines = [
        f"{one.number:>4} {one.scope.value:<9} {', '.join(sorted(one.member.roles)):<17} "
        + one.member.display_name
        + (translate("  revoked") if one.is_revoked else "")
        for one in found
    ]
    print_answer({"keys": rows}, as_json=as_json, words="\n".join(lines) or none)


@group.command("revoke")
@click.argument("number", type=int)
@workspace_option
@json_option
def revoke(number: int, workspace: str, as_json: bool) -> None:
    """Revoke the key with this number, as `list` prints it.

    Example: shinrai accounts key revoke 3 --workspace tanuki
    """
    with refusing(UserError):
        there = queries.workspace_named(workspace).id
        gone = revoke_key(workspace_id=there, number=number, at=now(), by=by_command())
    words = translate("{name} is answered no more", name=gone.member.display_name)
    print_answer({"number": number, "is_revoked": True}, as_json=as_json, words=words)


def _document(key: queries.KeyRecord) -> dict[str, Any]:
    return {
        "number": key.number,
        "label": key.member.display_name,
        "member": key.member.key,
        "roles": sorted(role.value for role in key.member.roles),
        "scope": key.scope.value,
        "made_at": key.made_at,
        "made_by": key.made_by,
        "is_revoked": key.is_revoked,
    }
