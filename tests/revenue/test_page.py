"""小林 (manager) looks at the month: what recurs, what came in, who ended."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine

from tests.cast import Cast
from tests.revenue.test_import import PAYMENTS, take_in, written
from tests.revenue.town import NOW as TOWN_NOW
from tests.revenue.town import Town, settle

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 15, 3, tzinfo=UTC)


def look(
    cast: Cast, part: str = "manager", *, at: datetime = NOW, under: str = "", **query: str
) -> tuple[int, str]:
    with time_machine.travel(at, tick=False):
        found = cast.everybody[part].client().get(f"/w/tanuki/revenue/{under}", query or None)
    body = b"".join(found) if found.streaming else found.content
    return found.status_code, body.decode()


def test_an_empty_page_teaches_the_first_step(cast: Cast) -> None:
    status, page = look(cast)
    assert status == 200
    assert "shinrai revenue import payments.csv --workspace tanuki" in page


def test_the_page_says_what_recurs_and_who_ended_with_n(cast: Cast, tmp_path: Path) -> None:
    rows = (
        "契約ID,顧客ID,月額,開始日,終了日\n"
        "K-1,田中,2980,2026-04-01,2026-05-10\nK-2,田中,3980,2026-04-01,\n"
    )
    take_in(written(tmp_path / "c.csv", rows), "--currency", "JPY")
    take_in(written(tmp_path / "p.csv", PAYMENTS), "--currency", "JPY")
    status, page = look(cast)
    assert status == 200
    assert "At the end of 2026-05 1 contracts brought ¥3,980 a month; 1 of the 2 before" in page
    assert "1 of 2" in page
    assert "too few to tell" in page
    assert "¥980 paid back" in page
    assert "田中" not in page

    _status, csv = look(cast, format="csv")
    assert "2026-05" in csv
    assert "3980" in csv


@pytest.mark.parametrize("part", ["stranger", "guardian", "nobody"])
def test_nobody_else_sees_it(cast: Cast, part: str) -> None:
    assert look(cast, part)[0] in (302, 403, 404)


class TestLearners:
    """The small town on 1 July: 8 contracts are in force at the end of June, 4 have a learner."""

    @pytest.fixture
    def town(self, cast: Cast, settings: Any, tmp_path: Path) -> Cast:
        settings.SHINRAI_WAREHOUSE = str(tmp_path / "tables")
        town = Town(cast.workspace)
        settle(town)
        town.publish(settings.SHINRAI_WAREHOUSE)
        return cast

    def test_figures_of_learners_say_of_whom_they_are(self, town: Cast) -> None:
        _status, page = look(town, at=TOWN_NOW)
        assert "4 of 8 contracts have a linked learner" in page
        assert "5 of 5" in page  # nobody studied in June

    @pytest.mark.parametrize(
        ("month", "part", "keys"),
        [
            ("2026-05", "ended", "K-2"),
            ("2026-01", "begun", "K-1 K-2 K-3 K-4 K-5 K-6 K-7 K-8 K-9"),
            ("2026-03", "with_learner", "K-1 K-2 K-4 K-8 K-9"),
            ("2026-06", "without_learner", "K-3 K-5 K-6 K-7"),
            ("2026-06", "in_force", "K-1 K-3 K-4 K-5 K-6 K-7 K-8 K-9"),
        ],
    )
    def test_the_contracts_behind_a_figure_are_listed(
        self, town: Cast, month: str, part: str, keys: str
    ) -> None:
        address = f"contracts/?month={month}&part={part}&format=csv"
        _status, csv = look(town, at=TOWN_NOW, under=address)
        assert [line.split(",")[0] for line in csv.splitlines()[1:]] == keys.split()
        assert "tanaka" not in csv

    def test_small_bands_are_hidden_and_nothing_is_said_to_be_a_cause(self, town: Cast) -> None:
        status, page = look(town, at=TOWN_NOW, under="continuation/")
        assert status == 200
        assert page.count("hidden, so that nobody can be told") == 4  # of one contract each
        assert "Too few contracts with a learner in 2026-03 to tell." in page
        assert "They do not say that one comes of the other." in page
        assert "because" not in page
