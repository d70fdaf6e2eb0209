"""The command that takes in mail from files, through the same receipts as a mailbox."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from shinrai.accounts.queries import workspace_named
from shinrai.cli.errors import Refusal, refusing
from shinrai.cli.frame import StandardCommand, json_option, workspace_option
from shinrai.cli.language import language, translate
from shinrai.cli.moments import now
from shinrai.cli.output import print_answer
from shinrai.importers.mbox.mailbox import RawMail, mails_in
from shinrai.intake.mail.cases import hosts_of
from shinrai.intake.mail.message import came_at, receipt_id, shortened
from shinrai.intake.operations.receipts import handle_waiting, receive
from shinrai.intake.queries import connection_numbered, connections, receipt_of
from shinrai.intake.rules.channels import ConnectionView
from shinrai.units.errors import UserError
from shinrai.units.text import Text


@click.command(name="mail", cls=StandardCommand)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--connection", "number", type=int, help="The mailbox, if there are several.")
@workspace_option
@json_option
def take_in_mail(
    files: tuple[Path, ...], number: int | None, workspace: str, as_json: bool
) -> None:
    """Take in mail from files, as if it came to the mailbox: .eml, mbox, Maildir, folders.

    Says of each mail what it became, or why it opened nothing. For history, import it instead.

    Example: shinrai intake mail saved.mbox --workspace cre
    """
    with refusing(UserError):
        there = _mailbox(workspace_named(workspace).id, number)
        at = now()
        known = [(raw, *_store(there, raw, at)) for raw in mails_in(files)]
        handle_waiting(clock=now)
    found = [_became(there, raw, name, is_new) for raw, name, is_new in known]
    print_answer({"mails": found}, as_json=as_json, words=lambda: "\n".join(_lines(found)))


def _mailbox(workspace_id: int, number: int | None) -> ConnectionView:
    found = [one.id for one in connections(workspace_id=workspace_id) if one.kind == "mail"]
    if number is None and len(found) != 1:
        known = ", ".join(map(str, found))
        said = translate("there are several mailboxes here: {known}", known=known)
        raise Refusal(
            said if found else translate("no mailbox is connected here"),
            next="--connection N" if found else "shinrai intake connect mail NAME",
        )
    chosen = found[0] if number is None else number
    if chosen not in found:
        raise Refusal(translate("there is no mailbox {number} here", number=chosen))
    return connection_numbered(workspace_id=workspace_id, number=chosen)


def _store(there: ConnectionView, raw: RawMail, at: datetime) -> tuple[str, bool]:
    delivered = datetime.fromisoformat(raw.delivered) if raw.delivered else at
    body = shortened(raw.content, len(raw.content))
    name = receipt_id(body)
    came = came_at(body, hosts_of(there), min(delivered, at))
    return name, receive(connection_id=there.id, outside_id=name, body=body, at=came)


def _became(there: ConnectionView, raw: RawMail, name: str, is_new: bool) -> dict[str, Any]:
    row = receipt_of(connection_id=there.id, outside_id=name)
    return {
        "file": raw.file,
        "line": raw.line,
        "is_new": is_new,
        "state": row.state,
        "case": row.key,
        "reason": row.reason,
    }


def _lines(found: list[dict[str, Any]]) -> Iterator[str]:
    states = {
        "done": Text("taken in"),
        "ignored": Text("opens nothing"),
        "waiting": Text("waits"),
        "failed": Text("failed"),
    }
    for one in found:
        before = Text("came before")[language()] if not one["is_new"] else ""
        said = (one["file"], one["case"], states[one["state"]][language()], one["reason"], before)
        yield "  ".join(filter(None, said))
