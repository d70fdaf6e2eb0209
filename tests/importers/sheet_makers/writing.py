"""A sheet under way: its rows as cells, and what is right to say about each."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.importers.sheet_makers.business_days import Hours, due, moment

SHEETS = Path(__file__).parents[1] / "sheets"
DRAWN_UP = datetime(2026, 12, 1)


class Case(NamedTuple):
    """One case as a person reads it; moments are wall time, a bare date has no time."""

    key: str | None
    text: str
    filed: str
    answered: str = ""
    back: tuple[tuple[str, str], ...] = ()
    withdrawn: str = ""
    who: str = ""


class Sheet:
    """Rows in order. `line` turns a case into the cells of its row."""

    def __init__(
        self,
        name: str,
        line: Callable[[Case], Sequence[Any]],
        *,
        zone: str = "Asia/Tokyo",
        hours: Hours | None = None,
        at: str = "2027-01-15 12:00",
        answers: dict[str, str] | None = None,
        **stated: Any,
    ) -> None:
        self.name, self.line, self.zone = name, line, zone
        self.hours = hours or Hours(zone)
        self.at = moment(zone, at)
        self.answers = {"zone": zone} if answers is None else answers
        self.stated = stated
        self.rows: list[list[Any]] = []
        self.cases: list[tuple[int, Case]] = []
        self.left: list[int] = []
        self.aside: list[tuple[int, str]] = []
        self.mentioned: list[int] = []

    # --- rows ---------------------------------------------------------------------------

    def add(self, *cells: Any) -> int:
        """Add a title, a header, a blank row, or one of another table; return its number."""
        self.rows.append(list(cells))
        return len(self.rows)

    def add_cases(self, *cases: Case) -> None:
        for case in cases:
            self.cases.append((self.add(*self.line(case)), case))

    def add_left_out(self, *cells: Any) -> int:
        """Add a row that is no case: a total, a note, the heading of a section."""
        self.left.append(self.add(*cells))
        return self.left[-1]

    def add_set_aside(self, case: Case, field: str) -> None:
        """Add a case of which one cell cannot be read."""
        self.aside.append((self.add(*self.line(case)), field))

    # --- right answers ------------------------------------------------------------------

    def expected(self, file: str, numbers: Sequence[int]) -> dict[str, Any]:
        """Say what is right; `numbers` has the row of the file for each row here."""
        return {
            "file": file,
            "zone": self.zone,
            "at": self.at.isoformat(),
            "answers": self.answers,
            **self.stated,
            "cases": [self._case(numbers[row - 1], case) for row, case in self.cases],
            "left_out": [numbers[row - 1] for row in self.left],
            "set_aside": [{"row": numbers[row - 1], "field": field} for row, field in self.aside],
            "mentioned": [numbers[row - 1] for row in self.mentioned],
        }

    def _case(self, row: int, case: Case) -> dict[str, Any]:
        filed = self._moment(case.filed)
        answered = self._moment(case.answered)
        pauses = [(self._moment(start), self._moment(end)) for start, end in case.back]
        assert filed is not None
        due_at = due(self.hours, filed, [(start, end) for start, end in pauses if start])
        if case.withdrawn:
            kept = None
        elif answered is not None:
            assert due_at is not None
            kept = answered <= due_at
        else:
            kept = False if due_at is not None and due_at < self.at else None
        return {
            "row": row,
            **({"key": case.key} if case.key is not None else {}),
            "filed_at": self._said(case.filed),
            "answered_at": self._said(case.answered),
            "sent_back": [[self._said(start), self._said(end)] for start, end in case.back],
            # whether a case that was withdrawn in time is due is a matter of words
            **({} if case.withdrawn else {"due_at": due_at.isoformat() if due_at else None}),
            "kept": kept,
        }

    def _moment(self, words: str) -> datetime | None:
        return moment(self.zone, words) if words else None

    def _said(self, words: str) -> str | None:
        if not words or len(words) == 10:
            return words or None
        return moment(self.zone, words).isoformat()

    # --- files --------------------------------------------------------------------------

    def save_text(
        self,
        file: str,
        *,
        encoding: str = "utf-8",
        delimiter: str = ",",
        quoting: Any = csv.QUOTE_MINIMAL,
        end: str = "\r\n",
    ) -> None:
        """Write rows as text; a row's number is the line on which it starts."""
        numbers, line, parts = [], 1, []
        for cells in self.rows:
            out = io.StringIO()
            writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=end)
            if cells:
                writer.writerow(["" if cell is None else cell for cell in cells])
            else:
                out.write(end)
            numbers.append(line)
            parts.append(out.getvalue())
            line += out.getvalue().count("\n")
        self._save(file, "".join(parts).encode(encoding), numbers)

    def fill(self, page: Worksheet) -> None:
        for number, cells in enumerate(self.rows, 1):
            for column, cell in enumerate(cells, 1):
                if cell is not None and cell != "":
                    page.cell(number, column, cell)

    def save_book(
        self, file: str, book: Workbook, *, change: Callable[[bytes], bytes] = bytes
    ) -> None:
        book.properties.created = book.properties.modified = DRAWN_UP
        out = io.BytesIO()
        book.save(out)
        self._save(file, change(same_bytes(out.getvalue())), range(1, len(self.rows) + 1))

    def _save(self, file: str, content: bytes, numbers: Sequence[int]) -> None:
        save(self.name, file, content, self.expected(file, numbers))


def same_bytes(workbook: bytes) -> bytes:
    """Take the moment of writing out of a workbook: the same rows give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            content = re.sub(
                rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2026-12-01T00:00:00Z", old.read(part)
            )
            new.writestr(zipfile.ZipInfo(part.filename), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def save(name: str, file: str, content: bytes, expected: dict[str, Any]) -> None:
    folder = SHEETS / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / file).write_bytes(content)
    words = json.dumps(expected, ensure_ascii=False, indent=1)
    (folder / "expected.json").write_text(words + "\n", encoding="utf-8")


def book_of(sheet: Sheet, title: str) -> tuple[Workbook, Worksheet]:
    """Begin a workbook with the sheet's rows on its first page."""
    book = Workbook()
    page = book.worksheets[0]
    page.title = title
    sheet.fill(page)
    return book, page


def date_of(words: str) -> datetime | str:
    return datetime.fromisoformat(words) if words else ""


def shown(pattern: str) -> Callable[[str], str]:
    """Write a moment in strftime's pattern; `~m` and the like have no leading zero."""

    def write(words: str) -> str:
        if not words:
            return ""
        at = datetime.fromisoformat(words)
        text = pattern
        for sign, number in (
            ("~m", at.month), ("~d", at.day), ("~H", at.hour), ("~I", at.hour % 12 or 12),
            ("~R", at.year - 2018),
        ):  # fmt: skip
            text = text.replace(sign, str(number))
        return at.strftime(text)

    return write
