"""The command `pack`, of inquiries and of investigations: a case as one Markdown file."""

from pathlib import Path

import click
from django.utils import translation

from shinrai.accounts.commands.authors import by_command
from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.queries import workspace_named
from shinrai.cli.errors import Refusal, refusing
from shinrai.cli.frame import StandardCommand, json_option, workspace_option
from shinrai.cli.language import language, translate
from shinrai.cli.moments import now
from shinrai.cli.output import print_answer
from shinrai.desk.queries.pack import case_pack
from shinrai.units.errors import UserError

HELP = """Write a case as one Markdown file: question, facts, clock, timeline, similar cases, links.

It is what an engineer or an assistant needs to begin. Words are masked, and marked as quoted.

Example: shinrai {records} pack {key} --workspace cre --output case.md
"""


def pack_command(record: str, records: str, key: str) -> click.Command:
    """Return the command for one kind of case."""

    @click.command("pack", cls=StandardCommand, help=HELP.format(records=records, key=key))
    @click.argument("case_key", metavar=record.upper())
    @workspace_option
    @click.option(
        "--output",
        metavar="FILE",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Write it here; without it, it is printed.",
    )
    @json_option
    def pack(case_key: str, workspace: str, output: Path | None, as_json: bool) -> None:
        at = now()
        with refusing(UserError), translation.override(language()):
            there = workspace_named(workspace)
            found = case_pack(workspace=there, record=record, key=case_key, at=at)
        record_view(
            workspace_id=there.id,
            what="pack of a case",
            subject=f"{record}:{found.case_id}",
            at=at,
            by=by_command(),
            shown=found.shown,
        )
        said = found.text.rstrip()
        if output is not None:
            try:
                output.write_text(found.text, "utf-8")
            except OSError as error:
                raise Refusal(translate("cannot write {file}", file=str(output))) from error
            said = translate("{file} is written", file=str(output))
        print_answer({record: case_key, "markdown": found.text}, as_json=as_json, words=said)

    return pack
