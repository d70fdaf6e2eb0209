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
from shinrai.importers.models import Upload
from shinrai.importers.run.lock import ImportRunning
from shinrai.importers.upload import status, worker
from shinrai.importers.upload.inbox import folder_of, put_upload
from shinrai.importers.upload.status import ask_worker, claim
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
def upload(house: Cast) -> Upload:
    """The sheet of test_pages, uploaded by the engineer: 4 steps of 2 cases, a row set aside."""
    return uploaded(house)


def uploaded(house: Cast, text: str = SHEET) -> Upload:
    assert house.engineer.member
    file = SimpleUploadedFile("調査.csv", text.encode("cp932"))
    return put_upload(
        workspace_id=house.workspace.id,
        files=[file],
        mapping=None,
        choices={"mapping": "investigations_sheet_ja"},
        # By the clock the worker's own process reads: its hourly sweep deletes what is a week old.
        at=datetime.fromtimestamp(time.time(), UTC),
        by=house.engineer.member.key,
    )


def confirmed(upload: Upload, at: datetime = NOW) -> Upload:
    """Ask for the import of an upload, as if its trial had been read and confirmed."""
    upload.status, upload.asked_at = Upload.Status.IMPORTING, at
    upload.save()
    ask_worker(upload)
    return upload


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
    _, errors = process.communicate(timeout=180)
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
            " WHERE status = 'todo' AND task_name = 'importers:work_on_upload'"
        )
        return int(cursor.fetchone()[0])


class TestAKilledWorker:
    @pytest.mark.parametrize("point", ["observed:1", "derived:1", "completing:2"])
    def test_another_goes_on_where_it_stopped(
        self, house: Cast, upload: Upload, point: str
    ) -> None:
        confirmed(upload)
        ended(started_worker(point), -signal.SIGKILL)
        upload.refresh_from_db()
        assert (upload.status, upload.phase) == ("importing", point.split(":")[0])
        [cut] = queries.imports(workspace_id=house.workspace.id)
        assert cut.state == "unfinished"

        assert waiting() == 0
        assert nobody_lives_any_more() >= 1
        assert waiting() == 1
        done(upload)

        [found] = queries.imports(workspace_id=house.workspace.id)
        assert (upload.status, upload.batch_id) == ("imported", cut.id)
        assert (found.id, found.state) == (cut.id, "complete")
        assert Step.objects.count() == 4

    def test_killed_after_the_import_counted_it_is_not_brought_in_again(
        self, house: Cast, upload: Upload
    ) -> None:
        confirmed(upload)
        ended(started_worker())
        upload.refresh_from_db()
        batch = upload.batch_id
        again = uploaded(house)  # the files are there, as if the worker had died sooner
        folder_of(again).rename(folder_of(upload))
        upload.status = Upload.Status.IMPORTING
        upload.save()

        done(upload)

        assert (upload.status, upload.batch_id) == ("imported", batch)
        assert len(queries.imports(workspace_id=house.workspace.id)) == 1

    def test_who_kills_every_worker_is_left_alone_at_last(self, upload: Upload) -> None:
        confirmed(upload)
        for _ in range(worker.MOST_LOST):
            assert claim(upload.pk)  # and was killed

        done(upload)

        assert upload.refusal == in_both_languages(worker.STOPPED_TWICE)
        assert upload.is_final
        assert not Step.objects.exists()

    def test_one_that_wakes_up_stores_nothing(self, upload: Upload) -> None:
        """Its upload was given to another worker while it slept."""
        confirmed(upload)
        sleeper = claim(upload.pk)
        assert sleeper is not None
        done(upload)

        assert not status.finish(sleeper, status.Status.BROKEN)
        upload.refresh_from_db()
        assert upload.status == "imported"


class TestTwoWorkers:
    def test_every_upload_is_in_once(self, house: Cast) -> None:
        rows = SHEET.splitlines()
        uploads = [
            uploaded(house, "\r\n".join([rows[0], rows[1].replace("Q-1", f"Z-{n}")]) + "\r\n")
            for n in range(4)
        ]
        for number, upload in enumerate(uploads):
            confirmed(upload, at=NOW + timedelta(seconds=number))

        both = [started_worker(), started_worker()]
        for process in both:
            ended(process)

        found = queries.imports(workspace_id=house.workspace.id)
        assert [record.state for record in found] == ["complete"] * 4
        assert Step.objects.count() == 4 * 3
        assert waiting() == 0

    def test_what_is_asked_twice_is_done_once(self, house: Cast, upload: Upload) -> None:
        confirmed(upload)
        ask_worker(upload)
        assert waiting() == 1

        done(upload)
        done(upload)

        assert len(queries.imports(workspace_id=house.workspace.id)) == 1

    def test_what_somebody_imports_by_command_is_waited_for(
        self, upload: Upload, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def busy(*_given, **_named):
            raise ImportRunning(
                bilingual("another import is running", "別の取り込みが動いています")
            )

        monkeypatch.setattr(worker, "import_files", busy)
        confirmed(upload)

        with pytest.raises(ImportRunning):
            done(upload)
        upload.refresh_from_db()
        assert (upload.status, upload.phase, upload.attempts) == ("importing", "waiting", 0)
        done(upload, tries=worker.MOST_TRIES)

        assert upload.status == "refused"
        assert upload.refusal["ja"] == "別の取り込みが動いています"


class TestTheQueue:
    def test_what_is_rolled_back_was_never_asked(self, house: Cast) -> None:
        with transaction.atomic():
            assert add_job("importers:work_on_upload", lock="a", once="b", upload=1)
            transaction.set_rollback(True)

        assert waiting() == 0

    def test_the_same_thing_waits_once(self, house: Cast) -> None:
        put = [add_job("importers:work_on_upload", lock="a", once="b") for _ in range(2)]

        assert put == [True, False]

    def test_a_page_says_that_nobody_works_and_goes_on_once_somebody_does(
        self, house: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(status, "wait_for_answer", lambda upload: None)
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
            assert Upload.objects.get().status == "importing"
            ended(started_worker())
            end = client.get(address, headers={"hx-request": "true"})

        [brought] = queries.imports(workspace_id=house.workspace.id)
        assert end["HX-Redirect"] == f"/w/tanuki/imports/{brought.id}/"


def done(upload: Upload, tries: int = 0) -> None:
    warehouse = Warehouse(django_settings.SHINRAI_WAREHOUSE)
    try:
        worker.work_on_upload(upload.pk, warehouse=warehouse, at=NOW, tries=tries)
    finally:
        upload.refresh_from_db()
