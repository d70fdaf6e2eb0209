"""The lines to be copied: made of what the tables show, 8 to 12, in both languages."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
import time_machine
from click.testing import CliRunner
from django.test import Client

from shinrai.accounts.models import AuditEntry
from shinrai.desk.operations.steps import file_investigation
from shinrai.inquiries.operations import receive_inquiry, take_step
from shinrai.objectives.operations.catching_up import catch_up
from shinrai.objectives.operations.freezing import freeze_closed_windows
from shinrai.reports.commands.report import report as command
from shinrai.reports.models import PreparedReport
from shinrai.reports.queries.period import period_report
from shinrai.reports.queries.short_lines import short_lines, short_of
from shinrai.reports.rules.periods import month_named, week_named
from shinrai.reports.rules.short import ShortLine, ShortReport, WrittenLine, payload, written
from shinrai.warehouse.store import Warehouse
from tests.desk.stage import NOW, tokyo
from tests.reports.prepared import answered
from tests.reports.test_weekly import CAUSAL, desk, week

__all__ = ["desk", "week"]
W23 = week_named("2026-W23")


def lines(report, language: str = "en", **more) -> list[str]:
    return [line.text for line in short_of(report, language, **more).lines]


@pytest.mark.django_db(transaction=True)
class TestTheWeek:
    """Mon 1 to Sun 7 June 2026 at Kitsune Juku, as tests/reports/test_weekly.py counts it."""

    def test_is_counted_by_hand(self, week) -> None:
        said = lines(week)

        assert said[0].startswith("When week 23 ended, nothing was late")
        assert said[1].startswith("Within two days: 1 of 1 (100 %")
        assert "in week 23" in said[1]
        assert "June:" in said[1]
        assert said[2].startswith("Received (mean of the 8 weeks before): via CS 3 (0.1, more")
        assert "direct 1 (0.0" in said[2]
        assert "investigations filed: via CS 3" in said[2]
        assert said[3].startswith("Next-business-day reply, via CS: 2 of 3 (67 %); the 8 weeks")
        assert said[4] == "Late: 0 cases"
        assert said[-1] == "As of Mon 8 June 2026 00:00 (Asia/Tokyo); intervals are at 95 %."

    def test_agrees_with_the_page_and_the_document(self, week, desk) -> None:
        """Every share of the lines stands in the report's own tables, and so does every count."""
        whole = answered(Client(), "/w/kitsune/reports/?week=2026-W23").content.decode()
        shares = {one for line in lines(week) for one in re.findall(r"\d+ of \d+ \(\d+", line)}

        assert shares >= {"1 of 1 (100", "2 of 3 (67"}
        for share in shares:
            assert share in whole.replace("\xa0", " "), share

    def test_is_eight_to_twelve_lines_in_both_languages(self, week) -> None:
        for language in ("en", "ja"):
            assert 8 <= len(lines(week, language)) <= 12
        assert not re.search("[a-z]{4,}", " ".join(lines(week, "ja")[2:4]))

    def test_says_what_moved_and_never_why(self, week) -> None:
        said = " ".join(lines(week) + lines(week, "ja"))

        assert not [word for word in CAUSAL if word in said]

    def test_late_cases_bring_their_titles_masked_and_in_part(self, desk, settings) -> None:
        """On Tuesday 9 June INV-2 is overdue; its words hold a number of a telephone."""
        warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
        file_investigation(
            workspace_id=desk.id,
            source_key="INV-7",
            at=tokyo(1, 10),
            by="staff:1",
            words="電話 090-1234-5678 の方の記録 @channel *急ぎ*",
            mode="via_cs",
        )
        catch_up(warehouse=warehouse, at=NOW)
        now = period_report(
            workspace=desk, period=week_named("2026-W24"), at=NOW, warehouse=warehouse
        )

        late = [line for line in short_of(now, "ja").lines if line.is_case]

        assert "超過中2件" in lines(now, "ja")
        assert late[0].text.startswith("INV-7「電話")
        assert "090-1234" not in late[0].text
        assert "＠channel ∗急ぎ∗" in late[0].text
        assert any(
            line.startswith("INV-7：期限は6月3日（水）18:00")
            for line in lines(now, "ja", with_titles=False)
        )

    def test_the_page_shows_titles_that_are_stored_nowhere(self, desk) -> None:
        page = "/w/kitsune/reports/?week=2026-W24"
        with time_machine.travel(NOW, tick=False):
            shown = answered(Client(), page).content.decode()
            assert not AuditEntry.objects.filter(what="titles in the report").exists()
        assert shown.count("INV-2 “記録が消えた") == 4  # the line, and a text for each kind
        for row in PreparedReport.objects.all():
            assert "消え" not in json.dumps(row.parts, ensure_ascii=False)


@pytest.mark.django_db(transaction=True)
class TestWorstFirst:
    def test_a_lost_month_leads_and_nothing_reassures_beside_it(self, week) -> None:
        """All of the week was kept, and June can no longer be."""
        [section] = week.sections
        stands = section.own.standing
        budget = replace(stands.budget, arrivals=Fraction(0))
        lost = replace(stands, outcome="cannot_be_kept", budget=budget)
        section = replace(section, own=replace(section.own, standing=lost))
        said = lines(replace(week, sections=(section,)))

        assert "is lost" in said[0].partition(".")[0]
        assert "reached" not in " ".join(said)
        assert "nothing was late" not in said[0]
        first, second = said[1].removesuffix(".").split("; ")[:2]
        assert first.startswith("Within two days: June can no longer be kept: 0 missed, none")
        assert second.startswith("1 of 1 (100 %")
        assert any(line.startswith("We ask: Decide on “Within two days”") for line in said)

    def test_a_month_that_ended_within_the_week_is_said_by_its_verdict(
        self, desk, settings
    ) -> None:
        """Week 27 lies in June and July; June is frozen as missed on Wednesday 1 July."""
        warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
        at = tokyo(6, 0, month=7)
        catch_up(warehouse=warehouse, at=at)
        freeze_closed_windows(warehouse=warehouse, at=at)
        report = period_report(
            workspace=desk, period=week_named("2026-W27"), at=at, warehouse=warehouse
        )
        said = lines(report)

        assert "June" in said[0]
        assert "June was not kept: " in said[1]


@pytest.mark.django_db(transaction=True)
class TestWhatRose:
    def test_a_topic_that_came_more_often_than_chance_explains(self, desk, settings) -> None:
        """“Login” came once a week for eight weeks, then nine times; “plans” stayed as it was."""
        warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)

        def received(key: str, at, topic: str) -> None:
            case_id = receive_inquiry(
                workspace_id=desk.id, source_key=key, at=at, by="customer:1", words="入れない"
            )
            take_step(
                case_id=case_id,
                kind="labelled",
                at=at,
                by="staff:1",
                role="agent",
                detail={"topic": topic},
            )

        first = tokyo(6, 10, month=4)
        for number in range(8):
            for topic in ("login", "plan"):
                received(f"{topic}-{number}", first + number * timedelta(weeks=1), topic)
        for number in range(9):
            received(f"login-now-{number}", tokyo(2, 10 + number % 8), "login")
        received("plan-now", tokyo(2, 12), "plan")
        catch_up(warehouse=warehouse, at=NOW)

        report = period_report(workspace=desk, period=W23, at=NOW, warehouse=warehouse)

        [topic] = report.risen
        assert (str(topic.name), topic.count, topic.mean_before) == ("login", 9, 1.0)
        assert "Rose: “login” (via CS) 9, before 1.0 on average." in " ".join(lines(report))
        assert "「login」を確認してください" in " ".join(lines(report, "ja"))


SHORT = ShortReport(
    title="Tanuki & Co: week 23",
    notice="",
    lines=(WrittenLine("2 are late"), WrittenLine("INV-2 “‹!channel›”: due", is_case=True)),
    address="https://cre.example/w/tanuki/reports/?week=2026-W23",
)


class TestFormats:
    def test_slack(self) -> None:
        assert SHORT.slack.splitlines()[:4] == [
            *("*Tanuki & Co: week 23*", "", "• 2 are late", "    ◦ INV-2 “‹!channel›”: due")
        ]
        assert payload(SHORT, "slack", {})["text"].startswith("*Tanuki &amp; Co")

    def test_teams(self) -> None:
        assert SHORT.teams.startswith("**Tanuki & Co: week 23**\n\n- 2 are late\n  - INV-2")
        [card] = payload(SHORT, "teams", {})["attachments"]
        assert card["content"]["body"][-1]["text"] == SHORT.address

    def test_json(self) -> None:
        found = payload(SHORT, "json", {"period": "2026-W23"})
        assert (found["period"], found["lines"][0]) == ("2026-W23", "2 are late")

    def test_a_title_formats_mentions_and_links_nothing(self) -> None:
        stored = [ShortLine("due", case_id=1, case_key="Q-1").stored("en")]
        [line] = written(stored, {1: "<!here> *a* [x](y) `z` @all #b"}, "en")

        assert not set("<>*`@#[]") & set(line.text)

    def test_a_case_whose_words_were_erased_keeps_its_key(self) -> None:
        stored = [ShortLine("due", case_id=1, case_key="Q-1").stored("en")]

        assert [line.text for line in written(stored, {}, "en")] == ["Q-1: due"]


@pytest.mark.django_db(transaction=True)
class TestCommand:
    def asked(self, *more: str):
        return CliRunner().invoke(
            command, ["--workspace", "kitsune", "--week", "2026-W23", *more], catch_exceptions=False
        )

    def test_prints_the_lines_for_cron(self, desk) -> None:
        done = self.asked("--text", "--lang", "ja")

        assert done.exit_code == 0, done.output
        assert "きつね塾：第23週" in done.output.splitlines()[0]
        assert "\n- 受信（かっこ内は前の8週間の平均）：CS経由3件" in done.output

    def test_answers_programs(self, desk) -> None:
        found = json.loads(self.asked("--text", "--json").output)

        assert found["period"] == "2026-W23"
        assert len(found["lines"]) >= 8
        assert found["slack"].startswith("*きつね塾: Week 23")

    def test_asks_what_is_wanted(self, desk) -> None:
        done = CliRunner().invoke(command, ["--workspace", "kitsune"])

        assert done.exit_code == 2


def test_a_line_is_stored_in_one_language() -> None:
    line = ShortLine("x")

    assert line.stored("en") == {"words": "x", "case_id": None, "case_key": ""}
    assert callable(short_lines)
    assert month_named("2026-06").query == "?month=2026-06"
