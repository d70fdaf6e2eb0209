"""The command that brings in the issues of a repository on GitHub."""

from typing import Any

import click

from shinrai.cli.frame import RoomCommand
from shinrai.importers.command_options import answer_import, source_options
from shinrai.importers.github.source import GITHUB


@click.command(name="github", cls=RoomCommand)
@source_options(pulls=True)
def import_github(**asked: Any) -> None:
    """Import GitHub: the issues of a repository, by its API or from JSON files.

    The token is a personal one that may read issues. Pull requests are left out.

    Example: shinrai import github --url https://github.com/acme/app --token-file t.txt -w cre
    """
    answer_import(GITHUB, **asked)
