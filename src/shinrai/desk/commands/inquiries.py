"""The commands of inquiries: receive one by hand, list its steps, and correct one."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import click

from shinrai.accounts.commands.authors import by_command, by_member
from shinrai.accounts.queries import WorkspaceRecord, workspace_named
from shinrai.cli.errors import Refusal, refusing
from shinrai.cli.frame import StandardGroup, json_option, workspace_option
from shinrai.cli.language import language, translate
from shinrai.cli.moments import now
from shinrai.cli.output import print_answer
from shinrai.console.rules.wording import language_of, moment_words
from shinrai.desk.commands.investigations import (
    author_option,
    fact_option,
    file_option,
    given_facts,
    read_files,
)
from shinrai.desk.commands.packs import pack_command
from shinrai.desk.operations.corrections import correct_step
from shinrai.desk.operations.filing import ReceiptRequest, receive_by_hand
from shinrai.inquiries.queries import inquiry
from shinrai.inquiries.rules.corrections import CORRECTABLE, MESSAGES, WHYS
from shinrai.inquiries.rules.kinds import CHANNELS, MODES, WAITING_ON
from shinrai.ledger.queries import case_heads
from shinrai.ledger.rules.steps import Step
from shinrai.units.errors import UserError
from shinrai.units.text import Text

KINDS: Final[dict[str, Text]] = {
    "inbound": Text("inbound"),
    "outbound": Text("outbound"),
    "labelled": Text("labelled"),
    "waiting": Text("waiting"),
}
SUBSTANCE: Final[dict[bool, Text]] = {
    True: Text("says something"),
    False: Text("mere thanks"),
}
CORRECTED: Final = Text(" (corrected)")
NOTHING: Final = Text("no message, label or wait stands here")


@click.group(cls=StandardGroup)
def group() -> None:
    """Inquiries: what their messages, labels and waits say, and correcting what is wrong."""


group.add_command(pack_command("inquiry", "inquiries", "Q-17"))


@group.command()
@click.argument("inquiry_key", metavar="INQUIRY")
@workspace_option
@json_option
def steps(inquiry_key: str, workspace: str, as_json: bool) -> None:
    """List the messages, labels and waits of an inquiry by the numbers they are corrected by.

    Words stay sealed; they stand on the inquiry's page.

    Example: shinrai inquiries steps Q-17 --workspace cre
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        found = inquiry(workspace_id=there.id, source_key=inquiry_key).steps
    shown = [step for step in found if step.kind in CORRECTABLE]
    print_answer(
        {"inquiry": inquiry_key, "steps": [_document(step) for step in shown]},
        as_json=as_json,
        words=lambda: "\n".join(_line(step, there) for step in shown) or NOTHING[language()],
    )


def _document(step: Step) -> dict[str, Any]:
    return {
        "step": step.sequence,
        "at": step.at,
        "kind": step.kind,
        "by": step.by,
        **_says(step),
        "rule": step.detail.get("rule"),
        "corrected": bool(step.detail.get("corrected")),
    }


def _says(step: Step) -> Mapping[str, Any]:
    """Return the part of a step that can be corrected, as {name: current value}."""
    if step.kind in MESSAGES:
        return {"substantive": bool(step.detail.get("substantive", True))}
    if step.kind == "labelled":
        return {"topic": step.detail.get("topic") or step.detail.get("label")}
    return {"on": step.detail.get("on", "customer")}


def _line(step: Step, there: WorkspaceRecord) -> str:
    at = moment_words(step.at, zone=there.zone, language=language_of(language()))
    [says] = _says(step).values()
    words = SUBSTANCE[says][language()] if isinstance(says, bool) else says
    mended = CORRECTED[language()] if step.detail.get("corrected") else ""
    return f"{step.sequence}  {at}  {KINDS[step.kind][language()]}: {words}{mended}"


@group.command()
@workspace_option
@click.option("--words", required=True, help="What was said; the first line becomes the title.")
@click.option("--mode", default="via_cs", show_default=True, type=click.Choice(MODES))
@click.option("--channel", default="other", show_default=True, type=click.Choice(CHANNELS))
@click.option("--customer", default="", help="The key that an import knows them by.")
@click.option("--account", default="", help="Their company.")
@click.option("--received", default="", metavar="MOMENT", help="When it came, if not now.")
@fact_option
@click.option("--priority", default="", help="urgent, high, normal or low.")
@click.option("--service", default="", help="The service it is about.")
@file_option
@author_option
@json_option
def receive(
    workspace: str,
    facts: tuple[str, ...],
    files: tuple[Path, ...],
    email: str | None,
    as_json: bool,
    **typed: Any,
) -> None:
    """Write down an inquiry that came, or a case we open ourselves (--mode proactive).

    Example: shinrai inquiries receive --workspace cre --channel phone --words "Video stops"
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        case_id = receive_by_hand(
            ReceiptRequest(
                workspace=there,
                at=now(),
                by=by_member(there, email) if email else by_command(),
                facts=given_facts(facts),
                files=read_files(files),
                **typed,
            )
        )
    key = case_heads([case_id])[case_id].source_key
    print_answer(
        {"inquiry": key}, as_json=as_json, words=translate("{key} is written down", key=key)
    )


@group.command()
@click.argument("inquiry_key", metavar="INQUIRY")
@click.argument("step", type=click.IntRange(min=1))
@workspace_option
@click.option("--substantive", type=click.Choice(("yes", "no")), help="Whether a message counts.")
@click.option("--topic", metavar="KEY", help="What a label should have said.")
@click.option("--on", "whom", type=click.Choice(sorted(WAITING_ON)), help="On whom was waited.")
@click.option("--gone", is_flag=True, help="This label or wait never was.")
@click.option("--why", type=click.Choice(WHYS), required=True, help="Why it is corrected.")
@click.option("--by", "email", metavar="EMAIL", help="The member who says so.")
@json_option
def correct(
    inquiry_key: str,
    step: int,
    workspace: str,
    substantive: str | None,
    topic: str | None,
    whom: str | None,
    gone: bool,
    why: str,
    email: str | None,
    as_json: bool,
) -> None:
    """Correct what a step says: whether a message counts, a label, on whom was waited.

    What stood there before is kept, the audit knows who corrected it, and the clocks follow at
    once. How often messages were corrected shows how good the rule of substance is.

    Example: shinrai inquiries correct Q-17 4211 --substantive no --why rule_wrong --workspace cre
    """
    given = {"substantive": substantive, "topic": topic, "on": whom, "gone": gone or None}
    asked = {name: value for name, value in given.items() if value is not None}
    if len(asked) != 1:
        raise Refusal(
            translate("say one thing that should stand there instead"),
            next="--substantive yes|no, --topic KEY, --on WHOM, --gone",
        )
    with refusing(UserError):
        there = workspace_named(workspace)
        correct_step(
            case_id=inquiry(workspace_id=there.id, source_key=inquiry_key).head.id,
            sequence=step,
            change=asked | ({"substantive": substantive == "yes"} if substantive else {}),
            why=why,
            at=now(),
            by=by_member(there, email) if email else by_command(),
            role="agent",
        )
    print_answer(
        {"inquiry": inquiry_key, "step": step, **asked, "why": why},
        as_json=as_json,
        words=translate(
            "{inquiry_key}: step {step} is corrected; what stood there before is kept",
            inquiry_key=inquiry_key,
            step=step,
        ),
    )
