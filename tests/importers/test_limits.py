"""Files that swell, hang or kill: whoever reads them ends, says why, and everybody else goes on."""

import os
import signal
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile

from shinrai.importers import queries
from shinrai.importers.child_process import (
    MEGABYTE,
    Cancelled,
    LimitReached,
    Limits,
    limits_for,
    run_in_child,
)
from shinrai.importers.commands import import_
from shinrai.importers.models import Upload
from shinrai.importers.rules.mapping.node import BadMapping
from shinrai.importers.run.worker_process import WorkerProcessEnded
from shinrai.importers.tables.table import UnreadableTable
from shinrai.importers.upload import worker
from shinrai.importers.upload.inbox import check_name, files_of, folder_of, put_upload
from shinrai.importers.upload.status import ask_import, ask_reading, claim
from shinrai.importers.upload.trial import refusal_words
from shinrai.units.text import bilingual
from tests.cast import Cast
from tests.desk.stage import NOW
from tests.importers.hostile_files import ATTACKS
from tests.importers.test_pages import SHEET, words

ROOMY = Limits(memory=500 * MEGABYTE, processor_s=30, wall_s=60)
TIGHT = Limits(memory=24 * MEGABYTE, processor_s=30, wall_s=60)


# --- deeds of children ----------------------------------------------------------------------


def swell() -> int:
    return len([bytes(MEGABYTE) for _ in range(1_000)])


def swell_unnoticed() -> int:
    """Run out of memory in a reader that makes another error of every error."""
    try:
        return swell()
    except MemoryError as error:
        raise UnreadableTable(bilingual("unreadable", "読めません")) from error


def compute() -> None:
    while True:
        pass


def die(number: int) -> None:
    os.kill(os.getpid(), number)


def lose_helper() -> None:
    raise WorkerProcessEnded(bilingual("gone", "終了しました"))


def refuse() -> None:
    raise UnreadableTable(bilingual("a.csv: no", "a.csv: いいえ"))


def in_child(deed, *given, limits=ROOMY, **more):
    return run_in_child(deed, *given, limits=limits, names=["a.csv"], **more)


@pytest.mark.usefixtures("real_child")
class TestAChild:
    def test_answers_what_the_deed_answers(self) -> None:
        assert in_child(sorted, [3, 1, 2]) == [1, 2, 3]
        assert in_child(os.getpid) != os.getpid()
        assert in_child(lambda: os.getppid(), method="fork") == os.getpid()

    def test_raises_what_the_deed_raises_with_all_words(self) -> None:
        with pytest.raises(UnreadableTable) as error:
            in_child(refuse)

        assert error.value.text["ja"] == "a.csv: いいえ"

    @pytest.mark.parametrize(
        ("deed", "given", "limits", "en", "ja"),
        [
            (swell, [], ROOMY, "more than 500 MB of memory", "上限の 500 MB"),
            (swell_unnoticed, [], ROOMY, "more than 500 MB of memory", "上限の 500 MB"),
            (compute, [], replace(ROOMY, processor_s=1), "more than 1 s of the pro", "上限の 1 秒"),
            (time.sleep, [60], replace(ROOMY, wall_s=0), "longer than 0 s", "上限の 0 秒"),
            (die, [signal.SIGKILL], ROOMY, "ended (SIGKILL) at its limits", "（SIGKILL）"),
            (die, [signal.SIGSEGV], ROOMY, "ended (SIGSEGV) at its limits", "（SIGSEGV）"),
            (os._exit, [3], ROOMY, "ended (3) at its limits", "（3）"),
            (lose_helper, [], ROOMY, "ended at its limits of 500 MB", "上限（500 MB"),
        ],
    )
    def test_at_its_limits_it_ends_and_names_file_and_limit(
        self, deed, given, limits: Limits, en: str, ja: str
    ) -> None:
        began = time.monotonic()

        with pytest.raises(LimitReached) as error:
            in_child(deed, *given, limits=limits)

        assert str(error.value).startswith("a.csv: reading it was stopped")
        assert en in str(error.value)
        assert ja in error.value.text["ja"]
        assert time.monotonic() - began < 30

    def test_ends_at_once_when_nobody_wants_its_answer(self) -> None:
        asked = iter([True, False])
        began = time.monotonic()

        with pytest.raises(Cancelled):
            in_child(time.sleep, 60, is_wanted=lambda: next(asked))

        assert time.monotonic() - began < 5

    def test_a_larger_file_may_take_more(self, tmp_path: Path, settings) -> None:
        settings.SHINRAI_IMPORT_MEMORY_MB, settings.SHINRAI_IMPORT_S = 300, 20
        with (tmp_path / "a.csv").open("wb") as file:
            file.truncate(50 * MEGABYTE)

        for path in (tmp_path / "a.csv", tmp_path):  # a folder is as large as what is in it
            assert limits_for([path]) == Limits(350 * MEGABYTE, 520, 2_200)


# --- uploads --------------------------------------------------------------------------------


@pytest.fixture
def house(cast: Cast, settings, tmp_path: Path) -> Cast:
    settings.SHINRAI_HOME = tmp_path
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    return cast


def uploaded(house: Cast, name: str, content: bytes) -> Upload:
    assert house.engineer.member
    return put_upload(
        workspace_id=house.workspace.id,
        files=[SimpleUploadedFile(name, content)],
        mapping=None,
        choices={"ours": "@example.jp"},
        at=NOW,
        by=house.engineer.member.key,
    )


def done(upload: Upload) -> None:
    worker.work_on_upload(upload.pk, warehouse=None, at=NOW)  # type: ignore[arg-type]
    upload.refresh_from_db()


@pytest.mark.django_db(transaction=True)
@pytest.mark.end_to_end
@pytest.mark.usefixtures("real_child")
class TestAnUpload:
    def test_is_tried_and_brought_in_by_a_child(self, house: Cast) -> None:
        upload = uploaded(house, "調査.csv", SHEET.encode("cp932"))

        done(upload)
        assert (upload.status, upload.counts["steps"]) == ("read", 4)
        assert queries.imports(workspace_id=house.workspace.id) == ()

        assert ask_import(upload, upload.choices, at=NOW)
        done(upload)
        [found] = queries.imports(workspace_id=house.workspace.id)
        assert (found.state, upload.status) == ("complete", "imported")

    def test_at_its_limit_is_refused_once_and_not_tried_again(
        self, house: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        upload = uploaded(house, "調査.csv", SHEET.encode("cp932"))
        monkeypatch.setattr(worker, "limits_for", lambda _: TIGHT)

        done(upload)
        said = upload.refusal["en"]
        assert said.startswith("調査.csv: reading it was stopped, and nothing of it counts: ")

        monkeypatch.setattr(worker, "limits_for", limits_for)
        done(upload)  # a worker that was restarted
        assert not ask_reading(upload, {}, at=NOW)
        assert upload.refusal["en"] == said

        client = house.engineer.client()
        with time_machine.travel(NOW + timedelta(hours=1), tick=False):
            page = client.get(f"/w/tanuki/imports/drafts/{upload.token}/")
        assert "reading it was stopped" in words(page)

    def test_two_workers_ended_over_it_are_enough(self, house: Cast) -> None:
        upload = uploaded(house, "調査.csv", SHEET.encode("cp932"))
        claim(upload.pk)  # on Monday its worker was killed

        done(upload)  # perhaps by a restart: it is tried once more
        assert upload.status == "read"

        assert ask_reading(upload, {"zone": "Asia/Tokyo"}, at=NOW)
        claim(upload.pk)
        claim(upload.pk)
        done(upload)
        assert "stopped the import twice" in upload.refusal["en"]

    def test_deleted_while_it_is_read_it_ends_and_what_was_begun_is_given_up(
        self, house: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        upload = uploaded(house, "調査.csv", SHEET.encode("cp932"))
        done(upload)
        ask_import(upload, upload.choices, at=NOW)
        real = worker.run_in_child

        def deleted_meanwhile(deed, *given, is_wanted, **more):
            with time_machine.travel(NOW, tick=False):
                house.engineer.client().post(f"/w/tanuki/imports/drafts/{upload.token}/discards/")
            assert not is_wanted()
            return real(time.sleep, 60, is_wanted=is_wanted, **{**more, "on_note": None})

        monkeypatch.setattr(worker, "run_in_child", deleted_meanwhile)
        began = time.monotonic()

        done(upload)

        assert time.monotonic() - began < 10
        assert upload.status == "discarded"
        assert not folder_of(upload).exists()
        assert queries.imports(workspace_id=house.workspace.id) == ()

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("deep.json", "deep.json: lists and records lie more than 64 deep"),
            ("deep.ndjson", "deep.ndjson: lists and records lie more than 64 deep"),
            ("deep.json.gz", "deep.json.gz: lists and records lie more than 64 deep"),
            ("names.xes", "names.xes, line 1: the log has more than 2,000 different attributes"),
            ("plain.xes", "plain.xes, line 1: one value, comment or name is longer than any cell"),
        ],
    )
    def test_that_swells_is_refused_by_its_own_name(
        self, house: Cast, tmp_path: Path, name: str, said: str
    ) -> None:
        content = ATTACKS[name](tmp_path / name).read_bytes()
        upload = uploaded(house, name, content)

        done(upload)

        assert upload.refusal["en"].startswith(said)
        assert list((tmp_path / "flat").glob("*")) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.end_to_end
@pytest.mark.usefixtures("real_child")
def test_a_command_at_its_limit_says_so(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "調査.csv"
    path.write_bytes(SHEET.encode("cp932"))
    at_once = replace(ROOMY, wall_s=0)
    monkeypatch.setattr("shinrai.importers.commands.limits_for", lambda _: at_once)
    monkeypatch.setattr("shinrai.importers.child_process.LOOK_S", 0)

    ended = CliRunner().invoke(import_, ["csv", str(path), "-w", "tanuki", "--lang", "ja"])

    assert ended.exit_code == 2
    assert f"{path}: 読み込みを中止しました" in ended.output
    assert "所要時間が上限の 0 秒を超えました" in ended.output
    found = queries.imports(workspace_id=cast.workspace.id)
    assert all(record.completed_at is None for record in found)


# --- what a page is told --------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.end_to_end
class TestWhatAPageTakes:
    @pytest.mark.parametrize(
        "name",
        ["/etc/hostname", "secret.yaml", "../../master-key", "jira/../jira", "./jira", "OWN",
         "\x00", "a" * 5_000, "jira.yaml", "file:///etc/passwd"],
    )  # fmt: skip
    def test_is_the_name_of_a_mapping_and_never_a_path(
        self, house: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        """The engineer types what the server could read; the page answers with a sentence."""
        monkeypatch.chdir(tmp_path)
        (tmp_path / "secret.yaml").write_text("the master key")
        upload = uploaded(house, "調査.csv", SHEET.encode("cp932"))
        client = house.engineer.client()
        file = SimpleUploadedFile("調査.csv", SHEET.encode("cp932"))
        there = f"/w/tanuki/imports/drafts/{upload.token}/"

        with time_machine.travel(NOW, tick=False):
            answers = [
                client.post("/w/tanuki/imports/drafts/", {"file": file, "mapping": name}),
                client.post(f"{there}readings/", {"mapping": name}),
                client.post(f"{there}confirmations/", {"mapping": name}),
            ]

        for answer in answers:
            assert answer.status_code == 422
            assert "no mapping is called" in words(answer)
            assert "master key" not in words(answer)
        upload.refresh_from_db()
        assert upload.status == "waiting"
        with pytest.raises(BadMapping, match="no mapping is called"):
            check_name(name)

    def test_a_mapping_of_ones_own_has_a_limit(self, house: Cast) -> None:
        own = SimpleUploadedFile("mine.yaml", b"# more\n" * 40_000)
        file = SimpleUploadedFile("調査.csv", SHEET.encode("cp932"))

        answer = house.engineer.client().post(
            "/w/tanuki/imports/drafts/", {"file": file, "own_mapping": own}
        )

        assert answer.status_code == 422
        assert "mine.yaml: a mapping has 256 KB at most" in words(answer)

    def test_a_refusal_names_files_as_they_came(self, house: Cast, tmp_path: Path) -> None:
        upload = uploaded(house, "a.csv", b"")
        [path], folder = files_of(upload), folder_of(upload)
        flat = tmp_path / "flat" / "tmpx1"
        text = bilingual(
            f"{path}: empty; {flat}/1/log.xes.csv, {flat}/tickets.csv, {folder}/x",
            f"{path}、{folder}/mapping.yaml",
        )
        error = UnreadableTable(text)

        said = refusal_words(error, upload)

        assert said == {
            "en": "a.csv: empty; log.xes.csv, tickets.csv, x",
            "ja": "a.csv、mapping.yaml",
        }
