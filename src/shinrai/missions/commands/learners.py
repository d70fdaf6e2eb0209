"""The commands of one learner: today, the week, pins, and the page that an app shows."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import click

from shinrai.accounts.commands.authors import by_command
from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.queries import WorkspaceRecord, workspace_named
from shinrai.cli.errors import answer_is_no, refusing
from shinrai.cli.frame import json_option, workspace_option
from shinrai.cli.moments import DAY, now
from shinrai.cli.output import print_answer
from shinrai.missions.commands.declared import at_option
from shinrai.missions.commands.declared import group as declared
from shinrai.missions.queries.documents import (
    link_document,
    pins_document,
    today_document,
    week_document,
)
from shinrai.missions.queries.learner import (
    Learner,
    learner_named,
    pins_of,
    today_of,
    week_of_learner,
)
from shinrai.missions.queries.learner_page import MOST_MINUTES, USUAL_MINUTES, learner_link
from shinrai.units.errors import UserError

group = declared
learner_option = click.option("--learner", required=True, help="As usage knows the learner.")


@group.command()
@learner_option
@workspace_option
@at_option
@json_option
def today(learner: str, workspace: str, at: datetime | None, as_json: bool) -> None:
    """Show what is recommended to a learner for a day, and why.

    Example: shinrai missions today --learner hana --workspace cre
    """
    document = today_document(_of(learner, workspace, today_of, at))
    print_answer(document, as_json=as_json)
    if document["is_empty"]:
        answer_is_no()


@group.command()
@learner_option
@workspace_option
@at_option
@click.option("--start", type=DAY, help="A day of the week asked about; without it, this one.")
@json_option
def week(learner: str, workspace: str, at: datetime | None, start: Any, as_json: bool) -> None:
    """Show the mission of a learner's week and how it stands.

    Example: shinrai missions week --learner hana --workspace cre
    """
    found = _of(learner, workspace, week_of_learner, at, start=start)
    print_answer(week_document(found), as_json=as_json)


@group.command(name="collection")
@learner_option
@workspace_option
@at_option
@json_option
def collection(learner: str, workspace: str, at: datetime | None, as_json: bool) -> None:
    """Show the pins a learner has, and those that can still be earned.

    Example: shinrai missions collection --learner hana --workspace cre
    """
    print_answer(pins_document(_of(learner, workspace, pins_of, at)), as_json=as_json)


@group.command()
@click.argument("learner")
@click.option(
    "--minutes",
    type=click.IntRange(1, MOST_MINUTES),
    default=USUAL_MINUTES,
    show_default=True,
    help="For how long it opens.",
)
@workspace_option
@json_option
def link(learner: str, minutes: int, workspace: str, as_json: bool) -> None:
    """Make an address of a learner's page, which opens without signing in.

    Example: shinrai missions link hana --workspace cre
    """
    found = _of(learner, workspace, learner_link, None, minutes=minutes)
    record_view(
        workspace_id=found.learner.workspace.id,
        what="make link of a learner",
        subject=f"customer:{found.learner.id}",
        at=now(),
        by=by_command(),
    )
    print_answer(link_document(found), as_json=as_json, words=found.url)


def _of(learner: str, workspace: str, ask: Callable[..., Any], at: Any, **more: Any) -> Any:
    with refusing(UserError):
        there: WorkspaceRecord = workspace_named(workspace)
        found: Learner = learner_named(there, learner)
        return ask(found, at=at or now(), **more)
