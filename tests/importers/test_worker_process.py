"""Rows of a large file are read in a further process, which ends with the one that asks."""

import os
import pickle
import signal
import time
from multiprocessing import active_children

import pytest

from shinrai.importers.rules.observation.cell_values import UnreadableRow
from shinrai.importers.run import derivation_phase, observation_phase, worker_process
from shinrai.importers.run.worker_process import WorkerProcessEnded
from shinrai.importers.tables.table import UnreadableTable
from shinrai.units.text import bilingual
from tests.importers.desk import LOG, Desk, open_desk
from tests.importers.test_resume import MAPPING, other_process
from tests.importers.test_resume import SHEET as SHEET_JA

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]


@pytest.fixture
def in_a_process(monkeypatch):
    """Let every import be worth a process, with stretches so small that there are several."""
    monkeypatch.setattr(worker_process, "LARGE", 0)
    monkeypatch.setattr(worker_process.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(observation_phase, "CHUNK", 7)
    monkeypatch.setattr(derivation_phase, "CHUNK", 3)


def test_a_process_reads_what_a_thread_reads(desk: Desk, in_a_process, monkeypatch) -> None:
    """Forty rows with words, customers, staff, and some that are set aside."""
    one = desk.bring(MAPPING, SHEET_JA)
    assert active_children() == []

    monkeypatch.setattr(worker_process, "LARGE", 1_000_000)
    other = open_desk("thread")
    two = other.bring(MAPPING, SHEET_JA)

    assert one.counts == two.counts
    assert one.flags == two.flags
    assert desk.told() == other.told()


def test_what_is_noticed_of_a_whole_file_comes_back(desk: Desk, in_a_process, tmp_path) -> None:
    """A log in which `resolved` stands on every row, also of those that were still open."""
    rows = [
        f"{case},{rev},U-{case},2026-06-0{rev} 09:00,2026-06-01 08:00,森下,Wait,front,"
        "2026-06-09 10:00"
        for case in range(1, 9)
        for rev in range(1, 6)
    ]
    path = tmp_path / "log.csv"
    path.write_text("\n".join(["no,rev,who,at,opened,by,state,group,resolved", *rows]))

    report = desk.bring(LOG, path)

    [flag] = [flag for flag in report.flags if flag.code == "look_ahead"]
    assert flag.count == 40


def test_it_ends_with_the_process_that_asked(desk: Desk) -> None:
    with other_process("aside/observed:2", SHEET_JA) as process:
        told, errors = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL, errors
    helper = int(told)

    give_up = time.monotonic() + 20
    while is_there(helper):
        assert time.monotonic() < give_up, "the helper goes on though nobody asks it any more"
        time.sleep(0.05)
    assert desk.bring(MAPPING, SHEET_JA).is_resumed


def test_ended_from_outside_it_says_so_and_the_import_goes_on(desk: Desk, in_a_process) -> None:
    """Memory runs out on Tuesday, in the middle of the file; on Wednesday it is imported."""

    def run_out(phase: str, _done: int, _total: int) -> None:
        if phase == "observed":
            [helper] = active_children()
            os.kill(helper.pid, signal.SIGKILL)
            helper.join()

    with pytest.raises(WorkerProcessEnded, match="goes on where it stopped"):
        desk.bring(MAPPING, SHEET_JA, progress=run_out)
    assert desk.told() == []

    report = desk.bring(MAPPING, SHEET_JA)

    whole = open_desk("whole")
    assert report.counts == whole.bring(MAPPING, SHEET_JA).counts
    assert report.is_resumed
    assert desk.told() == whole.told()


def test_words_for_people_cross_whole() -> None:
    aside_row = UnreadableRow("when", {"en": "no moment", "ja": "時刻がありません"})
    for error in (UnreadableTable(bilingual("gone", "ありません")), aside_row):
        again = pickle.loads(pickle.dumps(error))

        assert (type(again), str(again), again.text) == (type(error), str(error), error.text)
        assert vars(again) == vars(error)


def is_there(process: int) -> bool:
    """Tell whether a process still runs; one that ended and was not yet fetched does not."""
    try:
        with open(f"/proc/{process}/stat", encoding="utf-8") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
