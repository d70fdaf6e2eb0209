"""The commands of notices: list what was sent and what was not, and send it again."""

from typing import Any

import click

from shinrai.accounts.commands.authors import by_command
from shinrai.accounts.queries import WorkspaceRecord, workspace_named
from shinrai.cli.errors import ExitCode, Refusal, refusing
from shinrai.cli.frame import StandardGroup, json_option, workspace_option
from shinrai.cli.language import language, translate
from shinrai.cli.moments import now
from shinrai.cli.output import print_answer
from shinrai.console.rules.wording import language_of, moment_words
from shinrai.desk.operations.notices import resend_notice
from shinrai.desk.queries.notices import SentNotice, sent_notices
from shinrai.units.errors import UserError
from shinrai.units.text import Text

NOTHING = Text("no message is there")


@click.group(cls=StandardGroup)
def group() -> None:
    """The desk: what its members are told, and what became of it."""


@group.group(cls=StandardGroup)
def notices() -> None:
    """Notices: list what was sent and what was not, and send it again."""


@notices.command(name="list")
@workspace_option
@click.option("--failed", is_flag=True, help="Only those that could not be sent.")
@json_option
def list_notices(workspace: str, failed: bool, as_json: bool) -> None:
    """List the newest notices: what each tells, to whom, and what became of it.

    Example: shinrai desk notices list --workspace cre --failed
    """
    with refusing(UserError):
        there = workspace_named(workspace)
    found = sent_notices(workspace=there, state="failed" if failed else "")
    print_answer(
        {"workspace": there.slug, "notices": [_document(one) for one in found]},
        as_json=as_json,
        words=lambda: "\n".join(_line(one, there) for one in found) or NOTHING[language()],
    )


@notices.command()
@click.argument("number", type=int)
@workspace_option
@json_option
def resend(number: int, workspace: str, as_json: bool) -> None:
    """Send a notice again that was given up, by its number in the list.

    Example: shinrai desk notices resend 41 --workspace cre
    """
    with refusing(UserError):
        there = workspace_named(workspace)
    if not resend_notice(workspace_id=there.id, number=number, at=now(), by=by_command()):
        raise Refusal(
            translate("notice {number} did not fail, or is too old to be sent", number=number),
            next=f"shinrai desk notices list --failed --workspace {there.slug}",
            exit_code=ExitCode.NO,
        )
    words = translate("notice {number} is on its way again", number=number)
    print_answer({"notice": number, "state": "waiting"}, as_json=as_json, words=words)


def _document(one: SentNotice) -> dict[str, Any]:
    sent = one.delivery
    return {
        "notice": sent.id,
        "kind": one.kind,
        "about": one.about,
        "to": one.to,
        "state": sent.state,
        "attempts": sent.attempts,
        "made_at": sent.made_at,
        "due_at": sent.due_at,
        "sent_at": sent.sent_at,
        "why": sent.error.get(language(), ""),
    }


def _line(one: SentNotice, there: WorkspaceRecord) -> str:
    sent, spoken = one.delivery, language_of(language())
    at = moment_words(sent.made_at, zone=there.zone, language=spoken)
    parts = (str(sent.id), at, one.kind, one.about, one.to, sent.state, sent.error.get(spoken, ""))
    return "  ".join(part for part in parts if part)
