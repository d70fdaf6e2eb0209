"""SQL over the HTTP API: run it, list the tables, cancel."""

from typing import Any, ClassVar

from ninja import Schema
from pydantic import ConfigDict, Field

from shinrai.accounts.endpoints import IN_WORKSPACE, BearerKey, KeyRequest
from shinrai.accounts.rules.permission import Permission
from shinrai.accounts.rules.scope import Scope
from shinrai.api.fields import Clean, Line
from shinrai.api.frame import ApiRouter
from shinrai.api.idempotency import IdempotencyKey, answer_once
from shinrai.explore.operations.runs import cancel_runs, recorded_run
from shinrai.explore.queries.runs import answer_document
from shinrai.explore.queries.tables import documented_tables
from shinrai.explore.rules.answer import LIMIT_S, MOST_ROWS, SqlRequest
from shinrai.explore.rules.parameters import given_values
from shinrai.explore.rules.permission import view_of
from shinrai.sandbox.statements import MOST_CHARACTERS
from shinrai.units.json_values import json_values

router = ApiRouter(tags=["explore"])
reads = BearerKey(Permission.READ)
writes = BearerKey(Permission.READ, Scope.WRITE)


class SqlBody(Schema):
    """SQL and the values of its parameters, as they would be typed; a list is a list."""

    model_config: ClassVar = ConfigDict(extra="forbid")
    sql: Clean = Field(min_length=1, max_length=MOST_CHARACTERS)
    parameters: dict[Line, Line | list[Line]] = Field(default_factory=dict, max_length=50)
    limit_s: float = Field(LIMIT_S, ge=0.1, le=30)
    rows: int = Field(MOST_ROWS, ge=1, le=100_000)


@router.get(f"{IN_WORKSPACE}/sql/tables", auth=reads, response=dict[str, Any])
def list_sql_tables(request: KeyRequest, workspace: str) -> Any:
    """List the tables that the key's role can ask in SQL, and what their columns hold."""
    view = view_of(request.member.roles)
    found = documented_tables(workspace_id=request.workspace.id, view=view)
    return json_values(found.document)


@router.post(f"{IN_WORKSPACE}/sql/runs", auth=reads, response=dict[str, Any])
def run_sql_text(request: KeyRequest, workspace: str, body: SqlBody) -> Any:
    """Run one SELECT or EXPLAIN over the published tables; the run is recorded with its text."""
    given = given_values(body.sql, body.parameters)
    view = view_of(request.member.roles)
    asked = SqlRequest(request.workspace.id, view, body.sql, given, body.limit_s, body.rows)
    run, answer = recorded_run(request=asked, at=request.at, by=request.member.key)
    return answer_document(answer, run=run)


@router.post(f"{IN_WORKSPACE}/sql/runs/cancel", auth=writes, response=dict[str, Any])
def cancel_sql_runs(
    request: KeyRequest, workspace: str, idempotency_key: IdempotencyKey = None
) -> Any:
    """Cancel the runs of the key's member that are on; say how many there were."""
    there, by, at = request.workspace.id, request.member.key, request.at

    def write() -> dict[str, Any]:
        return {"cancelled": cancel_runs(workspace_id=there, at=at, by=by)}

    return answer_once(request, write, key=idempotency_key, caller=by, at=at)
