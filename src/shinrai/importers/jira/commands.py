"""The command that imports Jira."""

from typing import Any

import click

from shinrai.cli.errors import Refusal
from shinrai.cli.frame import StandardCommand
from shinrai.cli.language import translate
from shinrai.importers.command_options import answer_import, source_options
from shinrai.importers.jira.source import jira

INVESTIGATIONS = "jira_investigations"


@click.command(name="jira", cls=StandardCommand)
@source_options(pulls=True)
@click.option("--jql", metavar="QUERY", help="Which issues to pull, in Jira's own words.")
def import_jira(jql: str | None, **asked: Any) -> None:
    """Import Jira: issues with their history, by its API, from JSON, or a warehouse's tables.

    The token file holds `mail:TOKEN` (Cloud) or a personal access token. Without --jql the requests
    of service desks are pulled. An investigation for each issue of a project: --jql
    'project = CRE' --mapping jira_investigations.

    Example: shinrai import jira --url https://acme.atlassian.net --token-file t.txt -w cre
    """
    if asked.get("url") and jql is None and asked.get("mapping") == INVESTIGATIONS:
        raise Refusal(
            translate("say which project holds the investigations"),
            next="--jql 'project = CRE'",
        )
    if jql is not None and not asked.get("url"):
        raise Refusal(
            translate("--jql says which issues to pull; files are read whole"),
            next="--url https://… --token-file FILE",
        )
    answer_import(jira(jql), **asked)
