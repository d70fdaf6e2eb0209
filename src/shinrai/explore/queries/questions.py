"""Questions as they stand, who asked them, on which dashboards they are, and what would break."""

from dataclasses import dataclass
from datetime import datetime

from shinrai.explore.models import QueryRun, QuestionVersion
from shinrai.explore.queries.dashboards import dashboards
from shinrai.explore.queries.tables import documented_tables
from shinrai.explore.rules.permission import CASES
from shinrai.explore.rules.question import QuestionFields, SavedQuestion
from shinrai.units.errors import UserError
from shinrai.units.text import Text


class UnknownQuestion(UserError, LookupError):
    """There is no question of this key."""


@dataclass(frozen=True)
class QuestionUse:
    """Who ran a question as it stands, how often, and when last."""

    by: str
    runs: int
    last_at: datetime


def questions(*, workspace_id: int, with_retired: bool = False) -> tuple[SavedQuestion, ...]:
    """List the newest version of every question, by title."""
    rows = QuestionVersion.objects.filter(workspace_id=workspace_id)
    newest = {row.key: row for row in rows.order_by("key", "number")}
    found = [_question(row) for row in newest.values() if with_retired or not row.is_retired]
    return tuple(sorted(found, key=lambda one: one.title.lower()))


def question_keys(*, workspace_id: int) -> list[str]:
    """List the keys that are taken, those of retired questions too."""
    rows = QuestionVersion.objects.filter(workspace_id=workspace_id)
    return list(rows.order_by("key").values_list("key", flat=True).distinct())


def question_named(*, workspace_id: int, key: str) -> SavedQuestion:
    """Return a question.

    Raises: UnknownQuestion.
    """
    rows = QuestionVersion.objects.filter(workspace_id=workspace_id, key=key)
    row = rows.order_by("-number").first()
    if row is None:
        raise UnknownQuestion(Text("no question {key!r} here", key=key[:80]))
    return _question(row)


def question_versions(*, workspace_id: int, key: str) -> tuple[SavedQuestion, ...]:
    """List the versions of a question, the newest first."""
    rows = QuestionVersion.objects.filter(workspace_id=workspace_id, key=key).order_by("-number")
    return tuple(_question(row) for row in rows)


def uses_of(question: SavedQuestion, *, workspace_id: int) -> tuple[QuestionUse, ...]:
    """List who ran the SQL of a question, the last first; runs for tiles are left out."""
    found: dict[str, QuestionUse] = {}
    rows = QueryRun.objects.filter(workspace_id=workspace_id, sql=question.fields.sql)
    for by, at in rows.exclude(by="worker").order_by("id").values_list("by", "started_at"):
        before = found.get(by)
        found[by] = QuestionUse(by, before.runs + 1 if before else 1, at)
    return tuple(sorted(found.values(), key=lambda one: one.last_at, reverse=True))


def dashboards_with(key: str, *, workspace_id: int) -> tuple[tuple[str, str], ...]:
    """Return key and title of the dashboards a question is on."""
    return tuple(
        (one.key, one.title)
        for one in dashboards(workspace_id=workspace_id)
        if any(tile.kind == "question" and tile.source == key for tile in one.tiles)
    )


def missing_columns(question: SavedQuestion, *, workspace_id: int) -> tuple[str, ...]:
    """Return the columns a question needs that its tables have no more; nothing before they are."""
    known = _columns(workspace_id)
    return tuple(one for one in question.needs if one not in known) if known else ()


def broken_questions(*, workspace_id: int) -> tuple[SavedQuestion, ...]:
    """List the questions whose tables lack a column they need."""
    known = _columns(workspace_id)
    asked = questions(workspace_id=workspace_id) if known else ()
    return tuple(one for one in asked if set(one.needs) - known)


def broken_by(column: str, *, workspace_id: int) -> tuple[SavedQuestion, ...]:
    """List the questions that a change of a column (`table.column`) would break."""
    return tuple(one for one in questions(workspace_id=workspace_id) if column in one.needs)


def _columns(workspace_id: int) -> set[str]:
    there = documented_tables(workspace_id=workspace_id, view=CASES)
    return {f"{table.name}.{column.name}" for table in there.tables for column in table.columns}


def _question(row: QuestionVersion) -> SavedQuestion:
    return SavedQuestion(
        key=row.key,
        number=row.number,
        fields=QuestionFields(
            row.title, row.sql, row.description, row.parameters or {}, row.chart, row.owner,
            row.review_on,
        ),
        needs=tuple(row.needs),
        is_retired=row.is_retired,
        at=row.at,
        by=row.by,
    )  # fmt: skip
