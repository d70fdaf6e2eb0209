"""Tables of a desk are damaged one night; by morning they say what they said before."""

from pathlib import Path
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner
from django.test import Client

from shinrai.objectives.commands import publish
from shinrai.objectives.facts import CLOCKS
from shinrai.objectives.operations.catching_up import catch_up
from shinrai.objectives.tasks import catch_up_all
from shinrai.quality.facts.inquiries import INQUIRIES
from shinrai.quality.facts.investigations import INVESTIGATIONS
from shinrai.reports.queries.documents import report_document
from shinrai.reports.queries.period import period_report
from shinrai.reports.rules.periods import week_named
from shinrai.warehouse.store import Warehouse
from shinrai.workload.facts import WORK
from tests.cast import Cast
from tests.desk.stage import NOW, open_desk
from tests.reports.test_weekly import converse

pytestmark = pytest.mark.django_db(transaction=True)
W23 = week_named("2026-W23")
CASES = "/w/kitsune/quality/cases/?figure=solved&from=all"


@pytest.fixture
def desk(cast: Cast, settings, tmp_path):
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    open_desk(cast.simulated)
    converse(cast.simulated)
    with time_machine.travel(NOW, tick=False):
        catch_up(warehouse=Warehouse(settings.SHINRAI_WAREHOUSE), at=NOW)
        yield cast.simulated


@pytest.fixture
def report(desk, settings):
    """Tell the report of a week as a process does that begins anew, but for versions of tables."""

    def told() -> dict[str, object]:
        found = period_report(
            workspace=desk, period=W23, at=NOW, warehouse=Warehouse(settings.SHINRAI_WAREHOUSE)
        )
        return without_versions(report_document(found))

    return told


def without_versions(document: Any) -> Any:
    """Leave out of which versions it was computed: those go on counting."""
    if isinstance(document, list):
        return [without_versions(one) for one in document]
    if not isinstance(document, dict):
        return document
    return {
        key: without_versions(value)
        for key, value in document.items()
        if key not in ("versions", "fresh", "tables", "read_at")
    }


def files(settings, table, pattern: str) -> list[Path]:
    return sorted(Path(Warehouse(settings.SHINRAI_WAREHOUSE).place(table)).rglob(pattern))


@pytest.mark.parametrize("table", [CLOCKS, INQUIRIES, INVESTIGATIONS, WORK], ids=lambda t: t.name)
@pytest.mark.parametrize("pattern", ["*.parquet", "*.json"])
def test_the_timetable_fills_them_anew(report, settings, table, pattern: str) -> None:
    before = report()
    last = files(settings, table, pattern)[-1]
    last.write_bytes(last.read_bytes()[:7])

    catch_up_all()

    assert report() == before


@pytest.mark.parametrize("table", [CLOCKS, INQUIRIES], ids=lambda t: t.name)
def test_the_command_says_how_much_it_filled_anew(report, settings, table) -> None:
    before = report()
    for file in files(settings, table, "*.parquet"):
        file.write_bytes(b"")

    done = CliRunner().invoke(publish, [])

    assert done.exit_code == 0, done.output
    assert (
        "0 clocks published" not in done.output
        or "0 cases published for quality" not in done.output
    )
    assert report() == before


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("inquiries is damaged", "shinrai objectives publish", "in five minutes")),
        ("ja", ("inquiries が壊れています", "shinrai objectives publish", "5分ほどたってから")),
    ],
)
def test_a_page_says_which_table_and_what_to_do(
    desk, settings, language: str, words: tuple[str, ...]
) -> None:
    for file in files(settings, INQUIRIES, "*.parquet"):
        file.unlink()
    visitor = Client(raise_request_exception=False)

    answer = visitor.get(
        "/w/kitsune/quality/cases/?figure=solved", headers={"accept-language": language}
    )

    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    for some in words:
        assert some in answer.content.decode()
    catch_up_all()
    assert visitor.get(CASES).status_code == 200
