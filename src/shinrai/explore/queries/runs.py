"""Runs of SQL, as their history shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from shinrai.explore.models import QueryRun
from shinrai.explore.rules.answer import SqlAnswer
from shinrai.units.errors import UserError
from shinrai.units.json_values import json_values
from shinrai.units.text import Text

SORTS: Final = {"started": "started_at", "rows": "rows", "state": "state"}
LINE: Final = 120


class UnknownRun(UserError, LookupError):
    """No run of this number is the member's own in this workspace."""


@dataclass(frozen=True)
class RunRecord:
    """A run: its SQL and parameters, how it ended, and who asked."""

    number: int
    state: str
    sql: str
    parameters: Mapping[str, Any]
    rows: int | None
    reason: str
    started_at: datetime
    ended_at: datetime | None
    by: str

    @property
    def line(self) -> str:
        """Return the SQL on one short line."""
        text = " ".join(self.sql.split())
        return text if len(text) <= LINE else f"{text[: LINE - 1]}…"

    @property
    def took_s(self) -> float | None:
        """Return how long it took."""
        return None if self.ended_at is None else (self.ended_at - self.started_at).total_seconds()


def run_numbered(*, workspace_id: int, number: int) -> RunRecord:
    """Return a run of a workspace.

    Raises: UnknownRun.
    """
    found = QueryRun.objects.filter(workspace_id=workspace_id, pk=number).first()
    if found is None:
        raise UnknownRun(Text("there is no run {number} in this workspace", number=number))
    return _record(found)


def runs_of(
    *, workspace_id: int, by: str, sort: str, search: str, skip: int, most: int
) -> tuple[Sequence[RunRecord], int]:
    """Return some runs of a member and how many there are; `by` "": those of all members."""
    found = QueryRun.objects.filter(workspace_id=workspace_id)
    found = found.filter(by=by) if by else found
    found = found.filter(sql__icontains=search) if search else found
    key = SORTS.get(sort.lstrip("-"), "started_at")
    order = f"-{key}" if sort.startswith("-") else key
    return [_record(one) for one in found.order_by(order, "-id")[skip : skip + most]], found.count()


def answer_document(answer: SqlAnswer, *, run: int | None = None) -> dict[str, Any]:
    """Return an answer as commands and the API print it."""
    said = {
        "columns": [vars(column) for column in answer.columns],
        "rows": [list(row) for row in answer.rows],
        "versions": dict(answer.versions),
        "is_cut": answer.is_cut,
        "hidden_groups": answer.hidden,
        "took_s": round(answer.took_s, 3),
    }
    found: dict[str, Any] = json_values(said if run is None else {"run": run, **said})
    return found


def _record(one: QueryRun) -> RunRecord:
    return RunRecord(
        number=one.pk,
        state=one.state,
        sql=one.sql,
        parameters=one.parameters,
        rows=one.rows,
        reason=one.reason,
        started_at=one.started_at,
        ended_at=one.ended_at,
        by=one.by,
    )
