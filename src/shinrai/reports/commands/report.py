"""The command `shinrai report`: a week, a month or other dates, in ten lines or as files."""

from datetime import date
from pathlib import Path

import click
from django.conf import settings
from django.utils import translation

from shinrai.accounts.queries import UnknownWorkspace, WorkspaceRecord, workspace_named
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.cli.errors import Refusal, refusing
from shinrai.cli.frame import StandardCommand, json_option, workspace_option
from shinrai.cli.language import language, translate
from shinrai.cli.moments import DAY, now
from shinrai.cli.output import json_text, print_answer
from shinrai.objectives.operations.catching_up import catch_up
from shinrai.reports.queries.documents import report_document, report_markdown, report_plain
from shinrai.reports.queries.laid_out import sentence_of
from shinrai.reports.queries.period import period_report
from shinrai.reports.queries.records import PeriodReport
from shinrai.reports.queries.sheet import report_sheet
from shinrai.reports.queries.short_lines import short_of
from shinrai.reports.rules.periods import (
    BadPeriod,
    Period,
    between,
    month_named,
    week_named,
    week_of,
)
from shinrai.units.errors import UserError
from shinrai.units.text import Text
from shinrai.warehouse.store import Warehouse


@click.command(cls=StandardCommand)
@workspace_option
@click.option("--week", help="An ISO week, from Monday: 2026-W47.")
@click.option("--month", help="A month: 2026-11.")
@click.option("--from", "first", type=DAY, help="The first date, 2026-06-01.")
@click.option("--to", "last", type=DAY, help="The last date, included.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to write to; it is made if it is not there.",
)
@click.option("--text", "as_text", is_flag=True, help="Print the short report, 8 to 12 lines.")
@json_option
def report(
    workspace: str,
    week: str | None,
    month: str | None,
    first: date | None,
    last: date | None,
    out: Path | None,
    as_text: bool,
    as_json: bool,
) -> None:
    """Report a week, a month or other dates: in ten lines, or as files.

    `--text` prints the lines, for cron and chat; `--out` writes index.html, report.md, report.txt
    and report.json. Without dates it is the last week that is over. A period that is over is
    reported as it stood at its end.

    Example: shinrai report --workspace cre --text --lang ja
    """
    if out is None and not as_text:
        raise Refusal(
            translate("say whether to print the short report or to write files"),
            next="--text | --out FOLDER",
        )
    with refusing(BadPeriod, CannotWrite, UnknownWorkspace), translation.override(language()):
        there = workspace_named(workspace)
        period = _period(there, week, month, first, last)
        warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
        catch_up(warehouse=warehouse, at=now())
        found = period_report(workspace=there, period=period, at=now(), warehouse=warehouse)
        written = [] if out is None else _write(found, out)
        sentence = translate(sentence_of(found))
        short = short_of(found, language())
    answer = {"period": period.name, "files": written, "sentence": sentence}
    if as_text:
        answer |= {"title": short.title, "lines": [line.text for line in short.lines]}
        answer |= {"slack": short.slack, "teams": short.teams, "mail": short.mail}
    print_answer(
        answer,
        as_json=as_json,
        words="\n".join([short.mail.rstrip("\n") if as_text else sentence, *written]),
    )


class CannotWrite(UserError):
    """The folder of a report cannot be made or written."""


def _period(
    workspace: WorkspaceRecord,
    week: str | None,
    month: str | None,
    first: date | None,
    last: date | None,
) -> Period:
    asked = [week is not None, month is not None, first is not None or last is not None]
    if sum(asked) > 1:
        raise Refusal(
            translate("a week, a month and dates cannot be asked for at once"),
            next="--week 2026-W47 | --month 2026-11 | --from 2026-11-01 --to 2026-11-15",
        )
    if week is not None:
        return week_named(week)
    if month is not None:
        return month_named(month)
    if (first is None) != (last is None):
        raise Refusal(
            translate("dates are given as a first and a last one"),
            next="--from 2026-11-01 --to 2026-11-15",
        )
    if first is not None and last is not None:
        return between(first, last)
    return week_of(now().astimezone(zone_named(workspace.zone)).date()).moved(-1)


def _write(found: PeriodReport, out: Path) -> list[str]:
    """Write the files of a report; each is complete or not written. Return their paths.

    Raises: CannotWrite.
    """
    texts = {
        "index.html": report_sheet(found),
        "report.md": report_markdown(found, language()),
        "report.txt": report_plain(found, language()),
        "report.json": json_text(report_document(found)) + "\n",
    }
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            beside = out / f".{name}.part"
            beside.write_text(text, encoding="utf-8")
            beside.replace(out / name)
    except OSError as error:
        why = error.strerror or str(error)
        raise CannotWrite(
            Text(
                "{out} cannot be written: {why}; give a folder that can be written to",
                out=out,
                why=why,
            ),
        ) from error
    return [str(out / name) for name in texts]
