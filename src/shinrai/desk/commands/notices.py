"""The commands of notices: list what was sent and what was not, and send it again."""

from typing import Any

import click

from shinrai.accounts.commands.authors import by_command
from shinrai.accounts.queries import WorkspaceRecord, workspace_named
from shinrai.cli.errors import ExitCode, Refusal, refusing
from shinrai.cli.frame import StandardGroup, json_option, workspace_option
from shinrai.cli.language import language, translate
from shinrai.cli.moments import MOMENT, now
from shinrai.cli.output import print_answer
from shinrai.console.rules.wording import language_of, moment_words
from shinrai.desk.operations import webhooks as operations
from shinrai.desk.operations.notices import resend_notice
from shinrai.desk.queries.notices import SentNotice, notice_channels, sent_notices
from shinrai.desk.queries.webhooks import (
    DeliveryFilter,
    delivery_document,
    failed_by_webhook,
    webhook_deliveries,
    webhook_document,
)
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
@click.option("--webhook", type=int, help="Those to a webhook, by its number, not to people.")
@json_option
def list_notices(workspace: str, failed: bool, webhook: int | None, as_json: bool) -> None:
    """List the newest notices: what each tells, to whom, and what became of it.

    Example: shinrai desk notices list --workspace cre --failed
    """
    state = "failed" if failed else ""
    with refusing(UserError):
        there = workspace_named(workspace)
        if webhook is None:
            found = sent_notices(workspace=there, state=state)
        else:
            asked = DeliveryFilter(webhook, state)
            found, _ = webhook_deliveries(workspace=there, asked=asked, most=200)
    documents = [{"notice": one.delivery.id, **delivery_document(one, language())} for one in found]
    print_answer(
        {"workspace": there.slug, "notices": documents},
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


@notices.command()
@workspace_option
@json_option
def webhooks(workspace: str, as_json: bool) -> None:
    """List the webhooks: where each leads, and how many messages could not be sent.

    Example: shinrai desk notices webhooks --workspace cre
    """
    with refusing(UserError):
        there = workspace_named(workspace)
    failed = failed_by_webhook(workspace_id=there.id)
    found = [webhook_document(one, failed) for one in notice_channels(workspace_id=there.id)]
    said = ("{webhook}  {channel}  {address}  {failed}".format(**one) for one in found)
    words = "\n".join(said) or NOTHING[language()]
    print_answer({"workspace": there.slug, "webhooks": found}, as_json=as_json, words=words)


@notices.command()
@click.argument("webhook", type=int)
@workspace_option
@click.option("--message", type=int, help="Only this message, by its number in the list.")
@click.option("--since", type=MOMENT, help="Those made from this moment on.")
@click.option("--until", type=MOMENT, help="Those made before this moment.")
@click.option("--failed", is_flag=True, help="Only those that could not be sent.")
@json_option
def replay(webhook: int, workspace: str, failed: bool, as_json: bool, **which: Any) -> None:
    """Send to a webhook again what was sent to it before, each under its old id.

    Example: shinrai desk notices replay 3 --workspace cre --since 2026-06-03T10:00+09:00
    """
    with refusing(UserError):
        there, at, by = workspace_named(workspace).id, now(), by_command()
        count = operations.replay(
            operations.ReplayRequest(there, webhook, at, by, is_failed_only=failed, **which)
        )
    if not count:
        listed = f"shinrai desk notices list --webhook {webhook} --workspace {workspace}"
        said = translate("no message is there that can be sent again")
        raise Refusal(said, next=listed, exit_code=ExitCode.NO)
    words = translate("messages on their way again: {count}", count=count)
    print_answer({"webhook": webhook, "count": count}, as_json=as_json, words=words)


def _line(one: SentNotice, there: WorkspaceRecord) -> str:
    sent, spoken = one.delivery, language_of(language())
    at = moment_words(sent.made_at, zone=there.zone, language=spoken)
    parts = (str(sent.id), at, one.kind, one.about, one.to, sent.state, sent.error.get(spoken, ""))
    return "  ".join(part for part in parts if part)
