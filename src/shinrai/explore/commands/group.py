"""The commands of explore."""

import click

from shinrai.cli.frame import StandardGroup
from shinrai.explore.commands.run import run, tables


@click.group(cls=StandardGroup)
def group() -> None:
    """Ask the published tables in SQL."""


group.add_command(run)
group.add_command(tables)
