"""One import from its first row to what it amounts to; the deed itself lies in `operations`."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import Sum

from shinrai.books.failpoints import passed
from shinrai.importers.flatten.csv_tables import RAW
from shinrai.importers.models import Observation, QuarantinedRow, Run
from shinrai.importers.queries import ImportRecord, QuarantineRecord
from shinrai.importers.rules.checks.flags import Flag, counted
from shinrai.importers.rules.derive.step import Against
from shinrai.importers.rules.mapping.definition import Value
from shinrai.importers.rules.observation.cell_values import Header
from shinrai.importers.run.cases import Cases
from shinrai.importers.run.derivation_phase import Deriving
from shinrai.importers.run.derived_steps import Following, Tally
from shinrai.importers.run.doubts import (
    Hours,
    case_flags,
    copy_flags,
    judge_hours,
    look_ahead_flags,
    row_flags,
    writing_flags,
    zone_flags,
)
from shinrai.importers.run.observation_phase import Observing, Progress
from shinrai.importers.run.observations import all_spoken_of, spoken_of
from shinrai.importers.run.people import People
from shinrai.importers.run.plan import Plan, PlannedFile
from shinrai.ledger.queries import batches, hidden_batches
from shinrai.units.moments import epoch_us
from shinrai.units.wording import Misuse

MESSAGES = frozenset(("inbound", "outbound"))


class RowsLost(Misuse, AssertionError):
    """Rows were read that are neither observed nor set aside: our error, so nothing counts."""


@dataclass(frozen=True)
class Counts:
    """What came in. `steps` are new ones; `unchanged` stood in the ledger before."""

    inquiries: int
    investigations: int
    steps: int
    unchanged: int
    corrected: int
    quarantined: int
    erased: int
    rows: int
    messages: int

    def as_json(self) -> dict[str, int]:
        """Write them as a document."""
        return asdict(self)


@dataclass(frozen=True)
class Brought:
    """What both phases found."""

    counts: Counts
    flags: tuple[Flag, ...]
    changed: tuple[int, ...]


@dataclass(frozen=True)
class ImportReport:
    """What an import brought; of the rows set aside the first few, for dry runs keep none."""

    batch: int | None
    mapping: str
    counts: Counts
    set_aside: tuple[QuarantineRecord, ...]
    flags: tuple[Flag, ...]
    seconds: float
    is_resumed: bool
    became_real: bool
    unfinished: tuple[ImportRecord, ...]
    zone: str = ""  # the time zone this import settled for its workspace, if it did
    zone_source: str = ""

    def as_json(self) -> dict[str, Any]:
        """Write it as a document."""
        return {
            "batch": self.batch,
            **self.counts.as_json(),
            "flags": [flag.as_json() for flag in self.flags],
            "seconds": round(self.seconds, 3),
            "mapping": self.mapping,
            "set_aside": [row.as_json() for row in self.set_aside],
        }


@dataclass
class Bringing:
    """One import under way."""

    plan: Plan
    workspace_id: int
    batch_id: int
    run: Run
    at: datetime
    by: str
    progress: Progress
    aside: Executor

    def bring(self) -> Brought:
        """Observe every row, then derive every case they speak of."""
        observing = self._observe()
        visible = visible_batches(
            workspace_id=self.workspace_id,
            source=self.plan.mapping.source,
            also_batch=self.batch_id,
        )
        hours = judge_hours(batch_ids=visible, zones=self._zones())
        passed("import.hours_judged")
        tally, spoken = self._derive(hours, visible)
        counts = self._counts(tally, spoken)
        flags = (
            *zone_flags(self.plan),
            *writing_flags(self.plan),
            *hours.flags,
            *copy_flags(batch_id=self.batch_id, others=self._others(visible)),
            *look_ahead_flags(self.plan, observing.look_ahead),
            *case_flags(tally.notes),
            *row_flags(batch_id=self.batch_id),
            *self._no_text(counts),
        )
        return Brought(counts, flags, tuple(tally.changed))

    def _observe(self) -> Observing:
        source = self.plan.mapping.source
        people = People(workspace_id=self.workspace_id, source=source, at=self.at, by=self.by)
        hidden = hidden_batches(workspace_id=self.workspace_id) - {self.batch_id}
        observing = Observing(
            plan=self.plan,
            run=self.run,
            workspace_id=self.workspace_id,
            batch_id=self.batch_id,
            people=people,
            cases=Cases(self.plan.mapping, self.workspace_id, hidden, people, self.at),
            at=self.at,
            progress=self.progress,
            aside=self.aside,
        )
        observing.observe_all()
        return observing

    def _derive(self, hours: Hours, visible: Sequence[int]) -> tuple[Tally, frozenset[int]]:
        """Derive the cases spoken of; all of the source's if another time is in doubt now."""
        spoken = spoken_of(batch_id=self.batch_id)
        doubtful = [list(time) for time in hours.doubtful]
        if doubtful != last_doubtful(visible, before=self.batch_id):
            cases = all_spoken_of(batch_ids=visible)
        else:
            cases = spoken
        self.run.doubtful = doubtful
        self.run.save(update_fields=["doubtful"])
        following = Following(
            workspace_id=self.workspace_id,
            batch_id=self.batch_id,
            source=self.plan.mapping.source,
            record=self.plan.mapping.record,
            against=Against(epoch_us(self.at), hours.doubtful),
            at=self.at,
        )
        deriving = Deriving(following, self.progress, self.aside)
        return deriving.derive_all(cases), frozenset(spoken)

    def _counts(self, tally: Tally, spoken: frozenset[int]) -> Counts:
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
        return Counts(
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

    def _no_text(self, counts: Counts) -> list[Flag]:
        silent = any(map(_is_silent, self.plan.files))
        return [counted("no_text", counts.messages)] if silent and counts.messages else []


def _is_silent(file: PlannedFile) -> bool:
    """Tell whether a file has no column for the text of its messages."""
    table = file.table
    header = Header(file.survey.header, "")
    if table.rows == "messages" or (table.kind is not None and _speaks(table.kind)):
        texts = [table.text]
    else:
        texts = [step.words for step in table.steps if step.kind in MESSAGES]
    return any(
        text is None or not any(map(header.has, text.join or (text.columns,))) for text in texts
    )


def _speaks(kind: Value) -> bool:
    words = (*(kind.words or {}).values(), *(rule.result for rule in kind.rules), kind.fixed)
    return not MESSAGES.isdisjoint(words)


def visible_batches(*, workspace_id: int, source: str, also_batch: int | None = None) -> list[int]:
    """List the imports of a source that count, oldest first."""
    hidden = hidden_batches(workspace_id=workspace_id) - {also_batch}
    found = (batch.id for batch in batches(workspace_id=workspace_id) if batch.source == source)
    return sorted(number for number in found if number not in hidden)


def last_doubtful(visible: Sequence[int], *, before: int | None = None) -> list[Any]:
    """Say which times were in doubt when the source was derived last."""
    others = [number for number in visible if number != before]
    runs = Run.objects.filter(batch_id__in=others).order_by("-batch_id")
    found: list[Any] = runs.values_list("doubtful", flat=True).first() or []
    return found


def file_records(plan: Plan, given: Sequence[str] = ()) -> list[Mapping[str, Any]]:
    """Describe the files of an import, to be kept with it.

    `given` names what somebody gave, where the tables were only laid flat from it; their last two
    columns then say where each row was read.
    """
    return [
        {
            "name": file.survey.path.name,
            "table": file.table.name,
            "digest": file.survey.digest,
            "rows": file.survey.rows,
            "encoding": file.survey.encoding,
            "sheet": file.survey.sheet.name if file.survey.sheet else None,
            "zone": file.zone,
            **({"given": list(given)} if given else {}),
            **({"is_flat": True} if file.survey.header[-len(RAW) :] == RAW else {}),
        }
        for file in plan.files
    ]
