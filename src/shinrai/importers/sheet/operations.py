"""Operations on sheets: bring one into a workspace of its own, held against the usual promise."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from shinrai.accounts.operations.workspaces import open_workspace
from shinrai.accounts.queries import workspaces
from shinrai.importers.operations import import_files
from shinrai.importers.run.request import ImportRequest
from shinrai.importers.sheet.promise import CALENDAR_NAME, promise_document
from shinrai.importers.sheet.reading import SheetReading
from shinrai.importers.sheet.staging import stage
from shinrai.objectives.operations.saving import save_objective

SCRATCH = "try"


@dataclass(frozen=True)
class TrySheet:
    """A sheet to try: as it was understood, and the document of the desk's calendar."""

    reading: SheetReading
    calendar: Mapping[str, Any]
    file: str
    language: str


@dataclass(frozen=True)
class TriedSheet:
    """The workspace that was opened for a sheet, and the import in it."""

    workspace: str
    workspace_id: int
    batch: int


def try_sheet(*, request: TrySheet, at: datetime, by: str) -> TriedSheet:
    """Open a scratch workspace, import the sheet, and make the usual promise.

    Raises: UnreadableTable, RetryLater.
    """
    reading = request.reading
    taken = {record.slug for record in workspaces()}
    slug = next(name for n in range(1, len(taken) + 2) if (name := f"{SCRATCH}-{n}") not in taken)
    workspace = open_workspace(
        slug=slug,
        name=request.file[:80],
        zone=reading.zone,
        language=request.language,
        simulated=False,
        at=at,
        by=by,
    )
    with TemporaryDirectory() as folder:
        staged = stage(reading, Path(folder), file=request.file, source="sheet")
        report = import_files(
            workspace_id=workspace.id,
            request=ImportRequest(
                paths=(staged.path,), at=at, by=by, mapping=staged.mapping, given=(request.file,)
            ),
        )
    save_objective(
        workspace_id=workspace.id,
        document=promise_document(reading.record, reading.zone),
        calendars={CALENDAR_NAME: request.calendar},
        at=at,
        by=by,
    )
    assert report.batch is not None  # None of a dry run alone
    return TriedSheet(workspace.slug, workspace.id, report.batch)
