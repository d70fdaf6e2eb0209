"""A report adds up, says how sure it is, and reads the same as page, HTML, Markdown and JSON."""

import json
from datetime import date

import pytest
import time_machine
from click.testing import CliRunner
from django.utils import translation

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.reports.commands.report import report as command
from shinrai.reports.queries.documents import report_document, report_markdown, report_plain
from shinrai.reports.queries.laid_out import sentence_of
from shinrai.reports.queries.period import period_report
from shinrai.reports.queries.records import PeriodReport
from shinrai.reports.queries.sheet import report_sheet
from shinrai.reports.rules.periods import BadPeriod, between
from shinrai.units.share import Share
from shinrai.units.unknown import Unknown
from shinrai.warehouse.store import Warehouse
from tests.cast import Cast
from tests.desk.stage import NOW, open_desk, tokyo
from tests.reports.prepared import answered

pytestmark = [pytest.mark.django_db]
JUNE_1, JUNE_9, JUNE_30 = date(2026, 6, 1), date(2026, 6, 9), date(2026, 6, 30)


@pytest.fixture
def desk(cast: Cast, settings, tmp_path) -> WorkspaceRecord:
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    open_desk(cast.simulated)
    return cast.simulated


def reported(desk: WorkspaceRecord, settings, first: date, last: date, at=NOW) -> PeriodReport:
    warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
    period = between(first, last)
    return period_report(workspace=desk, period=period, at=at, warehouse=warehouse)


class TestPeriod:
    def test_weeks_add_up_to_the_whole(self, desk, settings) -> None:
        found = reported(desk, settings, JUNE_1, JUNE_30, at=tokyo(1, 12, month=7))

        [section] = found.sections
        whole = section.report.standing.attained.share
        assert sum((week.share for week in section.weeks), Share(0, 0)) == whole == Share(1, 4)
        assert section.weeks[0].first == JUNE_1
        assert [week.first.weekday() for week in section.weeks] == [0] * 5
        assert section.weeks[-1].last == JUNE_30

    def test_the_first_week(self, desk, settings) -> None:
        """INV-1 fell due on Friday 5 June and was kept; nothing else fell due by Sunday."""
        found = reported(desk, settings, JUNE_1, date(2026, 6, 7))

        [section] = found.sections
        assert section.report.standing.attained.share == Share(1, 1)
        assert section.misses == ()
        assert found.at == tokyo(8, 0)

    def test_how_long_it_took(self, desk, settings) -> None:
        """INV-1: Wed 14:10–18:00, Thu 10:00–10:40 and 13:05–18:00, Fri 10:00–11:20."""
        [section] = reported(desk, settings, JUNE_1, JUNE_9).sections

        assert not isinstance(section.spread, Unknown)
        seconds = (230 + 40 + 295 + 80) * 60
        assert (section.spread.count, section.spread.median_s) == (1, seconds)
        assert section.spread.mean_s == section.spread.tail_s == seconds

    def test_a_quiet_week_is_unknown_and_never_all_kept(self, desk, settings) -> None:
        found = reported(desk, settings, date(2026, 5, 18), date(2026, 5, 24))

        [section] = found.sections
        assert isinstance(section.report.standing.attained.share.fraction, Unknown)
        assert isinstance(section.spread, Unknown)
        assert "Nothing fell due." in report_markdown(found, "en")

    @pytest.mark.parametrize(
        ("first", "last"),
        [
            (JUNE_9, JUNE_1),
            (date(2024, 1, 1), JUNE_9),
            (date(2026, 6, 10), JUNE_30),
            (date.max, date.max),
            (date.min, date.min),
        ],
    )
    def test_dates_that_cannot_be_reported(self, desk, settings, first: date, last: date) -> None:
        with pytest.raises(BadPeriod):
            reported(desk, settings, first, last)


class TestDocuments:
    def test_json_carries_every_figure_with_its_n(self, desk, settings) -> None:
        document = report_document(reported(desk, settings, JUNE_1, JUNE_9))

        [section] = document["objectives"]
        assert (section["attainment"]["count"], section["attainment"]["of"]) == (1, 2)
        assert [case["case"] for case in section["cases"]] == ["INV-1", "INV-2", "INV-3"]
        assert section["sentence"]["ja"].startswith("期限内は2件中1件")
        assert section["business_time"]["count"] == 1

    @pytest.mark.parametrize("language", ["en", "ja"])
    def test_all_forms_say_the_same_sentences(self, desk, settings, language: str) -> None:
        with translation.override(language):
            found = reported(desk, settings, JUNE_1, JUNE_9)
            page, text = report_sheet(found), report_markdown(found, language)
            plain, lead = report_plain(found, language), sentence_of(found)[language]

        said = {
            "en": "Kept 1 of 2 (50 %, 9–91 %, too few to tell); the target is 90 %.",
            "ja": "期限内は2件中1件（50%、9〜91%、件数が少なく判断できません）、目標は90%です。",
        }[language]
        for form in (page, text, plain):
            assert said in form
            assert lead in form

    def test_the_file_needs_nothing_beside_it_and_names_nobody(self, desk, settings) -> None:
        page = report_sheet(reported(desk, settings, JUNE_1, JUNE_9))

        assert "<link" not in page
        assert "<script" not in page
        assert 'href="/' not in page
        assert "--paper" in page
        for words in ("画面が白い", "髙橋", "森下"):
            assert words not in page


class TestCommand:
    def test_writes_its_files_in_the_language_asked_for(self, desk, tmp_path) -> None:
        out = tmp_path / "june"
        asked = ["--workspace", "kitsune", "--from", "2026-06-01", "--to", "2026-06-09"]

        done = CliRunner().invoke(command, [*asked, "--out", str(out), "--lang", "ja", "--json"])

        assert done.exit_code == 0, done.output
        assert sorted(path.name for path in out.iterdir()) == [
            "index.html",
            "report.json",
            "report.md",
            "report.txt",
        ]
        assert json.loads(done.output)["files"] == [
            str(out / name) for name in ("index.html", "report.md", "report.txt", "report.json")
        ]
        assert '<html lang="ja">' in (out / "index.html").read_text("utf-8")
        assert "| 期限内 |" in (out / "report.md").read_text("utf-8")
        assert json.loads((out / "report.json").read_text("utf-8"))["workspace"] == "kitsune"

    def test_an_unknown_workspace_is_refused(self, cast: Cast, tmp_path) -> None:
        asked = ["--workspace", "nowhere", "--from", "2026-06-01", "--to", "2026-06-09"]

        done = CliRunner().invoke(command, [*asked, "--out", str(tmp_path / "x")])

        assert done.exit_code == 2
        assert "nowhere" in done.output
        assert not (tmp_path / "x").exists()

    def test_a_folder_that_cannot_be_is_refused(self, desk, tmp_path) -> None:
        (tmp_path / "file").write_text("in the way")
        asked = ["--workspace", "kitsune", "--from", "2026-06-01", "--to", "2026-06-09"]

        done = CliRunner().invoke(command, [*asked, "--out", str(tmp_path / "file" / "below")])

        assert done.exit_code == 2
        assert "written to" in done.output


class TestPage:
    def test_shows_the_dates_of_the_address(self, desk, cast: Cast) -> None:
        with time_machine.travel(NOW, tick=False):
            page = answered(
                cast.nobody.client(), "/w/kitsune/reports/?from=2026-06-01&to=2026-06-09"
            )

        assert page.status_code == 200
        assert "1 of 2" in page.content.decode()

    @pytest.mark.parametrize(
        "dates",
        [
            "from=June",
            "from=2026-06-09&to=2026-06-01",
            "to=0001-01-01",
            "week=soon",
            "week=2026-W54",
            "month=2026-13",
            "week=2126-W01",
        ],
    )
    def test_dates_that_cannot_be_keep_the_form(self, desk, cast: Cast, dates: str) -> None:
        answer = cast.nobody.client().get(f"/w/kitsune/reports/?{dates}")

        assert answer.status_code == 422
        assert 'name="from"' in answer.content.decode()
