"""The commands of initiatives: declare, amend, close; what they say, and how long one takes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click
import yaml
from django.conf import settings

from shinrai.accounts.commands.authors import by_command
from shinrai.accounts.queries import workspace_named
from shinrai.cli.errors import refusing
from shinrai.cli.frame import StandardGroup, json_option, workspace_option
from shinrai.cli.language import translate
from shinrai.cli.moments import now
from shinrai.cli.output import print_answer
from shinrai.initiatives.operations.exposures import take_in_flags
from shinrai.initiatives.operations.steps import (
    AmendRequest,
    amend_initiative,
    checked_declaration,
    close_initiative,
    declare_initiative,
    declare_not_measured,
    note_case,
)
from shinrai.initiatives.queries.documents import (
    power_document,
    progress_document,
    results_document,
)
from shinrai.initiatives.queries.records import initiative_named, initiatives
from shinrai.initiatives.queries.results import Asker, results_of
from shinrai.initiatives.rules.progress import STATES
from shinrai.units.errors import UserError
from shinrai.units.text import Text
from shinrai.units.yaml_loader import BoundedLoader
from shinrai.warehouse.store import Warehouse

FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
MOST_FILE: Final = 100_000


class UnreadableInitiative(UserError, ValueError):
    """A file of a declaration that cannot be read."""


@click.group(cls=StandardGroup)
def group() -> None:
    """Initiatives: declared before they start, and judged by what was declared."""


def _asker(workspace: str) -> Asker:
    return Asker(workspace_named(workspace), Warehouse(settings.SHINRAI_WAREHOUSE), now())


def _in_workspace(command: Callable[..., None]) -> Callable[..., None]:
    return workspace_option(json_option(command))


@group.command()
@click.argument("file", type=FILE)
@_in_workspace
def declare(file: Path, workspace: str, as_json: bool) -> None:
    """Declare an initiative from YAML; with `reason` in place of a KPI, it is not measured.

    Example: shinrai initiatives declare templates.yaml --workspace cre
    """
    with refusing(UserError):
        asker, given = _asker(workspace), _document(file)
        if "reason" in given and "kpi" not in given:
            digest = declare_not_measured(asker, given, by=by_command())
        else:
            digest = declare_initiative(asker, given, by=by_command()).digest
        found = initiative_named(asker.workspace, str(given["key"]), today=asker.today)
    print_answer(
        progress_document(found),
        as_json=as_json,
        words=translate("{key} is declared: {digest}", key=found.key, digest=digest),
    )


@group.command()
@click.argument("file", type=FILE)
@_in_workspace
def power(file: Path, workspace: str, as_json: bool) -> None:
    """Say how long an initiative would take, from what its KPI was lately; nothing is declared.

    Example: shinrai initiatives power templates.yaml --workspace cre
    """
    with refusing(UserError):
        _asked, found = checked_declaration(_asker(workspace), _document(file))
    print_answer(power_document(found), as_json=as_json, words=lambda: translate(found.text))


@group.command(name="list")
@_in_workspace
def list_command(workspace: str, as_json: bool) -> None:
    """List the initiatives, the newest first.

    Example: shinrai initiatives list --workspace cre
    """
    with refusing(UserError):
        asker = _asker(workspace)
        found = initiatives(asker.workspace, today=asker.today)
    print_answer(
        {"workspace": workspace, "initiatives": [progress_document(one) for one in found]},
        as_json=as_json,
        words=lambda: (
            "\n".join(
                f"{one.key}  {one.name}  {translate(STATES[one.state])}  {one.digest[:12]}"
                for one in found
            )
            or translate("No initiative is declared.")
        ),
    )


@group.command()
@click.argument("key")
@_in_workspace
def show(key: str, workspace: str, as_json: bool) -> None:
    """Show what became of an initiative: before, after and the comparison.

    Example: shinrai initiatives show templates --workspace cre
    """
    with refusing(UserError):
        asker = _asker(workspace)
        found = initiative_named(asker.workspace, key, today=asker.today)
        if found.declaration is None:
            print_answer(progress_document(found), as_json=as_json, words=found.reason)
            return
        results = results_of(asker, found)
    print_answer(
        results_document(results), as_json=as_json, words=lambda: translate(results.sentence)
    )


@group.command()
@click.argument("key")
@click.argument("file", type=FILE)
@click.option("--reason", required=True, help="Why it is amended.")
@_in_workspace
def amend(key: str, file: Path, reason: str, workspace: str, as_json: bool) -> None:
    """Amend an initiative by the fields of a YAML file; after its start the grade falls.

    Example: shinrai initiatives amend templates change.yaml --reason "…" --workspace cre
    """
    with refusing(UserError):
        asked = AmendRequest(key, _document(file), reason)
        found = amend_initiative(_asker(workspace), asked, by=by_command())
    print_answer(progress_document(found), as_json=as_json, words=translate("amended"))


@group.command()
@click.argument("key")
@click.option("--conclusion", default="", help="What is concluded.")
@_in_workspace
def close(key: str, conclusion: str, workspace: str, as_json: bool) -> None:
    """Close an initiative; refused without a baseline from before it.

    Example: shinrai initiatives close templates --conclusion "…" --workspace cre
    """
    with refusing(UserError):
        found = close_initiative(_asker(workspace), key, conclusion, by=by_command())
    print_answer(progress_document(found), as_json=as_json, words=translate("closed"))


@group.command()
@click.argument("key")
@click.argument("case")
@click.option("--reason", required=True, help="Why it was right to do it.")
@_in_workspace
def note(key: str, case: str, reason: str, workspace: str, as_json: bool) -> None:
    """Note a case that was handled beyond the KPI.

    Example: shinrai initiatives note templates Q-104 --reason "…" --workspace cre
    """
    with refusing(UserError):
        note_case(_asker(workspace), key, case, reason, by=by_command())
    print_answer({"key": key, "case": case}, as_json=as_json, words=translate("noted"))


@group.command(name="flags")
@click.argument("key")
@click.argument("file", type=FILE)
@_in_workspace
def flags(key: str, file: Path, workspace: str, as_json: bool) -> None:
    """Take in which value of the product's own flag each person had: CSV with person and arm.

    Example: shinrai initiatives flags new-home flags.csv --workspace cre
    """
    with refusing(UserError):
        done = take_in_flags(_asker(workspace), key, file, by=by_command())
    document: dict[str, Any] = {"key": key, "new": done.new, "known": done.known}
    print_answer(document, as_json=as_json, words=translate("{new} new, {known} known", **document))


def _document(file: Path) -> dict[str, Any]:
    """Return the fields of a YAML file. Raises: UnreadableInitiative."""
    try:
        given = yaml.load(file.read_bytes()[:MOST_FILE].decode(), BoundedLoader)
    except (UnicodeDecodeError, yaml.YAMLError, ValueError) as error:
        raise UnreadableInitiative(Text("{name} is no YAML.", name=file.name)) from error
    if not isinstance(given, dict):
        raise UnreadableInitiative(Text("{name} holds no fields such as `kpi: …`.", name=file.name))
    return {str(name): value for name, value in given.items()}
