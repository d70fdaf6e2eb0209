"""The trial of an upload: what its files say and what importing them would do, for its page.

It is one JSON document in the upload's folder, since it holds texts.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from shinrai.importers.flatten.work_folder import work_root
from shinrai.importers.models import Upload
from shinrai.importers.queries import QuarantineRecord
from shinrai.importers.run.result import ImportReport
from shinrai.importers.upload.inbox import FILES, folder_of, write_private
from shinrai.units.errors import UserError
from shinrai.units.text import in_both_languages

TRIAL: Final = "trial.json"
Words = Mapping[str, str]  # by language


@dataclass(frozen=True)
class GridRow:
    """A row of the sheet as it stands; `is_header` marks the row that names the columns."""

    line: int
    cells: tuple[str, ...]
    is_header: bool


@dataclass(frozen=True)
class GridPreview:
    """The first rows of a sheet as they stand, around the row that names the columns."""

    sheet: str
    header_row: int
    letters: tuple[str, ...]
    rows: tuple[GridRow, ...]


@dataclass(frozen=True)
class ColumnGuess:
    """A column with some of its values, and the meaning it is read with."""

    letter: str
    name: str
    samples: tuple[str, ...]
    role: str
    is_doubtful: bool


@dataclass(frozen=True)
class AskedQuestion:
    """A question about the sheet, with the value that is taken until somebody answers."""

    name: str
    why: Words
    choices: tuple[str, ...]
    taken: str


@dataclass(frozen=True)
class TrialCase:
    """One case with its due moment and verdict: kept, missed, open, paused, or unknown."""

    row: int
    key: str
    filed_at: datetime
    answered_at: datetime | None
    due_at: datetime | None
    verdict: str


@dataclass(frozen=True)
class ReasonGroup:
    """Rows that are left out or set aside for one reason; `mends` are ways to mend them all."""

    why: Words
    count: int
    rows: tuple[int, ...]
    field: str = ""
    code: str = ""
    cells: tuple[str, ...] = ()
    mends: tuple[str, ...] = ()


@dataclass(frozen=True)
class SheetTrial:
    """A sheet as it was read, as far as its page shows it."""

    table: str
    tables: tuple[str, ...]
    columns: tuple[ColumnGuess, ...]
    questions: tuple[AskedQuestion, ...]
    states: Mapping[str, str]
    zone: str
    day_order: str
    record: str
    cases: tuple[TrialCase, ...]
    case_count: int
    verdicts: Mapping[str, int]  # of all cases
    left_out: tuple[ReasonGroup, ...]
    set_aside: tuple[ReasonGroup, ...]
    within: Words
    calendar: str  # of the workspace; empty: the usual one
    desk: str
    lacks: Words | None
    document: Mapping[str, Any]

    @property
    def named(self) -> list[ColumnGuess]:
        """The columns that have a meaning, or may have one."""
        return [column for column in self.columns if column.role or column.is_doubtful]

    @property
    def unnamed(self) -> list[ColumnGuess]:
        """The columns that have none."""
        return [column for column in self.columns if not (column.role or column.is_doubtful)]


@dataclass(frozen=True)
class UploadTrial:
    """What importing an upload would do; `sheet` where its columns are chosen on the page.

    `preview` is there also where no case was found: perhaps another row is the header.
    """

    report: ImportReport | None = None
    set_aside: tuple[QuarantineRecord, ...] = ()
    sheet: SheetTrial | None = None
    preview: GridPreview | None = None


def save_trial(upload: Upload, trial: UploadTrial) -> None:
    """Store a trial beside the files."""
    write_private(folder_of(upload) / TRIAL, [msgspec.json.encode(trial)])


def load_trial(upload: Upload) -> UploadTrial:
    """Return the trial of an upload; an empty one if there is none."""
    try:
        content = (folder_of(upload) / TRIAL).read_bytes()
        return msgspec.json.decode(content, type=UploadTrial)
    except (OSError, msgspec.DecodeError):
        return UploadTrial()


def refusal_words(error: UserError, upload: Upload) -> dict[str, str]:
    """Return an error's text in both languages, without the paths of our own folders."""
    words = in_both_languages(error.text)
    return {language: _without_our_folders(text, upload) for language, text in words.items()}


def _without_our_folders(words: str, upload: Upload) -> str:
    folder: Path = folder_of(upload)
    for ours in (folder / FILES, folder):
        words = words.replace(f"{ours}/", "")
    return re.sub(rf"{re.escape(str(work_root()))}/[^/\s]+/(?:\d+/)?", "", words)
