"""Commands of declared events: add one or a CSV file of them, list them, remove one."""

from pathlib import Path
from typing import Any

import click

from shinrai.calendars.commands.answers import refusing
from shinrai.calendars.commands.files import file_text
from shinrai.calendars.rules.declared_events import (
    KINDS,
    BadDeclaration,
    read_declaration,
    read_declarations,
)
from shinrai.cli.errors import Refusal
from shinrai.cli.frame import StandardGroup, json_option, workspace_option
from shinrai.cli.language import translate
from shinrai.cli.moments import now
from shinrai.cli.output import print_answer

FIELDS = ("id", "kind", "name", "service", "first_on", "last_on", "declared_at", "by")


@click.group(cls=StandardGroup)
def event() -> None:
    """Events that charts mark: releases, outages, campaigns, the end of the school year.

    Example: shinrai calendars event list --workspace tanuki
    """


@event.command()
@click.argument("path", metavar="[FILE]", type=Path, required=False)
@workspace_option
@click.option("--kind", default="", help=f"One of {', '.join(KINDS)}.")
@click.option("--name", default="", help="What it is called, as charts show it.")
@click.option("--from", "first", default="", help="The first date: 2026-06-01.")
@click.option("--to", "last", default="", help="The last date, included; one day without it.")
@click.option("--service", default="", help="The one service it was about.")
@json_option
def add(path: Path | None, workspace: str, as_json: bool, **given: str) -> None:
    """Declare an event, or all events of a CSV file with from, to, kind, name and service.

    What is declared already is not declared twice. If one line of a file cannot be read, none of it
    is declared.

    Example: shinrai calendars event add --workspace tanuki --kind release --name "App 6.0"
    --from 2026-09-08
    """
    with refusing(as_json, BadDeclaration):
        if path is not None and any(given.values()):
            raise Refusal(translate("give a file or one event, not both"))
        if path is not None:
            declarations = read_declarations(file_text(path))
        else:
            dates = {"from": given.pop("first"), "to": given.pop("last")}
            declarations = (read_declaration(given | dates),)
    workspace_id = _workspace(workspace, as_json)
    from shinrai.accounts.commands.authors import by_command
    from shinrai.calendars.operations import declare_events

    added = declare_events(
        workspace_id=workspace_id, declarations=declarations, at=now(), by=by_command()
    )
    there = len(declarations) - len(added)
    words = translate("{added} declared, {there} there already.", added=len(added), there=there)
    print_answer({"declared": added, "there_already": there}, as_json=as_json, words=words)


@event.command(name="list")
@workspace_option
@json_option
def list_events(workspace: str, as_json: bool) -> None:
    """List the declared events of a workspace, the latest first.

    Example: shinrai calendars event list --workspace tanuki --json
    """
    workspace_id = _workspace(workspace, as_json)
    from shinrai.calendars.queries import declared_events

    found = declared_events(workspace_id=workspace_id)
    rows: list[dict[str, Any]] = [{key: getattr(one, key) for key in FIELDS} for one in found]
    lines = [
        f"{one.id:>5}  {one.first_on} – {one.last_on}  {translate(KINDS[one.kind])}  {one.name}"
        + (f"  ({one.service})" if one.service else "")
        for one in found
    ]
    words = "\n".join(lines) or translate("no events declared yet")
    print_answer({"events": rows}, as_json=as_json, words=words)


@event.command()
@click.argument("number", type=int)
@workspace_option
@json_option
def remove(number: int, workspace: str, as_json: bool) -> None:
    """Remove an event that was declared wrongly, by the number that `list` shows.

    Example: shinrai calendars event remove 7 --workspace tanuki
    """
    workspace_id = _workspace(workspace, as_json)
    from shinrai.accounts.commands.authors import by_command
    from shinrai.calendars.operations import UnknownEvent, remove_event

    with refusing(as_json, UnknownEvent):
        gone = remove_event(workspace_id=workspace_id, number=number, at=now(), by=by_command())
    words = translate("Removed: {name}. No chart marks it any more.", name=gone.name)
    print_answer({"removed": gone.id, "name": gone.name}, as_json=as_json, words=words)


def _workspace(slug: str, as_json: bool) -> int:
    """Connect to the database and return a workspace's id."""
    # `site` puts the function for that into the context; in tests the database is there already.
    open_database = click.get_current_context().find_root().meta.get("shinrai.open_database")
    if open_database is not None:
        open_database()
    from shinrai.accounts.queries import UnknownWorkspace, workspace_named

    with refusing(as_json, UnknownWorkspace):
        return workspace_named(slug).id
