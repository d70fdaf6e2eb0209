"""A desk imports its sheet, and next week's; dry runs; real data."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shinrai.accounts.queries import workspace_named, workspaces
from shinrai.importers.mapping_files import load_mapping
from shinrai.importers.models import Observation
from shinrai.importers.operations import (
    import_into,
)
from shinrai.importers.rules.observation.packed_rows import unpack
from shinrai.importers.run.plan import find_mapping
from shinrai.importers.run.request import ImportRequest
from shinrai.ledger.models import Batch, Case, Step
from shinrai.privacy.models import SealedWords
from tests.importers.desk import (
    ANSWERED,
    EXAMPLE,
    FILED,
    NOON,
    SHEET,
    Desk,
)

pytestmark = pytest.mark.django_db

Write = Callable[..., Path]


class TestTheFortyRowSheet:
    def test_is_whole_and_twice_changes_nothing(self, desk: Desk) -> None:
        first = desk.bring("investigations_sheet_ja", EXAMPLE / "chousa_irai_2026.csv")
        again = desk.bring("investigations_sheet_ja", EXAMPLE / "chousa_irai_2026.xlsx")

        assert first.counts.investigations == first.counts.rows == 40
        assert (first.counts.quarantined, first.counts.corrected) == (0, 0)
        assert again.counts.steps == again.counts.corrected == 0
        assert again.counts.unchanged == first.counts.steps

    def test_one_status_contradicts_its_dates(self, desk: Desk) -> None:
        report = desk.bring("investigations_sheet_ja", EXAMPLE / "chousa_irai_2026.csv")

        assert [(flag.code, flag.count) for flag in report.flags] == [("status_contradicts", 1)]
        assert report.flags[0].examples[0].startswith("CRE-035")

    def test_a_case_sent_back_twice_is_told_in_order(self, desk: Desk) -> None:
        desk.bring("investigations_sheet_ja", EXAMPLE / "chousa_irai_2026.csv")

        told = desk.told("CRE-015")

        assert [(step[1].astimezone(UTC).strftime("%m-%d %H:%M"), step[2]) for step in told] == [
            ("06-18 01:40", "filed"),
            ("06-19 06:00", "sent_back"),
            ("06-22 00:30", "resubmitted"),
            ("06-23 05:00", "sent_back"),
            ("06-24 01:45", "resubmitted"),
            ("06-24 06:30", "answered"),
            ("06-24 06:30", "finding"),
        ]
        assert told[0][7].splitlines()[0] == "写真で丸つけがうまくいかない"
        assert told[-1][6] == {"verdict": "environment"}
        assert told[0][3] == "森下"

    def test_no_word_and_no_name_lies_open(self, desk: Desk) -> None:
        desk.bring("investigations_sheet_ja", EXAMPLE / "chousa_irai_2026.csv")

        open_text = repr(
            [
                *Observation.objects.values_list("words", "doubts"),
                *(unpack(said) for said in Observation.objects.values_list("said", flat=True)),
                *Step.objects.values_list("detail", "by", "source_key"),
            ]
        )

        for word in ("森下", "髙橋", "連続記録", "hanako", "U-1048213", "法務"):
            assert word not in open_text

    def test_the_mapping_is_guessed_from_its_columns(self) -> None:
        assert find_mapping([EXAMPLE / "chousa_irai_2026.xlsx"]).name == "investigations_sheet_ja"


class TestNextWeeksSheet:
    def test_a_filled_cell_is_a_step_at_its_own_time(self, desk: Desk, write: Write) -> None:
        desk.bring(SHEET, write(FILED))
        report = desk.bring(SHEET, write(ANSWERED), at=NOON + timedelta(days=7))

        assert (report.counts.steps, report.counts.unchanged, report.counts.corrected) == (1, 1, 0)
        answered = Step.objects.get(kind="answered")
        assert answered.at == datetime(2026, 6, 4, 8, 20, tzinfo=UTC)
        assert answered.recorded_at == NOON + timedelta(days=7)

    def test_a_changed_cell_is_corrected(self, desk: Desk, write: Write) -> None:
        desk.bring(SHEET, write(ANSWERED))
        later = (*ANSWERED[:-1], "2026/6/5 9:00")

        report = desk.bring(SHEET, write(later))

        assert (report.counts.steps, report.counts.corrected) == (0, 1)
        correction = Step.objects.get(kind="corrected")
        assert correction.corrects == Step.objects.get(kind="answered").pk
        assert correction.detail["instead"] == "answered"
        assert desk.told("1")[-1][1] == datetime(2026, 6, 5, tzinfo=UTC)

    def test_an_emptied_cell_takes_its_step_away_and_may_bring_it_back(
        self, desk: Desk, write: Write
    ) -> None:
        desk.bring(SHEET, write(ANSWERED))
        desk.bring(SHEET, write(FILED))
        assert desk.kinds("1") == ["filed"]

        report = desk.bring(SHEET, write(ANSWERED))

        assert desk.kinds("1") == ["filed", "answered"]
        assert (report.counts.steps, report.counts.corrected) == (0, 1)

    def test_a_row_that_is_missing_says_nothing(self, desk: Desk, write: Write) -> None:
        desk.bring(SHEET, write(ANSWERED, ("2", *FILED[1:])))
        report = desk.bring(SHEET, write(("2", *FILED[1:])))

        assert report.counts.corrected == 0
        assert desk.kinds("1") == ["filed", "answered"]

    def test_words_that_did_not_change_are_not_sealed_again(self, desk: Desk, write: Write) -> None:
        desk.bring(SHEET, write(FILED))
        before = set(SealedWords.objects.values_list("id", flat=True))

        desk.bring(SHEET, write(ANSWERED))
        assert set(SealedWords.objects.values_list("id", flat=True)) == before

        desk.bring(SHEET, write((*ANSWERED[:4], "全部消えた", *ANSWERED[5:])))
        assert desk.told("1")[0][7] == "全部消えた"

    def test_a_customer_learnt_later_takes_over_the_words(self, desk: Desk, write: Write) -> None:
        desk.bring(SHEET, write(("1", "未", *FILED[2:])))
        alone = Case.objects.get()
        desk.bring(SHEET, write(FILED))
        known = Case.objects.get()

        assert alone.customer_id is None
        assert known.customer_id is not None
        assert known.key_id != alone.key_id
        assert desk.told("1")[0][7] == "消えた"
        words = Step.objects.get(kind="filed").words_id
        assert SealedWords.objects.get(pk=words).key_id == known.key_id


class TestDryRuns:
    def test_say_what_would_come_and_keep_nothing(self, desk: Desk, write: Write) -> None:
        report = desk.bring(SHEET, write(FILED, ("2", "", "昨日", *FILED[3:])), dry_run=True)

        assert report.batch is None
        assert [(row.line, row.field) for row in report.set_aside] == [(3, "起票")]
        assert report.counts.steps == 1
        assert not Batch.objects.exists()
        assert not Case.objects.exists()
        assert not SealedWords.objects.exists()

    def test_open_no_workspace(self, write: Write) -> None:
        import_into(
            workspace="cre",
            request=ImportRequest(
                mapping=load_mapping("investigations_sheet_ja"),
                paths=(EXAMPLE / "chousa_irai_2026.csv",),
                is_dry=True,
                at=NOON,
                by="test",
            ),
        )

        assert workspaces() == ()


class TestRealData:
    def test_opens_a_workspace_in_the_sheets_zone(self) -> None:
        import_into(
            workspace="cre",
            request=ImportRequest(paths=(EXAMPLE / "chousa_irai_2026.csv",), at=NOON, by="test"),
        )

        opened = workspace_named("cre")
        assert (opened.zone, opened.language, opened.is_simulated) == ("Asia/Tokyo", "ja", False)

    def test_ends_a_simulation(self, desk: Desk, write: Write) -> None:
        assert not desk.bring(SHEET, write(FILED)).became_real
        assert workspace_named("desk").is_simulated

        report = desk.bring(SHEET, write(ANSWERED), simulated=False)

        assert report.became_real
        assert not workspace_named("desk").is_simulated
