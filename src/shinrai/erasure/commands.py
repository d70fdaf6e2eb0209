"""The command that erases a person."""

import sys

import click

from shinrai.accounts.commands.authors import by_command
from shinrai.accounts.queries import UnknownWorkspace, workspace_named
from shinrai.cli.errors import ExitCode, Refusal, answer_is_no, refusing
from shinrai.cli.frame import StandardGroup, json_option, workspace_option
from shinrai.cli.language import language, translate
from shinrai.cli.moments import now
from shinrai.cli.output import print_answer
from shinrai.erasure.operations.persons import (
    CustomerName,
    Erasure,
    UnknownCustomer,
    erase,
    find_person,
)
from shinrai.erasure.operations.retention import preview, set_retention
from shinrai.erasure.rules.messages import backup_words, found_words, log_words
from shinrai.importers.command_output import RETRY_LATER
from shinrai.importers.run.errors import RetryLater
from shinrai.privacy.operations import retention_of
from shinrai.privacy.rules.retention import BadRetention


@click.group(cls=StandardGroup)
def group() -> None:
    """Words of customers: erase those of one person, or all some months after their case.

    Example: shinrai privacy erase --workspace tanuki --customer zendesk:389012 --yes
    """


@group.command(name="erase")
@workspace_option
@click.option(
    "--customer", required=True, metavar="SOURCE:KEY", help="Whom, as the source writes it."
)
@click.option("--yes", is_flag=True, help="Erase without asking; it cannot be taken back.")
@json_option
def erase_customer(workspace: str, customer: str, yes: bool, as_json: bool) -> None:
    """Erase a customer's words and identity for good; without --yes say what would go, and ask.

    Counts stay. Later imports leave the person out.

    Example: shinrai privacy erase --workspace tanuki --customer zendesk:389012 --json
    """
    source, colon, identifier = customer.partition(":")
    if not (source and colon and identifier):
        raise Refusal(
            translate("{customer!r} names no customer", customer=customer),
            next="--customer SOURCE:KEY",
        )
    at = now()
    with (
        refusing(UnknownWorkspace),
        refusing(UnknownCustomer, exit_code=ExitCode.NO),
        refusing(RetryLater, exit_code=RETRY_LATER),
    ):
        whom = CustomerName(workspace_named(workspace), source, identifier)
        found = find_person(whom, at=at)
        if not yes and not _is_confirmed(found, as_json=as_json):
            print_answer(found.as_json(), as_json=as_json, words=_preview(found))
            answer_is_no()
        done = erase(whom, at=at, by=by_command())
    print_answer(done.as_json(), as_json=as_json, words=_summary(done))


@group.command(name="retention")
@workspace_option
@click.option("--months", type=int, help="Erase words so many months after their case ended.")
@click.option("--never", is_flag=True, help="Keep words until they are erased by hand.")
@json_option
def retain(workspace: str, months: int | None, never: bool, as_json: bool) -> None:
    """Say for how long words of ended cases stay; with --months or --never set it.

    The worker erases each night what is due. Counts, figures and steps stay.

    Example: shinrai privacy retention --workspace tanuki --months 24 --json
    """
    at = now()
    if never and months is not None:
        raise Refusal(translate("say --months or --never, not both"), next="--months 24")
    with refusing(UnknownWorkspace, BadRetention):
        there = workspace_named(workspace)
        if never or months is not None:
            set_retention(workspace_id=there.id, months=months, at=at, by=by_command())
        kept = retention_of(workspace_id=there.id)
        due = preview(workspace_id=there.id, months=kept.months, at=at) if kept else None
    told = translate("words stay until they are erased by hand")
    if kept and due:
        told = translate(
            "months from the end of a case until its words are erased: {months}; "
            "cases due tonight: {count}",
            months=kept.months,
            count=f"{due.cases:,}" + ("" if due.is_all else "+"),
        )
    answer = {
        "months": kept.months if kept else None,
        "due_cases": due.cases if due else 0,
        "due_is_all": due.is_all if due else True,
        "ran_at": kept.ran_at if kept else None,
        "ran_cases": kept.ran_cases if kept else 0,
    }
    print_answer(answer, as_json=as_json, words=told)


def _is_confirmed(found: Erasure, *, as_json: bool) -> bool:
    if as_json or not sys.stdin.isatty():
        return False
    click.echo("\n".join(_lines(found)), err=True)
    question = translate("Erase for good?")
    return click.confirm(question, err=True)


def _lines(found: Erasure) -> list[str]:
    rows = found_words(found.found)
    kept = translate(backup_words(found.backups_until, zone="UTC"))
    return [*(f"  {words[language()]}: {count:,}" for words, count in rows), kept]


def _preview(found: Erasure) -> str:
    head = translate("nothing is erased yet; with --yes this goes for good:")
    return "\n".join([head, *_lines(found)])


def _summary(done: Erasure) -> str:
    head = translate("erased:")
    return "\n".join([head, *_lines(done), log_words(bool(done.is_off_disk))[language()]])
