"""Makes the trial of a sheet: its first rows, columns, cases, and what is done with the others."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final

from django.db import transaction

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.calendars.queries import calendars
from shinrai.importers.operations import import_files
from shinrai.importers.queries import quarantined
from shinrai.importers.run.request import ImportRequest
from shinrai.importers.sheet.cases import LeftOut, SetAside
from shinrai.importers.sheet.cell_words import NOTHING
from shinrai.importers.sheet.choices import Choices, SheetQuestion
from shinrai.importers.sheet.desk_exports import desk_export
from shinrai.importers.sheet.grid import Cell, CellGrid, column_name
from shinrai.importers.sheet.promise import (
    USUAL,
    JudgedCase,
    calendar_of,
    judge,
    usual_calendar,
)
from shinrai.importers.sheet.reading import SheetReading
from shinrai.importers.sheet.role_words import OFFERED
from shinrai.importers.upload.kept_mapping import document_of
from shinrai.importers.upload.trial import (
    AskedQuestion,
    ColumnGuess,
    GridPreview,
    GridRow,
    ReasonGroup,
    SheetTrial,
    TrialCase,
    UploadTrial,
    Words,
)
from shinrai.objectives.queries.judges import judges_of
from shinrai.objectives.rules.sentences.clocks import reading as reading_words
from shinrai.units.text import in_both_languages

FIRST_CASES: Final = 10
ROWS_ABOVE, ROWS_SHOWN, COLUMNS_SHOWN = 6, 14, 60  # of the grid
LONGEST_CELL: Final = 60
EXAMPLES: Final = 5
# What can be done with all rows set aside for one reason; a date of filing cannot be left empty.
MENDED_EMPTY: Final = frozenset(
    ("no_date", "future_date", "answered_before_filed", "answered_undated", "done_undated")
)


def dry_run(workspace_id: int, request: ImportRequest) -> UploadTrial:
    """Import files and roll everything back; return what the import would do.

    A dry run of the importer keeps no quarantined rows, and people need to see those.
    """
    with transaction.atomic():
        report = import_files(workspace_id=workspace_id, request=request)
        aside = quarantined(batch_id=report.batch) if report.batch is not None else ()
        transaction.set_rollback(True)
    return UploadTrial(report, aside)


def sheet_trial(
    reading: SheetReading,
    choices: Choices,
    *,
    name: str,
    workspace: WorkspaceRecord,
    at: datetime,
) -> SheetTrial:
    """Return what the page shows of a sheet."""
    table = reading.table
    cases, verdicts, within, calendar = _judged(reading, workspace, at)
    desk = desk_export(column.name for column in table.columns)
    return SheetTrial(
        table=table.name,
        tables=tuple(one.name for one in reading.tables),
        columns=_columns(reading),
        questions=tuple(map(_question, reading.questions)),
        states={word: meaning or NOTHING for word, meaning in reading.states.items()},
        zone=reading.zone,
        day_order=choices.day_order or "",
        record=reading.record,
        cases=cases,
        case_count=len(reading.cases),
        verdicts=verdicts,
        left_out=_left_out(reading.left_out),
        set_aside=_set_aside(reading.set_aside),
        within=within,
        calendar=calendar,
        desk=desk.desk if desk else "",
        lacks=in_both_languages(desk.lacks) if desk else None,
        document=document_of(name, table, reading.guess.roles, choices),
    )


def preview(grids: Sequence[CellGrid], sheet: str | None, header_row: int | None) -> GridPreview:
    """Return the first rows of a sheet of a file: of the first one, if it has none of that name."""
    grid = next((grid for grid in grids if grid.name == sheet), grids[0])
    header = header_row or 1
    first = max(1, header - ROWS_ABOVE)
    width = min(grid.width, COLUMNS_SHOWN)
    return GridPreview(
        sheet=grid.name,
        header_row=header,
        letters=tuple(map(column_name, range(width))),
        rows=tuple(
            GridRow(
                row.line,
                (*map(_shown, row.cells[:width]), *[""] * (width - len(row.cells))),
                row.line == header,
            )
            for row in [row for row in grid.rows if row.line >= first][:ROWS_SHOWN]
        ),
    )


def _columns(reading: SheetReading) -> tuple[ColumnGuess, ...]:
    roles = {
        index: role
        for role, found in reading.guess.roles.items()
        for index in found
        if role in OFFERED
    }
    doubtful = {index for found in reading.guess.rivals.values() for index in found}
    return tuple(
        ColumnGuess(
            letter=one.column.letter,
            name=one.column.full_name,
            samples=tuple(map(_shown, one.samples)),
            role=roles.get(one.column.index, ""),
            is_doubtful=one.column.index in doubtful,
        )
        for one in reading.profiles
    )


def _question(question: SheetQuestion) -> AskedQuestion:
    why = in_both_languages(question.why)
    return AskedQuestion(question.name, why, question.choices, question.taken)


def _judged(
    reading: SheetReading, workspace: WorkspaceRecord, at: datetime
) -> tuple[tuple[TrialCase, ...], Mapping[str, int], Words, str]:
    """Judge the cases by the workspace's own promise and hours, if it has any.

    Return the first of them, how many have each verdict, the promise and the calendar's name.
    """
    current = (one for one in judges_of(workspace_id=workspace.id) if one.valid_until is None)
    own = next((one for one in current if one.record == reading.record), None)
    saved = calendars(workspace_id=workspace.id)
    if own is not None:
        definition, hours, name = own.definition, own.calendar, own.calendar_name
    elif saved:
        definition, hours, name = USUAL, saved[0].calendar, saved[0].name
    else:
        definition, hours, name = USUAL, calendar_of(usual_calendar(reading.zone)), ""
    judged = judge(reading.cases, hours, at=at, definition=definition)
    verdicts = list(map(_verdict, judged))
    found = tuple(
        TrialCase(
            row=one.case.row,
            key=one.case.key,
            filed_at=one.case.filed_at,
            answered_at=one.case.answered_at,
            due_at=one.due_at,
            verdict=verdict,
        )
        for one, verdict in zip(judged[:FIRST_CASES], verdicts, strict=False)
    )
    return found, Counter(verdicts), in_both_languages(reading_words(definition)), name


def _verdict(one: JudgedCase) -> str:
    if one.kept is not None:
        return "kept" if one.kept else "missed"
    return "unknown" if one.case.is_over else "paused" if one.due_at is None else "open"


def _left_out(found: Iterable[LeftOut]) -> tuple[ReasonGroup, ...]:
    def reason(row: LeftOut) -> str:
        return row.why.message

    rows = sorted(found, key=lambda row: (reason(row), row.row))
    groups = [list(group) for _, group in groupby(rows, key=reason)]
    groups.sort(key=len, reverse=True)
    return tuple(
        ReasonGroup(
            why=in_both_languages(group[0].why),
            count=len(group),
            rows=tuple(row.row for row in group[:EXAMPLES]),
        )
        for group in groups
    )


def _set_aside(found: Iterable[SetAside]) -> tuple[ReasonGroup, ...]:
    def reason(row: SetAside) -> tuple[str, str]:
        return row.field, row.code

    rows = sorted(found, key=lambda row: (*reason(row), row.row))
    groups = [list(group) for _, group in groupby(rows, key=reason)]
    groups.sort(key=len, reverse=True)
    return tuple(
        ReasonGroup(
            why=in_both_languages(group[0].why),
            count=len(group),
            rows=tuple(row.row for row in group[:EXAMPLES]),
            field=group[0].field,
            code=group[0].code,
            cells=tuple(dict.fromkeys(row.cell[:LONGEST_CELL] for row in group if row.cell))[:3],
            mends=_mends(group[0]),
        )
        for group in groups
    )


def _mends(row: SetAside) -> tuple[str, ...]:
    is_empty = row.field != "filed" and row.code in MENDED_EMPTY
    return ("empty", "leave_out") if is_empty else ("leave_out",)


def _shown(cell: Cell) -> str:
    text = " ".join(cell.split()) if isinstance(cell, str) else f"{cell:%Y-%m-%d %H:%M}"
    return text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…"
