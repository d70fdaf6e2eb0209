"""Uploads done by workers: killed in the middle, two at once, asked twice; each is in once."""

import asyncio
import base64
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections, transaction
from procrastinate.contrib.django import connector_params
from procrastinate.psycopg_connector import PsycopgConnector

from shinrai.importers import queries
from shinrai.importers.run.lock import ImportRunning
from shinrai.importers.upload import worker
from shinrai.importers.upload.inbox import Draft, the_inbox
from shinrai.importers.upload.job import UploadJob, new_job, put_job, requested_import
from shinrai.importers.upload.result import result_of
from shinrai.importers.upload.status import count_attempt, status_of
from shinrai.ledger.models import Step
from shinrai.postgres.queue import add_job, has_workers
from shinrai.site.job_schedule import job_app, requeue_stalled_jobs
from shinrai.units.text import bilingual, in_both_languages
from shinrai.warehouse.store import Warehouse
from tests.cast import Cast
from tests.desk.stage import NOW
from tests.importers.test_pages import SHEET, words

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]

ROOT = Path(__file__).parents[2]


@pytest.fixture
def house(cast: Cast, settings, tmp_path):
    settings.SHINRAI_HOME = tmp_path
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    clear_queue()  # other tests ask for uploads too
    yield cast
    clear_queue()


def clear_queue() -> None:
    """Empty the queue's tables: they are no models of ours, so nobody else clears them."""
    with connection.cursor() as cursor:
        for table in ("periodic_defers", "jobs", "workers"):
            cursor.execute(f"DELETE FROM procrastinate_{table}")


@pytest.fixture
def draft(house: Cast) -> Draft:
    """The sheet of test_pages, uploaded by the engineer: 4 steps of 2 cases, a row set aside."""
    return uploaded(house)


def uploaded(house: Cast, text: str = SHEET) -> Draft:
    assert house.engineer.member
    file = SimpleUploadedFile("調査.csv", text.encode("cp932"))
    return the_inbox().put(
        workspace_id=house.workspace.id,
        files=[file],
        mapping=None,
        # By the clock the worker's own process reads: its hourly sweep deletes what is a week old.
        at=datetime.fromtimestamp(time.time(), UTC),
        by=house.engineer.member.key,
    )


def confirmed(draft: Draft, **changes) -> UploadJob:
    given = {"mapping": "", "zone": "", "at": NOW, "by": draft.by} | changes
    job = new_job("import", draft, **given)
    put_job(job, draft)
    return job


def started_worker(point: str = "-") -> subprocess.Popen[bytes]:
    books = connections["default"].settings_dict
    address = (
        f"postgresql://{quote(books['USER'])}:{quote(books['PASSWORD'], safe='')}@/"
        f"{books['NAME']}?host={quote(books['HOST'], safe='')}"
    )
    home = str(django_settings.SHINRAI_HOME)
    environment = os.environ | {
        "DATABASE_URL": address,
        "SHINRAI_MASTER_KEY": base64.b64encode(django_settings.SHINRAI_MASTER_KEY).decode(),
        "DJANGO_SETTINGS_MODULE": "shinrai.site.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
    }
    command = [sys.executable, "-m", "tests.importers.killed_worker", home, point]
    return subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.PIPE)


def ended(process: subprocess.Popen[bytes], code: int = 0) -> None:
    _, errors = process.communicate(timeout=60)
    assert process.returncode == code, errors.decode()


def nobody_lives_any_more() -> int:
    """Have a worker look for the jobs of the dead, as all of them do every few seconds."""

    async def look() -> int:
        connector = PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=1)
        async with job_app(connector).open_async() as app:
            return await requeue_stalled_jobs(app, after_s=0)

    return asyncio.run(look())


def waiting() -> int:
    """Count uploads that wait; what the timetable put in beside them depends on the minute."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs"
            " WHERE status = 'todo' AND task_name = 'importers:do_errand'"
        )
        return int(cursor.fetchone()[0])


class TestAKilledWorker:
    @pytest.mark.parametrize("point", ["observed:1", "derived:1", "completing:2"])
    def test_another_goes_on_where_it_stopped(self, house: Cast, draft: Draft, point: str) -> None:
        job = confirmed(draft)
        ended(started_worker(point), -signal.SIGKILL)
        assert status_of(job, draft) is not None
        assert result_of(job, draft) is None
        [cut] = queries.imports(workspace_id=house.workspace.id)
        assert cut.state == "unfinished"

        assert waiting() == 0
        assert nobody_lives_any_more() >= 1
        assert waiting() == 1
        done(job)

        result = result_of(job, draft)
        assert result is not None
        [found] = queries.imports(workspace_id=house.workspace.id)
        assert (found.id, found.state) == (cut.id, "complete") == (result.batch, "complete")
        assert Step.objects.count() == 4

    def test_killed_after_the_import_counted_it_is_not_brought_in_again(
        self, house: Cast, draft: Draft
    ) -> None:
        job = confirmed(draft)
        ended(started_worker())
        before = result_of(job, draft)
        uploaded_again = uploaded(house)  # the files are there, as if the worker had died sooner
        (draft.folder / "import.result").unlink()
        (uploaded_again.folder / "files").rename(draft.folder / "files")

        done(job)

        assert before is not None
        again = result_of(job, draft)
        assert again is not None
        assert again.batch == before.batch
        assert len(queries.imports(workspace_id=house.workspace.id)) == 1

    def test_who_kills_every_worker_is_left_alone_at_last(self, draft: Draft) -> None:
        job = confirmed(draft)
        for _ in range(worker.MOST_LOST):
            count_attempt(job, draft.folder)  # and was killed

        done(job)

        result = result_of(job, draft)
        assert result is not None
        assert result.refusal == in_both_languages(worker.STOPPED_TWICE)
        assert not Step.objects.exists()


class TestTwoWorkers:
    def test_every_upload_is_in_once(self, house: Cast) -> None:
        rows = SHEET.splitlines()
        drafts = [
            uploaded(house, "\r\n".join([rows[0], rows[1].replace("Q-1", f"Z-{n}")]) + "\r\n")
            for n in range(4)
        ]
        for number, draft in enumerate(drafts):
            confirmed(draft, at=NOW + timedelta(seconds=number))

        both = [started_worker(), started_worker()]
        for process in both:
            ended(process)

        found = queries.imports(workspace_id=house.workspace.id)
        assert [record.state for record in found] == ["complete"] * 4
        assert Step.objects.count() == 4 * 3
        assert waiting() == 0

    def test_a_second_confirmation_waits_for_the_first_and_does_nothing(
        self, house: Cast, draft: Draft
    ) -> None:
        first = confirmed(draft)
        confirmed(draft, at=NOW + timedelta(seconds=1))
        assert waiting() == 1

        done(first)
        done(new_job("import", draft, mapping="", zone="", at=NOW, by=draft.by))

        assert len(queries.imports(workspace_id=house.workspace.id)) == 1

    def test_what_somebody_imports_by_command_is_waited_for(
        self, draft: Draft, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def busy(*_given, **_named):
            raise ImportRunning(
                bilingual("another import is running", "別の取り込みが動いています")
            )

        monkeypatch.setattr(worker, "import_files", busy)
        job = confirmed(draft)

        with pytest.raises(ImportRunning):
            done(job)
        status = status_of(job, draft)
        assert status is not None
        assert status.phase == "waiting"
        done(job, tries=worker.MOST_TRIES)

        result = result_of(job, draft)
        assert result is not None
        assert result.refusal is not None
        assert result.refusal["ja"] == "別の取り込みが動いています"


class TestTheQueue:
    def test_what_is_rolled_back_was_never_asked(self, house: Cast) -> None:
        with transaction.atomic():
            assert add_job("importers:do_errand", lock="a", once="b", token="x")
            transaction.set_rollback(True)

        assert waiting() == 0

    def test_the_same_thing_waits_once(self, house: Cast) -> None:
        put = [add_job("importers:do_errand", lock="a", once="b") for _ in range(2)]

        assert put == [True, False]

    def test_a_page_says_that_nobody_works_and_goes_on_once_somebody_does(
        self, house: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("shinrai.importers.upload.result.LOOK_S", 0)
        monkeypatch.setattr("shinrai.importers.upload.pages.wait_for_result", result_of)
        client = house.engineer.client()
        file = SimpleUploadedFile("調査.csv", SHEET.encode("cp932"))
        # The worker's own process reads the clock on the wall, and sweeps what is a week old by it.
        today = datetime.fromtimestamp(time.time(), UTC)
        with time_machine.travel(today, tick=False):
            address = client.post("/w/tanuki/imports/drafts/", {"file": file})["Location"]
            page = client.get(address)
            assert "It waits its turn." in words(page)
            assert "shinrai worker" in words(page)
            assert 'http-equiv="refresh"' in page.content.decode()
            part = client.get(address, headers={"hx-request": "true"})
            assert "<html" not in part.content.decode()
            assert "HX-Request" in part["Vary"]
            assert not has_workers()

            ended(started_worker())

            on = client.get(address, headers={"hx-request": "true"})
            assert on["HX-Redirect"] == address
            assert "4 new steps would come in" in words(client.get(address))
            assert not Step.objects.exists()
            client.post(f"{address}confirmations/")
            draft = next((django_settings.SHINRAI_HOME / "inbox").iterdir())
            found = the_inbox().draft(
                draft.name, workspace_id=house.workspace.id, by=house.engineer.member.key, at=today
            )
            assert requested_import(found) is not None
            ended(started_worker())
            end = client.get(address, headers={"hx-request": "true"})

        [brought] = queries.imports(workspace_id=house.workspace.id)
        assert end["HX-Redirect"] == f"/w/tanuki/imports/{brought.id}/"


def done(job: UploadJob, tries: int = 0) -> None:
    warehouse = Warehouse(django_settings.SHINRAI_WAREHOUSE)
    worker.run_job(job, inbox=the_inbox(), warehouse=warehouse, at=NOW, tries=tries)
