"""The commands of revenue: import files, say what comes in, and how long customers buy."""

from dataclasses import asdict, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from django.conf import settings

from shinrai.accounts.commands.authors import by_command
from shinrai.accounts.operations.workspaces import workspace_to_fill
from shinrai.accounts.queries import WorkspaceRecord, workspace_named
from shinrai.cli.errors import Refusal, answer_is_no, refusing
from shinrai.cli.frame import StandardGroup, json_option, workspace_option
from shinrai.cli.language import translate
from shinrai.cli.moments import DAY, MOMENT, now
from shinrai.cli.output import print_answer
from shinrai.revenue.operations.files import (
    ImportedFile,
    RevenueImport,
    import_revenue,
    mapping_in,
)
from shinrai.revenue.queries.continuation import (
    continuation,
    continuation_document,
    revenue_survival,
)
from shinrai.revenue.queries.hazard import contract_hazard, hazard_document
from shinrai.revenue.queries.learners import (
    household_counts,
    joined_summary,
)
from shinrai.revenue.queries.lifetime import lifetime, lifetime_document
from shinrai.revenue.queries.summary import CurrencyRevenue
from shinrai.revenue.rules.columns import RECORDS
from shinrai.revenue.rules.money import currency_code, money_words
from shinrai.units.errors import UserError
from shinrai.units.json_values import json_values
from shinrai.units.text import Text
from shinrai.usage.queries.actors import actors_merged
from shinrai.usage.queries.scope import UsageScope
from shinrai.warehouse.store import Warehouse

RECORD_WORDS = {"payments": Text("payments"), "contracts": Text("contracts")}
SHOWN = 20  # rows set aside that are named in words


@click.group(cls=StandardGroup)
def group() -> None:
    """Contracts and payments: import them, and see what comes in and who ended."""


@group.command(name="import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@workspace_option
@click.option("--mapping", type=click.Path(path_type=Path), help="What columns mean, as YAML.")
@click.option("--record", type=click.Choice(RECORDS), help="What a row is, if not to be guessed.")
@click.option("--currency", help="The currency of amounts that name none: JPY.")
@click.option("--source", help="The name under which ids and customers are known; usual: revenue.")
@click.option("--on", type=DAY, help="The day of a list of contracts that tells months, not dates.")
@json_option
def import_command(
    files: tuple[Path, ...], workspace: str, mapping: Path | None, as_json: bool, **given: Any
) -> None:
    """Import CSV or Parquet files of payments or contracts; imported twice, all counts once.

    Columns are found by their usual names, or by a mapping. Rows that cannot count are set aside.

    Example: shinrai revenue import payments.csv --workspace cre --currency JPY
    """
    with refusing(UserError):
        at, by = now(), by_command()
        there = workspace_to_fill(workspace, at=at, by=by)
        means = mapping_in(mapping)
        if given["currency"]:
            given["currency"] = currency_code(given["currency"])
        said: dict[str, Any] = {name: str(value) for name, value in given.items() if value}
        means = replace(means, **said)
        found = [import_revenue(RevenueImport(there, path, means, at=at, by=by)) for path in files]
    print_answer(
        {"workspace": workspace, "files": [_file(one) for one in found]},
        as_json=as_json,
        words=lambda: "\n".join(_file_words(one) for one in found),
    )
    if any(one.rows and one.rows == one.aside_count for one in found):
        answer_is_no()


@group.command()
@workspace_option
@click.option("--month", metavar="YYYY-MM", help="One month; without it, every month.")
@click.option("--at", type=MOMENT, help="The moment to look at; without it, now.")
@json_option
def summary(workspace: str, month: str | None, at: datetime | None, as_json: bool) -> None:
    """Say what recurs, what was paid and paid back, per contract and person, and who ended.

    Example: shinrai revenue summary --workspace cre --month 2026-05
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        scope = _scope(there, at)
        found, document = joined_summary(there, scope, month=_month(month))
    print_answer(
        document,
        as_json=as_json,
        words=lambda: (
            "\n".join(_summary_words(one) for one in found) or translate("no revenue is recorded")
        ),
    )


@group.command(name="lifetime")
@workspace_option
@click.option("--at", type=MOMENT, help="The moment to look at; without it, now.")
@json_option
def lifetime_command(workspace: str, at: datetime | None, as_json: bool) -> None:
    """Estimate how often customers without a contract buy, and how many still do (BG/NBD).

    Example: shinrai revenue lifetime --workspace shop --at 1998-06-30T23:59Z
    """
    with refusing(UserError):
        found = lifetime(workspace=workspace_named(workspace), until=at or now())
    print_answer(lifetime_document(found), as_json=as_json)


@group.command()
@workspace_option
@click.option("--on", type=DAY, help="The day on which links hold; without it, today.")
@json_option
def households(workspace: str, on: date | None, as_json: bool) -> None:
    """Count households, learners, guardians and the contracts that links join on a day.

    Parents who live apart are one household while both are linked with their child.

    Example: shinrai revenue households --workspace cre --on 2026-04-01
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        found = household_counts(there.id, on=on or _scope(there, None).today)
    document = asdict(found)
    document["contracts"], document["contracts_with_learner"] = (
        found.contracts.of, found.contracts.count,
    )  # fmt: skip
    print_answer(document, as_json=as_json)


@group.command()
@workspace_option
@click.option(
    "--from", "since", type=DAY, help="Only what came on this date or later was observed."
)
@click.option("--at", type=MOMENT, help="The moment to look at; without it, now.")
@json_option
def survival(workspace: str, since: date | None, at: datetime | None, as_json: bool) -> None:
    """Say how long contracts run, in days (Kaplan-Meier).

    With --from, contracts that began before it enter late, and only if they still ran.

    Example: shinrai revenue survival --workspace cre --from 2025-04-01
    """
    with refusing(UserError):
        found = revenue_survival(_scope(workspace_named(workspace), at), since=since)
    print_answer(json_values(found), as_json=as_json)


@group.command()
@workspace_option
@click.option("--at", type=MOMENT, help="The moment to look at; without it, now.")
@json_option
def hazard(workspace: str, at: datetime | None, as_json: bool) -> None:
    """Say what goes with an earlier end of contracts: habit in the first month, and plan (Cox).

    A ratio below 1 goes with a later end. It is at most an association, and where its hazards are
    not proportional the answer says so.

    Example: shinrai revenue hazard --workspace cre
    """
    with refusing(UserError):
        found = contract_hazard(_scope(workspace_named(workspace), at))
    print_answer(hazard_document(found), as_json=as_json)


@group.command(name="continuation")
@workspace_option
@click.option("--month", metavar="YYYY-MM", help="The month of habit; without it, the newest.")
@click.option("--at", type=MOMENT, help="The moment to look at; without it, now.")
@json_option
def continuation_command(
    workspace: str, month: str | None, at: datetime | None, as_json: bool
) -> None:
    """Show by active days in a month how many contracts continue, and who is satisfied.

    The unit is a contract with a linked learner. The figures stand beside each other and are not
    adjusted: they do not say that one comes of the other.

    Example: shinrai revenue continuation --workspace cre --month 2026-04
    """
    with refusing(UserError):
        scope = _scope(workspace_named(workspace), at)
        found = continuation(scope, month=_month(month))
    print_answer(continuation_document(found), as_json=as_json)


def _scope(there: WorkspaceRecord, at: datetime | None) -> UsageScope:
    return UsageScope(
        there.id,
        there.zone,
        at or now(),
        Warehouse(settings.SHINRAI_WAREHOUSE),
        persons=actors_merged(there.id),
    )


def _month(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as error:
        words = translate("{text!r} is no month; write one such as 2026-05", text=text[:20])
        raise Refusal(words) from error


def _file(one: ImportedFile) -> dict[str, Any]:
    return {
        "file": one.path.name,
        "record": one.record,
        "rows": one.rows,
        "new": one.recorded.new,
        "known": one.recorded.known,
        "erased": one.recorded.erased,
        "set_aside": one.aside_count,
        "reasons": [{"line": line, "reason": translate(why)} for line, why in one.aside],
    }


def _file_words(one: ImportedFile) -> str:
    said = translate(
        "{file}: {rows} rows, {new} new {record}, {known} known, {aside} rows set aside",
        file=one.path.name,
        rows=one.rows,
        new=one.recorded.new,
        record=translate(RECORD_WORDS[one.record]),
        known=one.recorded.known,
        aside=one.aside_count,
    )
    return "\n".join([said, *(f"  {line}: {translate(why)}" for line, why in one.aside[:SHOWN])])


def _summary_words(one: CurrencyRevenue) -> str:
    lines = [
        translate(
            "{currency}: received {net} in all from {payers} payers, after {refunded} paid back",
            currency=one.currency,
            net=money_words(one.payments.net_minor, one.currency),
            payers=one.payments.payers,
            refunded=money_words(one.payments.refunded_minor, one.currency),
        )
    ]
    for month in one.months:
        contracts = month.contracts
        lines.append(
            translate(
                "{month}: MRR {mrr} of {count} contracts, received {net}, {ended} of {of} ended",
                month=f"{month.month:%Y-%m}",
                mrr=money_words(contracts.mrr_minor, one.currency),
                count=contracts.in_force,
                net=money_words(month.payments.net_minor, one.currency),
                ended=contracts.ended,
                of=contracts.in_force_before,
            )
        )
    return "\n".join(lines)
