"""The command `shinrai mcp`: the same tools over standard input and output, a line a message."""

import json
import sys
from typing import Any

import click
from django.conf import settings
from django.db import close_old_connections

from shinrai.accounts.commands.authors import member_by_email
from shinrai.accounts.queries import MemberRecord, WorkspaceRecord, may, workspace_named
from shinrai.accounts.rules.permission import Permission
from shinrai.assistants.endpoints.protocol import answer_message
from shinrai.assistants.endpoints.tools import ToolCaller
from shinrai.assistants.queries import bearer
from shinrai.assistants.rules.messages import (
    UNNAMED,
    UNREADABLE,
    MessageRefused,
    error_answer,
    read_message,
)
from shinrai.cli.errors import Refusal, refusing
from shinrai.cli.frame import StandardCommand, workspace_option
from shinrai.cli.language import translate
from shinrai.cli.moments import now
from shinrai.units.errors import UserError


@click.command(cls=StandardCommand)
@workspace_option
@click.option(
    "--by", "email", metavar="EMAIL", help="The member it acts for; else SHINRAI_API_KEY."
)
def mcp(workspace: str, email: str | None) -> None:
    """Answer an assistant that starts this command: it reads cases and figures, and writes nothing.

    Messages are JSON-RPC, one in a line. It acts for a member, or with the key in SHINRAI_API_KEY.

    Example: shinrai mcp --workspace cre --by yui@example.jp
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        member = _member(there, email)
    assistant = UNNAMED
    for line in sys.stdin.buffer:
        if not line.strip():
            continue
        close_old_connections()
        with refusing(UserError):
            member = _member(there, email)  # who left meanwhile, or whose key was revoked, is out
        answer: dict[str, Any] | None
        try:
            call = read_message(_read(line))
            assistant = call.assistant or assistant
            answer = answer_message(call, ToolCaller(there, member, assistant, now()))
        except MessageRefused as refused:
            answer = error_answer(refused)
        if answer is not None:
            click.echo(json.dumps(answer))  # in ASCII, so that no reader cuts a line


def _member(there: WorkspaceRecord, email: str | None) -> MemberRecord:
    """Return who it acts for: a member, or that of the key. Raises: Refusal, UnknownMember."""
    if email:
        member = member_by_email(there, email)
        if not may(member, Permission.READ):
            raise Refusal(translate("the role of this member does not permit it"))
        return member
    found = bearer(settings.SHINRAI_API_KEY or "", resource="")
    if found is None or found.member.workspace_id != there.id:
        raise Refusal(
            translate("SHINRAI_API_KEY is no key of this workspace that works"),
            next="shinrai accounts key add, or --by EMAIL",
        )
    return found.member


def _read(line: bytes) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise MessageRefused(UNREADABLE, "a line is not JSON") from error
