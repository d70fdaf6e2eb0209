"""The command that brings in Zammad."""

from typing import Any

import click

from shinrai.cli.frame import RoomCommand
from shinrai.importers.command_options import answer_import, source_options
from shinrai.importers.zammad.source import ZAMMAD


@click.command(name="zammad", cls=RoomCommand)
@source_options(pulls=True)
def import_zammad(**asked: Any) -> None:
    """Import Zammad: tickets with articles and history, by its API or from JSON files.

    The token is an access token of a user who may read the groups (`ticket.agent`).

    Example: shinrai import zammad --url https://desk.example.com --token-file token.txt -w cre
    """
    answer_import(ZAMMAD, **asked)
