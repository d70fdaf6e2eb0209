"""The learners behind contracts, in a small town whose every figure is counted by hand."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from shinrai.customers.queries import customer_by_identifier
from shinrai.privacy.operations import erase_person
from shinrai.revenue.commands import group
from shinrai.revenue.operations.hazard import prepare_hazard
from shinrai.revenue.rules.continuation import LEAST, hidden, is_sum_safe, score_of
from shinrai.usage.commands.measures import group as usage
from shinrai.usage.models import ActorMerge
from tests.cast import Cast
from tests.revenue.town import NOW, Town, settle, street

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(cast: Cast, settings: Any, tmp_path: Path) -> Town:
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "tables")
    found = Town(cast.workspace)
    settle(found)
    return found


def ask(town: Town, *words: str, of: Any = group) -> Any:
    town.publish(settings.SHINRAI_WAREHOUSE)
    with time_machine.travel(NOW, tick=False):
        done = CliRunner().invoke(of, [*words, "-w", "tanuki", "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def month_of(town: Town, month: str) -> dict[str, Any]:
    [currency] = ask(town, "summary", "--month", month)["currencies"]
    [found] = currency["months"]
    return found  # type: ignore[no-any-return]


def test_revenue_is_divided_by_the_active_learners_of_its_own_contracts(town: Town) -> None:
    """In March K-1, K-2, K-4 (since the 20th), K-8 and K-9 have learners: 3,000 + 4 × 1,000.

    Of hana, ken, aki, mio, yui and 大森 all but yui studied.
    """
    march = month_of(town, "2026-03")
    assert (march["contracts"], march["contracts_with_learner"]) == (9, 5)
    assert (march["learners"], march["active_persons"]) == (6, 5)
    assert march["revenue_with_learner"] == 7000
    assert march["arpu_per_active_person"] == 1400


def test_who_stayed_away_is_of_those_there_all_month(town: Town) -> None:
    """mio changed over on the 20th, from one contract to the other, and was there all month."""
    march = month_of(town, "2026-03")
    assert (march["inactive_persons"], march["inactive_share"]["of"]) == (1, 6)
    may = month_of(town, "2026-05")  # aki left on the 15th, and nobody studied
    assert (may["inactive_persons"], may["inactive_share"]["of"]) == (5, 5)
    assert may["arpu_per_active_person"] is None
    july = month_of(town, "2026-07")
    assert july["inactive_persons_unknown"] == "the month is not over"
    january = month_of(town, "2026-01")  # before the first use that is recorded
    assert january["inactive_persons_unknown"] == "no usage is recorded"


def test_payments_count_where_their_contract_has_a_learner(town: Town, tmp_path: Path) -> None:
    """林 has no learner; 小川's names no contract, and all of hers have one; 高木's do not."""
    rows = (
        "決済ID,顧客ID,金額,支払日,契約ID\n"
        "P-1,tanaka,2500,2026-03-02,K-1\nP-2,ogawa,800,2026-03-03,\n"
        "P-3,hayashi,700,2026-03-04,K-7\nP-4,takagi,600,2026-03-05,\n"
    )
    path = tmp_path / "p.csv"
    path.write_text(rows, "utf-8")
    ask(town, "import", str(path), "--currency", "JPY")
    march = month_of(town, "2026-03")
    assert (march["revenue"], march["revenue_with_learner"]) == (4600, 3300)
    assert march["arpu_per_active_person"] == 660


def test_what_is_not_linked_is_said_and_never_guessed(town: Town) -> None:
    assert ask(town, "summary")["learners"] == {
        "on": "2026-07-01",
        "contracts": 8,  # K-2 has ended
        "contracts_with_learner": 4,  # K-1, K-4, K-8, K-9
        "links_of_no_contract": 1,  # nao's
        "links_of_several_contracts": 1,  # rin's
    }


def test_actors_who_are_one_person_are_one_learner(town: Town) -> None:
    ActorMerge.objects.create(
        workspace_id=town.workspace.id, actor_id=town.person("tablet"),
        into_id=town.person("yui"), how="alias", at=NOW, recorded_at=NOW, by="test",
    )  # fmt: skip
    town.link("tablet", "ogawa")
    town.studies("tablet", month=3, days=1)
    march = month_of(town, "2026-03")
    assert (march["learners"], march["active_persons"], march["inactive_persons"]) == (6, 6, 0)


def test_whoever_was_erased_is_no_learner_who_stays_away(town: Town) -> None:
    there = town.workspace.id
    yui = customer_by_identifier(workspace_id=there, source="usage", identifier="yui")
    assert yui is not None
    erase_person(
        workspace_id=there, key_id=yui.key_id, source_keys=[("person", "usage", "yui")], at=NOW
    )
    march = month_of(town, "2026-03")
    assert (march["learners"], march["inactive_persons"]) == (5, 0)
    assert march["contracts_with_learner"] == 4


class TestHouseholds:
    def test_each_unit_is_counted_on_its_own(self, town: Town) -> None:
        """On 1 March: 田中, 山田, 佐々木 (mother), 高木, 林, 小川; 大森 is linked with nobody."""
        found = ask(town, "households", "--on", "2026-03-01")
        assert found == {
            "on": "2026-03-01",
            "households": 6,
            "learners": 7,
            "learners_of_several_guardians": 1,  # aki
            "guardians": 7,
            "guardians_of_several_learners": 1,  # 田中
            "payers": 7,
            "contracts": 9,
            "contracts_with_learner": 5,  # K-1, K-2, K-3, K-8, K-9
        }

    def test_parents_who_part_are_two_payers_and_one_household(self, town: Town) -> None:
        """From 1 April the mother pays for mio's sister: mio's household is another one."""
        town.link("mei", "sasaki-mother", "K-3", since=date(2026, 4, 1))
        apart = ask(town, "households", "--on", "2026-04-01")
        assert (apart["households"], apart["guardians"], apart["learners"]) == (7, 8, 8)
        town.link("mio", "sasaki-mother", since=date(2026, 5, 1))  # both again look after her
        joint = ask(town, "households", "--on", "2026-05-01")
        assert (joint["households"], joint["guardians"], joint["learners"]) == (6, 8, 8)
        assert joint["learners_of_several_guardians"] == 2


class TestContinuation:
    def test_a_band_says_how_many_continue_and_are_satisfied(self, town: Town) -> None:
        """Ten families who study on 10 days, and six who never do. The town's own are too few."""
        street(town, [f"busy{n}" for n in range(10)], days=10, leaving=1, liking=8)
        street(town, [f"idle{n}" for n in range(6)], days=0, leaving=4, liking=2)
        found = ask(town, "continuation", "--month", "2026-03")
        assert (found["month"], found["on"]) == ("2026-03-01", "2026-06-30")
        # the streets, and K-1 (ken's 16 days), K-2 (6), K-8 (0), K-9 (2); mio's was for no month
        assert (found["linked"]["count"], found["linked"]["n"]) == (20, 25)
        assert (found["grade"], found["grade_at_most"]) == ("measured", "association")
        bands = {one["low"]: (one["continuing"], one["satisfied"]) for one in found["bands"]}
        assert [(low, one[0]["count"], one[0]["n"]) for low, one in bands.items()] == [
            (0, None, None),  # 7, hidden: else the three of one each would be told from the sum
            (1, None, None),
            (5, None, None),
            (9, 9, 10),
            (15, None, None),
        ]
        assert (bands[9][1]["count"], bands[9][1]["n"]) == (8, 10)
        assert (bands[0][1]["count"], bands[0][1]["n"]) == (2, 6)
        assert (found["rated"]["count"], found["rated"]["n"]) == (16, 20)
        assert bands[9][0]["low"] == pytest.approx(0.5958, abs=1e-4)  # Wilson, by hand
        assert (found["continuing"]["count"], found["continuing"]["n"]) == (14, 20)

    def test_a_score_counts_once_for_a_household_the_last_one_in_its_months(
        self, town: Town
    ) -> None:
        street(town, [f"busy{n}" for n in range(9)], days=10, leaving=0, liking=0)
        town.rates("busy0", "5", date(2026, 4, 11), scale="1-5")  # after the 2 of the 10th
        town.rates("busy1-child", 4, date(2026, 6, 30), source="usage")  # who learns, not who pays
        town.rates("busy2", "good", date(2026, 5, 1), scale="good_or_bad")
        town.rates("busy3", 5, date(2026, 3, 31))  # within the month of habit
        town.rates("busy4", 5, date(2026, 7, 1))  # too late
        found = ask(town, "continuation", "--month", "2026-03")
        assert found["other_scales"] == 1
        satisfied = found["bands"][3]["satisfied"]
        assert (satisfied["count"], satisfied["n"]) == (2, 9)  # busy0 and busy1

        town.rates("yamada-father", 4, date(2026, 5, 1))  # one alone: the nine would tell of it
        found = ask(town, "continuation", "--month", "2026-03")
        assert [one["satisfied"]["is_hidden"] for one in found["bands"]] == [
            False, False, True, True, False,
        ]  # fmt: skip

    def test_the_newest_month_is_one_of_which_the_rest_is_known(self, town: Town) -> None:
        assert ask(town, "continuation")["month"] == "2026-03-01"
        with time_machine.travel(NOW, tick=False):
            words = ["continuation", "-w", "tanuki", "--month", "2026-04"]
            done = CliRunner().invoke(group, words)
        assert done.exit_code == 2
        assert "2026-03" in done.output


@given(st.lists(st.integers(0, 12), min_size=1, max_size=5))
def test_no_hidden_cell_can_be_told_from_the_sum(counts: list[int]) -> None:
    places = hidden(counts)
    assert all(n in places for n, count in enumerate(counts) if 0 < count < LEAST)
    if is_sum_safe(counts, places) and places:
        together = [counts[n] for n in places if counts[n]]
        assert len(together) > 1
        assert sum(together) >= LEAST
    elif places:
        assert all(n in places for n, count in enumerate(counts) if count)


@pytest.mark.parametrize(
    ("detail", "score"),
    [
        ({"score": "5", "scale": "1-5"}, 5),
        ({"score": 4}, 4),
        ({"score": 4.0}, 4),
        ({"score": "4", "scale": "sheet"}, None),
        ({"score": "good"}, None),
        ({"score": 103}, None),
        ({"score": 0}, None),
        ({}, None),
    ],
)
def test_scales_are_never_mixed(detail: dict[str, Any], score: int | None) -> None:
    assert score_of(detail) == score


def test_contracts_that_began_before_they_were_observed_enter_late(town: Town) -> None:
    """Nine contracts from 1 January; one ends on 15 May, after 134 days: then 8 of 9 last."""
    found = ask(town, "survival")["curve"]
    assert (found["count"], found["ended"]) == (9, 1)
    [end] = found["points"]
    assert (end["time"], end["at_risk"], end["survival"]) == (134, 9, pytest.approx(8 / 9))
    town.contract("K-0", "old", until=date(2026, 2, 1))  # over by March: never at risk
    late = ask(town, "survival", "--from", "2026-03-01")["curve"]
    assert (late["count"], late["ended"], late["points"][0]["at_risk"]) == (9, 1, 9)


class TestHazard:
    def test_families_who_study_more_end_later_and_it_is_no_cause(self, town: Town) -> None:
        """Thirty families who study on 15 days in January, thirty who never do; 5 and 25 end."""
        for name, days, leaving in (("busy", 15, 5), ("idle", 0, 25)):
            for n in range(30):
                until = date(2026, 2, 10) + timedelta(days=3 * n) if n < leaving else None
                town.contract(f"H-{name}{n}", f"{name}{n}", until=until)
                town.link(f"{name}{n}-child", f"{name}{n}", f"H-{name}{n}")
                town.studies(f"{name}{n}-child", month=1, days=days)
        found = ask(town, "hazard")
        # and of the town: K-1, K-2, K-8, K-9, and K-3 of mio's mother; K-4 to K-7 have no learner
        assert found["judged"] == {"count": 65, "n": 69}
        assert (found["n"], found["ended"]) == (65, 31)  # K-2 ended
        [habit] = found["ratios"]
        assert habit["name"] == "active_days"
        assert habit["high"] < 1
        assert (found["grade"], found["grade_at_most"]) == ("measured", "association")

    def test_the_page_shows_what_the_worker_prepared(self, town: Town, cast: Cast) -> None:
        page = "/w/tanuki/revenue/hazard/"
        client = cast.everybody["manager"].client()
        assert "being computed" in client.get(page).content.decode()
        town.studies("yui", month=1, days=1)
        town.publish(settings.SHINRAI_WAREHOUSE)
        assert prepare_hazard(workspace=town.workspace, at=NOW)
        assert not prepare_hazard(workspace=town.workspace, at=NOW + timedelta(hours=1))
        assert prepare_hazard(workspace=town.workspace, at=NOW + timedelta(days=1))
        assert "fewer than 10 ended" in client.get(page).content.decode()

    def test_of_too_few_it_says_so(self, town: Town) -> None:
        town.studies("yui", month=1, days=1)  # or no contract began after use was recorded
        found = ask(town, "hazard")
        assert (found["ratios"], found["grade"]) == ([], "none")
        assert "fewer than 10 ended" in found["unknown"]


def test_learning_retention_goes_by_the_contracts_of_revenue(town: Town) -> None:
    """In March hana and 大森 have under 4 days, yui none; ken, aki and mio have enough."""
    words = ("learning-retention", "--from", "2026-03-01", "--to", "2026-03-31")
    [march] = ask(town, *words, of=usage)
    assert (march["basis"], march["kept"], march["learners"]) == ("contract", 3, 6)
