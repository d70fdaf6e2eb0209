"""The command that compares a source's own figures with ours."""

import click

from shinrai.calendars.queries import UnknownCalendar
from shinrai.cli.errors import refusing
from shinrai.cli.frame import StandardCommand, json_option
from shinrai.cli.language import language, translate
from shinrai.cli.output import print_answer
from shinrai.importers.reconciliation.queries import (
    NothingToReconcile,
    Reconciliation,
)
from shinrai.importers.reconciliation.queries import reconcile as reconciled
from shinrai.importers.reconciliation.reason_names import reason_words
from shinrai.importers.rules.reconciliation.comparison import FigureComparison
from shinrai.ledger.operations.batches import BatchNotComplete, UnknownBatch


@click.command(cls=StandardCommand)
@click.argument("batch", type=int)
@click.option("--calendar", metavar="NAME", help="The calendar that judges business hours.")
@json_option
def reconcile(batch: int, calendar: str | None, as_json: bool) -> None:
    """Set the source's own figures beside ours, with the reason for each difference.

    A reason is found by looking at the case's rows and steps; what none explains is `unexplained`.

    Example: shinrai import reconcile 12 --json
    """
    with refusing(UnknownBatch, BatchNotComplete, NothingToReconcile, UnknownCalendar):
        found = reconciled(batch_id=batch, calendar=calendar)
    print_answer(found.as_json(), as_json=as_json, words=lambda: _words(found))


def _words(found: Reconciliation) -> str:
    head = translate(
        "import {batch} of {source}: {cases:,} cases, {unexplained:,} differences without a reason",
        batch=found.batch,
        source=found.source,
        cases=found.cases,
        unexplained=found.unexplained,
    )
    lines = [line for entry in found.entries for line in _entry(entry)]
    lines += [f"  {name}: {why[language()]}" for name, why in found.not_computed]
    return "\n".join([head, *lines])


def _entry(entry: FigureComparison) -> list[str]:
    metric = entry.metric
    lines = [
        f"  {metric.name}: {metric.definition[language()]}",
        translate("    ours: {ours}", ours=metric.ours),
    ]
    if metric.why_not is not None:
        return [*lines, f"    {entry.n:,}: {metric.why_not[language()]}"]
    lines.append(
        translate(
            "    n {n:,}, equal {equal:,}, differing {differing:,}",
            n=entry.n,
            equal=entry.equal,
            differing=entry.differing,
        )
    )
    reasons = entry.reasons.most_common()
    return lines + [f"      {reason_words(code)[language()]}: {n:,}" for code, n in reasons]
