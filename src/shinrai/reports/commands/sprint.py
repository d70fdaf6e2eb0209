"""The commands of sprint digests: draft, show, write, decide, close, and take along."""

from collections.abc import Callable
from datetime import date

import click

from shinrai.accounts.commands.authors import by_command
from shinrai.accounts.queries import workspace_named
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.cli.errors import refusing
from shinrai.cli.frame import StandardGroup, json_option, workspace_option
from shinrai.cli.language import language, translate
from shinrai.cli.moments import DAY, now
from shinrai.cli.output import print_answer
from shinrai.reports.operations.digest_preparing import draft_digest
from shinrai.reports.operations.digests import (
    add_proposal,
    close_digest,
    decide_item,
    edit_item,
)
from shinrai.reports.queries.digest_documents import (
    FORMATS,
    digest_document,
    digest_file,
    digest_markdown,
)
from shinrai.reports.queries.digests import DigestRecord, digest_named, digests
from shinrai.reports.rules.digest import (
    HORIZONS,
    STATES,
    VERDICTS,
    DecisionRequest,
    DigestRequest,
    last_sprint,
)
from shinrai.units.errors import UserError


@click.group(cls=StandardGroup)
def group() -> None:
    """Reports that people work with: the digest of a sprint."""


@group.group(cls=StandardGroup)
def sprint() -> None:
    """The digest of a sprint: what rose, what is heavy, and what became of the last one."""


def _in_workspace(command: Callable[..., None]) -> Callable[..., None]:
    return workspace_option(json_option(command))


@sprint.command()
@click.option("--from", "first", type=DAY, help="The first date; without it, 14 days are taken.")
@click.option("--to", "last", type=DAY, help="The last date; without it, yesterday.")
@click.option("--key", default="", help="The name of the sprint; without it, the last date.")
@_in_workspace
def draft(first: date | None, last: date | None, key: str, workspace: str, as_json: bool) -> None:
    """Draft the digest of the last two weeks, or of other dates; it is open until it is closed.

    Example: shinrai reports sprint draft --key 2026-S24 --workspace cre
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        usual = last_sprint(now().astimezone(zone_named(there.zone)).date())
        asked = DigestRequest(first or usual.first, last or usual.last, key)
        found = draft_digest(workspace=there, asked=asked, at=now(), by=by_command())
    _print(found, as_json)


@sprint.command(name="list")
@_in_workspace
def list_command(workspace: str, as_json: bool) -> None:
    """List the digests, the newest first.

    Example: shinrai reports sprint list --workspace cre
    """
    with refusing(UserError):
        found = digests(workspace_id=workspace_named(workspace).id)
    lines = [
        f"{one.key}  {one.first} – {one.last}  {translate(STATES[one.state])}" for one in found
    ]
    print_answer(
        {"workspace": workspace, "digests": [digest_document(one) for one in found]},
        as_json=as_json,
        words=lambda: "\n".join(lines) or translate("No digest has been made yet."),
    )


@sprint.command()
@click.argument("key")
@_in_workspace
def show(key: str, workspace: str, as_json: bool) -> None:
    """Show a digest: what became of the last one, then its items.

    Example: shinrai reports sprint show 2026-S24 --workspace cre
    """
    with refusing(UserError):
        there = workspace_named(workspace).id
        found = digest_named(workspace_id=there, key=key, has_words=not as_json)
    _print(found, as_json)


@sprint.command()
@click.argument("key")
@click.argument("number", type=int)
@click.option("--text", required=True, help="What the sprint should know.")
@click.option("--horizon", type=click.Choice(list(HORIZONS)), default=None, help="By when.")
@click.option("--place", type=click.IntRange(1, 40), default=None, help="Its place.")
@_in_workspace
def edit(
    key: str,
    number: int,
    text: str,
    horizon: str | None,
    place: int | None,
    workspace: str,
    as_json: bool,
) -> None:
    """Write what people say of an item.

    Example: shinrai reports sprint edit 2026-S24 4 --text "…" --workspace cre
    """
    with refusing(UserError):
        found = edit_item(
            workspace_id=workspace_named(workspace).id,
            key=key,
            number=number,
            text=text,
            place=place,
            horizon=horizon or "",
            at=now(),
            by=by_command(),
        )
    _print(found, as_json)


@sprint.command()
@click.argument("key")
@click.option("--text", required=True, help="What is proposed.")
@click.option("--horizon", type=click.Choice(list(HORIZONS)), required=True, help="By when.")
@_in_workspace
def propose(key: str, text: str, horizon: str, workspace: str, as_json: bool) -> None:
    """Add a proposal of people's own.

    Example: shinrai reports sprint propose 2026-S24 --text "…" --horizon long --workspace cre
    """
    with refusing(UserError):
        there = workspace_named(workspace).id
        found = add_proposal(
            workspace_id=there, key=key, text=text, horizon=horizon, at=now(), by=by_command()
        )
    _print(found, as_json)


@sprint.command()
@click.argument("key")
@click.argument("number", type=int)
@click.argument("verdict", type=click.Choice(list(VERDICTS)))
@click.option("--ticket", default="", help="The address of its ticket.")
@click.option("--owner", default="", help="Who takes it.")
@click.option("--until", type=DAY, default=None, help="For later: it comes back on that day.")
@click.option("--reason", default="", help="Why; needed where it is declined.")
@_in_workspace
def decide(
    key: str,
    number: int,
    verdict: str,
    ticket: str,
    owner: str,
    until: date | None,
    reason: str,
    workspace: str,
    as_json: bool,
) -> None:
    """Record what was decided about an item: taken, declined or later.

    Example: shinrai reports sprint decide 2026-S24 1 declined --reason "…" --workspace cre
    """
    with refusing(UserError):
        found = decide_item(
            workspace=workspace_named(workspace),
            key=key,
            number=number,
            asked=DecisionRequest(verdict, ticket, owner, until, reason),
            at=now(),
            by=by_command(),
        )
    _print(found, as_json)


@sprint.command()
@click.argument("key")
@_in_workspace
def close(key: str, workspace: str, as_json: bool) -> None:
    """Close a digest; what nobody decided comes into the next one by itself.

    Example: shinrai reports sprint close 2026-S24 --workspace cre
    """
    with refusing(UserError):
        there = workspace_named(workspace).id
        found = close_digest(workspace_id=there, key=key, at=now(), by=by_command())
    print_answer(
        digest_document(found),
        as_json=as_json,
        words=translate("closed; {count} without a decision", count=len(found.carried)),
    )


@sprint.command()
@click.argument("key")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="markdown",
              show_default=True, help="For notes, or for a tracker.")  # fmt: skip
@_in_workspace
def export(key: str, form: str, workspace: str, as_json: bool) -> None:
    """Print a digest as Markdown, as issues for GitHub (JSON lines), or as CSV for Jira.

    Example: shinrai reports sprint export 2026-S24 --format jira --workspace cre > sprint.csv
    """
    with refusing(UserError):
        there = workspace_named(workspace).id
        found = digest_named(workspace_id=there, key=key, has_words=form == "markdown")
        words = digest_file(found, form, language())
    print_answer(
        {"key": key, "format": form, "file": words}, as_json=as_json, words=words.rstrip("\n")
    )


def _print(found: DigestRecord, as_json: bool) -> None:
    print_answer(
        digest_document(found),
        as_json=as_json,
        words=lambda: digest_markdown(found, language()).rstrip("\n"),
    )
