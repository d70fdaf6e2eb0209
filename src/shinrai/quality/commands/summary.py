"""The commands of quality: the summary."""

from datetime import date, datetime

import click
from django.conf import settings

from shinrai.accounts.queries import workspace_named
from shinrai.cli.errors import refusing
from shinrai.cli.frame import StandardGroup, json_option, workspace_option
from shinrai.cli.language import translate
from shinrai.cli.moments import DAY, MOMENT, now
from shinrai.cli.output import print_answer
from shinrai.inquiries.rules.kinds import MODES
from shinrai.quality.commands.findings import findings
from shinrai.quality.commands.sample import sample
from shinrai.quality.queries.documents import summary_document
from shinrai.quality.queries.past_summary import quality_summary
from shinrai.quality.queries.words import summary_words
from shinrai.units.errors import UserError
from shinrai.warehouse.refresh import refresh
from shinrai.warehouse.store import Warehouse


@click.group(cls=StandardGroup)
def group() -> None:
    """What support quality is, how it is measured, and what is not known."""


group.add_command(sample)
group.add_command(findings)


@group.command()
@workspace_option
@click.option("--mode", type=click.Choice(MODES), help="Only what came this way.")
@click.option("--topic", metavar="KEY", help="Only what counts as this topic today.")
@click.option("--from", "since", type=DAY, help="Received on this date or later.")
@click.option("--to", "until", type=DAY, help="Received on this date or earlier.")
@click.option("--at", type=MOMENT, help="The moment to look at; without it, now.")
@click.option("--calendar", metavar="NAME", help="Count business time by this saved calendar.")
@json_option
def summary(
    workspace: str,
    mode: str | None,
    topic: str | None,
    since: date | None,
    until: date | None,
    at: datetime | None,
    calendar: str | None,
    as_json: bool,
) -> None:
    """Say every figure of support quality, or why it cannot be known.

    Dates are those of receipt in the workspace's zone, both included. Modes (via_cs, direct,
    proactive) never mix: with several, each has its own figures. With --topic the figures are of
    what counts as one topic: labels that were merged into it count as it.

    Example: shinrai quality summary --workspace cre --from 2026-06-01 --to 2026-06-30
    """
    warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
    with refusing(UserError):
        there = workspace_named(workspace)
        refresh(warehouse, at=now())
        found = quality_summary(
            workspace=there,
            at=at or now(),
            warehouse=warehouse,
            since=since,
            until=until,
            mode=mode,
            topic=topic,
            calendar=calendar,
        )
    document = summary_document(found)
    print_answer(document, as_json=as_json, words=lambda: translate(summary_words(found)))
