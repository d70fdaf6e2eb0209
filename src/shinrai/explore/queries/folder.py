"""Questions and dashboards as files that are kept in git: one YAML each, SQL beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml

from shinrai.explore.queries.dashboards import dashboards
from shinrai.explore.queries.questions import questions
from shinrai.explore.rules.charts import BadChart
from shinrai.explore.rules.dashboard import BadDashboard, Dashboard, Tile, read_dashboard
from shinrai.explore.rules.question import (
    BadQuestion,
    QuestionFields,
    SavedQuestion,
    checked_question,
)
from shinrai.units.text import Text

QUESTIONS, DASHBOARDS = "questions", "dashboards"
FIELDS: Final = ("title", "description", "defaults", "chart", "owner", "review_on")


@dataclass(frozen=True)
class WrittenDashboard:
    """A dashboard as its file says it."""

    title: str
    period: str
    tiles: tuple[Tile, ...]


@dataclass(frozen=True)
class Folder:
    """What a folder holds, by key."""

    questions: Mapping[str, QuestionFields]
    dashboards: Mapping[str, WrittenDashboard]


def exported_files(*, workspace_id: int) -> dict[str, str]:
    """Return the questions and dashboards of a workspace by the names of their files."""
    found: dict[str, str] = {}
    for question in questions(workspace_id=workspace_id):
        place = f"{QUESTIONS}/{question.key}"
        found[f"{place}.sql"] = question.fields.sql + "\n"
        found[f"{place}.yaml"] = _yaml(_question_document(question))
    for dashboard in dashboards(workspace_id=workspace_id):
        document = {"title": dashboard.title, **dashboard.document}
        found[f"{DASHBOARDS}/{dashboard.key}.yaml"] = _yaml(document)
    return found


def read_folder(folder: Path) -> Folder:
    """Return what the files of a folder say.

    Raises: BadQuestion, BadDashboard, BadChart, each naming the file.
    """
    found: dict[str, QuestionFields] = {}
    for file in sorted((folder / QUESTIONS).glob("*.yaml")):
        sql = file.with_suffix(".sql")
        document = _read(file)
        unknown = set(document) - set(FIELDS)
        if unknown or not sql.is_file():
            said = (
                Text("{file}: {name} is no field", file=file.name, name=min(unknown))
                if unknown
                else Text("{file}: {sql} is not beside it", file=file.name, sql=sql.name)
            )
            raise BadQuestion("title", said)
        try:
            fields = _question_fields(document, sql.read_text("utf-8"))
            found[file.stem] = checked_question(fields)
        except (BadQuestion, BadChart) as error:
            said = Text("{file}: {said}", file=file.name, said=error.text)
            raise BadQuestion(getattr(error, "field", "chart"), said) from error
    boards = {}
    for file in sorted((folder / DASHBOARDS).glob("*.yaml")):
        document = _read(file)
        title = str(document.pop("title", file.stem))
        try:
            boards[file.stem] = WrittenDashboard(title, *read_dashboard(document))
        except BadDashboard as error:
            raise BadDashboard(Text("{file}: {said}", file=file.name, said=error.text)) from error
    return Folder(found, boards)


def is_same(dashboard: Dashboard, written: WrittenDashboard) -> bool:
    """Tell whether a dashboard is as its file says."""
    there = (dashboard.title, dashboard.period, dashboard.tiles)
    return there == (written.title, written.period, written.tiles)


def _question_fields(document: Mapping[str, Any], sql: str) -> QuestionFields:
    """Raises: BadQuestion for a field that is not of its kind."""
    for name in FIELDS:
        value = document.get(name)
        if value is None:
            continue
        if name in ("defaults", "chart"):
            is_right, said = (
                isinstance(value, Mapping),
                Text("{name} is a list of names with values", name=name),
            )
        elif name == "review_on":
            # A moment is a date too, and none of these.
            is_right, said = type(value) is date, Text("write a date as 2026-12-31")
        else:
            is_right, said = isinstance(value, str), Text("{name} is a text", name=name)
        if not is_right:
            raise BadQuestion(name, said)
    given = {name: document[name] for name in FIELDS if document.get(name) is not None}
    defaults = {str(name): str(value) for name, value in given.get("defaults", {}).items()}
    return QuestionFields(**{"title": "", **given, "defaults": defaults, "sql": sql})


def _question_document(question: SavedQuestion) -> dict[str, Any]:
    fields = question.fields
    given = {name: getattr(fields, name) for name in FIELDS}
    given |= {"defaults": dict(fields.defaults), "chart": dict(fields.chart)}
    return {name: value for name, value in given.items() if value}


def _read(file: Path) -> dict[str, Any]:
    try:
        document = yaml.safe_load(file.read_text("utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadDashboard(Text("{file} is no YAML", file=file.name)) from error
    if not isinstance(document, dict):
        raise BadDashboard(Text("{file} is no YAML", file=file.name))
    return document


def _yaml(document: Mapping[str, Any]) -> str:
    return yaml.safe_dump(dict(document), allow_unicode=True, sort_keys=False)
