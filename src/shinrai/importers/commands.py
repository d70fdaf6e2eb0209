"""Commands of the importers: import a file, list imports, undo one."""

from pathlib import Path
from typing import Any

import click

from shinrai.accounts.commands.authors import by_command
from shinrai.accounts.queries import UnknownWorkspace, workspace_named
from shinrai.cli.errors import Refusal, refusing
from shinrai.cli.frame import StandardGroup, json_option, workspace_option
from shinrai.cli.language import choose_language, language, translate
from shinrai.cli.moments import now
from shinrai.cli.output import print_answer
from shinrai.importers import queries
from shinrai.importers.chatwoot.source import CHATWOOT
from shinrai.importers.child_process import LimitReached, limits_for, run_in_child
from shinrai.importers.command_options import answer_import, source_command, source_options
from shinrai.importers.command_output import RETRY_LATER, cell_words
from shinrai.importers.freshdesk.source import FRESHDESK
from shinrai.importers.github.source import GITHUB
from shinrai.importers.jira.commands import import_jira
from shinrai.importers.mapping_files import shipped_names
from shinrai.importers.mbox.commands import import_mbox
from shinrai.importers.reconciliation.commands import reconcile
from shinrai.importers.run.errors import RetryLater
from shinrai.importers.run.undo import AlreadyComplete, give_up_import, undo_import
from shinrai.importers.xes.events import is_xes
from shinrai.importers.xes.source import XES
from shinrai.importers.zammad.source import ZAMMAD
from shinrai.importers.zendesk.commands import import_zendesk
from shinrai.ledger.operations.batches import BatchAlreadyWithdrawn, BatchNotComplete, UnknownBatch
from shinrai.units.text import LANGUAGES

WORDS = "shinrai.import.words"
OF_A_SOURCE = {"jira_investigations": "jira"}  # shipped mappings beside the one of a source's name

OF_SOURCES = (
    source_command(
        XES,
        """
    Import event logs in XES (also .gz), the exchange format of process mining.

    Every event becomes a row: attributes of its trace are columns `case:NAME`, its own keep their
    names, nested ones are `outer.inner`. Without --mapping the shipped one that fits is taken.

    Example: shinrai import xes incidents.xes.gz --workspace volvo --mapping bpic2013_volvo
        """,
        pulls=False,
    ),
    source_command(
        ZAMMAD,
        """
    Import Zammad: tickets with articles and history, by its API or from JSON files.

    The token is an access token of a user who may read the groups (`ticket.agent`).

    Example: shinrai import zammad --url https://desk.example.com --token-file token.txt -w cre
        """,
    ),
    source_command(
        FRESHDESK,
        """
    Import Freshdesk: by its API, from JSON files, or from the list it exports as CSV.

    The token is an agent's API key. An exported list tells no offsets: give --zone with it.

    Example: shinrai import freshdesk --url https://acme.freshdesk.com --token-file key.txt -w cre
        """,
        click.option(
            "--zone", metavar="ZONE", help="Where an exported list was written: Asia/Tokyo."
        ),
    ),
    source_command(
        CHATWOOT,
        """
    Import Chatwoot: conversations with messages and activities, by its API or from JSON files.

    The token is an access token of an agent; ratings are told to administrators alone.

    Example: shinrai import chatwoot --url https://chat.example.com/app/accounts/1 -w cre
        """,
    ),
    source_command(
        GITHUB,
        """
    Import GitHub: the issues of a repository, by its API or from JSON files.

    The token is a personal one that may read issues. Pull requests are left out.

    Example: shinrai import github --url https://github.com/acme/app --token-file t.txt -w cre
        """,
    ),
)


class ImportGroup(StandardGroup):
    """Import commands have the name of a source; the name of a shipped mapping works as well."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Read `import jira_csv FILE` as `import csv --mapping jira_csv FILE`; a log, as `xes`."""
        if args and args[0] in shipped_names() and args[0] not in self.commands:
            is_log = any(is_xes(Path(word)) for word in args[1:])
            source = OF_A_SOURCE.get(args[0], "xes" if is_log else "csv")
            args = [source, "--mapping", *args]
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Store the arguments of the command that follows."""
        ctx.meta[WORDS] = list(args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command in a child process with limits if it reads files."""
        words = ctx.meta[WORDS]
        files = [path for path in map(Path, words[1:]) if _is_there(path)]
        if not files or any(word.startswith("--url") for word in words):
            return super().invoke(ctx)
        spoken = words[words.index("--lang") + 1 :][:1] if "--lang" in words else []
        if set(spoken) & set(LANGUAGES):  # the child reads it for itself
            choose_language(spoken[0])
        with refusing(LimitReached):
            return run_in_child(
                super().invoke,
                ctx,
                limits=limits_for(files),
                names=[str(path) for path in files],
                method="fork",
            )


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a word that cannot be a path
        return False


@click.group(cls=ImportGroup)
def import_() -> None:
    """Bring in a sheet or a log; undo it again.

    Example: shinrai import csv sheet.xlsx --workspace cre --mapping investigations_sheet_ja
    """


import_.add_command(import_zendesk)
import_.add_command(import_mbox)
import_.add_command(import_jira)
import_.add_command(reconcile)
for command in OF_SOURCES:
    import_.add_command(command)


@import_.command(name="csv")
@source_options(pulls=False)
@click.option("--zone", metavar="ZONE", help="Where the moments were written: Asia/Tokyo.")
def import_csv(**asked: Any) -> None:
    """Import CSV files (also .gz) or .xlsx workbooks; several if they belong together.

    Without --mapping the shipped one whose columns fit is taken. A workspace that does not exist
    yet is opened. A killed import goes on where it stopped: give the same command again.

    Example: shinrai import csv questions.csv.gz answers.csv.gz -w forum --mapping thunderbird_forum
    """
    answer_import(None, **asked)


@import_.command()
@click.argument("batch", type=int)
@click.option("--reason", default="", help="Why it is taken back.")
@json_option
def undo(batch: int, reason: str, as_json: bool) -> None:
    """Take an import back: its steps leave every figure; what other imports said stands again.

    Example: shinrai import undo 12 --reason "wrong file"
    """
    with (
        refusing(UnknownBatch, BatchNotComplete, BatchAlreadyWithdrawn),
        refusing(RetryLater, exit_code=RETRY_LATER),
    ):
        undone = undo_import(batch_id=batch, reason=reason, at=now(), by=by_command())
    print_answer(
        {
            "batch": undone.batch,
            "cases": undone.cases,
            "steps": undone.steps,
            "corrected": undone.corrected,
        },
        as_json=as_json,
        words=translate(
            "import {batch} taken back: {cases:,} cases, {steps:,} steps appended to "
            "make up for it",
            batch=batch,
            cases=undone.cases,
            steps=undone.steps + undone.corrected,
        ),
    )


@import_.command(name="give-up")
@click.argument("batch", type=int)
@json_option
def give_up(batch: int, as_json: bool) -> None:
    """Give up an import that was begun and never completed.

    Example: shinrai import give-up 13
    """
    with (
        refusing(UnknownBatch, AlreadyComplete),
        refusing(RetryLater, exit_code=RETRY_LATER),
    ):
        give_up_import(batch_id=batch, at=now())
    words = translate("import {batch} given up", batch=batch)
    print_answer({"batch": batch}, as_json=as_json, words=words)


@import_.command(name="list")
@workspace_option
@json_option
def list_imports(workspace: str, as_json: bool) -> None:
    """List a workspace's imports, newest first.

    Example: shinrai import list --workspace cre
    """
    with refusing(UnknownWorkspace):
        found = queries.imports(workspace_id=workspace_named(workspace).id)
    rows = [
        {
            "batch": record.id,
            "state": record.state,
            "source": record.source,
            "files": list(record.names),
            "rows": record.rows,
            "rows_done": record.rows_done,
            "started_at": record.started_at,
            "by": record.by,
            "completed_at": record.completed_at,
            "withdrawn_at": record.withdrawn_at,
        }
        for record in found
    ]
    lines = [
        f"{record.id:>6}  {record.state:<10} {record.started_at:%Y-%m-%d %H:%M}  "
        f"{record.source:<20} {record.rows_done:>9,} / {record.rows:,}  " + ", ".join(record.names)
        for record in found
    ]
    nothing = translate("nothing was imported yet")
    print_answer({"imports": rows}, as_json=as_json, words="\n".join(lines) or nothing)


@import_.command()
@click.argument("batch", type=int)
@click.option("--rows", "with_rows", is_flag=True, help="Show the rows themselves too.")
@json_option
def quarantine(batch: int, with_rows: bool, as_json: bool) -> None:
    """List the rows an import set aside, each with its line, field and reason.

    Example: shinrai import quarantine 12
    """
    if queries.import_record(batch) is None:
        raise Refusal(
            translate("there is no import {batch}", batch=batch),
            next="shinrai import list --workspace SLUG",
        )
    found = queries.quarantined(batch_id=batch, with_rows=with_rows)
    lines = [
        f"{row.file}:{row.line}  {row.field}  {row.reason[language()]}{cell_words(row)}"
        + (f"\n    {row.row}" if row.row else "")
        for row in found
    ]
    nothing = translate("no row was set aside")
    rows = [{**row.as_json(), "table": row.table, "row": row.row} for row in found]
    print_answer({"rows": rows}, as_json=as_json, words="\n".join(lines) or nothing)


@import_.command()
@json_option
def mappings(as_json: bool) -> None:
    """List the mappings we ship.

    Example: shinrai import mappings
    """
    found = queries.mappings()
    lines = [f"{record.name:<26} {record.says.get(language(), '')}" for record in found]
    print_answer({"mappings": list(found)}, as_json=as_json, words="\n".join(lines))
