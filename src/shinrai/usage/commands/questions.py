"""How measures of usage are asked: their options, as typed by command or sent to the API."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Final

import click
from django.conf import settings

from shinrai.accounts.queries import WorkspaceRecord, workspace_named
from shinrai.cli.errors import refusing
from shinrai.cli.frame import StandardGroup, json_option, workspace_option
from shinrai.cli.moments import DAY, MOMENT, now
from shinrai.cli.output import print_answer
from shinrai.customers.queries import known_customers
from shinrai.statistics.interval import Interval
from shinrai.statistics.wilson import wilson
from shinrai.units.errors import UserError
from shinrai.units.json_values import json_values
from shinrai.units.text import Text
from shinrai.usage.queries import habit
from shinrai.usage.queries.actors import actors_merged
from shinrai.usage.queries.breakdown import by_value
from shinrai.usage.queries.cohorts import cohort_named, cohort_people
from shinrai.usage.queries.disclosure import shared
from shinrai.usage.queries.retention import USUAL
from shinrai.usage.queries.scope import BadUsageQuestion, Span, UsageScope
from shinrai.usage.rules.periods import PERIODS
from shinrai.usage.rules.suppression import LEAST
from shinrai.warehouse.store import Warehouse

SOURCE: Final = "usage"  # of the customers who are actors
KINDS: Final = ("recurring", "first-time", "first-ever")
Door = Callable[..., Any]
option = click.option

COMMON = (
    workspace_option,
    option("--event", help="Only what was done under this name."),
    option("--cohort", metavar="NAME", help="Only the people of this saved cohort."),
    option("--at", type=MOMENT, help="The moment to look at; without it, now."),
    json_option,
)
DATES = (
    option("--from", "since", type=DAY, help="This date or later."),
    option("--to", "until", type=DAY, help="This date or earlier."),
)
PROPERTY = partial(option, multiple=True, metavar="KEY=VALUE")
SPAN = (
    option("--period", type=click.Choice(PERIODS), default="day", help="How time is cut; by day."),
    *DATES,
    option("--zone", help="A time zone, such as Asia/Tokyo, instead of the workspace's."),
    option(
        "--week-starts",
        type=click.Choice(("sunday", "monday")),
        default="sunday",
        help="On which day a week starts; on Sunday.",
    ),
    PROPERTY("--where", help="Only what has this property."),
    option(
        "--by",
        type=click.Choice(("person", "company")),
        default="person",
        help="Whom to count; persons.",
    ),
)
RETURN = (
    option("--start", help="The event that begins; without it, any."),
    option("--return", "back", help="The event that counts as a return; without it, any."),
    option(
        "--kind",
        type=click.Choice(KINDS),
        default="recurring",
        help="Who begins: everybody active in a period, or by the first time only.",
    ),
    option("--periods", type=int, default=USUAL, help="Columns, with column 0, the cohort; 12."),
    option(
        "--cumulative", "is_cumulative", is_flag=True, help="A return in a later column counts too."
    ),
    option("--minimum", type=int, default=1, help="Returns in a period that count as one; 1."),
    option("--windows", is_flag=True, help="Columns of 24 hours from each one's own start."),
    PROPERTY("--return-where", "back_where", help="Only returns that have this property."),
    option("--intervals", is_flag=True, help="Also the 95 % interval of each share."),
    option("--same-bucket", is_flag=True, help="Also who came back in the period of the start."),
)
SHARE = option(
    "--share",
    is_flag=False,
    flag_value=LEAST,
    type=int,
    metavar="K",
    help="Hide counts of fewer than K persons, and what would give them away; alone: 5.",
)
BREAKDOWN = option(
    "--by-property",
    metavar="KEY",
    help="An answer for each of the 20 most common values of a property, and for the others.",
)
IDLE = option(
    "--idle-days",
    type=int,
    default=habit.IDLE_DAYS,
    help="Whole days without use after which somebody has left; 30.",
)


@click.group(cls=StandardGroup)
def group() -> None:
    """What people do: who comes back, who has a habit, and who stays.

    Example: shinrai usage retention --workspace cre --period week
    """


ANSWERS: dict[str, Door] = {}  # by the name of the command; the API answers the same


def measure(name: str, *options: Door) -> Callable[[Door], click.Command]:
    """Make a command of a function that takes a scope and what the options say.

    The options of a span come as one `Span`, those of properties as pairs.
    """

    def made(answer: Door) -> click.Command:
        def door(*, workspace: str, as_json: bool, **typed: Any) -> None:
            with refusing(UserError):
                there = workspace_named(workspace)
                document = measured(name, there, at=typed.pop("at") or now(), typed=typed)
            print_answer(document, as_json=as_json, words=lambda: _table(document))

        door.__doc__ = answer.__doc__
        ANSWERS[name] = answer
        found: Any = door
        for add in reversed((*COMMON, *options)):
            found = add(found)
        command: click.Command = group.command(name)(found)
        return command

    return made


def measured(name: str, there: WorkspaceRecord, *, at: datetime, typed: dict[str, Any]) -> Any:
    """Return the document of a measure, asked as its options were typed.

    Raises: UserError.
    """
    typed = dict(typed)
    scope = _scope(there, at, person=typed.pop("person", None), by=typed.pop("by", "person"))
    if (cohort := typed.pop("cohort")) is not None:
        found = cohort_named(workspace_id=scope.workspace_id, name=cohort)
        scope = replace(scope, people=cohort_people(scope, found.definition))
    for part in {"where", "back_where"} & typed.keys():
        typed[part] = _properties(typed[part])
    if "period" in typed:
        parts = ("period", "since", "until", "zone", "week_starts")
        typed["span"] = Span(**{part: typed.pop(part) for part in parts})
    key, share = typed.pop("by_property", None), typed.pop("share", None)

    def asked(of: UsageScope) -> Any:
        document = json_values(ANSWERS[name](of, **typed))
        return document if share is None else shared(name, document, k=share)

    return asked(scope) if key is None else by_value(scope, key, asked, share=share)


def _scope(there: WorkspaceRecord, at: datetime, *, person: str | None, by: Any) -> UsageScope:
    people = None
    if person is not None:
        people = frozenset(actor_numbers(there.id, [person]).values())
        if not people:
            raise BadUsageQuestion(Text("nobody is known as {person}", person=person))
    warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
    return UsageScope(
        there.id,
        there.zone,
        at,
        warehouse,
        persons=actors_merged(there.id),
        people=people,
        by=by,
    )


def actor_numbers(workspace_id: int, identifiers: list[str]) -> dict[str, int]:
    """Return the numbers of actors by the identifiers the service uses."""
    return known_customers(workspace_id=workspace_id, source=SOURCE, identifiers=identifiers)


def _properties(typed: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    for one in typed:
        if "=" not in one.lstrip("="):
            raise BadUsageQuestion(Text("{typed} is no property; write KEY=VALUE", typed=one))
    return tuple((key, value) for key, _equals, value in (one.partition("=") for one in typed))


def _table(document: Any) -> str:
    """Return a document as lines: of a list one per row, in columns under their names."""
    if isinstance(document, Mapping):
        return "\n".join(f"{name}: {_table(value)}" for name, value in document.items())
    if isinstance(document, list) and document and isinstance(document[0], float):
        return ", ".join(f"{one:.3f}" for one in document)  # the ends of an interval
    if not (isinstance(document, list) and document and isinstance(document[0], Mapping)):
        if isinstance(document, float):
            return f"{document:.3f}"
        return "-" if document is None else str(document)
    if "answer" in document[0]:  # one of each value of a property
        return "\n".join(
            f"\n{row['value'] or row['group']} ({_table(row['people'])})\n{_table(row['answer'])}"
            for row in document
        )
    if "returned" in document[0]:
        document = [_with_shares(row) for row in document]
    names = list(document[0])
    rows = [names, *([_table(row[name]) for name in names] for row in document)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(names))]
    return "\n" + "\n".join(
        "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )


def _with_shares(cohort: Mapping[str, Any]) -> dict[str, Any]:
    """Return a cohort with a column per period: how many, which share, and its interval."""
    shown = {name: cohort[name] for name in ("start", "size", "same_bucket") if name in cohort}
    for column, count in enumerate(cohort["returned"]):
        said = "-" if count is None else str(count)
        ends = wilson(count, cohort["size"]) if column and count is not None else None
        if isinstance(ends, Interval):
            said += f" {count / cohort['size']:.0%} ({ends.low:.0%}-{ends.high:.0%})"
        shown[f"+{column}"] = said
    return shown
