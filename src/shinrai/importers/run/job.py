"""Runs one import: both phases, the flags, and the transaction from which the import counts."""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from time import perf_counter

from django.db import transaction
from django.db.models import Sum

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.desk.operations.open_cases import request_following
from shinrai.importers.models import Observation, QuarantinedRow, Run
from shinrai.importers.queries import imports, quarantined
from shinrai.importers.rules.checks.flags import ImportFlag, counted_flag
from shinrai.importers.rules.derive.step import DerivationContext
from shinrai.importers.rules.mapping.definition import Value
from shinrai.importers.rules.observation.header import TableHeader
from shinrai.importers.run.cases import Cases
from shinrai.importers.run.derivation_phase import DerivationPhase
from shinrai.importers.run.derived_steps import DerivationCounts, StepDerivation
from shinrai.importers.run.doubts import (
    ClockDoubts,
    case_flags,
    clock_doubts,
    copy_flags,
    last_doubtful,
    look_ahead_flags,
    row_flags,
    writing_flags,
    zone_flags,
)
from shinrai.importers.run.observation_phase import ObservationPhase
from shinrai.importers.run.observations import cases_observed_by, observed_cases, visible_batches
from shinrai.importers.run.people import People
from shinrai.importers.run.plan import Plan, PlannedFile
from shinrai.importers.run.request import ImportRequest
from shinrai.importers.run.result import ImportCounts, ImportReport
from shinrai.importers.run.resume import resume_or_begin
from shinrai.ledger.operations.batches import complete_batch
from shinrai.ledger.queries import hidden_batches
from shinrai.objectives.operations.refreshing import refresh_clocks
from shinrai.postgres.failpoints import passed
from shinrai.units.errors import Misuse
from shinrai.units.moments import epoch_us

FIRST_SET_ASIDE = 20  # rows of the quarantine that a report shows
MESSAGES = frozenset(("inbound", "outbound"))


class RowsLost(Misuse, AssertionError):
    """Some rows were neither observed nor quarantined: an error of ours, so the import fails."""


def run_import(
    workspace: WorkspaceRecord, request: ImportRequest, plan: Plan, executor: Executor
) -> ImportReport:
    """Run an import, or resume one that was killed, and complete it; a dry run is not completed."""
    stopwatch = perf_counter()
    start = resume_or_begin(workspace, request, plan)
    unfinished = tuple(
        record
        for record in imports(workspace_id=workspace.id)
        if record.source == plan.mapping.source
        and record.state == "unfinished"
        and record.id != start.run.batch_id
    )
    if not request.is_dry:
        request.begun(start.run.batch_id)
    passed("import.begun")
    job = ImportJob(plan, workspace.id, start.run, request, executor)
    counts, flags, changed = job.run_phases()
    report = ImportReport(
        batch=None if request.is_dry else start.run.batch_id,
        mapping=plan.mapping.name,
        counts=counts,
        set_aside=quarantined(batch_id=start.run.batch_id, limit=FIRST_SET_ASIDE),
        flags=flags,
        seconds=perf_counter() - stopwatch,
        is_resumed=start.is_resumed,
        became_real=start.became_real,
        unfinished=unfinished,
    )
    if not request.is_dry:
        job.complete(report, changed)
    return report


@dataclass
class ImportJob:
    """One import that is running."""

    plan: Plan
    workspace_id: int
    run: Run
    request: ImportRequest
    executor: Executor

    @property
    def batch_id(self) -> int:
        """The id of the ledger's batch that this import fills."""
        return self.run.batch_id

    def run_phases(self) -> tuple[ImportCounts, tuple[ImportFlag, ...], tuple[int, ...]]:
        """Observe all rows, derive all cases; return counts, flags and ids of changed cases."""
        observation = self._observe()
        visible = visible_batches(
            workspace_id=self.workspace_id,
            source=self.plan.mapping.source,
            also_batch=self.batch_id,
        )
        hours = clock_doubts(batch_ids=visible, zones=self._zones())
        passed("import.hours_judged")
        tally, spoken = self._derive(hours, visible)
        counts = self._counts(tally, spoken)
        flags = (
            *zone_flags(self.plan),
            *writing_flags(self.plan),
            *hours.flags,
            *copy_flags(batch_id=self.batch_id, others=self._others(visible)),
            *look_ahead_flags(self.plan, observation.look_ahead),
            *case_flags(tally.notes),
            *row_flags(batch_id=self.batch_id),
            *self._no_text(counts),
        )
        return counts, flags, tuple(tally.changed)

    def complete(self, report: ImportReport, changed: Sequence[int]) -> None:
        """Complete the import and refresh its clocks in one transaction, from which it counts."""
        self.request.progress("completing", 0, 1)
        with transaction.atomic():
            # Rows set aside lie sealed, and go after a while: the report that stays repeats none.
            kept = {name: value for name, value in report.as_json().items() if name != "set_aside"}
            complete_batch(batch_id=self.batch_id, report=kept, at=self.request.at)
            passed("import.completing")
            refresh_clocks(workspace_id=self.workspace_id, case_ids=changed)
            request_following()
            passed("import.clocks_refreshed")
            self.request.progress("completing", 1, 1)
        passed("import.complete")

    def _observe(self) -> ObservationPhase:
        source = self.plan.mapping.source
        people = People(
            workspace_id=self.workspace_id, source=source, at=self.request.at, by=self.request.by
        )
        hidden = hidden_batches(workspace_id=self.workspace_id) - {self.batch_id}
        observation = ObservationPhase(
            plan=self.plan,
            run=self.run,
            workspace_id=self.workspace_id,
            batch_id=self.batch_id,
            people=people,
            cases=Cases(self.plan.mapping, self.workspace_id, hidden, people, self.request.at),
            at=self.request.at,
            progress=self.request.progress,
            executor=self.executor,
        )
        observation.observe_files()
        return observation

    def _derive(
        self, hours: ClockDoubts, visible: Sequence[int]
    ) -> tuple[DerivationCounts, frozenset[int]]:
        """Derive the observed cases, or all of the source if the doubtful times have changed."""
        spoken = observed_cases(batch_id=self.batch_id)
        doubtful = [list(time) for time in hours.doubtful]
        if doubtful != last_doubtful(visible, before=self.batch_id):
            cases = cases_observed_by(batch_ids=visible)
        else:
            cases = spoken
        self.run.doubtful = doubtful
        self.run.save(update_fields=["doubtful"])
        derivation = StepDerivation(
            workspace_id=self.workspace_id,
            batch_id=self.batch_id,
            source=self.plan.mapping.source,
            record=self.plan.mapping.record,
            context=DerivationContext(epoch_us(self.request.at), hours.doubtful),
            at=self.request.at,
        )
        phase = DerivationPhase(derivation, self.request.progress, self.executor)
        return phase.derive_cases(cases), frozenset(spoken)

    def _counts(self, tally: DerivationCounts, spoken: frozenset[int]) -> ImportCounts:
        cases = len(spoken.intersection(tally.with_steps))
        is_inquiry = self.plan.mapping.record == "inquiry"
        quarantined = QuarantinedRow.objects.filter(batch_id=self.batch_id).count()
        rows = Observation.objects.filter(batch_id=self.batch_id)
        observed = rows.aggregate(rows=Sum("count"))["rows"] or 0
        if observed + quarantined + self.run.erased_count != self.plan.rows:
            raise RowsLost(
                f"{self.plan.rows} rows were read, but {observed} observed, {quarantined} set "
                f"aside, {self.run.erased_count} left out as erased; the import was not completed"
            )
        return ImportCounts(
            inquiries=cases if is_inquiry else 0,
            investigations=0 if is_inquiry else cases,
            steps=tally.steps,
            unchanged=tally.unchanged,
            corrected=tally.corrected,
            quarantined=quarantined,
            erased=self.run.erased_count,
            rows=self.plan.rows,
            messages=tally.kinds["inbound"] + tally.kinds["outbound"],
        )

    def _others(self, visible: Sequence[int]) -> list[int]:
        return [number for number in visible if number != self.batch_id]

    def _zones(self) -> dict[str, str]:
        return {file.table.name: file.zone for file in self.plan.files if file.zone is not None}

    def _no_text(self, counts: ImportCounts) -> list[ImportFlag]:
        silent = any(map(_has_no_text, self.plan.files))
        return [counted_flag("no_text", counts.messages)] if silent and counts.messages else []


def _has_no_text(file: PlannedFile) -> bool:
    """Return whether a file has no column for the text of its messages."""
    table = file.table
    header = TableHeader(file.survey.header, "")
    if table.rows == "messages" or (table.kind is not None and _makes_messages(table.kind)):
        texts = [table.text]
    else:
        texts = [step.words for step in table.steps if step.kind in MESSAGES]
    return any(
        text is None or not any(map(header.has, text.join or (text.columns,))) for text in texts
    )


def _makes_messages(kind: Value) -> bool:
    words = (*(kind.words or {}).values(), *(rule.result for rule in kind.rules), kind.fixed)
    return not MESSAGES.isdisjoint(words)
