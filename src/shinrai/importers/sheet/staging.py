"""The one table that every sheet becomes: known columns, moments in UTC, one row a case.

It is read once more, by the importer. Rows that could not be read go with their reason, so that the
importer keeps them sealed and counts them; rows that are no cases are left out.
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from shinrai.importers.flatten.csv_tables import RAW, as_cell
from shinrai.importers.mapping_files import shipped_mapping
from shinrai.importers.rules.mapping.definition import Mapping
from shinrai.importers.sheet.cases import FACTS, SetAside, SheetCase
from shinrai.importers.sheet.cell_words import verdict_of
from shinrai.importers.sheet.reading import SheetReading

PAUSES: Final = 4  # of each kind, the most a sheet has columns for
MAPPINGS: Final = {"investigation": "sheet_investigations", "inquiry": "sheet_inquiries"}
COLUMNS: Final = (
    *("case_key", "filed_at", "answered_at", "withdrawn_at", "state", "verdict", "text", "refused"),
    *(f"{name}_{n}" for n in range(1, PAUSES + 1) for name in ("sent_back", "resubmitted")),
    *(f"{name}_{n}" for n in range(1, PAUSES + 1) for name in ("waiting", "resumed")),
    *FACTS,
    "cells",
    *RAW,
)
STATES: Final = {"done": "answered", "sent_back": "sent_back", "withdrawn": "withdrawn"}


@dataclass(frozen=True)
class StagedSheet:
    """A sheet as a table that the importer reads, and the mapping that reads it."""

    path: Path
    mapping: Mapping


def stage(reading: SheetReading, folder: Path, *, file: str, source: str) -> StagedSheet:
    """Write a sheet's cases and its unreadable rows as a table.

    `file` is the name of the sheet's file; `source` is the name under which its cases keep their
    identity when the sheet comes again.
    """
    path = folder / "sheet.csv"
    with path.open("w", encoding="utf-8", newline="") as target:
        out = csv.DictWriter(target, COLUMNS, restval="", lineterminator="\n")
        out.writeheader()
        for row in _rows(reading):
            out.writerow({name: as_cell(cell) for name, cell in row.items()} | {RAW[0]: file})
    return StagedSheet(path, mapping_for(reading.record, source))


def mapping_for(record: str, source: str) -> Mapping:
    """Return the shipped mapping that reads staged sheets, with the identity of this one."""
    mapping = shipped_mapping(MAPPINGS[record])
    return replace(mapping, source=source, document={**mapping.document, "source": source})


def _rows(reading: SheetReading) -> Iterator[dict[str, object]]:
    lines = {row.line: row.cells for row in reading.table.rows}
    for row in reading.rows:
        if isinstance(row, SheetCase):
            yield _case(row)
        elif isinstance(row, SetAside):
            cells = [cell if isinstance(cell, str) else str(cell) for cell in lines[row.row]]
            yield {
                "case_key": row.cell if row.field == "key" else f"row {row.row}",
                "refused": f"{row.code} {row.field}",
                "cells": json.dumps(cells, ensure_ascii=False),
                RAW[1]: row.row,
            }


def _case(case: SheetCase) -> dict[str, object]:
    row: dict[str, object] = {
        "case_key": case.key,
        "filed_at": case.filed_at,
        "answered_at": case.answered_at,
        "withdrawn_at": case.withdrawn_at or _ended_at(case),
        "state": STATES.get(case.state or "", "open"),
        "verdict": verdict_of(case.verdict),
        "text": case.text,
        RAW[1]: case.row,
        **case.facts,
    }
    for kind, end in (("sent_back", "resubmitted"), ("waiting", "resumed")):
        found = [pause for pause in case.pauses if pause[2] == kind][:PAUSES]
        for number, (since, until, _) in enumerate(found, start=1):
            row[f"{kind}_{number}"] = since
            row[f"{end}_{number}"] = until
    return row


def _ended_at(case: SheetCase) -> datetime | None:
    """Return the last known moment of a case that was withdrawn at a moment nobody wrote down."""
    if not (case.is_unknown and case.state == "withdrawn"):
        return None
    return max(
        moment
        for pause in ((case.filed_at,), *(p[:2] for p in case.pauses))
        for moment in pause
        if moment is not None
    )
