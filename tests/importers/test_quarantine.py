"""What cannot be read is set aside or refused, saying what, where and what to do next."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.apps import apps
from django.db import OperationalError
from openpyxl import Workbook
from psycopg.errors import DiskFull

from shinrai.importers.commands import import_
from shinrai.importers.models import QuarantinedRow
from shinrai.importers.queries import quarantined
from shinrai.importers.rules.mapping.node import BadMapping
from shinrai.importers.run.lock import DatabaseFailed
from shinrai.importers.run.plan import NoMappingFits, NoZone, find_mapping
from shinrai.importers.tables.table import UnreadableTable
from shinrai.ledger.models import Batch
from tests.importers.desk import ANSWERED, COLUMNS, EXAMPLE, FILED, FORUM, SHEET, Desk, sheet

pytestmark = pytest.mark.django_db

Write = Callable[..., Path]


class TestRowsSetAside:
    def test_none_is_lost_and_each_says_why(self, desk: Desk, write: Write) -> None:
        path = write(
            FILED,
            ("1", *FILED[1:]),
            ("2", "", "2026/2/30 9:00", *FILED[3:]),
            ("3", "", "", *FILED[3:]),
            ("", "", "2026/6/2 9:00", *FILED[3:]),
            ("4", *FILED[1:], "one cell too many"),
        )

        report = desk.bring(SHEET, path)

        assert (report.counts.rows, report.counts.investigations) == (6, 1)
        assert report.counts.quarantined == 5
        assert report.batch is not None
        aside = quarantined(batch_id=report.batch)
        found = {row.line: (row.field, row.reason["en"]) for row in aside}
        assert found[3] == ("番号", found[3][1])
        assert "line 2" in found[3][1]
        assert found[4][0] == "起票"
        assert "cannot be" in found[4][1]
        assert "nothing was filed" in found[5][1]
        assert "key is empty" in found[6][1]
        assert "9 cells where the header has 8" in found[7][1]
        assert [row.reason["ja"] for row in aside] == [
            "同じキーがこのファイルの 2 行目にもあります。どちらかが誤りです",
            "このような日時はありません",
            "セルが空です。この日時がないと、できごと filed を記録できません",
            "キーが空なので、どの案件の行か分かりません",
            "見出しは 8 列ですが、この行は 9 列です。セルの中に区切り文字がありませんか",
        ]

    def test_the_row_itself_is_sealed_and_can_be_shown(self, desk: Desk, write: Write) -> None:
        report = desk.bring(SHEET, write(("2", "", "昨日", "森下", "秘密", "", "", "")))

        assert report.batch is not None
        assert "秘密" not in repr(list(QuarantinedRow.objects.values()))
        [row] = quarantined(batch_id=report.batch, with_rows=True)
        assert "秘密" in (row.row or "")

    @pytest.mark.parametrize(
        ("language", "why"),
        [("en", "the cell is no moment in any of"), ("ja", "セルが、対応表のどの日時の書式にも")],
    )
    def test_the_command_says_why_in_the_language_asked_for(
        self, desk: Desk, write: Write, language: str, why: str
    ) -> None:
        report = desk.bring(SHEET, write(("2", "", "昨日", *FILED[3:])))
        asked = ["quarantine", str(report.batch), "--lang", language]

        shown = CliRunner().invoke(import_, asked)
        document = CliRunner().invoke(import_, [*asked, "--json"])

        assert why in shown.output
        assert ": 昨日" in shown.output
        [row] = json.loads(document.output)["rows"]
        assert "is no moment in any" in row["reason"]
        assert "書式にも合いません" in row["reason_ja"]
        assert report.as_json()["set_aside"][0]["reason_ja"] == row["reason_ja"]

    def test_reasons_of_old_that_repeat_a_cell_are_rewritten(
        self, desk: Desk, write: Write
    ) -> None:
        desk.bring(SHEET, write(("2", "", "昨日", *FILED[3:]), ("", "", "昨日", *FILED[3:])))
        first, second = QuarantinedRow.objects.order_by("line")
        old = "'hanako@example.jp' is no moment in any of the mapping's formats: iso"
        QuarantinedRow.objects.filter(pk=first.pk).update(reason={"en": old, "ja": old})

        import_module("shinrai.importers.migrations.0006_reasons_without_cells").drop_cells(
            apps, None
        )

        assert "hanako" not in repr(list(QuarantinedRow.objects.values("reason")))
        assert QuarantinedRow.objects.get(pk=second.pk).reason == second.reason

    def test_the_same_key_in_the_next_file_is_the_same_case(self, desk: Desk, write: Write) -> None:
        report = desk.bring(SHEET, write(FILED), write(ANSWERED))

        assert report.counts.quarantined == 0
        assert report.counts.investigations == 1
        assert desk.kinds("1") == ["filed", "answered"]


class TestDatesWithoutATime:
    def test_a_workbooks_bare_date_is_midnight_and_flagged(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        book = Workbook()
        page = book.active
        assert page is not None
        page.append(list(COLUMNS))
        page.append(["1", "U-1", datetime(2026, 6, 2), "森下", "消えた", None, None, None])
        book.save(tmp_path / "s.xlsx")

        report = desk.bring(SHEET, tmp_path / "s.xlsx")

        assert [(flag.code, flag.count) for flag in report.flags] == [("no_time_of_day", 1)]
        assert desk.told("1")[0][1] == datetime(2026, 6, 1, 15, tzinfo=UTC)


class TestWhatIsRefused:
    def test_a_missing_column_names_those_that_are_there(self, desk: Desk, tmp_path: Path) -> None:
        path = sheet(tmp_path / "s.csv", ("1", "x"), columns=("番号", "起票日"))

        with pytest.raises(BadMapping) as error:
            desk.bring(SHEET, path)

        assert "no column '起票'" in str(error.value)
        assert "did you mean '起票日'" in str(error.value)
        assert not Batch.objects.exists()

    def test_a_table_without_a_zone_waits_for_one(self, desk: Desk, write: Write) -> None:
        text = SHEET.replace("zone: Asia/Tokyo", "zone: ask")
        with pytest.raises(NoZone, match="--zone, such as Asia/Tokyo"):
            desk.bring(text, write(FILED))

        desk.bring(text, write(FILED), zone="UTC")

        assert desk.told("1")[0][1] == datetime(2026, 6, 2, 11, tzinfo=UTC)

    def test_a_cell_without_an_offset_is_set_aside(self, desk: Desk, tmp_path: Path) -> None:
        columns = ("id", "who", "asked", "text")
        asked = sheet(
            tmp_path / "questions.csv",
            ("1", "ann", "2026-06-02 11:00", "?"),
            ("2", "ben", "2026-06-02 11:00+09:00", "?"),
            columns=columns,
        )

        report = desk.bring(FORUM, asked)

        assert (report.counts.inquiries, report.counts.quarantined) == (1, 1)

    def test_a_truncated_workbook_leaves_nothing_behind(self, desk: Desk, tmp_path: Path) -> None:
        path = tmp_path / "s.xlsx"
        path.write_bytes((EXAMPLE / "chousa_irai_2026.xlsx").read_bytes()[:5000])

        with pytest.raises(UnreadableTable):
            desk.bring("investigations_sheet_ja", path)

        assert not Batch.objects.exists()

    def test_columns_nobody_knows_are_listed(self, tmp_path: Path) -> None:
        with pytest.raises(NoMappingFits, match="a, b"):
            find_mapping([sheet(tmp_path / "s.csv", columns=("a", "b"))])

    def test_a_full_disk_says_so_and_goes_on_later(
        self, desk: Desk, write: Write, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object, **__: object) -> None:
            raise OperationalError("could not extend file") from DiskFull("no space")

        path = write(FILED)
        with monkeypatch.context() as patch:
            patch.setattr("shinrai.importers.run.derivation_phase.copy_steps", full)
            with pytest.raises(DatabaseFailed, match="disk of the database is full"):
                desk.bring(SHEET, path)
        assert desk.told() == []

        report = desk.bring(SHEET, path)

        assert report.is_resumed
        assert desk.kinds("1") == ["filed"]


def test_a_table_nobody_knows_is_refused_in_the_readers_language(tmp_path):
    path = tmp_path / "unknown.csv"
    path.write_text("a,b\n1,2\n", "utf-8")

    with pytest.raises(NoMappingFits) as caught:
        find_mapping([path])

    assert "no shipped mapping" in caught.value.text["en"]
    assert "合う対応表がありません" in caught.value.text["ja"]
    assert str(caught.value) == caught.value.text["en"]
