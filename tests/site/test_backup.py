"""A disk is lost on a Monday; on Tuesday the installation stands elsewhere and says the same.

Files that are no whole backup are refused before anything is written, and a restore that was killed
is never taken for an installation.
"""

import io
import json
import signal
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils.html import strip_tags
from hypothesis import given, settings
from hypothesis import strategies as st

from shinrai.accounts.models import AuditEntry
from shinrai.accounts.operations.audit import record_action
from shinrai.privacy.backups import newest_backups
from shinrai.site.backup import FileExists, NewBackup, make_backup
from shinrai.site.backup_file import (
    CHUNK,
    BackupDamaged,
    BackupReader,
    BackupTooNew,
    BackupWriter,
    NoBackup,
    WrongPassphrase,
    check_backup,
)
from shinrai.site.restore import HomeInUse, OtherMasterKey, restore_backup
from tests.cast import Cast
from tests.desk.stage import NOW
from tests.site.serving import shinrai

AT = "2026-11-30T12:00:00+00:00"


def written(folder: Path, content: bytes, passphrase: str | None) -> Path:
    path = folder / "some.backup"
    with path.open("wb") as file:
        writer = BackupWriter(file, passphrase)
        for start in range(0, len(content), 700_000):
            writer.write(content[start : start + 700_000])
        writer.close()
    return path


def nothing(_count: int) -> None:
    pass


# --- the file -------------------------------------------------------------------------------


@pytest.mark.parametrize("passphrase", [None, "さくら 12"])
@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_what_is_written_is_read(tmp_path: Path, size: int, passphrase: str | None) -> None:
    content = bytes(n % 251 for n in range(1000)) * (size // 1000 + 1)
    path = written(tmp_path, content[:size], passphrase)

    check_backup(path, nothing)
    with path.open("rb") as file:
        reader = BackupReader(file, passphrase)
        found = b"".join(iter(lambda: reader.read(99_999), b""))

    assert found == content[:size]
    assert passphrase is None or size < 1000 or content[:1000] not in path.read_bytes()


@settings(max_examples=30)  # a key from a passphrase is slow to make, as it should be
@given(place=st.integers(0, 10_000), bit=st.integers(0, 7), passphrase=st.sampled_from([None, "a"]))
def test_any_other_bit_is_refused(tmp_path_factory: Any, place, bit, passphrase) -> None:
    path = written(tmp_path_factory.mktemp("bits"), b"words" * 100, passphrase)
    content = bytearray(path.read_bytes())
    content[place % len(content)] ^= 1 << bit
    path.write_bytes(content)

    with pytest.raises((BackupDamaged, NoBackup, BackupTooNew)):
        check_backup(path, nothing)


@given(kept=st.floats(0, 1, exclude_max=True))
def test_a_file_that_was_cut_off_is_refused(tmp_path_factory: Any, kept: float) -> None:
    path = written(tmp_path_factory.mktemp("cut"), b"words" * 100, None)
    path.write_bytes(path.read_bytes()[: int(kept * path.stat().st_size)])

    with pytest.raises((BackupDamaged, NoBackup)):
        check_backup(path, nothing)


@pytest.mark.parametrize("given_one", [None, "another"])
def test_another_passphrase_opens_nothing(tmp_path: Path, given_one: str | None) -> None:
    path = written(tmp_path, b"words", "the right one")

    with path.open("rb") as file, pytest.raises(WrongPassphrase):
        BackupReader(file, given_one).read(1)


# --- making one -----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
class TestABackupOfTheDesk:
    @pytest.fixture
    def home(self, settings: Any, tmp_path: Path) -> Path:
        settings.SHINRAI_HOME = tmp_path
        (tmp_path / "secrets").mkdir()
        (tmp_path / "secrets" / "audit-seals").write_text("seals")
        (tmp_path / "secrets" / "postgres-shinrai_app").write_text("password")
        (tmp_path / "inbox" / "7").mkdir(parents=True)
        (tmp_path / "inbox" / "7" / "sheet.csv").write_bytes(b"sealed")
        return tmp_path

    def test_somebody_works_on_meanwhile_and_is_not_in_it(self, home: Path, cast: Cast) -> None:
        def somebody_works(_count: int) -> None:
            record_action(workspace_id=None, what="x", subject="x", at=NOW, by="staff:1")

        before = AuditEntry.objects.count()
        done = make_backup(NewBackup(home / "a"), at=NOW, by="staff:1", tell=somebody_works)

        assert AuditEntry.objects.filter(what="x").exists()
        with (home / "a").open("rb") as file:
            reader = BackupReader(file, None)
            with tarfile.open(fileobj=io.BytesIO(reader.read(1 << 30))) as tar:
                names = tar.getnames()
                manifest = json.load(tar.extractfile("manifest.json"))  # type: ignore[arg-type]
        assert manifest["rows"]["accounts_auditentry"] == before
        assert {"secrets/master-key", "secrets/audit-seals", "files/inbox/7/sheet.csv"} < set(names)
        assert "secrets/postgres-shinrai_app" not in names, "each home has its own"
        assert (home / "a").stat().st_mode & 0o777 == 0o600
        assert list(newest_backups(most=9)) == [done]

    def test_a_file_that_is_there_stays(self, home: Path, cast: Cast) -> None:
        (home / "a").write_text("mine")

        with pytest.raises(FileExists):
            make_backup(NewBackup(home / "a"), at=NOW, by="staff:1", tell=nothing)

        assert (home / "a").read_text() == "mine"
        assert not list(home.glob(".*part"))


# --- what is refused ------------------------------------------------------------------------


def made(folder: Path, *, migrations: tuple[str, ...] = (), passphrase: str | None = None) -> Path:
    """Write a small backup by hand."""
    manifest = {
        "version": "9.9",
        "at": AT,
        "migrations": migrations,
        "transactions": 1,
        "rows": {},
    }
    parts = {"manifest.json": json.dumps(manifest).encode(), "secrets/master-key": b"A" * 43 + b"="}
    kept = io.BytesIO()
    with tarfile.open(fileobj=kept, mode="w|") as tar:
        for name, content in {**parts, "database/0": b"no dump"}.items():
            part = tarfile.TarInfo(name)
            part.size = len(content)
            tar.addfile(part, io.BytesIO(content))
    return written(folder, kept.getvalue(), passphrase)


class TestRefused:
    """Whatever is refused, the home is as it was: not there."""

    @pytest.fixture
    def home(self, tmp_path: Path, monkeypatch) -> Iterator[Path]:
        home = tmp_path / "home"
        monkeypatch.setenv("SHINRAI_HOME", str(home))
        yield home
        assert not (home / "secrets").exists()

    def restored(self, path: Path, passphrase: str | None = None) -> None:
        restore_backup(path, passphrase=passphrase, at=NOW, by="command", tell=nothing)

    def test_a_file_of_a_newer_version(self, home: Path, tmp_path: Path) -> None:
        path = made(tmp_path, migrations=("accounts.0001_accounts", "desk.9999_telepathy"))

        with pytest.raises(BackupTooNew, match=r"9\.9"):
            self.restored(path)

    def test_a_file_without_its_end(self, home: Path, tmp_path: Path) -> None:
        path = made(tmp_path)
        path.write_bytes(path.read_bytes()[:-1])

        with pytest.raises(BackupDamaged, match="Nothing was restored"):
            self.restored(path)

    def test_without_the_passphrase(self, home: Path, tmp_path: Path) -> None:
        path = made(tmp_path, passphrase="kaede")

        with pytest.raises(WrongPassphrase):
            self.restored(path)
        with pytest.raises(WrongPassphrase):
            self.restored(path, "ayame")

    def test_into_a_home_that_is_in_use(self, home: Path, tmp_path: Path) -> None:
        home.mkdir()
        (home / "letters").write_text("mine")

        with pytest.raises(HomeInUse):
            self.restored(made(tmp_path))

    def test_under_another_master_key(self, home: Path, tmp_path: Path, monkeypatch) -> None:
        monkeypatch.setenv("SHINRAI_MASTER_KEY", "B" * 43 + "=")

        with pytest.raises(OtherMasterKey):
            self.restored(made(tmp_path))


# --- a disk is lost -------------------------------------------------------------------------


def of_process(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.site.installation_process", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def elsewhere(place: dict[str, str]) -> dict[str, str]:
    """Another machine: the same programs, a home of its own."""
    return {**place, "SHINRAI_HOME": str(Path(place["SHINRAI_HOME"]).with_name("elsewhere"))}


@pytest.mark.end_to_end
def test_the_installation_stands_elsewhere_and_says_the_same(
    place: dict[str, str], elsewhere: dict[str, str], tmp_path: Path
) -> None:
    """On Monday a killed backup leaves nothing; another, encrypted, is restored on Tuesday.

    The first try to restore is killed, and the home says so until somebody removes it.
    """
    file, passphrase = tmp_path / "monday.backup", tmp_path / "passphrase"
    passphrase.write_text("さくら さく\n", encoding="utf-8")
    opened = ("--passphrase-file", str(passphrase))
    demo = shinrai(place, "demo", "--no-serve", "--inquiries", "100")
    assert demo.returncode == 0, demo.stderr
    monday = json.loads(of_process(place, "answers", AT).stdout)

    cut = of_process(place, "killed", "backup.written", "backup", str(file))
    assert (cut.returncode, file.exists()) == (-signal.SIGKILL, False)
    made = shinrai(place, "backup", str(file), *opened, "--json")
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["is_encrypted"] is True

    cut = of_process(elsewhere, "killed", "restore.filled", "restore", str(file), *opened)
    assert cut.returncode == -signal.SIGKILL, cut.stderr
    for words in (("restore", str(file), *opened), ("workspaces", "list"), ("backup", "x.backup")):
        refused = shinrai(elsewhere, *words)
        assert refused.returncode == 1
        assert "not complete" in refused.stderr
    third = {**place, "SHINRAI_HOME": str(Path(place["SHINRAI_HOME"]).with_name("third"))}
    restored = shinrai(third, "restore", str(file), *opened, "--json")
    assert restored.returncode == 0, restored.stderr
    tuesday = json.loads(of_process(third, "answers", AT).stdout)

    other = {name for name, count in monday["rows"].items() if tuesday["rows"][name] != count}
    of_reading = {
        "accounts_auditentry",
        "accounts_auditseal",
        "django_session",
        "warehouse_readmark",
    }
    assert other <= of_reading | {"procrastinate_jobs", "procrastinate_events"}
    assert sum(monday["rows"].values()) > 3_000
    assert tuesday["transactions"] > monday["transactions"], "or changes would be missed"
    assert all(status == 200 for status, _ in monday["pages"].values())
    for page, (_, text) in monday["pages"].items():
        told, told_again = (strip_tags(one).split() for one in (text, tuesday["pages"][page][1]))
        assert told_again == told, page
    assert tuesday["audit"] == monday["audit"] == [True, 0]
