"""Many look at past weeks of a desk at once: all are answered, or told to come back."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.inquiries.operations import receive_inquiry
from shinrai.objectives.operations.catching_up import catch_up
from shinrai.quality.models import PeriodCount
from shinrai.reports.pages import TASK
from shinrai.reports.queries import slots
from shinrai.reports.queries.documents import report_document
from shinrai.reports.queries.period import is_at_hand, period_report
from shinrai.reports.queries.slots import report_in_time
from shinrai.reports.rules.periods import week_named
from shinrai.reports.tasks import prepare
from shinrai.warehouse import remembering
from shinrai.warehouse.remembering import Shelf
from shinrai.warehouse.store import Warehouse
from tests.cast import Cast
from tests.desk.stage import open_desk, tokyo
from tests.processes import ROOT, environment
from tests.reports.test_weekly import converse

pytestmark = pytest.mark.django_db(transaction=True)
LATER = datetime(2026, 11, 20, 3, tzinfo=UTC)
W23 = week_named("2026-W23")
PAGE = "/w/kitsune/reports/?week=2026-W23"
LONG_ENOUGH_S = 150


@pytest.fixture
def desk(cast: Cast, settings, tmp_path) -> WorkspaceRecord:
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    open_desk(cast.simulated)
    converse(cast.simulated)
    catch_up(warehouse=Warehouse(settings.SHINRAI_WAREHOUSE), at=tokyo(1, 9, month=8))
    return cast.simulated


@pytest.fixture
def nothing_remembered(monkeypatch) -> None:
    """Forget answers as a process does that begins anew."""
    monkeypatch.setattr(remembering, "_shelf", Shelf())


@pytest.fixture
def somebody_elses_turn(monkeypatch):
    """Another report is being computed, and takes longer than anybody waits."""
    monkeypatch.setattr(slots, "PATIENCE_S", 0.05)
    with slots._turn:
        yield


def test_more_past_weeks_at_once_than_there_are_cores_are_all_answered(desk, settings) -> None:
    """Each opens tables while others may be writing some: nobody waits for the other for ever."""
    weeks = [f"2026-W{number}" for number in range(25, 24 - (os.cpu_count() or 1) - 1, -1)]
    command = [sys.executable, "-m", "tests.reports.past_weeks", settings.SHINRAI_WAREHOUSE, *weeks]

    with subprocess.Popen(
        command,
        env=environment(),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as asking:
        try:
            told, errors = asking.communicate(timeout=LONG_ENOUGH_S)
        except subprocess.TimeoutExpired:
            asking.kill()
            pytest.fail(f"not all of {', '.join(weeks)} were answered in {LONG_ENOUGH_S} s")

    answers = {line.split()[0]: line.split()[1] for line in told.splitlines()}
    assert sorted(answers) == sorted(weeks), errors
    # On a slow machine the last may be told to come back; nobody is left without an answer.
    assert set(answers.values()) <= {"200", "503"}
    assert list(answers.values()).count("200") >= 1


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("This report is being prepared", "Come back in half a minute")),
        ("ja", ("このレポートを準備しています", "30秒ほどたってから")),
    ],
)
def test_who_has_waited_long_enough_is_told_to_come_back(
    desk, nothing_remembered, somebody_elses_turn, language: str, words: tuple[str, ...]
) -> None:
    answer = Client().get(PAGE, headers={"accept-language": language})

    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    for some in words:
        assert some in answer.content.decode()


def test_the_worker_is_asked_once_and_what_it_counts_is_shown(
    desk, nothing_remembered, somebody_elses_turn, settings, monkeypatch
) -> None:
    for _ in range(3):
        assert Client().get(PAGE).status_code == 503
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args FROM procrastinate_jobs WHERE task_name = %s AND status = 'todo'", [TASK]
        )
        told = [args for (args,) in cursor.fetchall()]
    [asked] = {args for args in told if str(W23.first) in args}  # other stories ask for other weeks
    warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
    whole = period_report(workspace=desk, period=W23, at=LATER, warehouse=warehouse)

    prepare(**json.loads(asked))  # as a worker would, in a process of its own

    monkeypatch.setattr(remembering, "_shelf", Shelf())
    quick = report_in_time(workspace=desk, period=W23, at=LATER, warehouse=warehouse)
    assert quick is not None
    assert report_document(quick) == report_document(whole)
    assert Client().get(PAGE).status_code == 200


def test_what_is_remembered_waits_for_nobody(
    desk, nothing_remembered, settings, monkeypatch
) -> None:
    assert Client().get(PAGE).status_code == 200

    monkeypatch.setattr(slots, "PATIENCE_S", 0.05)
    with slots._turn:
        assert Client().get(PAGE).status_code == 200


def test_what_was_counted_is_counted_anew_once_the_tables_say_something_else(
    desk, nothing_remembered, settings, monkeypatch
) -> None:
    """A step of the week becomes known only in August."""
    prepare(desk.slug, str(W23.first), str(W23.last))
    monkeypatch.setattr(remembering, "_shelf", Shelf())
    warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
    asked = {"workspace": desk, "period": W23, "at": LATER, "warehouse": warehouse}
    assert is_at_hand(**asked)
    before = period_report(**asked).quality.found.inquiries

    receive_inquiry(
        workspace_id=desk.id,
        source_key="Q-late",
        at=tokyo(3, 9),
        by="customer:1",
        words="消えた",
        mode="direct",
    )
    catch_up(warehouse=warehouse, at=LATER)

    assert not is_at_hand(**asked)
    assert period_report(**asked).quality.found.inquiries == before + 1


def test_only_so_many_are_kept(desk, nothing_remembered, monkeypatch) -> None:
    from shinrai.quality.operations import period_counts

    monkeypatch.setattr(period_counts, "MOST", 2)
    for week in ("2026-W21", "2026-W22", "2026-W23"):
        period = week_named(week)
        prepare(desk.slug, str(period.first), str(period.last))

    kept = PeriodCount.objects.order_by("at").values_list("question", flat=True)
    assert [question.split()[1] for question in kept] == ["2026-05-25", "2026-06-01"]


def test_where_many_wait_already_the_next_is_told_at_once(desk, nothing_remembered, monkeypatch):
    """Three threads wait for reports; the fourth is left for whoever signs in meanwhile."""
    monkeypatch.setattr(slots, "PATIENCE_S", 60.0)
    held = [slots._places.acquire(blocking=False) for _ in range(slots.PLACES)]
    try:
        answer = Client().get(PAGE)
    finally:
        for _ in held:
            slots._places.release()

    assert all(held)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
