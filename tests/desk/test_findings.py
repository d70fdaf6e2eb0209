"""Findings by topic, service and month: 高橋 finds two defects and one as designed in June 2026."""

import json

import pytest
import time_machine
from click.testing import CliRunner
from django.utils.html import strip_tags

from shinrai.desk.operations.steps import file_investigation, take_step
from shinrai.quality.commands.summary import group
from shinrai.topics.operations.codebook import define_topic
from shinrai.warehouse.refresh import refresh
from shinrai.warehouse.store import Warehouse
from tests.cast import Cast
from tests.desk.stage import tokyo
from tests.desk.test_pages import lead
from tests.downloads import column, csv_rows

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]
HERE = "/w/tanuki/findings/"
# key, topic, service, verdict
FOUND = (
    ("INV-1", "grading", "ミチノート　スクール", "defect"),
    ("INV-2", "grading", "ミチノート スクール", "defect"),
    ("INV-3", None, None, "as_designed"),
)


@pytest.fixture
def desk(cast: Cast, settings, tmp_path) -> Cast:
    """INV-1 and INV-2 are defects; the first has a ticket, of the second nothing is recorded."""
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    there = cast.workspace.id
    define_topic(
        workspace_id=there,
        key="grading",
        name_en="Answers marked wrong",
        name_ja="採点",
        at=tokyo(1, 9),
        by="test",
    )
    for key, topic, service, verdict in FOUND:
        case_id = file_investigation(
            workspace_id=there, source_key=key, at=tokyo(8, 9), by="staff:9", words="右が×になる",
            detail={"topic": topic, "service": service} if topic else {},
        )  # fmt: skip
        ticket = {"defect_reference": "DEV-1"} if key == "INV-1" else {}
        take(cast, case_id, "finding", tokyo(8, 10), {"verdict": verdict} | ticket)
    published(settings, tokyo(9, 11))
    return cast


def take(cast: Cast, case_id: int, kind: str, at, detail) -> None:
    by = cast.engineer.member.key
    take_step(case_id=case_id, kind=kind, at=at, by=by, role="engineer", detail=detail)


def published(settings, at) -> None:
    refresh(Warehouse(settings.SHINRAI_WAREHOUSE), at=at)


def read(desk: Cast, address: str = "", language: str = "en", at=None) -> str:
    with time_machine.travel(at or tokyo(9, 15), tick=False):
        answer = desk.agent.client().get(
            HERE + address, headers={"accept-language": language}, follow=True
        )
    assert answer.status_code == 200
    return answer.content.decode()


class TestFindings:
    def test_the_page_begins_with_defects_and_what_became_of_them(self, desk: Cast) -> None:
        assert lead(read(desk)) == (
            "2 of 3 findings are defects. Fixed: 0 of 1; of 1 more it is not recorded."
        )
        assert lead(read(desk, language="ja")) == (
            "判定3件のうち、不具合は2件です。修正済みは1件中0件で、"
            "ほかに1件はその後の記録がありません。"
        )

    @pytest.mark.parametrize(
        ("by", "groups"),
        [
            ("topic", {"Answers marked wrong": ("2", "2"), "no topic": ("1", "0")}),
            ("service", {"ミチノート スクール": ("2", "2"), "no service recorded": ("1", "0")}),
            ("month", {"2026-06": ("3", "2")}),
        ],
    )
    def test_counts_by_group(self, desk: Cast, by: str, groups: dict[str, tuple[str, str]]) -> None:
        with time_machine.travel(tokyo(9, 15), tick=False):
            rows = csv_rows(desk.agent.client(), f"{HERE}?by={by}")

        assert {row["Group"]: (row["Findings"], row["defect"]) for row in rows} == groups
        assert "grading" not in strip_tags(read(desk, f"?by={by}"))

    def test_the_cases_behind_a_count(self, desk: Cast) -> None:
        def keys(asked: str) -> list[str]:
            with time_machine.travel(tokyo(9, 15), tick=False):
                return column(desk.agent.client(), f"{HERE}cases/?{asked}", "case")

        assert keys("topic=grading&verdict=defect&sort=case") == ["INV-1", "INV-2"]
        assert keys("verdict=defect&defect=none") == ["INV-2"]
        assert keys("topic=none") == ["INV-3"]
        assert keys("month=2026-05") == []
        assert keys("q=INV-3") == ["INV-3"]
        assert "右が×になる" in read(desk, "cases/?defect=linked")

    def test_the_command_says_what_the_page_says(self, desk: Cast) -> None:
        words = ["findings", "--workspace", "tanuki", "--by", "topic"]
        with time_machine.travel(tokyo(9, 15), tick=False):
            told = CliRunner().invoke(group, [*words, "--json"])
            said = CliRunner().invoke(group, words)

        via_cs = json.loads(told.stdout)["modes"]["via_cs"]
        counts = [(one["topic"], one["defect"], one["as_designed"]) for one in via_cs["groups"]]
        assert counts == [("grading", 2, 0), (None, 0, 1)]
        assert via_cs["defects"] == {"fixed": 0, "linked": 1, "open": 0, "none": 1}
        assert "Answers marked wrong: defect 2" in said.stdout

    def test_a_repair_is_a_step_after_the_finding(self, desk: Cast, settings) -> None:
        from shinrai.investigations.queries import investigation

        case_id = investigation(workspace_id=desk.workspace.id, source_key="INV-2").head.id
        take(desk, case_id, "action_taken", tokyo(10, 9), {"outcome": "open"})
        take(desk, case_id, "action_taken", tokyo(12, 9), {"outcome": "fixed"})
        published(settings, tokyo(12, 11))

        assert "Fixed: 1 of 2." in lead(read(desk, at=tokyo(12, 15)))

    def test_a_finding_that_changed_its_mind_counts_once(self, desk: Cast, settings) -> None:
        from shinrai.investigations.queries import investigation

        case_id = investigation(workspace_id=desk.workspace.id, source_key="INV-2").head.id
        take(desk, case_id, "finding", tokyo(10, 9), {"verdict": "environment"})
        published(settings, tokyo(12, 11))

        assert lead(read(desk, at=tokyo(12, 15))).startswith("1 of 3 findings are defects.")

    def test_dates_without_any(self, desk: Cast) -> None:
        page = read(desk, "?from=2026-01-01&to=2026-01-31")

        assert lead(page) == "Nothing was found in these dates."
        assert "No defect was found in these dates." in page
