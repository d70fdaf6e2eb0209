"""Objectives on the screen: headline, row, figures, signs, past verdicts and the definition."""

import re
from datetime import timedelta

import pytest
from django.utils.html import strip_tags

from shinrai.objectives.models import ObjectiveVersion, Verdict
from shinrai.objectives.operations.saving import save_objective
from shinrai.objectives.queries.showing import shown_objective, shown_objectives
from shinrai.units.share import Share
from shinrai.warehouse.store import Warehouse
from tests.cast import Cast
from tests.desk.stage import AT, NOW, OBJECTIVE, open_desk, promise, tokyo
from tests.downloads import csv_rows, json_rows

pytestmark = [pytest.mark.django_db, pytest.mark.end_to_end]
ADDRESS = f"/w/kitsune/objectives/{OBJECTIVE}/"


@pytest.fixture
def desk(cast: Cast, settings, tmp_path) -> Cast:
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    open_desk(cast.simulated)
    return cast


@pytest.fixture
def warehouse(settings, desk) -> Warehouse:
    return Warehouse(settings.SHINRAI_WAREHOUSE)


def shown(cast: Cast, address: str, language: str = "en") -> str:
    answer = cast.nobody.client().get(address, headers={"accept-language": language})
    assert answer.status_code == 200
    return answer.content.decode()


def words(page: str) -> str:
    return " ".join(strip_tags(page).split())


class TestObjective:
    def test_counts_with_n_and_interval(self, desk: Cast) -> None:
        """INV-1 was kept, INV-2 is overdue: 1 of 2, which is too few to tell."""
        page = words(shown(desk, ADDRESS + AT))

        assert "1 of 2 (too few to tell)" in page
        assert "The target is 90 %." in page

    def test_every_square_leads_to_its_case(self, desk: Cast) -> None:
        page = shown(desk, ADDRESS + AT)

        assert 'aria-label="INV-2, due Mon 8 June 18:00, overdue"' in page
        assert 'href="/w/kitsune/investigations/INV-2/?at=2026-06-09T15%3A00"' in page

    def test_the_definition_is_one_click_away_from_every_figure(self, desk: Cast) -> None:
        page = shown(desk, ADDRESS + AT)

        figures = re.findall(r'class="figure(?: is-\w+)?"', page)
        assert len(figures) == page.count('#definition">') == 5
        assert 'id="definition"' in page
        assert "2 business days, read as: by the close of the 2nd business day" in page
        assert "apiVersion: openslo/v1" in page

    def test_unknown_says_why_in_japanese(self, desk: Cast) -> None:
        page = words(shown(desk, ADDRESS + AT, "ja"))

        assert "見込みには4週分が必要です" in page
        assert "needed to forecast" not in page

    def test_an_earlier_moment_forgets_what_came_later(self, desk: Cast) -> None:
        page = words(shown(desk, ADDRESS + "?at=2026-06-05T11:00"))

        assert "You are looking at Fri 5 June 11:00" in page
        assert "INV-3" not in page
        assert "Computed anew from the steps." in page

    def test_a_name_nobody_gave_is_not_found(self, desk: Cast) -> None:
        assert desk.nobody.client().get("/w/kitsune/objectives/other/").status_code == 404


class TestObjectives:
    def test_each_has_its_sentence_and_row(self, desk: Cast) -> None:
        later = promise("taken-up", clock="acknowledgement", pauses=[])
        save_objective(workspace_id=desk.simulated.id, document=later, at=NOW, by="test")

        page = shown(desk, f"/w/kitsune/objectives/{AT}")

        assert "/w/kitsune/objectives/taken-up/" in page
        assert page.count('class="chart budget-row"') == 4  # each for a desk and for a phone

    def test_the_promise_about_investigations_comes_first(self, desk: Cast, warehouse) -> None:
        later = promise("a-first-by-name", clock="acknowledgement", pauses=[])
        save_objective(workspace_id=desk.simulated.id, document=later, at=NOW, by="test")

        found = shown_objectives(workspace_id=desk.simulated.id, at=NOW, warehouse=warehouse)

        assert [report.standing.objective.name for report in found] == [
            OBJECTIVE,
            "a-first-by-name",
        ]

    def test_none_yet_teaches_how_to_promise(self, cast: Cast) -> None:
        page = shown(cast, "/w/kitsune/objectives/")

        assert "shinrai objectives add objective.yaml --workspace kitsune" in page


class TestWhatIsShownBeside:
    def test_without_pauses_less_is_kept(self, desk: Cast, warehouse) -> None:
        """INV-5 rests since Monday; had it never, it would be due on Wednesday 18:00."""
        thursday = tokyo(11, 12)
        found = shown_objective(
            workspace_id=desk.simulated.id, name=OBJECTIVE, at=thursday, warehouse=warehouse
        )

        assert found.never_paused == Share(1, 5)

    def test_a_frozen_verdict_stands_beside_what_is_known_now(self, desk: Cast, warehouse) -> None:
        version = ObjectiveVersion.objects.get()
        july = tokyo(1, 0, month=7)
        Verdict.objects.create(
            version=version,
            mode="via_cs",
            window_from=tokyo(1, 0),
            window_until=july,
            kept=4,
            missed=0,
            exempt=0,
            is_met=True,
            frozen_at=july,
            table_versions={},
        )

        found = shown_objective(
            workspace_id=desk.simulated.id,
            name=OBJECTIVE,
            at=july + timedelta(days=1),
            warehouse=warehouse,
        )

        [beside] = found.verdicts
        assert beside.frozen == Share(4, 4)
        assert beside.now == Share(1, 4)
        assert beside.differs


def test_objectives_are_taken_away_with_what_is_left_of_each(desk: Cast) -> None:
    [row] = json_rows(desk.nobody.client(), f"/w/kitsune/objectives/{AT}")
    [same] = csv_rows(desk.nobody.client(), f"/w/kitsune/objectives/{AT}")

    assert (row["name"], row["target"], row["kept"], row["overdue"]) == (OBJECTIVE, 0.9, 1, 1)
    assert same["Objective"] == "Within two days"
