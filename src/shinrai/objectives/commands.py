"""Commands about objectives: add, list, status, check, explain, publish."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click
from django.conf import settings

from shinrai.accounts.queries import WorkspaceRecord, workspace_named
from shinrai.calendars.commands.files import file_text
from shinrai.cli.errors import ExitCode, answer_is_no, refusing
from shinrai.cli.frame import StandardGroup, json_option, workspace_option
from shinrai.cli.language import translate
from shinrai.cli.moments import MOMENT, now
from shinrai.cli.output import print_answer
from shinrai.objectives.operations.catching_up import catch_up
from shinrai.objectives.operations.guiding import save_guideline
from shinrai.objectives.operations.saving import save_objective
from shinrai.objectives.queries.documents import (
    explanation_document,
    guideline_document,
    standing_document,
)
from shinrai.objectives.queries.explaining import explain_case
from shinrai.objectives.queries.guidelines import guideline_reports
from shinrai.objectives.queries.standings import (
    ObjectiveReport,
    objective_judges,
    objective_names,
    objective_report,
)
from shinrai.objectives.rules.guideline import is_guideline
from shinrai.objectives.rules.sentences import clocks, standings
from shinrai.objectives.rules.yaml_text import read_yaml
from shinrai.units.errors import UserError
from shinrai.units.unknown import Unknown
from shinrai.warehouse.refresh import refresh
from shinrai.warehouse.store import Warehouse

BY = "command line"
at_option = click.option("--at", type=MOMENT, help="The moment to look at; without it, now.")
known_option = click.option(
    "--known-at", "known", type=MOMENT, help="Only what was recorded by then."
)


@click.group(cls=StandardGroup)
def group() -> None:
    """Promises (SLO): what is kept, what is missed, how many misses are left."""


@group.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@workspace_option
@json_option
def add(file: Path, workspace: str, as_json: bool) -> None:
    """Save an objective or a guideline from FILE; changed, it becomes a new version.

    An objective is an OpenSLO v1 document (kind SLO); a guideline (kind Guideline) holds a measure
    of quality, such as mean round trips, against a limit. An indicator's `calendar` is the name of
    a saved calendar, a calendar file beside FILE (saved under its own name), or one written inline.

    Example: shinrai objectives add objective.yaml --workspace cre
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        document = read_yaml(file_text(file))
        if is_guideline(document):
            saved = save_guideline(workspace_id=there.id, document=document, at=now(), by=BY)
        else:
            beside = _calendars_beside(document, file)
            saved = save_objective(
                workspace_id=there.id, document=document, calendars=beside, at=now(), by=BY
            )
            catch_up(warehouse=Warehouse(settings.SHINRAI_WAREHOUSE), at=now())
    print_answer(
        {
            "guideline" if is_guideline(document) else "objective": saved.name,
            "version": saved.version,
            "new": saved.is_new,
        },
        as_json=as_json,
        words=f"{saved.name} v{saved.version}"
        + ("" if saved.is_new else translate(" (unchanged)")),
    )


def _calendars_beside(document: Any, file: Path) -> dict[str, Any]:
    """Read the calendar files next to a document, and make it name them without their suffix."""
    found: dict[str, Any] = {}
    for source in _sources(document):
        named = source.get("calendar")
        beside = file.parent / named if isinstance(named, str) else None
        if beside is not None and beside.suffix in (".yaml", ".yml") and beside.is_file():
            source["calendar"] = beside.stem
            found[beside.stem] = read_yaml(file_text(beside))
    return found


def _sources(found: Any) -> list[dict[str, Any]]:
    """List every `metricSource.spec` in a document, wherever the indicator is written."""
    if isinstance(found, list):
        return [source for item in found for source in _sources(item)]
    if not isinstance(found, dict):
        return []
    mine = found.get("metricSource")
    spec = mine.get("spec") if isinstance(mine, dict) else None
    here = [spec] if isinstance(spec, dict) else []
    return here + [source for item in found.values() for source in _sources(item)]


@group.command("list")
@workspace_option
@json_option
def list_(workspace: str, as_json: bool) -> None:
    """List a workspace's objectives.

    Example: shinrai objectives list --workspace cre
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        found = []
        for name in objective_names(workspace_id=there.id):
            judge = objective_judges(workspace_id=there.id, name=name)[-1]
            reading = translate(clocks.reading(judge.definition))
            found.append({"objective": name, "version": judge.number, "reading": reading})
    words = "\n".join(
        f"{item['objective']} v{item['version']}: {item['reading']}" for item in found
    )
    print_answer(found, as_json=as_json, words=words or "-")


@group.command()
@click.argument("name")
@workspace_option
@at_option
@known_option
@json_option
def status(
    name: str, workspace: str, at: datetime | None, known: datetime | None, as_json: bool
) -> None:
    """Say how an objective stands: kept, missed, and how many misses are left.

    Example: shinrai objectives status replies --workspace cre --at 2026-06-30T18:00+09:00
    """
    with refusing(UserError):
        report = _report(workspace_named(workspace), name, at or now(), known)
    print_answer(standing_document(report), as_json=as_json, words=lambda: _words(report))


@group.command()
@workspace_option
@at_option
@json_option
def guidelines(workspace: str, at: datetime | None, as_json: bool) -> None:
    """Hold measures that are no promise, such as mean round trips, against their limits.

    Example: shinrai objectives guidelines --workspace cre
    """
    warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
    with refusing(UserError):
        there = workspace_named(workspace)
        refresh(warehouse, at=now())
        found = guideline_reports(workspace=there, at=at or now(), warehouse=warehouse)
    words = "\n".join(f"{r.guideline.title}: {translate(r.words)}" for r in found)
    print_answer([guideline_document(r) for r in found], as_json=as_json, words=words or "-")


@group.command()
@workspace_option
@at_option
@json_option
def check(workspace: str, at: datetime | None, as_json: bool) -> None:
    """Exit 0 if all objectives hold, 3 if one is broken or can no longer be kept, 1 if unknown.

    Example: shinrai objectives check --workspace cre && echo "all kept"
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        moment = at or now()
        reports = [
            _report(there, name, moment, None) for name in objective_names(workspace_id=there.id)
        ]
    outcomes = {r.standing.objective.name: r.standing.outcome for r in reports}
    plain = {
        name: {"unknown": found.reason} if isinstance(found, Unknown) else found
        for name, found in outcomes.items()
    }
    words = "\n".join(f"{r.standing.objective.name}: {_headline(r)}" for r in reports)
    print_answer({"at": moment, "outcomes": plain}, as_json=as_json, words=words or "-")
    if any(found in ("broken", "cannot_be_kept") for found in outcomes.values()):
        answer_is_no()
    if not outcomes or any(isinstance(found, Unknown) for found in outcomes.values()):
        raise SystemExit(int(ExitCode.COULD_NOT_SAY))


@group.command()
@click.argument("name")
@workspace_option
@click.option("--case", "case_key", required=True, metavar="ID", help="The case's key.")
@at_option
@json_option
def explain(name: str, workspace: str, case_key: str, at: datetime | None, as_json: bool) -> None:
    """Say why a case is due when it is, one sentence a fact.

    Example: shinrai objectives explain replies --workspace cre --case CRE-015
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        found = explain_case(workspace_id=there.id, name=name, case_key=case_key, at=at or now())
    words = "\n\n".join("\n".join(map(translate, clocks.facts(item.facts))) for item in found)
    print_answer([explanation_document(item) for item in found], as_json=as_json, words=words)


@group.command()
@json_option
def publish(as_json: bool) -> None:
    """Publish clocks that changed, and freeze the verdicts of windows that closed.

    A published table that is damaged is filled anew.

    Example: shinrai objectives publish
    """
    done = catch_up(warehouse=Warehouse(settings.SHINRAI_WAREHOUSE), at=now())
    words = translate(
        "{recomputed} objectives computed again, {published} clocks published, "
        "{frozen} verdicts frozen, {facts} cases published for quality",
        recomputed=done.recomputed,
        published=done.published,
        frozen=done.frozen,
        facts=done.facts,
    )
    print_answer(done, as_json=as_json, words=words)


def _report(
    workspace: WorkspaceRecord, name: str, at: datetime, known: datetime | None
) -> ObjectiveReport:
    """Publish changed clocks first, then return the report of one objective at a moment."""
    warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
    catch_up(warehouse=warehouse, at=now())
    return objective_report(
        workspace_id=workspace.id, name=name, at=at, known=known, warehouse=warehouse
    )


def _headline(report: ObjectiveReport) -> str:
    headline = translate(standings.headline(report.standing))
    return headline


def _words(report: ObjectiveReport) -> str:
    lines = [standings.headline(report.standing), *standings.details(report.standing)]
    return "\n".join(map(translate, lines))
