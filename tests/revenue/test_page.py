"""小林 (manager) looks at the month: what recurs, what came in, who ended."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine

from tests.cast import Cast
from tests.revenue.test_import import PAYMENTS, take_in, written

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 15, 3, tzinfo=UTC)


def look(cast: Cast, part: str = "manager", **query: str) -> tuple[int, str]:
    with time_machine.travel(NOW, tick=False):
        found = cast.everybody[part].client().get("/w/tanuki/revenue/", query)
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
