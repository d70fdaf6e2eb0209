"""Guidelines saved, listed and shown beside the promises of Kitsune Juku's desk."""

import subprocess
import sys

import pytest
import time_machine

from shinrai.desk.operations.steps import take_step
from shinrai.inquiries.operations import receive_inquiry
from shinrai.objectives.models import Guideline
from shinrai.objectives.operations.guiding import save_guideline
from shinrai.objectives.queries.documents import guideline_document
from shinrai.objectives.queries.guidelines import guideline_reports
from shinrai.warehouse.refresh import refresh
from shinrai.warehouse.store import Warehouse
from tests.cast import Cast
from tests.desk.stage import tokyo
from tests.desk.test_pages import shown
from tests.objectives.rules.test_guideline import document
from tests.processes import ROOT, environment

NOW = tokyo(31, 12, month=7)
LONG = "パスワードを再設定してください。手順は次のとおりです。"


@pytest.fixture
def desk(cast: Cast, settings, tmp_path) -> Cast:
    """Yui's matter of 28 July took one round trip, Aoi's of the 29th two; Ken's of April is old."""
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    there = cast.simulated
    for key, month, day, trips in (("Q-1", 7, 28, 1), ("Q-2", 7, 29, 2), ("Q-3", 4, 1, 5)):
        case = receive_inquiry(
            workspace_id=there.id,
            source_key=key,
            at=tokyo(day, 9, month=month),
            by="customer",
            words="ログインできません",
            channel="mail",
        )
        for trip in range(trips):
            if trip:
                at = tokyo(day, 10 + trip, month=month)
                take_step(case_id=case, kind="inbound", at=at, by="customer", role="customer",
                          words="まだ入れません。どうすればよいですか？")  # fmt: skip
            at = tokyo(day, 10 + trip, 30, month=month)
            take_step(case_id=case, kind="outbound", at=at, by="staff:1", role="cs", words=LONG)
        solved = tokyo(day, 17, month=month)
        take_step(case_id=case, kind="solved", at=solved, by="staff:1", role="cs", words="")
    save_guideline(workspace_id=there.id, document=document(), at=NOW, by="test")
    refresh(Warehouse(settings.SHINRAI_WAREHOUSE), at=NOW)
    return cast


@pytest.mark.django_db
class TestGuidelines:
    def test_the_window_is_that_of_receipt(self, desk: Cast, settings) -> None:
        """Ninety days back from 31 July is 3 May: three round trips in two matters."""
        warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
        [found] = guideline_reports(workspace=desk.simulated, at=NOW, warehouse=warehouse)

        said = guideline_document(found)
        assert (str(found.since), str(found.until)) == ("2026-05-03", "2026-07-31")
        assert (said["value"], said["of"], said["is_within"]) == (1.5, 2, True)
        assert said["is_sure"] is False
        assert "too few to tell" in said["sentence"]["en"]

    def test_said_again_unchanged_it_is_the_same_version(self, desk: Cast) -> None:
        given = {"workspace_id": desk.simulated.id, "at": NOW, "by": "test"}

        same = save_guideline(document=document(), **given)
        other = save_guideline(document=document(atMost="3"), **given)

        assert (same.version, same.is_new, other.version, other.is_new) == (1, False, 2, True)
        assert Guideline.objects.count() == 2

    @pytest.mark.end_to_end
    def test_the_page_shows_it_below_the_promises(self, desk: Cast) -> None:
        with time_machine.travel(NOW, tick=False):
            page = shown(desk.nobody.client(), "/w/kitsune/objectives/", "ja")

        assert "往復は平均2回まで" in page
        assert "1.50（2件）で、2以下という目安の範囲内ですが、件数が少なく判断できません。" in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_command_ends_without_a_word_about_memory(desk: Cast, settings, language: str) -> None:
    """What a library thinks of how Python ended is no business of who asked for a figure."""
    command = [sys.executable, "-m", "shinrai.site", "objectives", "guidelines"]

    done = subprocess.run(
        [*command, "--workspace", "kitsune", "--at", "2026-07-31T12:00+09:00", "--lang", language],
        env=environment(SHINRAI_WAREHOUSE=settings.SHINRAI_WAREHOUSE),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "1.50" in done.stdout
