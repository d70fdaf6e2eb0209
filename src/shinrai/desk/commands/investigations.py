"""The commands of investigations: the kinds of a workspace, and filing one."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from shinrai.accounts.commands.authors import by_command, by_member
from shinrai.accounts.queries import workspace_named
from shinrai.cli.errors import Refusal, refusing
from shinrai.cli.frame import StandardGroup, json_option, workspace_option
from shinrai.cli.language import language, translate
from shinrai.cli.moments import now
from shinrai.cli.output import print_answer
from shinrai.console.rules.wording import language_of, moment_words
from shinrai.desk.commands.packs import pack_command
from shinrai.desk.operations.filing import FilingRequest, file_case
from shinrai.desk.queries.case import case_view
from shinrai.desk.queries.documents import kind_document
from shinrai.desk.queries.kinds import kinds_of
from shinrai.desk.rules.case_facts import CaseKind
from shinrai.desk.rules.files import MOST_BYTES, NewFile
from shinrai.ledger.queries import case_heads
from shinrai.units.errors import UserError
from shinrai.units.text import translated

fact_option = click.option(
    "--fact", "facts", multiple=True, metavar="NAME=VALUE", help="A fact, by its key or name."
)
file_option = click.option(
    "--file",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="An image or a log to attach.",
)
author_option = click.option(
    "--by", "email", metavar="EMAIL", help="The member who does it; without it the machine's user."
)


@click.group(cls=StandardGroup)
def group() -> None:
    """Investigations: the kinds that can be filed, and filing one."""


group.add_command(pack_command("investigation", "investigations", "INV-7"))


@group.command()
@workspace_option
@json_option
def kinds(workspace: str, as_json: bool) -> None:
    """List the kinds of investigation and the facts each asks for.

    Example: shinrai investigations kinds --workspace cre --json
    """
    with refusing(UserError):
        found = kinds_of(workspace_id=workspace_named(workspace).id)
    print_answer(
        {"kinds": [kind_document(kind, language()) for kind in found]},
        as_json=as_json,
        words=lambda: "\n".join(map(_line, found)),
    )


@group.command(name="file")
@workspace_option
@click.option("--kind", required=True, help="Its key, as `kinds` lists it.")
@click.option("--title", required=True, help="One line.")
@click.option("--question", required=True, help="What is to be found out.")
@fact_option
@click.option("--inquiry", default="", help="The inquiry it is about: key, or address elsewhere.")
@click.option("--priority", default="", help="urgent, high, normal or low.")
@click.option("--service", default="", help="The service it is about.")
@file_option
@author_option
@json_option
def file_command(
    workspace: str,
    facts: tuple[str, ...],
    files: tuple[Path, ...],
    email: str | None,
    as_json: bool,
    **typed: Any,
) -> None:
    """File an investigation with the facts that its kind needs, and say when it is due.

    Example: shinrai investigations file --workspace cre --kind other --title T --question Q
    """
    at = now()
    with refusing(UserError):
        there = workspace_named(workspace)
        case_id = file_case(
            FilingRequest(
                workspace=there,
                at=at,
                by=by_member(there, email) if email else by_command(),
                facts=given_facts(facts),
                files=read_files(files),
                **typed,
            )
        )
        key = case_heads([case_id])[case_id].source_key
        clock = case_view(workspace_id=there.id, source_key=key, at=at).clock
    due_at = clock.facts.due_at if clock else None
    said = language_of(language())
    print_answer(
        {"investigation": key, "due_at": due_at},
        as_json=as_json,
        words=translate("{key} is filed; no objective measures it", key=key)
        if due_at is None
        else translate(
            "{key} is filed; due by {due}",
            key=key,
            due=moment_words(due_at, zone=there.zone, language=said),
        ),
    )


def given_facts(pairs: Sequence[str]) -> dict[str, str]:
    """Return facts given as NAME=VALUE. Raises: Refusal."""
    for pair in pairs:
        if "=" not in pair:
            raise Refusal(
                translate("{pair!r} is no NAME=VALUE", pair=pair), next="--fact screen=Lesson"
            )
    return dict(pair.split("=", 1) for pair in pairs)


def read_files(paths: Sequence[Path]) -> tuple[NewFile, ...]:
    """Read files to attach; of one that is too large, only enough to refuse it."""
    found = []
    for path in paths:
        with path.open("rb") as file:
            found.append(NewFile(path.name, file.read(MOST_BYTES + 1)))
    return tuple(found)


def _line(kind: CaseKind) -> str:
    asked = ", ".join(
        one.fact.key if one.is_required else f"({one.fact.key})" for one in kind.facts
    )
    return f"{kind.key:<14} {translated(kind.name, language())}: {asked or '-'}"
