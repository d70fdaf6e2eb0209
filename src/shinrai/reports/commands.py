"""The command `shinrai report`: one page about a span of dates, as files."""

from datetime import date
from pathlib import Path

import click
from django.conf import settings
from django.utils import translation

from shinrai.accounts.queries import UnknownWorkspace, workspace_named
from shinrai.cli.errors import refusing
from shinrai.cli.frame import RoomCommand, json_option, workspace_option
from shinrai.cli.language import language
from shinrai.cli.moments import DAY, now
from shinrai.cli.output import json_text, print_answer
from shinrai.objectives.operations.catching_up import catch_up
from shinrai.reports.queries.documents import report_document, report_markdown, sentence_of
from shinrai.reports.queries.period import BadPeriod, PeriodReport, period_report
from shinrai.reports.queries.sheet import report_sheet
from shinrai.units.wording import SaidInBoth
from shinrai.warehouse.store import Warehouse


@click.command(cls=RoomCommand)
@workspace_option
@click.option("--from", "first", type=DAY, required=True, help="The first date, 2026-06-01.")
@click.option("--to", "last", type=DAY, required=True, help="The last date, included.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="The folder to write to; it is made if it is not there.",
)
@json_option
def report(workspace: str, first: date, last: date, out: Path, as_json: bool) -> None:
    """Write one page about a span of dates: index.html, report.md and report.json.

    Example: shinrai report --workspace cre --from 2026-06-01 --to 2026-06-30 --out june --lang ja
    """
    with refusing(BadPeriod, CannotWrite, UnknownWorkspace), translation.override(language()):
        warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
        catch_up(warehouse=warehouse, at=now())
        found = period_report(
            workspace=workspace_named(workspace),
            first=first,
            last=last,
            at=now(),
            warehouse=warehouse,
        )
        written = _write(found, out)
        said = sentence_of(found)
    print_answer(
        {"files": written, "sentence": said}, as_json=as_json, words="\n".join([said, *written])
    )


class CannotWrite(SaidInBoth):
    """The folder of a report cannot be made or written."""


def _write(found: PeriodReport, out: Path) -> list[str]:
    """Write the three files; each stands whole or not at all.

    Raises: CannotWrite.
    """
    texts = {
        "index.html": report_sheet(found),
        "report.md": report_markdown(found),
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
            f"{out} cannot be written: {why}; give a folder that can be written to",
            f"{out} に書き込めません（{why}）。書き込めるフォルダを指定してください",
        ) from error
    return [str(out / name) for name in texts]
