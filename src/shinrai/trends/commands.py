"""The commands of trends: unusual rises, rankings, and the failure a topic is about."""

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
from shinrai.trends.operations import name_failure
from shinrai.trends.queries.affected import Failure, failures
from shinrai.trends.rules.rises import METHODS, USUAL, Method
from shinrai.units.errors import UserError
from shinrai.units.text import Text, joined
from shinrai.warehouse.refresh import refresh
from shinrai.warehouse.store import Warehouse

ALARM = Text("{on}  {topic}: {observed:,} customers, {expected:.1f} expected ({method})")
NO_ALARM = Text("no day stands out")
RANK = Text(
    "{customers:,} customers ({customers_a_week:.1f} a week), {inquiries:,} inquiries, as if of "
    "{effective_customers:.1f} equally loud: {by} {key}"
)
NO_RANK = Text("nobody asked in these four weeks")


@click.group(cls=StandardGroup)
def group() -> None:
    """What rose, who is affected and says nothing, and what most customers ask about."""


@group.command()
@workspace_option
@click.option("--at", type=MOMENT, help="The moment to look at; without it, now.")
@click.option("--from", "since", type=DAY, help="Only alarms of this date or later.")
@click.option(
    "--method",
    "methods",
    type=click.Choice(METHODS),
    multiple=True,
    help="How days are judged; without it, negative_binomial and farrington.",
)
@json_option
def outbreaks(
    workspace: str,
    at: datetime | None,
    since: date | None,
    methods: tuple[Method, ...],
    as_json: bool,
) -> None:
    """List the days on which a topic had more customers than it should have, up to a moment.

    Days are judged by the 28 that ended three days before (negative_binomial), the last four whole
    weeks by the same weeks of earlier years (farrington). Where nothing is the matter, all topics
    together raise at most about one false alarm a year by each. c1, c2 and c3 are those of EARS:
    more often wrong, for comparison.

    Example: shinrai trends outbreaks --workspace cre --at 2026-06-02T09:00 --json
    """
    from shinrai.trends.queries.report import Trends, alarm_rows

    with refusing(UserError):
        there = workspace_named(workspace)
        refresh(Warehouse(settings.SHINRAI_WAREHOUSE), at=now())
        found = Trends(there, at or now()).alarms(methods or USUAL)
    rows = alarm_rows([one for one in found if since is None or one.on >= since])
    lines = [ALARM.using(**row) for row in rows] or [NO_ALARM]
    print_answer(rows, as_json=as_json, words=lambda: translate(joined(lines)))


@group.command()
@workspace_option
@click.option("--at", type=MOMENT, help="The moment to look at; without it, now.")
@json_option
def rank(workspace: str, at: datetime | None, as_json: bool) -> None:
    """Rank topics, areas, releases and accounts by distinct customers of four weeks.

    Messages do not count: who writes fifty times is one customer. Beside each stand the share of
    the loudest and the number of equally loud customers; beside topics with a failure event, who is
    affected and never wrote.

    Example: shinrai trends rank --workspace cre --json
    """
    from datetime import timedelta

    from shinrai.trends.queries.arrived import BY
    from shinrai.trends.queries.document import ranked_row
    from shinrai.trends.queries.report import RECENT, Trends

    with refusing(UserError):
        there = workspace_named(workspace)
        refresh(Warehouse(settings.SHINRAI_WAREHOUSE), at=now())
        found = Trends(there, at or now())
        found.alarms()  # sets floods apart
        active, today = found.active_persons(), found.scope.today
        first = today - timedelta(days=RECENT - 1)
        rows = [
            ranked_row(row, found.silent(row.name, first, today) if by == "topic" else None)
            for by in BY
            for row in found.ranked(by, active)
        ]
    lines = [RANK.using(**row) for row in rows] or [NO_RANK]
    print_answer(rows, as_json=as_json, words=lambda: translate(joined(lines)))


@group.command()
@click.argument("topic", required=False)
@workspace_option
@click.option("--event", default="", help="The event of usage; without it, none any more.")
@click.option("--where", metavar="NAME=VALUE", default="", help="Only with this property.")
@json_option
def failure(topic: str | None, workspace: str, event: str, where: str, as_json: bool) -> None:
    """Say which event of usage shows what a topic is about, or list what was said.

    Whoever has the event and never wrote about the topic is silent and affected.

    Example: shinrai trends failure login --event sign_in_failed --workspace cre
    """
    name, _equals, value = where.partition("=")
    with refusing(UserError):
        there = workspace_named(workspace)
        if topic:
            asked = Failure(topic, event, name, value)
            name_failure(workspace_id=there.id, failure=asked, at=now(), by=by_command())
        found = failures(workspace_id=there.id)
    print_answer([vars(one) for one in found.values()], as_json=as_json)
