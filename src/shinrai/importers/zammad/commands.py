"""The command that brings in Zammad."""

from shinrai.importers.command_options import source_command
from shinrai.importers.zammad.source import ZAMMAD

import_zammad = source_command(
    ZAMMAD,
    """Import Zammad: tickets with articles and history, by its API or from JSON files.

The token is an access token of a user who may read the groups (`ticket.agent`).

Example: shinrai import zammad --url https://desk.example.com --token-file token.txt -w cre
""",
)
