"""The command that runs SQL."""

import sys
from pathlib import Path

import click
from django.conf import settings

from shinrai.accounts.commands.authors import by_command
from shinrai.accounts.queries import WorkspaceRecord, workspace_named
from shinrai.cli.errors import ExitCode, refusing
from shinrai.cli.frame import StandardCommand, json_option, workspace_option
from shinrai.cli.language import translate
from shinrai.cli.moments import now
from shinrai.cli.output import print_answer
from shinrai.explore.operations.runs import recorded_run
from shinrai.explore.operations.snapshots import prepare_snapshots
from shinrai.explore.queries.files import answer_file
from shinrai.explore.queries.runs import answer_document
from shinrai.explore.rules.answer import LIMIT_S, MOST_ROWS, QueryFailed, SqlAnswer, SqlRequest
from shinrai.explore.rules.parameters import given_values
from shinrai.explore.rules.permission import CASES, VIEWS
from shinrai.sandbox.statements import MOST_CHARACTERS
from shinrai.units.errors import UserError
from shinrai.units.text import Text
from shinrai.warehouse.refresh import refresh
from shinrai.warehouse.store import Warehouse

SHOWN = Text("{count:,} row", "{count:,} rows")
view_option = click.option(
    "--view",
    type=click.Choice(VIEWS),
    default=CASES,
    show_default=True,
    help="What is read: one row a case, or groups of at least five persons.",
)


@click.command(cls=StandardCommand)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@workspace_option
@click.option(
    "--param", "params", metavar="NAME=VALUE", multiple=True, help="A value; again: a list."
)
@click.option("--limit", "limit_s", type=click.FloatRange(0.1, 30), default=LIMIT_S)
@click.option("--rows", "most_rows", type=click.IntRange(1, 100_000), default=MOST_ROWS)
@view_option
@click.option("--csv", "form", flag_value="csv", help="Print CSV.")
@click.option("--parquet", "form", flag_value="parquet", help="Write Parquet to standard output.")
@json_option
def run(
    file: str,
    workspace: str,
    params: tuple[str, ...],
    limit_s: float,
    most_rows: int,
    view: str,
    form: str | None,
    as_json: bool,
) -> None:
    """Run the SQL of a file (`-`: standard input) over the published tables.

    One SELECT or EXPLAIN of DuckDB. Parameters stand in it as {{name}}, lists as IN {{name}}. Every
    run is recorded with its text.

    Example: shinrai explore run late.sql --workspace cre --param from=2026-04-01 --csv
    """
    text = sys.stdin.read(MOST_CHARACTERS + 1) if file == "-" else _read(file)
    typed: dict[str, list[str]] = {}
    for one in params:
        name, _equals, value = one.partition("=")
        typed.setdefault(name.strip(), []).append(value)
    given = given_values(text, {n: v if len(v) > 1 else v[0] for n, v in typed.items()})
    with refusing(UserError):
        there = prepared_workspace(workspace)
        asked = SqlRequest(there.id, view, text, given, limit_s, most_rows)
        with refusing(QueryFailed, exit_code=ExitCode.COULD_NOT_SAY):
            number, answer = recorded_run(request=asked, at=now(), by=by_command())
    if form:
        sys.stdout.buffer.write(answer_file(answer, form, zone=there.zone))
    else:
        document = answer_document(answer, run=number)
        print_answer(document, as_json=as_json, words=lambda: _lines(answer))


def _read(file: str) -> str:
    with Path(file).open(encoding="utf-8-sig", errors="replace") as opened:
        return opened.read(MOST_CHARACTERS + 1)


def prepared_workspace(slug: str) -> WorkspaceRecord:
    """Return a workspace whose tables and snapshots are as new as can be."""
    there, at = workspace_named(slug), now()
    refresh(Warehouse(settings.SHINRAI_WAREHOUSE), at=at)
    prepare_snapshots(workspace=there, at=at)
    return there


def _lines(answer: SqlAnswer) -> str:
    rows = [[column.name for column in answer.columns]]
    rows += [["–" if value is None else str(value) for value in row] for row in answer.rows]
    wide = [max(len(row[index]) for row in rows) for index in range(len(answer.columns))]
    text = "\n".join(
        "  ".join(value.ljust(width) for value, width in zip(row, wide, strict=True)).rstrip()
        for row in rows
    )
    return f"{text}\n{translate(SHOWN.using(count=len(answer.rows)))}"
