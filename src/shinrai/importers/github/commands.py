"""The command that brings in the issues of a repository on GitHub."""

from shinrai.importers.command_options import source_command
from shinrai.importers.github.source import GITHUB

import_github = source_command(
    GITHUB,
    """Import GitHub: the issues of a repository, by its API or from JSON files.

The token is a personal one that may read issues. Pull requests are left out.

Example: shinrai import github --url https://github.com/acme/app --token-file t.txt -w cre
""",
)
