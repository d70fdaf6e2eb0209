"""A sheet that people keep, imported: what was shown before it counted is what counts after."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shinrai.accounts.queries import workspace_named
from shinrai.importers.queries import quarantined
from shinrai.importers.sheet.choices import choices_of
from shinrai.importers.sheet.grid import read_grids
from shinrai.importers.sheet.operations import TrySheet, try_sheet
from shinrai.importers.sheet.promise import calendar_of, judge, usual_calendar
from shinrai.importers.sheet.reading import SheetReading, read_sheet
from shinrai.ledger.models import Case
from shinrai.ledger.queries import steps_of
from shinrai.objectives.queries.lines import clocks_of_case

pytestmark = pytest.mark.django_db

SHEETS = Path(__file__).parent / "sheets"
AT = datetime(2027, 1, 15, 3, tzinfo=UTC)  # Friday, noon in Tokyo


def reading_of(name: str) -> SheetReading:
    expected = json.loads((SHEETS / name / "expected.json").read_text("utf-8"))
    choices = choices_of(expected["answers"])
    return read_sheet(read_grids(SHEETS / name / expected["file"]), choices, at=AT)


@pytest.mark.parametrize(
    "name",
    [
        "states_and_send_backs",
        "google_forms_japanese",
        "sent_back_twice",
        "totals_notes_and_sections",
    ],
)
def test_the_due_times_shown_before_are_those_that_count(name: str) -> None:
    """Every case of the sheet has the due moment and the verdict it was shown with."""
    reading = reading_of(name)
    calendar = usual_calendar(reading.zone)

    opened = try_sheet(
        request=TrySheet(reading, calendar, file=f"{name}.csv", language="ja"), at=AT, by="sato"
    )

    workspace = workspace_named(opened.workspace)
    shown = {one.case.key: one for one in judge(reading.cases, calendar_of(calendar), at=AT)}
    kept = {"kept": True, "missed": False, "overdue": False}
    for case in Case.objects.filter(workspace_id=workspace.id):
        [line] = clocks_of_case(workspace_id=workspace.id, case_id=case.pk, at=AT)
        assert line.row.due_at == shown[case.source_key].due_at
        assert kept.get(line.state) == shown[case.source_key].kept
    assert Case.objects.filter(workspace_id=workspace.id).count() == len(shown) > 3


def test_rows_that_cannot_be_read_are_kept_sealed_with_their_reason() -> None:
    reading = reading_of("key_repeated")

    opened = try_sheet(
        request=TrySheet(reading, usual_calendar("Asia/Tokyo"), file="q.csv", language="en"),
        at=AT,
        by="sato",
    )

    [row] = quarantined(batch_id=opened.batch)
    assert (row.line, row.field) == (7, "key")
    assert row.reason["en"] == "another row has the same key, and says something else"


def test_a_score_beside_an_inquiry_is_its_rating(tmp_path: Path) -> None:
    """Kaede gave a 4 for the answer of Thursday 5 November; Ren said nothing."""
    file = tmp_path / "desk.csv"
    file.write_text(
        "No,Created,Solved,Satisfaction score\n"
        "1,2026-11-02 10:00,2026-11-05 12:00,4\n"
        "2,2026-11-04 10:00,2026-11-06 12:00,\n",
        encoding="utf-8",
    )
    reading = read_sheet(read_grids(file), choices_of({"record": "inquiry"}), at=AT)

    opened = try_sheet(
        request=TrySheet(reading, usual_calendar("UTC"), file="desk.csv", language="en"),
        at=AT,
        by="sato",
    )

    cases = Case.objects.filter(workspace_id=opened.workspace_id).order_by("source_key")
    steps = steps_of([case.pk for case in cases], workspace_id=opened.workspace_id)
    rated = [[s.detail["score"] for s in steps[case.pk] if s.kind == "rated"] for case in cases]
    assert rated == [["4"], []]


@pytest.mark.parametrize(
    "names",
    [
        ("画面", "アプリのバージョン", "機種", "エラーコード"),
        ("Screen", "App version", "Device", "Error code"),
    ],
)
@pytest.mark.parametrize("record", ["inquiry", "investigation"])
def test_columns_of_facts_come_with_the_opening(names, record: str, tmp_path: Path) -> None:
    """What a product engineer needs to reproduce Kaede's case of Monday 2 November."""
    file = tmp_path / "facts.csv"
    file.write_text(
        f"番号,受付日時,内容,回答日時,{','.join(names)}\n"
        "1,2026-11-02 10:00,音が出ません,2026-11-05 10:00,再生,Ver. 3.1,Pixel 8,E-104\n"
        "2,2026-11-03 10:00,画面が白い,2026-11-06 10:00,,,,\n",
        "utf-8",
    )
    reading = read_sheet(read_grids(file), choices_of({"record": record}), at=AT)

    opened = try_sheet(
        request=TrySheet(reading, usual_calendar("Asia/Tokyo"), file="q.csv", language="ja"),
        at=AT,
        by="sato",
    )

    workspace = workspace_named(opened.workspace)
    case = Case.objects.get(workspace_id=workspace.id, source_key="1")
    first = steps_of([case.pk], workspace_id=workspace.id)[case.pk][0]
    facts = {
        name: first.detail.get(name) for name in ("screen", "version", "device", "last_failure")
    }
    assert facts == {
        "screen": "再生",
        "version": "Ver. 3.1",
        "device": "Pixel 8",
        "last_failure": "E-104",
    }
