"""The commands of explore."""

import click

from shinrai.accounts.queries import workspace_named
from shinrai.cli.errors import refusing
from shinrai.cli.frame import StandardGroup, json_option, workspace_option
from shinrai.cli.output import print_answer
from shinrai.explore.commands.boards import COMMANDS
from shinrai.explore.commands.run import prepared_workspace, run, view_option
from shinrai.explore.queries.runs import runs_of
from shinrai.explore.queries.tables import documented_tables
from shinrai.units.errors import UserError


@click.group(cls=StandardGroup)
def group() -> None:
    """Ask the published tables in SQL, and pin what is looked at often."""


@group.command()
@workspace_option
@view_option
@json_option
def tables(workspace: str, view: str, as_json: bool) -> None:
    """List the tables that SQL can ask, and what their columns hold.

    Example: shinrai explore tables --workspace cre
    """
    with refusing(UserError):
        there = prepared_workspace(workspace)
        found = documented_tables(workspace_id=there.id, view=view)
    lines = [
        f"{one.name}: {one.grain}\n" + "\n".join(f"  {c.name}  {c.text}" for c in one.columns)
        for one in found.tables
    ]
    print_answer(found.document, as_json=as_json, words="\n".join(lines))


@group.command()
@workspace_option
@click.option("--most", type=click.IntRange(1, 1000), default=20, show_default=True)
@json_option
def runs(workspace: str, most: int, as_json: bool) -> None:
    """List the last runs of SQL of all members, with their text.

    Example: shinrai explore runs --workspace cre --json
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        found, _count = runs_of(
            workspace_id=there.id, by="", sort="-started", search="", skip=0, most=most
        )
    lines = [f"{one.number}  {one.started_at:%F %H:%M}  {one.state}  {one.line}" for one in found]
    print_answer([vars(one) for one in found], as_json=as_json, words="\n".join(lines))


group.add_command(run)
for command in COMMANDS:
    group.add_command(command)
