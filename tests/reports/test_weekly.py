"""A named week, counted by hand: Mon 1 to Sun 7 June 2026 at Kitsune Juku, two modes.

              received       first reply     by close of next day   same day
Q-1  via CS   Mon 1  11:00   Mon 1  15:00    yes                    yes        30 min of replying
Q-2  via CS   Tue 2  17:00   Wed 3  11:00    yes                    no         sent up to tier 3
Q-3  via CS   Thu 4  10:00   Mon 8  11:00    no (due Fri 5 18:00)   no         after the week ended
D-1  direct   Wed 3  10:00   Wed 3  12:00    yes                    yes
Q-0  via CS   Mon 25 May 10:00, answered 11:00: one of the eight weeks before
Q-9  via CS   Mon 8  10:00: after the week
The investigations are those of tests/desk/stage.py: INV-1 fell due and was kept, INV-2 was due on
Monday 8 at the close, which is the next one.
"""

import json
import re
from datetime import date, timedelta

import pytest
import time_machine
from click.testing import CliRunner
from django.utils import translation
from django.utils.html import strip_tags

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.cli.output import json_text
from shinrai.desk.operations.steps import take_step
from shinrai.inquiries.operations import receive_inquiry
from shinrai.inquiries.operations import take_step as step_of_inquiry
from shinrai.ledger.queries import cases_by_key
from shinrai.objectives.operations.catching_up import catch_up
from shinrai.objectives.operations.freezing import freeze_closed_windows
from shinrai.reports.commands.report import report as command
from shinrai.reports.queries.documents import report_document, report_markdown, report_plain
from shinrai.reports.queries.laid_out import sentence_of
from shinrai.reports.queries.period import period_report
from shinrai.reports.queries.sheet import report_sheet
from shinrai.reports.rules.periods import month_named, week_named
from shinrai.units.share import Share
from shinrai.warehouse.store import Warehouse
from tests.cast import MEMBERS, Cast
from tests.desk.stage import NOW, open_desk, tokyo
from tests.reports.prepared import answered

pytestmark = [pytest.mark.django_db(transaction=True)]
W23 = week_named("2026-W23")
CAUSAL = (
    "because",
    "caused",
    "due to",
    "thanks to",
    "おかげ",
    "により改善",
    "が原因",
    "のため改善",
)


def converse(workspace: WorkspaceRecord) -> None:
    """Let the inquiries of the table above happen."""

    def received(key: str, at, mode: str = "via_cs") -> int:
        return receive_inquiry(
            workspace_id=workspace.id,
            source_key=key,
            at=at,
            by="customer:1",
            words="山田花子です。記録が消えました",
            mode=mode,
        )

    def step(case_id: int, kind: str, at, **more) -> None:
        words = "お調べしてお返事します" if kind == "outbound" else None
        step_of_inquiry(
            case_id=case_id, kind=kind, at=at, by="staff:1", role="agent", words=words, **more
        )

    before = received("Q-0", tokyo(25, 10, month=5))
    step(before, "outbound", tokyo(25, 11, month=5))
    first = received("Q-1", tokyo(1, 11))
    step(first, "outbound", tokyo(1, 15))
    step(first, "worked", tokyo(1, 15), tier=1, detail={"minutes": 30, "job": "reply"})
    second = received("Q-2", tokyo(2, 17))
    step(second, "outbound", tokyo(3, 11))
    step(second, "consulted", tokyo(3, 12), tier=3)
    third = received("Q-3", tokyo(4, 10))
    direct = received("D-1", tokyo(3, 10), mode="direct")
    step(direct, "outbound", tokyo(3, 12))
    step(third, "outbound", tokyo(8, 11))
    received("Q-9", tokyo(8, 10))


@pytest.fixture
def desk(cast: Cast, settings, tmp_path) -> WorkspaceRecord:
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    open_desk(cast.simulated)
    converse(cast.simulated)
    catch_up(warehouse=Warehouse(settings.SHINRAI_WAREHOUSE), at=NOW)
    return cast.simulated


@pytest.fixture
def week(desk, settings):
    warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
    return period_report(workspace=desk, period=W23, at=NOW, warehouse=warehouse)


def shares(report, mode: str) -> dict[str, tuple[int, int]]:
    figures = report.quality.found.modes[mode]
    return {
        key: (figures[key]["count"], figures[key]["of"])
        for key in ("next_business_day", "same_day")
    }


class TestCountedByHand:
    def test_replies_of_each_mode_and_never_of_both(self, week) -> None:
        assert shares(week, "via_cs") == {"next_business_day": (2, 3), "same_day": (1, 3)}
        assert shares(week, "direct") == {"next_business_day": (1, 1), "same_day": (1, 1)}
        assert all("unknown" in figure for figure in week.quality.found.figures.values()
                   if isinstance(figure, dict))  # fmt: skip

    def test_how_much_came(self, week) -> None:
        weeks = week.quality.lines["via_cs"]

        assert [w.inquiries for w in weeks] == [0] * 7 + [1, 3]
        assert [w.filed for w in weeks][-1] == 3  # INV-1, INV-2, INV-3
        assert all(w.is_over for w in weeks)

    def test_the_week_before_is_what_it_is_set_against(self, week) -> None:
        before = week.quality.before.modes["via_cs"]["next_business_day"]

        assert (before["count"], before["of"]) == (1, 1)
        assert week.quality.before.modes.keys() == {"via_cs"}

    def test_what_came_after_the_week_is_not_in_it(self, week) -> None:
        """Q-3 was answered on Monday 8, and Q-9 came then."""
        first_reply = week.quality.found.modes["via_cs"]["first_reply"]

        assert week.at == tokyo(8, 0)
        assert (first_reply["count"], first_reply["of"]) == (2, 3)
        assert week.quality.found.inquiries == 4

    def test_promises_and_what_presses(self, week) -> None:
        [section] = week.sections

        assert section.report.standing.attained.share == Share(1, 1)
        assert [(case.line.case_key, case.is_late) for case in week.pressing] == [("INV-2", False)]
        assert [stretch.share for stretch in section.trend][-1] == Share(1, 1)
        assert len(section.trend) == 9

    def test_its_own_window_is_june(self, week) -> None:
        [section] = week.sections

        own = section.own.standing
        assert (own.span.start, own.span.end) == (tokyo(1, 0), tokyo(1, 0, month=7))
        assert own.attained.share == Share(1, 1)

    def test_work_and_interruptions(self, week) -> None:
        [work] = [mode for mode in week.work.modes if mode.mode == "via_cs"]

        assert [(job.job, job.cases, job.spent_s) for job in work.jobs] == [("reply", 1, 1800)]
        assert work.interruptions.mean == 1

    def test_published_or_not_it_comes_to_the_same(self, desk, week, tmp_path) -> None:
        empty = Warehouse(str(tmp_path / "empty"))

        anew = period_report(workspace=desk, period=W23, at=NOW, warehouse=empty)

        assert anew.quality.found.modes == week.quality.found.modes
        assert anew.pressing == week.pressing
        assert [s.report.lines for s in anew.sections] == [s.report.lines for s in week.sections]


class TestNotOver:
    def test_this_week_stands_as_it_stands(self, desk, settings) -> None:
        found = period_report(
            workspace=desk,
            period=week_named("2026-W24"),
            at=NOW,
            warehouse=Warehouse(settings.SHINRAI_WAREHOUSE),
        )

        assert found.at == NOW
        assert found.late == 1  # INV-2
        assert not found.quality.lines["via_cs"][-1].is_over
        assert "As week 24 stands, 1 case is late" in report_plain(found, "en")


class TestVerdict:
    def test_a_month_that_is_over_is_headed_by_its_frozen_verdict(self, desk, settings) -> None:
        warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
        july = tokyo(2, 9, month=7)
        catch_up(warehouse=warehouse, at=july)

        found = period_report(
            workspace=desk, period=month_named("2026-06"), at=july, warehouse=warehouse
        )

        [section] = found.sections
        assert section.own is section.report
        assert section.verdict is not None
        assert section.verdict.frozen == Share(1, 4)
        text = report_markdown(found, "en")
        frozen = text.index("The verdict frozen for Mon 1 June – Tue 30 June 2026: broken")
        assert frozen < text.index("Kept 1 of 4")
        assert "The objective missed its target." in text

    def test_the_week_in_which_a_lost_month_closed_opens_with_it(self, desk, settings) -> None:
        """June closed broken on Tuesday 30; nothing of that week says that all is well."""
        warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
        july = tokyo(6, 9, month=7)
        catch_up(warehouse=warehouse, at=july)

        found = period_report(
            workspace=desk, period=week_named("2026-W27"), at=july, warehouse=warehouse
        )

        said, text = str(sentence_of(found)), report_plain(found, "en")
        assert said.startswith("The target of “Within two days” (Mon 1 June – Tue 30 June 2026)")
        assert "reached" not in said
        assert text.index("June 2026: broken") < text.index("Nothing fell due.")
        assert sentence_of(found)["ja"].startswith("「Within two days」（2026年6月1日（月）〜")

    def test_a_verdict_frozen_after_somebody_looked_is_there_at_once(self, desk, settings) -> None:
        """Freezing publishes nothing: no table has another version for it."""
        asked = {
            "workspace": desk,
            "period": month_named("2026-06"),
            "at": tokyo(2, 9, month=7),
            "warehouse": Warehouse(settings.SHINRAI_WAREHOUSE),
        }
        [before] = period_report(**asked).sections

        freeze_closed_windows(warehouse=asked["warehouse"], at=asked["at"])

        [after] = period_report(**asked).sections
        assert before.heads is None
        assert after.heads is not None

    def test_what_is_known_later_stands_beside_and_the_verdict_stays(self, desk, settings) -> None:
        """INV-2 was broken when June closed; in July an exemption from before is written down."""
        warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
        july = tokyo(2, 9, month=7)
        catch_up(warehouse=warehouse, at=july)
        cases = cases_by_key(
            workspace_id=desk.id, record="investigation", source="shinrai", keys=["INV-2"]
        )
        answered = tokyo(5, 10)
        take_step(case_id=cases["INV-2"].id, kind="answered", at=answered, by="staff:1", role="cre")
        catch_up(warehouse=warehouse, at=july + timedelta(hours=1))

        [section] = period_report(
            workspace=desk, period=month_named("2026-06"), at=july, warehouse=warehouse
        ).sections

        assert section.heads is not None
        assert section.heads.frozen == Share(1, 4)
        assert section.report.standing.attained.share == section.heads.now == Share(2, 4)

    def test_days_off_are_marks(self, desk, settings) -> None:
        found = period_report(
            workspace=desk,
            period=W23,
            at=NOW,
            warehouse=Warehouse(settings.SHINRAI_WAREHOUSE),
        )

        assert [(mark.index, mark.name_ja) for mark in found.marks] == [
            (3, "昭和の日"),
            (4, "みどりの日"),
        ]


class TestForms:
    @pytest.mark.parametrize("language", ["en", "ja"])
    def test_no_form_names_a_person_repeats_words_or_says_why(self, week, language: str) -> None:
        with translation.override(language):
            forms = [
                report_sheet(week),
                report_markdown(week, language),
                report_plain(week, language),
            ]
            forms.append(json_text(report_document(week)))

        for form in forms:
            body = re.sub(r"<style>.*?</style>", "", form, flags=re.S)
            for word in ("山田花子", "記録が消えました", "髙橋", "staff:", "customer:1"):
                assert word not in body
            for word in CAUSAL:
                assert word not in strip_tags(body).lower()

    def test_every_share_comes_with_its_n_and_interval(self, week) -> None:
        document = report_document(week)

        figures = document["modes"]["via_cs"]["figures"]
        assert figures["next_business_day"]["now"]["count"] == 2
        assert {"low", "high", "of"} <= figures["next_business_day"]["now"].keys()
        assert figures["next_business_day"]["change"]["is_detectable"] is False
        assert "change" not in figures["solved"]["now"]
        assert figures["reopened_14"]["now"]["unknown"]
        assert document["period"] == {"kind": "week", "name": "2026-W23"}
        assert document["versions"].keys() >= {"clocks", "inquiries", "work"}

    def test_what_grows_with_time_is_not_set_against_older_weeks(self, week) -> None:
        text = report_markdown(week, "en")

        first_reply = next(line for line in text.splitlines() if line.startswith("| first reply"))
        assert "they have had longer" in first_reply
        next_day = next(line for line in text.splitlines() if line.startswith("| next-business"))
        assert "no detectable change from the 8 weeks before" in next_day

    def test_what_is_not_known_has_a_part_of_its_own(self, week) -> None:
        text = report_markdown(week, "ja")

        assert "## 分からないこと" in text
        assert "話題の分類がまだありません" in text


class TestDoors:
    def test_the_page_of_a_week_leads_to_its_neighbours_and_is_ready_to_paste(
        self, desk, cast: Cast
    ) -> None:
        with time_machine.travel(NOW, tick=False):
            page = answered(
                cast.nobody.client(), "/w/kitsune/reports/?week=2026-W23"
            ).content.decode()

        assert 'href="?week=2026-W22"' in page
        assert 'href="?week=2026-W24"' in page
        assert "shinrai report --workspace kitsune --week 2026-W23 --out report" in page
        assert page.count("<textarea") == 4
        assert "When week 23 ended, nothing was late, and 1 fell due by the next close." in page

    def test_without_dates_it_is_the_last_week_that_is_over(self, desk, cast: Cast) -> None:
        with time_machine.travel(NOW, tick=False):
            page = answered(cast.nobody.client(), "/w/kitsune/reports/").content.decode()

        assert "Week 23, Mon 1 June – Sun 7 June 2026" in page
        assert 'name="week" type="week" value="2026-W23"' in page

    def test_the_same_in_japanese(self, desk, cast: Cast) -> None:
        with time_machine.travel(NOW, tick=False):
            answer = answered(cast.nobody.client(), "/w/kitsune/reports/?month=2026-06", "ja")

        page = " ".join(strip_tags(answer.content.decode()).split())
        assert "2026年6月（2026年6月1日（月）〜6月30日（火））" in page
        assert "サポート品質（CS経由）" in page
        assert "分からないこと" in page

    def test_every_part_of_the_cast_gets_what_is_theirs(self, cast: Cast, settings, tmp_path):
        settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
        expected = dict.fromkeys(MEMBERS, 200)
        expected |= {"guardian": 404, "stranger": 404, "nobody": 302}

        got = {
            part: answered(person.client(), "/w/tanuki/reports/?week=2026-W23").status_code
            for part, person in cast.everybody.items()
        }

        assert got == expected

    def test_the_command_takes_a_week(self, desk, tmp_path) -> None:
        out = tmp_path / "w23"
        asked = ["--workspace", "kitsune", "--week", "2026-W23", "--out", str(out), "--json"]

        with time_machine.travel(NOW, tick=False):
            done = CliRunner().invoke(command, [*asked, "--lang", "ja"])

        assert done.exit_code == 0, done.output
        assert json.loads(done.output)["period"] == "2026-W23"
        assert "次の終業までに期限を迎える案件は1件でした" in (out / "report.txt").read_text(
            "utf-8"
        )
        assert json.loads((out / "report.json").read_text("utf-8"))["modes"].keys() == {
            "via_cs",
            "direct",
        }

    @pytest.mark.parametrize(
        "dates",
        [
            ["--week", "2026-W23", "--month", "2026-06"],
            ["--from", "2026-06-01"],
            ["--week", "2026-W99"],
            ["--month", "2126-06"],
        ],
    )
    def test_dates_that_cannot_be_are_refused(self, cast: Cast, tmp_path, dates) -> None:
        asked = ["--workspace", "kitsune", "--out", str(tmp_path / "x"), *dates]

        done = CliRunner().invoke(command, asked)

        assert done.exit_code == 2
        assert not (tmp_path / "x").exists()


def test_a_week_has_seven_days() -> None:
    assert W23.last - W23.first == timedelta(days=6)
    assert W23.first == date(2026, 6, 1)
