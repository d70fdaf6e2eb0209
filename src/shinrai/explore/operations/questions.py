"""Save and retire questions; each change is a version."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.explore.models import QuestionVersion
from shinrai.explore.operations.runs import needs_of, run_sql
from shinrai.explore.queries.questions import question_keys, question_named
from shinrai.explore.rules.answer import SqlRequest
from shinrai.explore.rules.charts import read_words
from shinrai.explore.rules.parameters import given_values
from shinrai.explore.rules.question import (
    QuestionFields,
    SavedQuestion,
    checked_key,
    checked_question,
)
from shinrai.postgres.locks import lock_in_transaction


def save_question(
    *,
    workspace_id: int,
    key: str,
    fields: QuestionFields,
    is_new: bool,
    view: str,
    at: datetime,
    by: str,
    needs: tuple[str, ...] | None = None,
) -> SavedQuestion:
    """Save a question, or the next version of one; the columns it needs are found in its SQL.

    It is tried in the `view` of whoever saves it: errors of SQL may name values of rows.
    Raises: BadQuestion, BadChart, UnknownQuestion; QueryRefused, QueryFailed for SQL that does not
            run.
    """
    kept = checked_question(fields)
    if needs is None and not is_new:
        before = question_named(workspace_id=workspace_id, key=key)
        if (before.fields.sql, before.fields.defaults) == (kept.sql, kept.defaults):
            needs = before.needs  # a new title needs no run
    if needs is None:
        needs = tried_needs(workspace_id=workspace_id, fields=kept, view=view, at=at, by=by)
    with transaction.atomic():
        lock_in_transaction(f"questions:{workspace_id}")
        number = 1
        if is_new:
            key = checked_key(key, kept.title, question_keys(workspace_id=workspace_id), "question")
        else:
            before = question_named(workspace_id=workspace_id, key=key)
            if before.fields == kept and not before.is_retired:
                return before
            number = before.number + 1
        _keep(workspace_id, key, number, kept, needs, is_retired=False, at=at, by=by)
        _audit(workspace_id, "save question", key, at, by)
    return question_named(workspace_id=workspace_id, key=key)


def take_question(*, workspace_id: int, key: str, owner: str, at: datetime, by: str) -> None:
    """Make somebody the owner of a question: who answers for it, and is asked to review it.

    Raises: UnknownQuestion.
    """
    with transaction.atomic():
        lock_in_transaction(f"questions:{workspace_id}")
        before = question_named(workspace_id=workspace_id, key=key)
        if before.fields.owner == owner or before.is_retired:
            return
        fields = replace(before.fields, owner=owner[:80])
        number = before.number + 1
        _keep(workspace_id, key, number, fields, before.needs, is_retired=False, at=at, by=by)
        _audit(workspace_id, "take question", key, at, by)


def worded_chart(
    *, workspace_id: int, fields: QuestionFields, words: str, view: str, at: datetime, by: str
) -> dict[str, Any]:
    """Return the chart that few words ask for; the question is run, as they name its columns.

    Raises: BadChart, QueryRefused, QueryFailed.
    """
    answer = run_sql(request=question_request(workspace_id, fields, view), at=at, by=by)
    return read_words(words, answer).document()


def retire_question(*, workspace_id: int, key: str, at: datetime, by: str) -> None:
    """Retire a question: it is listed no more, and tiles of it say so.

    Raises: UnknownQuestion.
    """
    with transaction.atomic():
        lock_in_transaction(f"questions:{workspace_id}")
        before = question_named(workspace_id=workspace_id, key=key)
        if before.is_retired:
            return
        number = before.number + 1
        _keep(workspace_id, key, number, before.fields, before.needs, is_retired=True, at=at, by=by)
        _audit(workspace_id, "retire question", key, at, by)


def tried_needs(
    *, workspace_id: int, fields: QuestionFields, view: str, at: datetime, by: str
) -> tuple[str, ...]:
    """Run a question, as what does not run is not saved; return the columns it needs.

    Raises: QueryRefused, QueryFailed.
    """
    asked = question_request(workspace_id, fields, view)
    run_sql(request=asked, at=at, by=by)
    return needs_of(request=asked)


def question_request(workspace_id: int, fields: QuestionFields, view: str) -> SqlRequest:
    """Return the run by which a question is tried, and the columns it needs are found."""
    usual = {"from": "2026-01-01", "to": "2026-12-31", "topic": ""}
    given = given_values(fields.sql, usual | dict(fields.defaults))
    return SqlRequest(workspace_id, view, fields.sql, given, most_rows=1)


def _keep(
    workspace_id: int,
    key: str,
    number: int,
    fields: QuestionFields,
    needs: tuple[str, ...],
    *,
    is_retired: bool,
    at: datetime,
    by: str,
) -> None:
    QuestionVersion.objects.create(
        workspace_id=workspace_id,
        key=key,
        number=number,
        title=fields.title,
        description=fields.description,
        sql=fields.sql,
        parameters=dict(fields.defaults),
        needs=list(needs),
        chart=dict(fields.chart),
        owner=fields.owner,
        review_on=fields.review_on,
        is_retired=is_retired,
        at=at,
        by=by,
    )


def _audit(workspace_id: int, what: str, key: str, at: datetime, by: str) -> None:
    subject = f"question:{key}"
    record_action(workspace_id=workspace_id, what=what, subject=subject, at=at, by=by)
