"""The commands of surveys: what is asked, declare, open, close, and ask one person."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import click

from shinrai.accounts.commands.authors import by_command
from shinrai.accounts.queries import workspace_named
from shinrai.api.embedding import read_origins
from shinrai.cli.errors import ExitCode, refusing
from shinrai.cli.frame import json_option, workspace_option
from shinrai.cli.language import translate
from shinrai.cli.moments import MOMENT, now
from shinrai.cli.output import print_answer
from shinrai.satisfaction.commands.answers import group
from shinrai.satisfaction.operations.asking import ask_person
from shinrai.satisfaction.operations.surveys import close_wave, declare_survey
from shinrai.satisfaction.operations.waves import AskRequest, begin_asking
from shinrai.satisfaction.queries.addresses import address_named, link_for
from shinrai.satisfaction.queries.overview import survey_overview, survey_overviews
from shinrai.satisfaction.queries.surveys import UnknownSurvey, survey_named
from shinrai.satisfaction.rules.survey import KINDS, BadSurvey
from shinrai.satisfaction.rules.targeting import (
    ASKING_CHANNELS,
    CHILDREN,
    WHO,
    read_targeting,
    usual_document,
)
from shinrai.units.errors import UserError
from shinrai.units.text import Text

FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
MOST_FILE: Final = 1 << 20


@group.command(name="surveys")
@workspace_option
@json_option
def surveys_command(workspace: str, as_json: bool) -> None:
    """List the surveys: who was asked, answered, was left out, is silent.

    Example: shinrai satisfaction surveys --workspace cre
    """
    with refusing(UserError):
        there = workspace_named(workspace)
    found = survey_overviews(workspace_id=there.id, at=now())
    print_answer(
        {"workspace": workspace, "surveys": [one.document for one in found]},
        as_json=as_json,
        words="\n".join(
            translate(
                "{key}: {answered} of {asked} answered",
                key=one.survey.key,
                answered=one.answered,
                asked=one.asked,
            )
            for one in found
        )
        or translate("no survey was declared"),
    )


@group.command(name="declare")
@click.argument("key")
@click.argument("file", type=FILE, required=False)
@click.option("--kind", type=click.Choice(KINDS), help="Without a file: the usual words of a kind.")
@workspace_option
@json_option
def declare_command(
    key: str, file: Path | None, kind: str | None, workspace: str, as_json: bool
) -> None:
    """Declare a survey from a JSON file, or its next version: other words begin a new series.

    Example: shinrai satisfaction declare lesson-csat --kind csat --workspace cre
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        document = json_document(file) if file else usual_document(kind) if kind else None
        if document is None:
            raise BadSurvey(Text("Name a file, or a kind."))
        done = declare_survey(
            workspace_id=there.id, key=key, document=document, at=now(), by=by_command()
        )
    print_answer(
        {"survey": done.key, "version": done.number, "wording": done.wording}, as_json=as_json
    )


@group.command(name="open")
@click.argument("key")
@click.option("--channel", type=click.Choice(tuple(ASKING_CHANNELS)), required=True)
@click.option("--who", type=click.Choice(tuple(WHO)), default="all")
@click.option("--days", type=int, default=28, help="Of how many days: 28.")
@click.option("--share", type=float, default=1.0, help="Which share of them: 1.")
@click.option("--cap-days", type=int, default=90, help="Only whom nothing asked so long: 90.")
@click.option("--children", type=click.Choice(tuple(CHILDREN)), default="none")
@click.option("--origin", "origins", multiple=True, help="A website of the product.")
@click.option("--unsigned", is_flag=True, help="Believe the product without a signature.")
@click.option("--closes", "closes_at", type=MOMENT, help="When it ends; without it, when closed.")
@workspace_option
@json_option
def open_command(
    key: str,
    channel: str,
    origins: tuple[str, ...],
    unsigned: bool,
    closes_at: datetime | None,
    workspace: str,
    as_json: bool,
    **aimed: Any,
) -> None:
    """Ask a survey from now on; where it was asked before, that wave ends.

    Example: shinrai satisfaction open lesson-csat --channel link --workspace cre
    """
    at = now()
    with refusing(UserError):
        there = workspace_named(workspace)
        targeting = read_targeting(
            {**aimed, "is_signed": not unsigned, "origins": read_origins(origins)}
        )
        asked = AskRequest(there.id, key, channel, targeting, at, closes_at)
        begin_asking(asked, at=at, by=by_command())
        found = survey_overview(workspace_id=there.id, key=key, at=at)
    print_answer(found.document, as_json=as_json)


@group.command(name="close")
@click.argument("key")
@workspace_option
@json_option
def close_command(key: str, workspace: str, as_json: bool) -> None:
    """Ask a survey no more; what was answered stays.

    Example: shinrai satisfaction close lesson-csat --workspace cre
    """
    at = now()
    with refusing(UserError):
        there = workspace_named(workspace)
        found = survey_overview(workspace_id=there.id, key=key, at=at)
    closed = [
        one.wave.key for one in found.waves if close_wave(wave=one.wave, at=at, by=by_command())
    ]
    print_answer({"survey": key, "closed": closed}, as_json=as_json)


@group.command(name="ask")
@click.argument("key")
@click.option("--person", required=True, help="As usage knows the person.")
@workspace_option
@json_option
def ask_command(key: str, person: str, workspace: str, as_json: bool) -> None:
    """Ask a person who may be asked, and print their own link; else say why not (exit 3).

    Example: shinrai satisfaction ask lesson-csat --person pupil-17 --workspace cre
    """
    at = now()
    with refusing(UserError):
        there = workspace_named(workspace)
        survey_named(workspace_id=there.id, key=key)
        address = address_named(workspace_id=there.id, survey=key)
        if address is None:
            raise UnknownSurvey(Text("{key} was never opened.", key=key))
        found = ask_person(address=address, identifier=person, at=at, channels=("link",))
    link = None
    if found.is_asked and found.wave and found.person:
        link = link_for(address, found.wave, found.person, at=at)
    print_answer(
        {"survey": key, "asked": found.is_asked, "state": found.state, "link": link},
        as_json=as_json,
    )
    if not found.is_asked:
        raise SystemExit(ExitCode.NO)


def json_document(file: Path) -> Any:
    """Return what a JSON file holds. Raises: BadSurvey."""
    try:
        return json.loads(file.read_bytes()[:MOST_FILE])
    except (ValueError, RecursionError) as error:
        raise BadSurvey(Text("{file} is no JSON", file=file.name)) from error
