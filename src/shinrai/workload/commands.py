"""The commands of work: the summary, and switching the measuring of presence on or off."""

from datetime import date, datetime

import click
from django.conf import settings

from shinrai.accounts.commands.authors import by_command
from shinrai.accounts.queries import workspace_named
from shinrai.cli.errors import refusing
from shinrai.cli.frame import StandardGroup, json_option, workspace_option
from shinrai.cli.language import translate
from shinrai.cli.moments import DAY, MOMENT, now
from shinrai.cli.output import print_answer
from shinrai.inquiries.rules.kinds import MODES
from shinrai.topics.queries import codebook
from shinrai.units.errors import UserError
from shinrai.warehouse.fact_table import publish
from shinrai.warehouse.store import Warehouse
from shinrai.workload.facts import WORK_FACTS
from shinrai.workload.operations.presence import measure_presence
from shinrai.workload.queries.documents import summary_document, summary_words
from shinrai.workload.queries.summary import work_summary


@click.group(cls=StandardGroup)
def group() -> None:
    """What weighs: minutes per kind of job, tier and topic; interruptions of tier 3."""


@group.command()
@workspace_option
@click.option("--mode", type=click.Choice(MODES), help="Only what came this way.")
@click.option("--from", "since", type=DAY, help="Worked on this date or later.")
@click.option("--to", "until", type=DAY, help="Worked on this date or earlier.")
@click.option("--at", type=MOMENT, help="The moment to look at; without it, now.")
@json_option
def summary(
    workspace: str,
    mode: str | None,
    since: date | None,
    until: date | None,
    at: datetime | None,
    as_json: bool,
) -> None:
    """Rank kinds of job by volume times minutes, and say what a week asks of tier 3.

    Example: shinrai workload summary --workspace cre --from 2026-04-01 --to 2026-06-30
    """
    warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
    with refusing(UserError):
        there = workspace_named(workspace)
        publish(warehouse, WORK_FACTS, at=now())
        found = work_summary(
            workspace=there,
            at=at or now(),
            warehouse=warehouse,
            since=since,
            until=until,
            mode=mode,
        )
    print_answer(
        summary_document(found),
        as_json=as_json,
        words=lambda: translate(summary_words(found, codebook(workspace_id=there.id))),
    )


@group.command()
@click.argument("switch", type=click.Choice(("on", "off")))
@workspace_option
@json_option
def presence(switch: str, workspace: str, as_json: bool) -> None:
    """Measure, or no longer, how long a case's page is open and in use.

    What is measured is proposed to that person on the case's page. Only what they confirm counts.

    Example: shinrai workload presence on --workspace cre
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        measure_presence(workspace_id=there.id, on=switch == "on", at=now(), by=by_command())
    words = (
        translate("presence is measured")
        if switch == "on"
        else translate("presence is no longer measured")
    )
    print_answer({"workspace": workspace, "presence": switch}, as_json=as_json, words=words)
