"""Run SQL of a member: in a child process on masked rows, recorded with its text."""

import hashlib
import time
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final, cast

from django.db import transaction
from django.db.models import Q

from shinrai.accounts.operations.audit import record_action
from shinrai.explore.models import MaskedSnapshot, QueryRun
from shinrai.explore.queries.snapshots import DATABASE, folder_of, meanings_of, newest_snapshot
from shinrai.explore.rules.answer import (
    AnswerColumn,
    Given,
    QueryBusy,
    QueryFailed,
    QueryRefused,
    SqlAnswer,
    SqlRequest,
)
from shinrai.explore.rules.parameters import as_json
from shinrai.explore.rules.permission import VIEWS
from shinrai.sandbox.pool import Ask, PoolBusy, Reply, RunFailed, pool
from shinrai.sandbox.statements import MOST_CHARACTERS, StatementRefused
from shinrai.units.errors import UserError
from shinrai.units.text import Language, Text

HIGHEST_LIMIT_S: Final = 30.0
HIGHEST_ROWS: Final = 100_000
WORKER: Final = "worker"  # who asks where a tile is computed anew
LOST: Final = timedelta(minutes=10)
KEPT, KEPT_OF_WORKER = timedelta(days=400), timedelta(days=7)


def run_sql(*, request: SqlRequest, at: datetime, by: str, language: Language = "en") -> SqlAnswer:
    """Run SQL and return its answer; the run is recorded before it starts.

    `request.role` is a view of `rules.permission`. Errors carry texts of both languages;
    `language` is that of whoever asks.

    Raises: QueryRefused, QueryFailed.
    """
    return recorded_run(request=request, at=at, by=by)[1]


def recorded_run(*, request: SqlRequest, at: datetime, by: str) -> tuple[int, SqlAnswer]:
    """Run SQL as `run_sql` does; return the number of the run too.

    Raises: QueryRefused, QueryFailed.
    """
    run, started = _begin(request, at=at, by=by), time.monotonic()

    def is_cancelled() -> bool:
        return not QueryRun.objects.filter(pk=run.pk, state="running").exists()

    def end(state: str, *, rows: int | None = None, reason: str = "") -> None:
        took = timedelta(seconds=time.monotonic() - started)
        QueryRun.objects.filter(pk=run.pk, state="running").update(
            state=state, rows=rows, reason=reason[:400], ended_at=at + took
        )

    try:
        snapshot = _snapshot(request)
        QueryRun.objects.filter(pk=run.pk).update(versions=snapshot.versions)
        reply = pool().ask(_ask(request, snapshot), is_cancelled)
    except (StatementRefused, QueryRefused) as error:
        end("refused", reason=_kept(error))
        raise QueryRefused(error.text) from error
    except RunFailed as error:
        end(error.state, reason=_kept(error))
        kind = QueryBusy if isinstance(error, PoolBusy) else QueryFailed
        raise kind(error.text) from error
    except BaseException as error:
        end("failed", reason=_kept(error))
        raise
    end("done", rows=len(reply.rows))
    return run.pk, _answer(reply, snapshot, time.monotonic() - started)


def needs_of(*, request: SqlRequest) -> tuple[str, ...]:
    """Return the columns (`table.column`) that SQL reads, found without running it.

    Raises: QueryRefused, QueryFailed.
    """
    try:
        snapshot = _snapshot(request)
        return tuple(pool().ask(_ask(request, snapshot, is_run=False)).reads)
    except StatementRefused as error:
        raise QueryRefused(error.text) from error
    except RunFailed as error:
        raise QueryFailed(error.text) from error


def cancel_runs(*, workspace_id: int, at: datetime, by: str, run: int | None = None) -> int:
    """Cancel the runs of a member that are on, or one of them; return how many were."""
    on = QueryRun.objects.filter(workspace_id=workspace_id, by=by, state="running")
    if run is not None:
        on = on.filter(pk=run)
    return on.update(state="cancelled", ended_at=at)


def forget_runs(*, at: datetime) -> int:
    """Delete runs of the worker after a week, those of members after 400 days; return how many.

    A run whose process ended without saying so has failed.
    """
    lost = QueryRun.objects.filter(state="running", started_at__lt=at - LOST)
    lost.update(state="failed", reason="its process ended", ended_at=at)
    old = Q(started_at__lt=at - KEPT) | Q(by=WORKER, started_at__lt=at - KEPT_OF_WORKER)
    return QueryRun.objects.filter(old).delete()[0]


@transaction.atomic
def _begin(request: SqlRequest, *, at: datetime, by: str) -> QueryRun:
    """Record a run with its text; the audit seals the text's digest."""
    sql = request.sql[: MOST_CHARACTERS + 1].replace("\x00", "")
    run = QueryRun.objects.create(
        workspace_id=request.workspace_id,
        state="running",
        role=request.role[:20],
        sql=sql,
        parameters={name: as_json(value) for name, value in request.parameters.items()},
        started_at=at,
        by=by,
    )
    record_action(
        workspace_id=request.workspace_id,
        what="run SQL",
        subject=f"sql_run:{run.pk}",
        reason=f"sha256 {hashlib.sha256(sql.encode()).hexdigest()}",
        at=at,
        by=by,
    )
    return run


def _snapshot(request: SqlRequest) -> MaskedSnapshot:
    if request.role not in VIEWS:
        raise QueryRefused(Text("your role reads no tables in SQL"))
    found = newest_snapshot(workspace_id=request.workspace_id, view=request.role)
    if found is None or not folder_of(found).is_dir():
        raise QueryFailed(
            Text("the tables for SQL are not prepared yet; the worker does so within five minutes")
        )
    return found


def _ask(request: SqlRequest, snapshot: MaskedSnapshot, *, is_run: bool = True) -> Ask:
    return Ask(
        database=folder_of(snapshot) / DATABASE,
        sql=request.sql,
        parameters={name: _sent(value) for name, value in request.parameters.items()},
        limit_s=min(request.limit_s, HIGHEST_LIMIT_S),
        most_rows=min(request.most_rows, HIGHEST_ROWS),
        is_run=is_run,
    )


def _sent(given: Given) -> Any:
    if isinstance(given, tuple):
        return [_sent(one) for one in given]
    return {"on": given.isoformat()} if isinstance(given, date) else given


def _answer(reply: Reply, snapshot: MaskedSnapshot, took_s: float) -> SqlAnswer:
    meanings = meanings_of(snapshot)
    kinds = [kind for _name, kind in reply.columns]
    published = {name for table in reply.tables for name in meanings[table]["reads"]}
    return SqlAnswer(
        columns=tuple(AnswerColumn(name, cast(Any, kind)) for name, kind in reply.columns),
        rows=tuple(
            tuple(_cell(value, kind) for value, kind in zip(row, kinds, strict=True))
            for row in reply.rows
        ),
        versions={name: snapshot.versions[name] for name in sorted(published)},
        took_s=took_s,
        is_cut=reply.is_cut,
        hidden=sum(_hidden(meanings, table) for table in reply.tables),
    )


def _hidden(meanings: Mapping[str, Any], table: str) -> int:
    return int(meanings[table].get("hidden", 0))


def _cell(value: Any, kind: str) -> Any:
    if kind != "date" or not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
    except ValueError:  # a year that Python does not know
        return value


def _kept(error: BaseException) -> str:
    """Return what the row of a run keeps of an error: an engine's may repeat a value of a row."""
    if isinstance(error, RunFailed) and error.state == "failed" and "why" in error.text.values:
        return str(error.text.values["why"]).partition(":")[0]
    return str(error) if isinstance(error, UserError) else type(error).__name__
