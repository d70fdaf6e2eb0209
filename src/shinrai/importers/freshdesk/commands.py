"""The command that brings in Freshdesk."""

from typing import Any

import click

from shinrai.cli.frame import StandardCommand
from shinrai.importers.command_options import answer_import, source_options
from shinrai.importers.freshdesk.source import FRESHDESK


@click.command(name="freshdesk", cls=StandardCommand)
@source_options(pulls=True)
@click.option("--zone", metavar="ZONE", help="Where an exported list was written: Asia/Tokyo.")
def import_freshdesk(**asked: Any) -> None:
    """Import Freshdesk: by its API, from JSON files, or from the list it exports as CSV.

    The token is an agent's API key. An exported list tells no offsets: give --zone with it.

    Example: shinrai import freshdesk --url https://acme.freshdesk.com --token-file key.txt -w cre
    """
    answer_import(FRESHDESK, **asked)
