"""The command `shinrai usage`."""

import click

from shinrai.cli.frame import StandardGroup
from shinrai.usage.commands import measures


@click.group(cls=StandardGroup)
def group() -> None:
    """What people do: who comes back, who has a habit, and who stays.

    Example: shinrai usage retention --workspace cre --period week
    """


for command in measures.COMMANDS:
    group.add_command(command)
