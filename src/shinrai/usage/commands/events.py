"""The commands of usage: take in files of events, what was set aside, and merges."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import yaml
from django.conf import settings

from shinrai.accounts.commands.authors import by_command
from shinrai.accounts.operations.workspaces import workspace_to_fill
from shinrai.accounts.queries import workspace_named
from shinrai.cli.errors import refusing
from shinrai.cli.frame import StandardCommand, StandardGroup, json_option, workspace_option
from shinrai.cli.language import language, translate
from shinrai.cli.moments import now
from shinrai.cli.output import print_answer, progress
from shinrai.units.errors import UserError
from shinrai.units.text import Text
from shinrai.units.yaml_loader import BoundedLoader
from shinrai.usage.operations.files import take_in_file
from shinrai.usage.operations.merges import join_actors, undo_merge
from shinrai.usage.operations.retry import StillWrong, discard_set_aside, retry_set_aside
from shinrai.usage.queries.actors import merges, set_aside_events
from shinrai.usage.rules.table_mapping import BadEventMapping, EventMapping, read_mapping
from shinrai.warehouse.store import Warehouse

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NOTHING = Text("nothing was set aside")
NO_MERGES = Text("nobody was merged")


@click.command(name="import", cls=StandardCommand)
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--mapping", type=FILE, help="A YAML file that says what the columns mean.")
@workspace_option
@json_option
def import_events(
    files: tuple[Path, ...], mapping: Path | None, workspace: str, as_json: bool
) -> None:
    """Take in CSV, Parquet or one JSON message a line; imported twice, an event counts once.

    Messages are those of client libraries (Segment, RudderStack, PostHog), CloudEvents or xAPI
    statements. Columns are known by their usual names, or by a mapping.

    Example: shinrai usage import visits.csv.gz --workspace cre --mapping visits.yaml
    """
    from shinrai.usage.operations.move import move_all  # DuckDB and Delta: slow to load

    at, found, results = now(), None, []
    with refusing(UserError):
        there = workspace_to_fill(workspace, at=at, by=by_command())
        if mapping is not None:
            found = mapping_in(mapping)
        with progress(translate("reading events"), total=len(files)) as bar:
            for file in files:
                results.append(take_in_file(file, workspace=there, mapping=found, at=at))
                bar.advance()
        moved = move_all(Warehouse(settings.SHINRAI_WAREHOUSE), at=at, waits=True)
    document = {
        "workspace": workspace,
        "rows": sum(one.rows for one in results),
        "quarantined": sum(one.quarantined for one in results),
        "new": moved.events,
        "known": moved.known,
        "erased": moved.erased,
        "merged": moved.merges,
        "files": [
            {"file": file.name, **asdict(one)} for file, one in zip(files, results, strict=True)
        ],
    }
    said = translate(
        "{rows:,} rows: {new:,} new events, {known:,} known already, {quarantined:,} set aside",
        **{name: document[name] for name in ("rows", "new", "known", "quarantined")},
    )
    print_answer(document, as_json=as_json, words=said)


@click.command(cls=StandardCommand)
@workspace_option
@click.option("--retry", type=int, multiple=True, help="Read this event once more; repeatable.")
@click.option("--discard", type=int, multiple=True, help="Delete this event; repeatable.")
@click.option("--reason", default="", help="Why it is discarded.")
@json_option
def quarantine(
    workspace: str, retry: tuple[int, ...], discard: tuple[int, ...], reason: str, as_json: bool
) -> None:
    """List the events that cannot count, the newest first: from where, and why.

    What was wrong may be mended by a new version: then try them again, or discard them for a
    reason. Events that cannot count still are listed with why.

    Example: shinrai usage quarantine --workspace cre
    """
    with refusing(UserError):
        there, at, by = workspace_named(workspace).id, now(), by_command()
        counted, wrong = 0, {}
        for number in retry:
            try:
                counted += retry_set_aside(workspace_id=there, number=number, at=at, by=by)
            except StillWrong as error:
                wrong[number] = error.text
        for number in discard:
            discard_set_aside(workspace_id=there, number=number, reason=reason, at=at, by=by)
        found = set_aside_events(there)
    lines = [translate("{n} events count now", n=counted)] if retry else []
    lines += [f"{number}  {why[language()]}" for number, why in wrong.items()]
    lines += [f"{one.number}  {one.origin}  {one.place}  {one.reason[language()]}" for one in found]
    print_answer(
        {
            "workspace": workspace,
            "counted": counted,
            "wrong": {str(number): why[language()] for number, why in wrong.items()},
            "events": [asdict(one) for one in found],
        },
        as_json=as_json,
        words="\n".join(lines) or NOTHING[language()],
    )


@click.group(name="merges", cls=StandardGroup)
def merge_group() -> None:
    """Who is one person: list the merges, join two, undo one."""


@merge_group.command(name="list")
@workspace_option
@json_option
def list_merges(workspace: str, as_json: bool) -> None:
    """List which actors were merged, by which call, and which of that stands.

    Example: shinrai usage merges list --workspace cre
    """
    with refusing(UserError):
        found = merges(workspace_named(workspace).id)
    lines = [f"{one.number}  {one.actor} -> {one.into}  {one.how}  {one.by}" for one in found]
    print_answer(
        {"workspace": workspace, "merges": [asdict(one) for one in found]},
        as_json=as_json,
        words=lambda: "\n".join(lines) or NO_MERGES[language()],
    )


@merge_group.command(name="join")
@click.argument("actor")
@click.argument("into")
@workspace_option
@json_option
def join(actor: str, into: str, workspace: str, as_json: bool) -> None:
    """Make an identifier one person with another.

    Example: shinrai usage merges join tablet-7 u1 --workspace cre
    """
    with refusing(UserError):
        step = join_actors(
            workspace_id=workspace_named(workspace).id,
            names=(actor, into),
            at=now(),
            by=by_command(),
        )
    print_answer({"step": step}, as_json=as_json, words=translate("they are one person now"))


@merge_group.command(name="undo")
@click.argument("number", type=int)
@workspace_option
@json_option
def undo(number: int, workspace: str, as_json: bool) -> None:
    """Take an actor out of the one it was merged into.

    Example: shinrai usage merges undo 7 --workspace cre
    """
    with refusing(UserError):
        step = undo_merge(
            workspace_id=workspace_named(workspace).id, number=number, at=now(), by=by_command()
        )
    done: dict[str, Any] = {"undone": number, "step": step}
    print_answer(done, as_json=as_json, words=translate("merge {number} is undone", number=number))


def mapping_in(path: Path) -> EventMapping:
    """Return the mapping that a file declares. Raises: BadEventMapping."""
    try:
        return read_mapping(yaml.load(path.read_text("utf-8"), BoundedLoader))
    except (OSError, ValueError, yaml.YAMLError) as error:
        if isinstance(error, UserError):
            raise
        raise BadEventMapping(
            Text("{path} is no mapping: {why}", path=path.name, why=str(error)[:300])
        ) from error
