"""The command that brings in event logs."""

from pathlib import Path

import click

from shinrai.accounts.commands import by_command
from shinrai.cli.errors import refusing
from shinrai.cli.frame import RoomCommand, json_option, workspace_option
from shinrai.cli.language import said
from shinrai.cli.moments import now
from shinrai.cli.output import print_answer, progress
from shinrai.importers import operations
from shinrai.importers.command_output import NOT_NOW, WRONG, Shown, report_words, warn
from shinrai.importers.mapping_files import load_mapping
from shinrai.importers.xes.source import import_xes as bring_in


@click.command(name="xes", cls=RoomCommand)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@workspace_option
@click.option("--mapping", metavar="NAME|FILE", help="A shipped mapping, or a file of yours.")
@click.option("--dry-run", is_flag=True, help="Do everything, keep nothing.")
@click.option("--simulated", is_flag=True, help="The data is made up; the workspace may be open.")
@json_option
def import_xes(
    paths: tuple[Path, ...],
    workspace: str,
    mapping: str | None,
    dry_run: bool,
    simulated: bool,
    as_json: bool,
) -> None:
    """Import event logs in XES (also .gz), the exchange format of process mining.

    Every event becomes a row: attributes of its trace are columns `case:NAME`, its own keep their
    names, nested ones are `outer.inner`. Without --mapping the shipped one that fits is taken.

    Example: shinrai import xes incidents.xes.gz --workspace volvo --mapping bpic2013_volvo
    """
    with (
        progress(said(en="reading logs", ja="ログを読んでいます")) as bar,
        refusing(*WRONG),
        refusing(operations.NotNow, exit_code=NOT_NOW),
    ):
        report = bring_in(
            workspace=workspace,
            mapping=load_mapping(mapping) if mapping else None,
            paths=paths,
            dry_run=dry_run,
            simulated=simulated,
            at=now(),
            by=by_command(),
            progress=Shown(bar),
        )
    warn(report, workspace)
    print_answer(report.as_json(), as_json=as_json, words=lambda: report_words(report))
