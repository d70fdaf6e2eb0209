"""Answers about imports: what came in, what was set aside, which mappings there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shinrai.importers.csv.mappings import shipped_mapping, shipped_names
from shinrai.importers.models import QuarantinedRow, Run
from shinrai.ledger.queries import BatchRecord, batches
from shinrai.ledger.queries import batch as find_batch
from shinrai.privacy.operations import take_out


@dataclass(frozen=True)
class ImportRecord:
    """One import as doors see it."""

    id: int
    workspace_id: int
    source: str
    files: tuple[Mapping[str, Any], ...]
    started_at: datetime
    by: str
    state: str
    rows_done: int
    completed_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    withdrawn_reason: str | None
    report: Mapping[str, Any]

    @property
    def rows(self) -> int:
        """Count the rows there are to read."""
        return sum(int(file["rows"]) for file in self.files)


@dataclass(frozen=True)
class QuarantineRecord:
    """A row set aside: where it stands, which field, why (en, ja); the row itself if asked for."""

    file: str
    line: int
    table: str
    field: str
    reason: Mapping[str, str]
    row: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Write it as a document, without the row itself."""
        return {
            "file": self.file,
            "line": self.line,
            "field": self.field,
            "reason": self.reason["en"],
            "reason_ja": self.reason["ja"],
        }


@dataclass(frozen=True)
class MappingRecord:
    """A mapping we ship."""

    name: str
    record: str
    says: Mapping[str, str]
    tables: tuple[str, ...]


def imports(*, workspace_id: int) -> tuple[ImportRecord, ...]:
    """List a workspace's imports, newest first."""
    found = batches(workspace_id=workspace_id)
    runs = {run.batch_id: run for run in Run.objects.filter(batch_id__in=[b.id for b in found])}
    return tuple(_record(batch, runs.get(batch.id)) for batch in found)


def import_record(batch_id: int) -> ImportRecord | None:
    """Find one import."""
    found = find_batch(batch_id)
    if found is None:
        return None
    return _record(found, Run.objects.filter(batch_id=batch_id).first())


def quarantined(
    *, batch_id: int, with_rows: bool = False, limit: int | None = None
) -> tuple[QuarantineRecord, ...]:
    """List the rows an import set aside, in the order of files and lines."""
    found = import_record(batch_id)
    names = [str(file["name"]) for file in found.files] if found else []
    rows = list(
        QuarantinedRow.objects.filter(batch_id=batch_id).order_by("file", "line", "id")[:limit]
    )
    words = take_out(row.words_id for row in rows) if with_rows else {}
    return tuple(
        QuarantineRecord(
            file=names[row.file],
            line=row.line,
            table=row.table,
            field=row.field,
            reason=row.reason,
            row=words.get(row.words_id),
        )
        for row in rows
    )


def mappings() -> tuple[MappingRecord, ...]:
    """List the mappings we ship."""
    found = (shipped_mapping(name) for name in shipped_names())
    return tuple(
        MappingRecord(
            mapping.name,
            mapping.record,
            mapping.says,
            tuple(table.name for table in mapping.tables),
        )
        for mapping in found
    )


def _record(batch: BatchRecord, run: Run | None) -> ImportRecord:
    if batch.withdrawn_at is not None:
        state = "withdrawn"
    elif batch.completed_at is not None:
        state = "complete"
    else:
        state = "given_up" if run is not None and run.discarded_at is not None else "unfinished"
    return ImportRecord(
        id=batch.id,
        workspace_id=batch.workspace_id,
        source=batch.source,
        files=batch.files,
        started_at=batch.started_at,
        by=batch.by,
        state=state,
        rows_done=sum(run.rows_done.values()) if run is not None else 0,
        completed_at=batch.completed_at,
        withdrawn_at=batch.withdrawn_at,
        withdrawn_by=batch.withdrawn_by,
        withdrawn_reason=batch.withdrawn_reason,
        report=batch.report,
    )
