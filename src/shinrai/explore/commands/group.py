"""The commands of explore."""

import click

from shinrai.cli.errors import refusing
from shinrai.cli.frame import StandardGroup, json_option, workspace_option
from shinrai.cli.output import print_answer
from shinrai.explore.commands.run import prepared_workspace, run, view_option
from shinrai.explore.queries.tables import documented_tables
from shinrai.units.errors import UserError


@click.group(cls=StandardGroup)
def group() -> None:
    """Ask the published tables in SQL."""


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


group.add_command(run)
