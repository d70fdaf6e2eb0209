"""Compares a source's own figures with the ledger's, some hundred cases at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, NamedTuple

from shinrai.accounts.queries import workspaces
from shinrai.calendars.queries import calendar_named, calendars
from shinrai.calendars.rules.hours import Calendar
from shinrai.importers.queries import ImportRecord, import_record
from shinrai.importers.rules.reconciliation.comparison import CaseDifference, FigureComparison
from shinrai.importers.rules.reconciliation.evidence import Evidence
from shinrai.importers.rules.reconciliation.registry import figures_of, known_sources
from shinrai.importers.run.observations import observed_cases, visible_rows
from shinrai.ledger.operations.batches import BatchNotComplete, unknown_batch
from shinrai.ledger.queries import CaseHead, case_heads, cases_by_key, standing_of
from shinrai.units.errors import UserError
from shinrai.units.text import Text

CHUNK = 300


class NothingToReconcile(UserError, ValueError):
    """The source has no own figures that we can compare."""


class CaseNotInImport(UserError, LookupError):
    """An import has no row about this case."""


@dataclass(frozen=True)
class Reconciliation:
    """Every figure of a source over the cases of one import."""

    batch: int
    source: str
    cases: int
    calendar: str | None
    entries: tuple[FigureComparison, ...]
    not_computed: tuple[tuple[str, Text], ...]
    seconds: float

    @property
    def unexplained(self) -> int:
        """Return how many differences have no known reason."""
        return sum(entry.reasons["unexplained"] for entry in self.entries)

    def as_json(self) -> dict[str, Any]:
        """Return the reconciliation as a JSON object."""
        return {
            "batch": self.batch,
            "source": self.source,
            "cases": self.cases,
            "calendar": self.calendar,
            "unexplained": self.unexplained,
            "metrics": [entry.as_json() for entry in self.entries],
            "not_computed": [
                {"metric": name, "why": why["en"], "why_ja": why["ja"]}
                for name, why in self.not_computed
            ],
            "seconds": round(self.seconds, 3),
        }


class CaseLine(NamedTuple):
    """One figure of one case; `row` is set if the source and we differ."""

    entry: FigureComparison
    source_says: Any
    we_say: Any
    row: CaseDifference | None


@dataclass(frozen=True)
class CaseFigures:
    """The source's figures of one case and ours, with the differences."""

    head: CaseHead
    lines: tuple[CaseLine, ...]


def reconcile(*, batch_id: int, calendar: str | None = None) -> Reconciliation:
    """Compare a source's own figures with ours, over the cases an import observed.

    The calendar is used for business times; without a name the workspace's only one is used.

    Raises: UnknownBatch, BatchNotComplete, NothingToReconcile, UnknownCalendar.
    """
    stopwatch = perf_counter()
    found = _counting(batch_id)
    name, hours = _calendar(found.workspace_id, calendar)
    entries, not_computed = _entries(found.source, hours)
    cases = observed_cases(batch_id=batch_id)
    for evidence in _evidence(found, cases, hours):
        for entry in entries:
            entry.take(evidence)
    return Reconciliation(
        batch=batch_id,
        source=found.source,
        cases=len(cases),
        calendar=name,
        entries=tuple(entry for entry in entries if entry.n),
        not_computed=not_computed,
        seconds=perf_counter() - stopwatch,
    )


def reconcile_case(*, batch_id: int, key: str, calendar: str | None = None) -> CaseFigures:
    """Compare the figures of one case.

    Raises: what `reconcile` raises, and CaseNotInImport.
    """
    found = _counting(batch_id)
    _, hours = _calendar(found.workspace_id, calendar)
    entries, _ = _entries(found.source, hours)
    head = _head(found, key)
    if head is None:
        raise CaseNotInImport(
            Text("import {batch_id} has no row about {key!r}", batch_id=batch_id, key=key),
        )
    [evidence] = _evidence(found, [head.id], hours)
    lines = []
    for entry in entries:
        row = entry.take(evidence)
        if entry.n:
            metric = entry.metric
            source, ours = metric.says(evidence.says), metric.we_say(evidence)
            lines.append(CaseLine(entry, metric.shown(source), metric.shown(ours), row))
    return CaseFigures(head, tuple(lines))


def _head(found: ImportRecord, key: str) -> CaseHead | None:
    """Return a case by its key, if the import has a row about it."""
    named = [
        head
        for record in ("inquiry", "investigation")
        for head in cases_by_key(
            workspace_id=found.workspace_id, record=record, source=found.source, keys=[key]
        ).values()
    ]
    spoken = set(observed_cases(batch_id=found.id))
    return next((head for head in named if head.id in spoken), None)


def _counting(batch_id: int) -> ImportRecord:
    found = import_record(batch_id)
    if found is None:
        raise unknown_batch(batch_id)
    if found.state != "complete":
        raise BatchNotComplete(
            Text(
                "import {batch_id} does not count ({state}): there is nothing to compare",
                batch_id=batch_id,
                state=found.state,
            ),
        )
    return found


def _calendar(workspace_id: int, name: str | None) -> tuple[str | None, Calendar | None]:
    if name is not None:
        return name, calendar_named(workspace_id=workspace_id, name=name).calendar
    saved = calendars(workspace_id=workspace_id)
    return (saved[0].name, saved[0].calendar) if len(saved) == 1 else (None, None)


def _entries(
    source: str, calendar: Calendar | None
) -> tuple[list[FigureComparison], tuple[tuple[str, Text], ...]]:
    metrics = figures_of(source)
    if not metrics:
        raise NothingToReconcile(
            Text(
                "nobody has declared figures of {source!r} to compare; declared are: "
                "{known_sources}",
                source=source,
                known_sources=", ".join(known_sources()),
            ),
        )
    without = [m for m in metrics if m.needs_calendar and calendar is None]
    why = Text(
        "it counts business hours, and which calendar judges them is not settled; "
        "by command it can be chosen with --calendar"
    )
    entries = [FigureComparison(metric) for metric in metrics if metric not in without]
    return entries, tuple((metric.name, why) for metric in without)


def _evidence(
    found: ImportRecord, cases: Sequence[int], calendar: Calendar | None
) -> Iterator[Evidence]:
    zone = next(w.zone for w in workspaces() if w.id == found.workspace_id)
    zones = tuple(dict.fromkeys(("UTC", zone)))
    for start in range(0, len(cases), CHUNK):
        some = cases[start : start + CHUNK]
        steps = standing_of(some, workspace_id=found.workspace_id)
        seen = visible_rows(some, workspace_id=found.workspace_id, also_batch=None)
        heads = case_heads(some)
        for case_id in some:
            key = heads[case_id].source_key
            yield Evidence(key, steps.get(case_id, ()), seen.get(case_id, ()), calendar, zones)
