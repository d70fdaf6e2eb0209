"""The command `shinrai`: it lists all command groups and imports only the one that is used."""

import os
import secrets
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path

import click

from shinrai.cli.errors import ExitCode, Refusal
from shinrai.cli.frame import TranslatedCommand
from shinrai.cli.language import choose_language, language, speak, translate
from shinrai.site.environment import BadSetting
from shinrai.site.home_folder import HomeUnusable
from shinrai.site.postgres_server import DatabaseUnavailable
from shinrai.units.errors import UserError
from shinrai.units.text import LANGUAGES

PACKAGE = Path(__file__).resolve().parents[1]
LOST = frozenset({"InterfaceError", "OperationalError"})  # Django's and psycopg's alike


@dataclass(frozen=True)
class CommandEntry:
    """One command or group: its module, its help text, and whether it needs a database."""

    name: str
    module: str
    attribute: str
    help: str
    needs_database: bool = True
    needs_tables: bool = True
    opens_database: bool = True  # or the command does it itself

    @property
    def is_there(self) -> bool:
        """Return whether the command's module exists; checks files and imports nothing."""
        return (PACKAGE.parent / Path(*self.module.split("."))).with_suffix(".py").exists()

    def load(self) -> click.Command:
        """Import and return the command or group."""
        command: click.Command = getattr(import_module(self.module), self.attribute)
        return command


ENTRIES = (
    CommandEntry(
        "calendars",
        "shinrai.calendars.commands.calendars",
        "group",
        "Business time: elapsed, due, show and check a calendar.",
        needs_database=False,
    ),
    CommandEntry(
        "import",
        "shinrai.importers.commands",
        "import_",
        "Bring in a sheet or a log; undo it again.",
    ),
    CommandEntry(
        "objectives",
        "shinrai.objectives.commands",
        "group",
        "Promises: add, list, status, check, explain.",
    ),
    CommandEntry(
        "quality",
        "shinrai.quality.commands.summary",
        "group",
        "Support quality: every figure, its definition, and what is not known.",
    ),
    CommandEntry(
        "topics",
        "shinrai.desk.commands.topics",
        "group",
        "What inquiries are about: the codebook, labels, agreement.",
    ),
    CommandEntry(
        "cases",
        "shinrai.desk.commands.cases",
        "group",
        "Cases: what can be done with one, and doing it.",
    ),
    CommandEntry(
        "search",
        "shinrai.desk.commands.search",
        "search",
        "Find cases by words, a key or a customer's identifier.",
    ),
    CommandEntry(
        "inquiries",
        "shinrai.desk.commands.inquiries",
        "group",
        "Inquiries: receiving one, what its steps say, and correcting what is wrong.",
    ),
    CommandEntry(
        "investigations",
        "shinrai.desk.commands.investigations",
        "group",
        "Investigations: the kinds that can be filed, and filing one.",
    ),
    CommandEntry(
        "defects",
        "shinrai.desk.commands.defects",
        "group",
        "Defects: the cases each is behind, the release that fixes it, and who was told.",
    ),
    CommandEntry(
        "desk",
        "shinrai.desk.commands.notices",
        "group",
        "The desk: notices that were sent, or could not be.",
    ),
    CommandEntry(
        "intake",
        "shinrai.intake.commands",
        "group",
        "Mailboxes, Slack, other desks and forms: what is connected, and what came.",
    ),
    CommandEntry(
        "usage",
        "shinrai.usage.commands",
        "group",
        "What people do: take in events, what was set aside, who is one person.",
    ),
    CommandEntry(
        "workload",
        "shinrai.workload.commands",
        "group",
        "What weighs: minutes per kind of job, tier and topic.",
    ),
    CommandEntry(
        "report",
        "shinrai.reports.commands",
        "report",
        "Write one page about a span of time: HTML, Markdown, JSON.",
    ),
    CommandEntry(
        "mcp",
        "shinrai.assistants.commands",
        "mcp",
        "Answer an assistant over standard input and output; to read only.",
    ),
    CommandEntry(
        "accounts",
        "shinrai.accounts.commands.members",
        "group",
        "Who may sign in: add, list, link, leave.",
    ),
    CommandEntry(
        "audit",
        "shinrai.desk.commands.audit",
        "group",
        "The audit: who saw and did what; whether somebody tampered with it.",
    ),
    CommandEntry(
        "privacy",
        "shinrai.erasure.commands",
        "group",
        "Erase a customer's words, for good; say for how long words are kept.",
    ),
    CommandEntry(
        "workspaces",
        "shinrai.accounts.commands.members",
        "workspaces",
        "Workspaces: list them, set the time zone their days are counted in.",
    ),
    CommandEntry(
        "serve",
        "shinrai.site.commands",
        "serve",
        "Serve the console on http://localhost:8000.",
    ),
    CommandEntry(
        "worker",
        "shinrai.site.worker_process",
        "worker",
        "Do what waits in the queue: uploads, and the timetable.",
    ),
    CommandEntry(
        "try",
        "shinrai.site.try_sheet",
        "try_",
        "Open one sheet at once: its cases, and when each was due.",
        needs_database=False,
    ),
    CommandEntry(
        "demo",
        "shinrai.site.demo",
        "demo",
        "Open the simulated workspace and serve it.",
    ),
    CommandEntry(
        "migrate",
        "shinrai.site.commands",
        "migrate",
        "Bring the tables up to date and set the application's rights.",
        needs_tables=False,
    ),
    CommandEntry(
        "backup",
        "shinrai.site.backup_commands",
        "backup",
        "Write a backup of everything that cannot be made anew to one file.",
    ),
    CommandEntry(
        "restore",
        "shinrai.site.backup_commands",
        "restore",
        "Restore a backup into a new, empty home.",
        opens_database=False,
    ),
    CommandEntry(
        "docs",
        "shinrai.site.docs",
        "docs",
        "Write the generated pages of docs/, or check that they are fresh.",
        needs_database=False,
    ),
)


class RootGroup(TranslatedCommand, click.Group):
    """The top-level group; it imports a command only when used, and prepares what it needs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the existing commands, in the order of `ENTRIES`."""
        return [entry.name for entry in ENTRIES if entry.is_there]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command; the database it needs is opened before it runs."""
        entry = next((entry for entry in ENTRIES if entry.name == cmd_name), None)
        if entry is None or not entry.is_there:
            return None
        if entry.needs_database:
            set_up_django()
        if entry.needs_database and entry.opens_database:
            # once all words are understood: asking for help, or asking wrongly, makes nothing
            ctx.meta["shinrai.prepare"] = partial(prepare_database, needs_tables=entry.needs_tables)
        return entry.load()

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from `ENTRIES`, so that help imports none of them."""
        rows = [(e.name, translate(e.help)) for e in ENTRIES if e.is_there]
        with formatter.section(translate("Commands")):
            formatter.write_dl(rows)


def set_up_django() -> None:
    """Set up Django, so that commands can be imported; does not open the database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shinrai.site.settings")
    import django

    django.setup()


def prepare_database(*, needs_tables: bool = True) -> None:
    """Open the database, set up Django, and migrate the tables of a private server.

    Raises: Refusal if tables are out of date on a server given by DATABASE_URL.
    """
    from shinrai.site import database

    opened = database.open_database()
    set_up_django()
    if not needs_tables:
        return
    from shinrai.site import migration

    if migration.is_up_to_date():
        return
    if not opened.is_private:
        raise Refusal(
            translate("the tables are out of date"),
            where="DATABASE_URL",
            next="shinrai migrate",
            exit_code=ExitCode.COULD_NOT_SAY,
        )
    migration.migrate()


@click.group(
    cls=RootGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="shinrai", message="shinrai %(version)s")
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    is_eager=True,
    expose_value=False,
    callback=lambda _context, _option, value: choose_language(value) if value else None,
    help="Speak English or Japanese.",
)
@click.option("--debug", is_flag=True, help="Show where an unexpected error came from.")
@click.pass_context
def shinrai(context: click.Context, debug: bool) -> None:
    """Customer reliability, measured.

    Every command knows --json, --lang and --help. Exit codes: 0 yes, 1 could not say,
    2 asked wrongly, 3 the answer is no.

    Example: shinrai calendars show --calendar desk.yaml --from 2026-06-01 --to 2026-06-30
    """
    # for groups that need the database only in some of their commands
    context.meta["shinrai.open_database"] = prepare_database
    if debug:
        context.meta["shinrai.debug"] = True
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    os.environ["TZ"] = "UTC"
    speak()
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        result = shinrai.main(words, prog_name="shinrai", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo(translate("shinrai: stopped"), err=True)
        return int(ExitCode.COULD_NOT_SAY)
    except BrokenPipeError:  # whoever read our output has enough
        sys.stdout = None
        return int(ExitCode.YES)
    except (DatabaseUnavailable, HomeUnusable) as error:
        if not _report_full_disk():
            click.echo(f"shinrai: {error}", err=True)
        return int(ExitCode.COULD_NOT_SAY)
    except BadSetting as error:
        click.echo(f"shinrai: {error}", err=True)
        return int(ExitCode.ASKED_WRONGLY)
    except Exception as error:
        if isinstance(error, UserError) and "--debug" not in words:
            click.echo(f"shinrai: {error.text[language()]}", err=True)
            if type(error.__cause__).__name__ in LOST:  # it cannot know why from where it stands
                _report_full_disk()
            return int(ExitCode.COULD_NOT_SAY)
        if type(error).__name__ in LOST and "--debug" not in words:
            return _unreachable(error)
        return _unexpected(error, show_all="--debug" in words)
    return result if isinstance(result, int) else int(ExitCode.YES)


def main() -> None:
    """Run the command line and exit with its code."""
    os.umask(0o077)  # whatever we write is our owner's alone
    sys.exit(run())


def _unreachable(error: Exception) -> int:
    """Print that PostgreSQL does not answer, or that its disk is full; return the exit code."""
    if _report_full_disk():
        return int(ExitCode.COULD_NOT_SAY)
    first = (str(error).splitlines() or [""])[0][:300]
    what = translate("PostgreSQL does not answer")
    check = translate("check DATABASE_URL")
    click.echo(f"shinrai: {what}: {first}\n  {check}", err=True)
    return int(ExitCode.COULD_NOT_SAY)


def _report_full_disk() -> bool:
    """Print that the private PostgreSQL's disk is full, if it is; return whether it is."""
    from shinrai.site import database, postgres_cluster

    free_mb, needed_mb = database.free_mb_of_full_disk(), postgres_cluster.NEEDED_MB
    if free_mb is None:
        return False
    click.echo(
        translate(
            "shinrai: the disk of the database is full ({free_mb} MB free). Free some "
            "space, {needed_mb} MB at least, and give the same command again; what was "
            "saved is not lost",
            free_mb=free_mb,
            needed_mb=needed_mb,
        ),
        err=True,
    )
    return True


def _unexpected(error: Exception, *, show_all: bool) -> int:
    """Print a short message about an unexpected error, or its traceback; return the exit code."""
    if show_all:
        traceback.print_exception(error)
        return int(ExitCode.COULD_NOT_SAY)
    where = traceback.extract_tb(error.__traceback__)[-1]
    first = (str(error).splitlines() or [""])[0][:300]
    reference = secrets.token_hex(4)
    what = translate("something of ours broke")
    again = translate("run it again with --debug to see where, and tell us")
    place = f"{Path(where.filename).name}:{where.lineno}"
    click.echo(f"shinrai: {what}: {type(error).__name__}: {first}", err=True)
    click.echo(f"  {place} ({reference}); {again}", err=True)
    return int(ExitCode.COULD_NOT_SAY)
