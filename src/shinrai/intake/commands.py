"""The commands of the intake: list connections, make one, read and handle what waits."""

from typing import Any

import click

from shinrai.accounts.commands.authors import by_command
from shinrai.accounts.queries import workspace_named
from shinrai.cli.errors import Refusal, refusing
from shinrai.cli.frame import StandardGroup, json_option, workspace_option
from shinrai.cli.language import language, translate
from shinrai.cli.moments import now
from shinrai.cli.output import print_answer
from shinrai.intake.channels import MODULES
from shinrai.intake.mail.commands import take_in_mail
from shinrai.intake.operations.connections import connect
from shinrai.intake.operations.polls import poll_connections
from shinrai.intake.operations.receipts import handle_waiting
from shinrai.intake.operations.threads import tell_threads
from shinrai.intake.queries import ConnectionRecord, connections
from shinrai.units.errors import UserError
from shinrai.units.text import Text

NOTHING = Text("nothing is connected yet")


@click.group(cls=StandardGroup)
def group() -> None:
    """Mailboxes, Slack, other desks and forms: what is connected, and what came."""


@group.command(name="list")
@workspace_option
@json_option
def list_connections(workspace: str, as_json: bool) -> None:
    """List the connections of a workspace, with what waits and what failed.

    Example: shinrai intake list --workspace cre
    """
    with refusing(UserError):
        found = connections(workspace_id=workspace_named(workspace).id)
    print_answer(
        {"workspace": workspace, "connections": [_document(one) for one in found]},
        as_json=as_json,
        words=lambda: "\n".join(map(_line, found)) or NOTHING[language()],
    )


@group.command(name="connect")
@click.argument("kind", type=click.Choice(list(MODULES)))
@click.argument("name")
@click.option("--set", "given", multiple=True, metavar="FIELD=VALUE", help="A field; repeat it.")
@workspace_option
@json_option
def connect_command(
    kind: str, name: str, given: tuple[str, ...], workspace: str, as_json: bool
) -> None:
    """Connect a workspace to a source; a secret may be read from a file: --set password=@FILE.

    Example: shinrai intake connect mail "Support" --set address=help@example.com
    """
    fields = dict(_pair(one) for one in given)
    with refusing(UserError):
        there = workspace_named(workspace)
        connect(
            workspace_id=there.id, kind=kind, name=name, given=fields, at=now(), by=by_command()
        )
        found = connections(workspace_id=there.id)[-1]
    print_answer(_document(found), as_json=as_json, words=lambda: _line(found))


@group.command()
@json_option
def run(as_json: bool) -> None:
    """Read all sources, handle what came and tell places outside, once, without a worker.

    Example: shinrai intake run
    """
    done = {
        "read": poll_connections(clock=now),
        "handled": handle_waiting(clock=now),
        "told": tell_threads(clock=now),
    }
    said = translate("{read} sources read, {handled} receipts handled, {told} places told", **done)
    print_answer(done, as_json=as_json, words=said)


group.add_command(take_in_mail)


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise Refusal(
            translate("{text!r} is no field with a value", text=text[:60]),
            next="--set address=help@example.com",
        )
    if value.startswith("@"):
        try:
            with open(value[1:], encoding="utf-8") as file:
                value = file.read(10_000).strip()
        except (OSError, ValueError) as error:
            raise Refusal(
                translate("cannot read {file}", file=value[1:]), next="--set password=@FILE"
            ) from error
    return name, value


def _document(one: ConnectionRecord) -> dict[str, Any]:
    return {
        "connection": one.id,
        "kind": one.kind,
        "name": one.name,
        "address": one.address,
        "read_at": one.read_at,
        "error": one.error,
        "waiting": one.waiting,
        "failed": one.failed,
    }


def _line(one: ConnectionRecord) -> str:
    return "  ".join(filter(None, (str(one.id), one.kind, one.name, one.address, one.error)))
