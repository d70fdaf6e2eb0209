"""The options that the import commands of all sources share, and a command with only those."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from django.conf import settings

from shinrai.accounts.commands.authors import by_command
from shinrai.cli.errors import Refusal, refusing
from shinrai.cli.frame import StandardCommand, json_option, workspace_option
from shinrai.cli.language import language, translate
from shinrai.cli.moments import now
from shinrai.cli.output import print_answer, progress
from shinrai.importers.command_output import (
    INVALID_INPUT,
    RETRY_LATER,
    TerminalProgress,
    report_words,
    warn,
    warn_of_zone,
)
from shinrai.importers.mapping_files import load_mapping
from shinrai.importers.operations import import_into
from shinrai.importers.pull.errors import BadAddress, PullFailed, PullRefused
from shinrai.importers.pull.spool import SpoolBusy
from shinrai.importers.run.errors import RetryLater
from shinrai.importers.run.request import ImportRequest
from shinrai.importers.run.result import ImportReport
from shinrai.importers.sources import NothingNew, Source, SourceRequest, import_from
from shinrai.units.text import translated

Door = TypeVar("Door", bound=Callable[..., Any])

_FILES = (
    workspace_option,
    click.option("--mapping", metavar="NAME|FILE", help="A shipped mapping, or a file of yours."),
    click.option("--dry-run", is_flag=True, help="Do everything, keep nothing."),
    click.option(
        "--simulated", is_flag=True, help="The data is made up; the workspace may be open."
    ),
    json_option,
)
_PULL = (
    click.option("--url", metavar="ADDRESS", help="Pull from this address instead of files."),
    click.option(
        "--token-file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Where the token stands; without it SHINRAI_PULL_TOKEN.",
    ),
    click.option(
        "--afresh", is_flag=True, help="Pull from the beginning, not from where the last one ended."
    ),
)


def source_options(*, pulls: bool) -> Callable[[Door], Door]:
    """Return a decorator that adds PATHs, the options of every source, and those for pulling."""

    def added(door: Door) -> Door:
        for option in reversed((*_FILES, *(_PULL if pulls else ()))):
            door = option(door)
        paths = click.argument(
            "paths", nargs=-1, required=not pulls, type=click.Path(path_type=Path)
        )
        return paths(door)

    return added


def source_command(
    source: Source, words: str, *options: Callable[[Door], Door], pulls: bool = True
) -> click.Command:
    """Return the command that imports a source, with its help text and further options."""

    def command(**asked: Any) -> None:
        answer_import(source, **asked)

    for option in reversed(options):
        command = option(command)
    added = source_options(pulls=pulls)(command)
    return click.command(name=source.name, cls=StandardCommand, help=words)(added)


def answer_import(source: Source | None, **given: Any) -> ImportReport | None:
    """Import as a command requests, print the result, and return the report.

    Without a source the files are tables already. None if a source was pulled and had nothing new.
    """
    as_json = given["as_json"]
    with (
        progress(translate("reading records")) as bar,
        refusing(*INVALID_INPUT, PullRefused, BadAddress),
        refusing(RetryLater, PullFailed, SpoolBusy, exit_code=RETRY_LATER),
    ):
        asked = _request(given, TerminalProgress(bar))
        try:
            if source is None:
                report = import_into(workspace=asked.workspace, request=asked.tables)
            else:
                report = import_from(source, asked)
        except NothingNew as nothing:
            print_answer(
                {"batch": None, "rows": 0},
                as_json=as_json,
                words=translated(nothing.text, language()),
            )
            return None
    warn(report, asked.workspace)
    print_answer(
        report.as_json(), as_json=as_json, words=lambda: report_words(report, asked.workspace)
    )
    warn_of_zone(asked.workspace)
    return report


def _request(given: dict[str, Any], shown: TerminalProgress) -> SourceRequest:
    url = given.get("url")
    if bool(given["paths"]) == bool(url):
        raise Refusal(
            translate("say where it comes from: files, or a server"),
            next="PATH… | --url https://… --token-file FILE",
        )
    tables = ImportRequest(
        paths=given["paths"],
        at=now(),
        by=by_command(),
        mapping=load_mapping(given["mapping"]) if given["mapping"] else None,
        zone=given.get("zone"),
        is_dry=given["dry_run"],
        is_simulated=given["simulated"],
        progress=shown,
    )
    token = _token(given["token_file"]) if url else None
    is_afresh = given.get("afresh", False)
    return SourceRequest(given["workspace"], tables, url, token, is_afresh, given.get("then"))


def _token(path: Path | None) -> str:
    """Return the token, from a file or the settings; on the command line others could see it."""
    if path is None:
        token = settings.SHINRAI_PULL_TOKEN or ""
    else:
        try:
            token = path.read_text(encoding="utf-8-sig").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise Refusal(
                translate("the token cannot be read: {error}", error=error),
                where=str(path),
            ) from error
    if not token or not token.isprintable():
        raise Refusal(
            translate("there is no token to pull with"),
            next="--token-file FILE | SHINRAI_PULL_TOKEN",
        )
    return token
