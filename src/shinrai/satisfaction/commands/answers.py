"""The commands of satisfaction: import answers, and say what they say and how it changes."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from django.conf import settings

from shinrai.accounts.commands.authors import by_command
from shinrai.accounts.operations.workspaces import workspace_to_fill
from shinrai.accounts.queries import workspace_named
from shinrai.cli.errors import answer_is_no, refusing
from shinrai.cli.frame import StandardGroup, json_option, workspace_option
from shinrai.cli.language import language, translate
from shinrai.cli.moments import DAY, MOMENT, now
from shinrai.cli.output import print_answer
from shinrai.satisfaction.operations.files import (
    AnswerImport,
    ImportedAnswers,
    import_answers,
    mapping_in,
    preview_answers,
    withdraw_answers,
)
from shinrai.satisfaction.queries.change import (
    USUAL_DAYS,
    ChangeQuestion,
    change_document,
    satisfaction_change,
)
from shinrai.satisfaction.queries.sentences import change_sentence, series_sentences
from shinrai.satisfaction.queries.summary import satisfaction_summary, summary_document
from shinrai.satisfaction.queries.surveys import answer_files
from shinrai.satisfaction.rules.survey import KINDS
from shinrai.units.errors import UserError
from shinrai.units.json_values import json_values
from shinrai.units.text import translated
from shinrai.warehouse.store import Warehouse

SHOWN = 20  # rows set aside that are named in words
survey_option = click.option("--survey", help="One survey, by its key; `desk` is what desks say.")
at_option = click.option("--at", type=MOMENT, help="The moment to look at; without it, now.")


@click.group(cls=StandardGroup)
def group() -> None:
    """What persons say when asked: import answers, see scores, and how they change."""


@group.command(name="import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@workspace_option
@click.option("--mapping", type=click.Path(path_type=Path), help="What columns mean, as YAML.")
@click.option("--survey", help="The key of the survey that was answered; usual: its kind.")
@click.option("--kind", type=click.Choice(KINDS[:3]), help="What the score is, if not to guess.")
@click.option("--wave", help="All answers are of one wave; without it, a wave is a month.")
@click.option("--source", help="Who knows the persons under these names; usual: usage.")
@click.option("--on", type=DAY, help="The day of answers, where no column says it.")
@click.option("--preview", is_flag=True, help="Say what it would bring; record nothing.")
@json_option
def import_command(
    files: tuple[Path, ...],
    workspace: str,
    mapping: Path | None,
    as_json: bool,
    on: date | None,
    preview: bool,
    **given: str | None,
) -> None:
    """Import answers of other tools: Google Forms, Qualtrics, Typeform, plain CSV, Excel, Parquet.

    Imported twice, all counts once; of two answers of one person in a wave the first counts.

    Example: shinrai satisfaction import answers.csv --workspace cre
    """
    with refusing(UserError):
        at, by = now(), by_command()
        there = (
            workspace_named(workspace) if preview else workspace_to_fill(workspace, at=at, by=by)
        )
        take = preview_answers if preview else import_answers
        said: dict[str, Any] = {name: value for name, value in given.items() if value}
        said |= {"on": str(on)} if on else {}
        means = replace(mapping_in(mapping), **said)
        found = [take(AnswerImport(there, path, means, at, by)) for path in files]
    print_answer(
        {"workspace": workspace, "files": [_file(one) for one in found]},
        as_json=as_json,
        words=lambda: "\n".join(_file_words(one) for one in found),
    )
    if any(one.rows and one.rows == one.aside_count for one in found):
        answer_is_no()


@group.command(name="files")
@workspace_option
@json_option
def files_command(workspace: str, as_json: bool) -> None:
    """Name the files of answers that were imported, and which of them were withdrawn.

    Example: shinrai satisfaction files --workspace cre
    """
    with refusing(UserError):
        found = answer_files(workspace_id=workspace_named(workspace).id)
    print_answer(
        {"workspace": workspace, "files": [one.document for one in found]},
        as_json=as_json,
        words=lambda: (
            "\n".join(
                f"{one.number}  {one.name}  {one.survey}  {one.answers}"
                + (f"  {translate('withdrawn')}" if one.withdrawn_at else "")
                for one in found
            )
            or translate("no file of answers was imported yet")
        ),
    )


@group.command()
@click.argument("number", type=int)
@workspace_option
@click.option("--reason", default="", help="Why; it stands in the audit.")
@json_option
def withdraw(number: int, workspace: str, reason: str, as_json: bool) -> None:
    """Withdraw a file of answers: they no longer count, until the file is imported anew.

    Example: shinrai satisfaction withdraw 3 --workspace cre --reason "wrong column"
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        withdraw_answers(
            workspace_id=there.id, file=number, reason=reason, at=now(), by=by_command()
        )
    print_answer(
        {"workspace": workspace, "withdrawn": number},
        as_json=as_json,
        words=lambda: translate("Withdrawn. Its answers no longer count."),
    )


@group.command()
@workspace_option
@survey_option
@click.option("--wave", help="One wave, by its key.")
@at_option
@json_option
def summary(
    workspace: str, survey: str | None, wave: str | None, at: datetime | None, as_json: bool
) -> None:
    """Say the score of each survey, who answered, and what those did who kept silent.

    Example: shinrai satisfaction summary --workspace cre --json
    """
    with refusing(UserError):
        found = satisfaction_summary(
            workspace_named(workspace),
            at=at or now(),
            warehouse=Warehouse(settings.SHINRAI_WAREHOUSE),
            survey=survey,
            wave=wave,
        )
    spoken = language()
    print_answer(
        {"workspace": workspace, "series": json_values(summary_document(found))},
        as_json=as_json,
        words=lambda: (
            "\n".join(translated(line, spoken) for one in found for line in series_sentences(one))
            or translate("nobody has answered anything yet")
        ),
    )


@group.command()
@workspace_option
@survey_option
@click.option("--from", "first", metavar="WAVE", help="The wave before.")
@click.option("--to", "last", metavar="WAVE", help="The wave after.")
@click.option(
    "--around",
    metavar="DAY|EVENT|interviews:KEY",
    help="A date, the name of a declared event, or interviews:KEY: each around their own day.",
)
@click.option("--days", default=USUAL_DAYS, show_default=True, help="Days on either side of it.")
@at_option
@json_option
def change(workspace: str, at: datetime | None, as_json: bool, **asked: Any) -> None:
    """Say how satisfaction changed, of those who answered both times and of others apart.

    Without waves: between the last two of each survey.

    Example: shinrai satisfaction change --workspace cre --around 2026-06-03 --days 60
    """
    with refusing(UserError):
        found = satisfaction_change(
            workspace_named(workspace), at=at or now(), asked=ChangeQuestion(**asked)
        )
    spoken = language()
    print_answer(
        {"workspace": workspace, "changes": json_values(change_document(found))},
        as_json=as_json,
        words=lambda: (
            "\n".join(translated(line, spoken) for one in found for line in change_sentence(one))
            or translate("nobody has answered anything yet")
        ),
    )


def _file(one: ImportedAnswers) -> dict[str, Any]:
    return {
        "file": one.name,
        "number": one.file,
        "survey": one.survey,
        "kind": one.kind,
        "columns": dict(one.columns),
        "waves": one.waves,
        "rows": one.rows,
        "new": one.recorded.new,
        "known": one.recorded.known,
        "silent": one.silent,
        "erased": one.recorded.erased,
        "set_aside": one.aside_count,
        "reasons": [{"line": line, "reason": translate(why)} for line, why in one.aside],
    }


def _file_words(one: ImportedAnswers) -> str:
    said = translate(
        "{file}: {rows} rows, {new} new answers, {known} known, {silent} without an answer, "
        "{aside} set aside",
        file=one.name,
        rows=one.rows,
        new=one.recorded.new,
        known=one.recorded.known,
        silent=one.silent,
        aside=one.aside_count,
    )
    taken = "  " + ", ".join(f"{role}: {name}" for role, name in one.columns.items())
    aside = (f"  {line}: {translate(why)}" for line, why in one.aside[:SHOWN])
    return "\n".join([said, taken, *aside])
