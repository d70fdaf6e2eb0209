"""The command that brings in Chatwoot."""

from shinrai.importers.chatwoot.source import CHATWOOT
from shinrai.importers.command_options import source_command

import_chatwoot = source_command(
    CHATWOOT,
    """Import Chatwoot: conversations with messages and activities, by its API or from JSON files.

The token is an access token of an agent; ratings are told to administrators alone.

Example: shinrai import chatwoot --url https://chat.example.com/app/accounts/1 -w cre
""",
)
