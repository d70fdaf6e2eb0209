"""Reports are computed by the worker; a page shows what is prepared, or says that it will be."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client
from django.utils.html import strip_tags

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.inquiries.operations import receive_inquiry
from shinrai.objectives.operations.catching_up import catch_up
from shinrai.reports.models import PreparedReport
from shinrai.reports.operations import preparing
from shinrai.reports.operations.preparing import prepare_report
from shinrai.reports.queries.laid_out import sentence_of
from shinrai.reports.queries.period import period_report
from shinrai.reports.queries.prepared import is_current
from shinrai.reports.rules.periods import week_named
from shinrai.reports.tasks import prepare_usual
from shinrai.warehouse.store import Warehouse
from tests.cast import Cast
from tests.desk.stage import open_desk, tokyo
from tests.reports.prepared import answered, do_jobs, jobs
from tests.reports.test_weekly import converse

pytestmark = pytest.mark.django_db(transaction=True)
LATER = datetime(2026, 11, 20, 3, tzinfo=UTC)
W23 = week_named("2026-W23")
PAGE = "/w/kitsune/reports/?week=2026-W23"


@pytest.fixture
def desk(cast: Cast, settings, tmp_path) -> WorkspaceRecord:
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    open_desk(cast.simulated)
    converse(cast.simulated)
    catch_up(warehouse=Warehouse(settings.SHINRAI_WAREHOUSE), at=tokyo(1, 9, month=8))
    return cast.simulated


def words(answer) -> str:
    return " ".join(strip_tags(answer.content.decode()).split())


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("This report is being prepared", "loads again by itself")),
        ("ja", ("このレポートを準備しています", "数秒ごとに自動で読み込み直します")),
    ],
)
def test_a_page_nobody_prepared_says_so_at_once(desk, language: str, said: tuple[str, ...]) -> None:
    answer = Client().get(PAGE, headers={"accept-language": language})

    assert answer.status_code == 202
    assert int(answer["Retry-After"]) > int(answer["Refresh"]) > 0
    for some in said:
        assert some in answer.content.decode()


def test_the_worker_is_asked_once_and_what_it_prepares_is_shown(desk, settings) -> None:
    for _ in range(3):
        assert Client().get(PAGE).status_code == 202
    [asked] = jobs()
    warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
    whole = period_report(workspace=desk, period=W23, at=LATER, warehouse=warehouse)

    do_jobs()

    assert asked["first"] == str(W23.first)
    answer = Client().get(PAGE, headers={"accept-language": "en"})
    assert answer.status_code == 200
    assert str(sentence_of(whole)) in words(answer)
    assert jobs() == []


def test_each_language_has_its_own_words(desk) -> None:
    english, japanese = (answered(Client(), PAGE, language) for language in ("en", "ja"))

    assert "What is not known" in words(english)
    assert "分からないこと" in words(japanese)


def test_what_came_in_since_is_worked_in_while_the_page_still_answers(desk, settings) -> None:
    """A step of the week becomes known only in August."""
    warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
    asked = {"workspace": desk, "period": W23, "at": LATER, "warehouse": warehouse}
    assert prepare_report(**asked)
    assert not prepare_report(**asked)
    receive_inquiry(
        workspace_id=desk.id,
        source_key="Q-late",
        at=tokyo(3, 9),
        by="customer:1",
        words="消えた",
        mode="direct",
    )
    catch_up(warehouse=warehouse, at=LATER)

    assert not is_current(**asked)
    answer = Client().get(PAGE, headers={"accept-language": "en"})
    assert answer.status_code == 200
    assert "What came in since is being worked in" in words(answer)
    do_jobs()
    assert is_current(**asked)
    assert "being worked in" not in words(Client().get(PAGE, headers={"accept-language": "en"}))


def test_a_week_that_is_not_over_stands_for_a_quarter_of_an_hour(desk, settings) -> None:
    asked = {"workspace": desk, "warehouse": Warehouse(settings.SHINRAI_WAREHOUSE)}
    asked["period"] = week_named("2026-W31")
    prepare_report(**asked, at=tokyo(1, 9, month=8))

    assert is_current(**asked, at=tokyo(1, 9, 14, month=8))
    assert not is_current(**asked, at=tokyo(1, 9, 15, month=8))


def test_the_week_that_the_page_shows_first_is_prepared_unasked(desk) -> None:
    with time_machine.travel(tokyo(9, 9), tick=False):
        prepare_usual()
        answer = Client().get("/w/kitsune/reports/", headers={"accept-language": "en"})

    assert answer.status_code == 200
    assert "Week 23" in words(answer)


def test_only_so_many_are_kept(desk, settings, monkeypatch) -> None:
    monkeypatch.setattr(preparing, "MOST", 2)
    warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
    for number, week in enumerate(("2026-W21", "2026-W22", "2026-W23")):
        prepare_report(
            workspace=desk,
            period=week_named(week),
            at=LATER.replace(minute=number),
            warehouse=warehouse,
        )

    kept = PreparedReport.objects.order_by("prepared_at").values_list("first", flat=True)
    assert [str(first) for first in kept] == ["2026-05-25", "2026-06-01"]
