"""The command that sets a source's own figures beside ours."""

import click

from shinrai.calendars.queries import UnknownCalendar
from shinrai.cli.errors import refusing
from shinrai.cli.frame import StandardCommand, json_option
from shinrai.cli.language import language, said
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
    head = said(
        en=f"import {found.batch} of {found.source}: {found.cases:,} cases, "
        f"{found.unexplained:,} differences without a reason",
        ja=f"取り込み {found.batch}（{found.source}）: {found.cases:,} 件、"
        f"理由の分からない差 {found.unexplained:,} 件",
    )
    lines = [line for entry in found.entries for line in _entry(entry)]
    lines += [f"  {name}: {why[language()]}" for name, why in found.not_computed]
    return "\n".join([head, *lines])


def _entry(entry: FigureComparison) -> list[str]:
    metric = entry.metric
    lines = [
        f"  {metric.name}: {metric.definition[language()]}",
        said(
            en=f"    ours: {metric.ours['en']}",
            ja=f"    こちらの計算: {metric.ours['ja']}",
        ),
    ]
    if metric.why_not is not None:
        return [*lines, f"    {entry.n:,}: {metric.why_not[language()]}"]
    lines.append(
        said(
            en=f"    n {entry.n:,}, equal {entry.equal:,}, differing {entry.differing:,}",
            ja=f"    全 {entry.n:,} 件、一致 {entry.equal:,} 件、相違 {entry.differing:,} 件",
        )
    )
    reasons = entry.reasons.most_common()
    return lines + [f"      {reason_words(code)[language()]}: {n:,}" for code, n in reasons]
