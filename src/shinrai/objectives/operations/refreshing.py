"""Recompute rows of the table `clocks` from steps: of some cases, or of a whole objective."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from importlib.metadata import version
from itertools import islice
from typing import Any

from django.db import connection, transaction

from shinrai.inquiries.queries import all_inquiries, inquiries_of
from shinrai.investigations.queries import all_investigations, investigations_of
from shinrai.ledger.queries import case_heads
from shinrai.objectives.models import Basis, Clock, Objective
from shinrai.objectives.operations.statements import statement
from shinrai.objectives.queries.judges import Judge, judges_of, spans_by_judge
from shinrai.objectives.rules.clocks import NEVER, ClockColumns, clock_columns, span_columns
from shinrai.objectives.rules.spans import ClockSpan
from shinrai.postgres.bulk import copy_in
from shinrai.units.moments import epoch_us, from_us

CHUNK = 50_000
COLUMNS = (
    "workspace_id",
    "objective_id",
    "basis_id",
    "case_id",
    "index",
    "mode",
    "started_at",
    "effective_at",
    "stopped_at",
    "due_at",
    "due_without_pauses_at",
    "paused_since",
    "cancelled_at",
    "spam",
    "exempted_at",
    "open_s",
    "paused_open_s",
    "pauses",
)


def refresh_clocks(
    *, workspace_id: int, case_ids: Collection[int], also_batch: int | None = None
) -> None:
    """Recompute the clocks of some cases, in the same transaction that changed their steps.

    `also_batch` is an import that will be completed in this transaction; its steps count already.
    """
    judges = judges_of(workspace_id=workspace_id)
    if not judges:
        return
    ids = sorted(case_ids)
    with transaction.atomic():
        for start in range(0, len(ids), CHUNK):
            some = ids[start : start + CHUNK]
            found = _cases_of(workspace_id, some, judges, also_batch)
            _take_over(workspace_id, judges, spans_by_judge(judges, found), cases=some)


def recompute_clocks(*, workspace_id: int, objective_ids: Collection[int] | None = None) -> None:
    """Recompute all clocks of some objectives (None: of every objective), from all steps.

    Used after an objective or a calendar changed. At most `CHUNK` cases are in memory at a time.
    """
    judges = judges_of(workspace_id=workspace_id, objective_ids=objective_ids)
    with transaction.atomic():
        for wanted, cases in _all_cases(workspace_id, judges):
            walk = iter(cases)
            while some := list(islice(walk, CHUNK)):
                spans = spans_by_judge(wanted, some)
                _take_over(workspace_id, wanted, spans, cases=[case_id for case_id, _ in some])


def recompute_outdated_clocks() -> int:
    """Recompute clocks computed with an older calendar, time zone data or holidays.

    Returns the number of objectives recomputed. It runs before every publishing, so saving a
    calendar or installing new time zones needs no further step.
    """
    outdated = 0
    for objective_id, workspace_id in Objective.objects.values_list("id", "workspace_id"):
        judges = judges_of(workspace_id=workspace_id, objective_ids=[objective_id])
        if any(judge.is_partial for judge in judges):
            continue  # due times stand until the calendar is saved again
        current = [_basis_of(judge) for judge in judges]
        older = Basis.objects.filter(version__objective_id=objective_id).exclude(pk__in=current)
        if Clock.objects.filter(basis__in=list(older), gone=False).exists():
            recompute_clocks(workspace_id=workspace_id, objective_ids=[objective_id])
            outdated += 1
    return outdated


def _cases_of(
    workspace_id: int, ids: Sequence[int], judges: Sequence[Judge], also_batch: int | None
) -> Iterator[tuple[int, Any]]:
    """Yield the id and the replayed steps of each case that some judge has a clock for."""
    heads = case_heads(ids)
    questions: tuple[tuple[str, Callable[..., dict[int, Any]], bool], ...] = (
        (
            "investigation",
            investigations_of,
            any(judge.record == "investigation" for judge in judges),
        ),
        ("inquiry", inquiries_of, any(judge.record == "inquiry" for judge in judges)),
    )
    for record, replayed, is_asked in questions:
        wanted = [case_id for case_id in ids if heads[case_id].record == record]
        if is_asked and wanted:
            yield from replayed(wanted, workspace_id=workspace_id, also_batch=also_batch).items()


def _all_cases(
    workspace_id: int, judges: Sequence[Judge]
) -> Iterator[tuple[list[Judge], Iterable[tuple[int, Any]]]]:
    of_investigations = [judge for judge in judges if judge.record == "investigation"]
    of_inquiries = [judge for judge in judges if judge.record == "inquiry"]
    if of_investigations:
        yield of_investigations, all_investigations(workspace_id=workspace_id)
    if of_inquiries:
        yield of_inquiries, all_inquiries(workspace_id=workspace_id)


def _take_over(
    workspace_id: int,
    judges: Sequence[Judge],
    found: Sequence[tuple[Judge, list[ClockSpan]]],
    *,
    cases: Sequence[int],
) -> None:
    """Write the computed clocks that differ from the stored, and mark `gone` those not computed."""
    with connection.cursor() as cursor:
        cursor.execute(statement("fresh_clocks"))
        cursor.execute("TRUNCATE fresh_clocks")
        for judge, spans in found:
            if spans:
                columns = clock_columns(
                    judge.definition, judge.timetable(spans), span_columns(spans)
                )
                basis_id = _basis_of(judge)  # before COPY, which has the connection to itself
                rows = _rows(workspace_id, judge, basis_id, spans, columns)
                copy_in("fresh_clocks", COLUMNS, rows)
        if partial := sorted({judge.objective_id for judge in judges if judge.is_partial}):
            cursor.execute(statement("due_times_that_stand"), {"objectives": partial})
        cursor.execute(statement("clocks_upsert"))
        cursor.execute(
            statement("clocks_gone"),
            {"objectives": sorted({j.objective_id for j in judges}), "cases": list(cases)},
        )


def _basis_of(judge: Judge) -> int:
    basis, _ = Basis.objects.get_or_create(
        version_id=judge.version_id,
        calendar_digest=judge.calendar_digest,
        tzdata=_release("tzdata"),
        holidays=_release("holidays"),
        defaults={"calendar_name": judge.calendar_name},
    )
    return basis.pk


def _rows(
    workspace_id: int,
    judge: Judge,
    basis_id: int,
    spans: Sequence[ClockSpan],
    columns: ClockColumns,
) -> Iterator[tuple[Any, ...]]:
    lists = zip(
        columns.effective_us.tolist(),
        columns.due_us.tolist(),
        columns.due_without_pauses_us.tolist(),
        columns.paused_since_us.tolist(),
        columns.open_s.tolist(),
        columns.paused_open_s.tolist(),
        strict=True,
    )
    for span, (effective, due, plain, since, open_s, paused_s) in zip(spans, lists, strict=True):
        yield (
            workspace_id,
            judge.objective_id,
            basis_id,
            span.case_id,
            span.index,
            span.mode,
            span.started_at,
            from_us(effective),
            span.stopped_at,
            _moment(due),
            _moment(plain),
            _moment(since),
            span.cancelled_at,
            span.spam,
            span.exempted_at,
            open_s,
            paused_s,
            json.dumps([[epoch_us(a), None if b is None else epoch_us(b)] for a, b in span.pauses]),
        )


def _moment(us: int) -> datetime | None:
    return None if us == NEVER else from_us(us)


@cache
def _release(package: str) -> str:
    return version(package)
