"""Queries about imports: what was imported, what was quarantined, which mappings there are."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q, QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from shinrai.importers.mapping_files import shipped_mapping, shipped_names
from shinrai.importers.models import QuarantinedRow, Run
from shinrai.importers.rules.cells import LONGEST_SHOWN
from shinrai.ledger.queries import BatchRecord, batches
from shinrai.ledger.queries import batch as find_batch
from shinrai.privacy.operations import masker, read_words
from shinrai.privacy.rules.masking import mask


@dataclass(frozen=True)
class ImportRecord:
    """One import, for pages and commands."""

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
        """Return how many rows the files have."""
        return sum(int(file.get("rows", 0)) for file in self.files)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of what was imported: files, or the server they were pulled from."""
        found = [name for file in self.files for name in file.get("given", (file["name"],))]
        return tuple(dict.fromkeys(map(str, found)))


@dataclass(frozen=True)
class QuarantineRecord:
    """A quarantined row: where it is, the field, the reason (en, ja); the row itself if requested.

    `cell` is what could not be read, masked; None once it was erased.
    """

    file: str
    line: int
    table: str
    field: str
    reason: Mapping[str, str]
    row: str | None = None
    cell: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the row's record as a JSON object, without the row itself."""
        return {
            "file": self.file,
            "line": self.line,
            "field": self.field,
            "reason": self.reason["en"],
            "reason_ja": self.reason["ja"],
            "cell": self.cell,
        }


@dataclass(frozen=True)
class QuarantineGroup:
    """Rows quarantined for one field of one table and one reason (en, ja), and their count."""

    table: str
    field: str
    count: int
    reason: Mapping[str, str]


@dataclass(frozen=True)
class MappingRecord:
    """A mapping we ship."""

    name: str
    record: str
    says: Mapping[str, str]
    tables: tuple[str, ...]


def imports(*, workspace_id: int) -> tuple[ImportRecord, ...]:
    """Return a workspace's imports, newest first."""
    found = batches(workspace_id=workspace_id)
    runs = {run.batch_id: run for run in Run.objects.filter(batch_id__in=[b.id for b in found])}
    return tuple(_record(batch, runs.get(batch.id)) for batch in found)


def import_record(batch_id: int) -> ImportRecord | None:
    """Return one import, or None."""
    found = find_batch(batch_id)
    if found is None:
        return None
    return _record(found, Run.objects.filter(batch_id=batch_id).first())


def quarantined(
    *,
    batch_id: int,
    with_rows: bool = False,
    limit: int | None = None,
    skip: int = 0,
    search: str = "",
    reason: str = "",
    sort: str = "line",
) -> tuple[QuarantineRecord, ...]:
    """Return the rows an import quarantined, sorted by file and line, or by field.

    A row of a flattened table is shown with the file and line it came from. `search` is a part of
    the field or of the reason, or a line's number; `reason` is a whole one in English; `sort`
    begins with `-` for descending order.
    """
    found = import_record(batch_id)
    files = found.files if found else ()
    fields = ("field", "file", "line", "id") if sort.endswith("field") else ("file", "line", "id")
    order = [f"-{name}" for name in fields] if sort.startswith("-") else fields
    every = _rows_aside(batch_id, search, reason).order_by(*order)
    rows = list(every[skip : None if limit is None else skip + limit])
    words = read_words(row.words_id for row in rows)
    hide = masker(workspace_id=found.workspace_id) if found else mask
    told = []
    for row in rows:
        cell, text = _unpacked(words.get(row.words_id))
        read_at = _read_at(text) if files[row.file].get("is_flat") else None
        file, line = read_at or (str(files[row.file]["name"]), row.line)
        told.append(
            QuarantineRecord(
                file=file,
                line=line,
                table=row.table,
                field=row.field,
                reason=row.reason,
                row=text if with_rows else None,
                cell=None if cell is None else _cut(hide(cell)),
            )
        )
    return tuple(told)


def quarantined_count(*, batch_id: int, search: str = "", reason: str = "") -> int:
    """Return how many rows an import quarantined."""
    return _rows_aside(batch_id, search, reason).count()


def _rows_aside(batch_id: int, search: str, reason: str) -> QuerySet[QuarantinedRow]:
    rows = QuarantinedRow.objects.filter(batch_id=batch_id)
    rows = rows.filter(reason__en=reason) if reason else rows
    if not search:
        return rows
    rows = rows.annotate(reason_text=Cast("reason", TextField()))
    named = Q(field__icontains=search) | Q(reason_text__icontains=search)
    if search.isascii() and search.isdigit() and len(search) < 10:
        named |= Q(line=int(search))
    return rows.filter(named)


def quarantine_groups(*, batch_id: int) -> tuple[QuarantineGroup, ...]:
    """Return the quarantined rows of an import grouped by field and reason, the largest first."""
    rows = QuarantinedRow.objects.filter(batch_id=batch_id)
    why = KeyTextTransform("en", "reason")
    counted = list(
        rows.values("table", "field", why=why).annotate(count=Count("id"), first=Min("id"))
    )
    firsts = QuarantinedRow.objects.filter(id__in=[one["first"] for one in counted])
    reasons = dict(firsts.values_list("id", "reason"))
    groups = (
        QuarantineGroup(one["table"], one["field"], one["count"], reasons[one["first"]])
        for one in counted
    )
    return tuple(sorted(groups, key=lambda group: (-group.count, group.table, group.field)))


def _unpacked(sealed: str | None) -> tuple[str | None, str | None]:
    """Return the cell and the row of a decrypted record; old records have no cell."""
    try:
        document = json.loads(sealed or "")
        return document["cell"], document["row"]
    except (ValueError, TypeError, KeyError):
        return None, sealed


def _cut(cell: str) -> str:
    """Cut a masked cell to the length that is shown."""
    line = " ".join(cell.split())
    return line if len(line) <= LONGEST_SHOWN else f"{line[: LONGEST_SHOWN - 1]}…"


def _read_at(text: str | None) -> tuple[str, int] | None:
    """Return the file and line a flattened row came from: its last two cells."""
    try:
        *_, file, line = json.loads(text or "[]")
        return str(file), int(line)
    except (ValueError, TypeError):
        return None


def mappings() -> tuple[MappingRecord, ...]:
    """Return the mappings we ship."""
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
