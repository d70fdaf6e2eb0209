"""The sheet of forty investigations: its two files agree, and so do the pencil and the engine."""

import csv
import io
import runpy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from openpyxl import load_workbook

from shinrai.calendars.rules.business_time import due_by_close, effective
from shinrai.calendars.rules.document import read_calendar

EXAMPLE = Path(__file__).parents[2] / "examples" / "investigations_ja"
TOKYO = ZoneInfo("Asia/Tokyo")
FRIDAY_NOON = datetime(2026, 11, 20, 12, tzinfo=TOKYO)


def read_sheet() -> list[list[str]]:
    text = (EXAMPLE / "chousa_irai_2026.csv").read_bytes().decode("cp932")
    return list(csv.reader(io.StringIO(text, newline="")))


def read_worked() -> list[dict[str, str]]:
    with (EXAMPLE / "worked_by_hand.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO) if text else None


def pauses(text: str) -> list[tuple[datetime, datetime | None]]:
    pairs = (pause.split("/") for pause in text.split(";") if pause)
    return [(start, moment(end)) for begin, end in pairs if (start := moment(begin))]


def excel_date(text: str) -> datetime:
    return datetime.strptime(text, "%Y/%m/%d %H:%M")  # noqa: DTZ007  cells carry no zone


@pytest.fixture(scope="module")
def maker() -> dict[str, Any]:
    return runpy.run_path(str(EXAMPLE / "make_sheet.py"))


@pytest.fixture(scope="module")
def office() -> Any:
    return read_calendar(yaml.safe_load((EXAMPLE / "calendar.yaml").read_text(encoding="utf-8")))


class TestTheTwoFiles:
    def test_are_what_the_rows_give(self, maker: dict[str, Any]) -> None:
        rows = maker["read_rows"]()

        assert maker["csv_bytes"](rows) == (EXAMPLE / "chousa_irai_2026.csv").read_bytes()
        assert maker["xlsx_bytes"](rows) == maker["xlsx_bytes"](rows)

    def test_say_the_same_in_every_cell(self) -> None:
        sheet = load_workbook(EXAMPLE / "chousa_irai_2026.xlsx").active
        assert sheet is not None
        header, *rows = read_sheet()
        headings, *cells = sheet.iter_rows(values_only=True)

        assert list(headings) == header
        for row, typed in zip(cells, rows, strict=True):
            for cell, text in zip(row, typed, strict=True):
                if isinstance(cell, datetime):
                    assert cell == excel_date(text)
                else:
                    assert (cell or "") == text

    def test_hold_what_only_windows_can_write(self) -> None:
        raw = (EXAMPLE / "chousa_irai_2026.csv").read_bytes()

        assert "髙".encode("cp932") in raw
        assert raw.count(b"\r\n") == 1 + 40
        with pytest.raises(UnicodeDecodeError):
            raw.decode("shift_jis")


class TestThePencil:
    def test_worked_every_row_once(self) -> None:
        assert [row["case"] for row in read_worked()] == [row[0] for row in read_sheet()[1:]]

    @pytest.mark.parametrize("row", read_worked(), ids=lambda row: row["case"])
    def test_agrees_with_the_engine(self, row: dict[str, str], office: Any) -> None:
        filed_at = moment(row["filed_at"])
        assert filed_at is not None

        assert effective(office, filed_at) == moment(row["effective_at"])
        assert due_by_close(office, filed_at, 2, pauses(row["pauses"])) == moment(row["due_at"])

    @pytest.mark.parametrize("row", read_worked(), ids=lambda row: row["case"])
    def test_draws_its_verdict_from_its_own_moments(self, row: dict[str, str]) -> None:
        due_at, answered_at = moment(row["due_at"]), moment(row["answered_at"])
        withdrawn_at, exempted_at = moment(row["withdrawn_at"]), moment(row["exempted_at"])
        by_then = due_at or datetime.max.replace(tzinfo=UTC)
        if exempted_at and exempted_at < by_then:
            verdict = "exempt"
        elif withdrawn_at:
            verdict = "void" if withdrawn_at < by_then else "missed"
        elif answered_at:
            verdict = "kept" if answered_at <= by_then else "missed"
        elif due_at is None:
            verdict = "paused"
        else:
            verdict = "overdue" if due_at < FRIDAY_NOON else "running"

        assert row["verdict"] == verdict
