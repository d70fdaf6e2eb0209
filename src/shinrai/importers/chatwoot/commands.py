"""The command that brings in Chatwoot."""

from typing import Any

import click

from shinrai.cli.frame import RoomCommand
from shinrai.importers.chatwoot.source import CHATWOOT
from shinrai.importers.command_options import answer_import, source_options


@click.command(name="chatwoot", cls=RoomCommand)
@source_options(pulls=True)
def import_chatwoot(**asked: Any) -> None:
    """Import Chatwoot: conversations with messages and activities, by its API or from JSON files.

    The token is an access token of an agent; ratings are told to administrators alone.

    Example: shinrai import chatwoot --url https://chat.example.com/app/accounts/1 -w cre
    """
    answer_import(CHATWOOT, **asked)
