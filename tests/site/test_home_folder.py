"""The home folder is private, and its secrets are made once."""

import base64
import subprocess
import sys
from pathlib import Path

import pytest

from shinrai.site.home_folder import (
    SIGNING_BYTES,
    HomeUnusable,
    home_folder,
    make_home_private,
    make_private,
    read_made_secret,
    read_or_make_secret,
)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


class TestHomeFolder:
    def test_is_the_one_that_was_chosen(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SHINRAI_HOME", str(tmp_path / "my home"))

        assert home_folder() == tmp_path / "my home"

    def test_lies_among_the_users_data_otherwise(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("SHINRAI_HOME")
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.delenv("XDG_DATA_HOME", raising=False)

        assert home_folder() == tmp_path / ".local" / "share" / "shinrai"


class TestKeepSecret:
    def test_is_the_same_the_second_time_and_closed_to_others(self, tmp_path: Path) -> None:
        first = read_or_make_secret(tmp_path / "home", "key")

        assert read_or_make_secret(tmp_path / "home", "key") == first
        assert len(base64.urlsafe_b64decode(first)) == 32
        assert mode(tmp_path / "home") == 0o700
        assert mode(tmp_path / "home" / "secrets" / "key") == 0o600

    def test_two_who_ask_at_once_get_one_secret(self, tmp_path: Path) -> None:
        ask = "import sys; from pathlib import Path; "
        ask += "from shinrai.site.home_folder import read_or_make_secret; "
        ask += "print(read_or_make_secret(Path(sys.argv[1]), 'key'))"
        asked = [
            subprocess.Popen(
                [sys.executable, "-c", ask, str(tmp_path / "home")], stdout=subprocess.PIPE
            )
            for _ in range(4)
        ]

        answers = {process.communicate()[0] for process in asked}

        assert len(answers) == 1
        assert [path.name for path in (tmp_path / "home" / "secrets").iterdir()] == ["key"]

    def test_one_is_only_looked_for_where_nothing_may_be_made(self, tmp_path: Path) -> None:
        assert read_made_secret(tmp_path / "home", "key") is None
        assert not (tmp_path / "home").exists()

        made = read_or_make_secret(tmp_path / "home", "key", size=SIGNING_BYTES)

        assert read_made_secret(tmp_path / "home", "key") == made
        assert len(made) >= 50, "what Django asks of a key that signs"

    def test_an_empty_secret_is_not_replaced_in_silence(self, tmp_path: Path) -> None:
        read_or_make_secret(tmp_path, "key")
        (tmp_path / "secrets" / "key").write_text("", encoding="ascii")

        with pytest.raises(HomeUnusable, match="restore it from a backup"):
            read_or_make_secret(tmp_path, "key")


class TestClosing:
    def open_home(self, home: Path, *folders: str) -> Path:
        for folder in ("", *folders):
            (home / folder).mkdir()
            (home / folder).chmod(0o755)
        return home

    def test_one_that_a_service_manager_made_is_closed(self, tmp_path: Path) -> None:
        home = self.open_home(tmp_path / "state")

        assert make_home_private(home) == ""
        assert mode(home) == 0o700

    def test_so_is_all_that_was_written_while_it_was_open(self, tmp_path: Path) -> None:
        home = self.open_home(tmp_path / "volume", "secrets", "warehouse", "uploads", "lost+found")

        assert make_home_private(home) == ""
        assert {mode(path) for path in (home, *home.iterdir())} == {0o700}

    def test_what_is_closed_more_tightly_stays_so(self, tmp_path: Path) -> None:
        home = self.open_home(tmp_path / "home", "secrets")
        (home / "secrets").chmod(0o500)
        home.chmod(0o750)

        assert make_home_private(home) == ""
        assert (mode(home), mode(home / "secrets")) == (0o700, 0o500)

    @pytest.mark.parametrize("sticky", [False, True])
    def test_a_folder_with_other_things_in_it_is_left_and_named(
        self, tmp_path: Path, sticky: bool
    ) -> None:
        """Somebody sets SHINRAI_HOME=/tmp, or to their own home folder."""
        home = self.open_home(tmp_path / "shared", "photos", *(["secrets"] if sticky else []))
        home.chmod(0o1777 if sticky else 0o755)

        said = make_home_private(home)

        assert str(home) in said
        assert "SHINRAI_HOME" in said
        assert mode(home) == (0o777 if sticky else 0o755)
        assert mode(home / "photos") == 0o755

    def test_another_users_volume_is_named_and_what_lies_in_it_closed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        home = self.open_home(tmp_path / "volume", "secrets", "warehouse")
        chmod = Path.chmod

        def refuse(path: Path, wanted: int) -> None:
            if path == home:
                raise PermissionError
            chmod(path, wanted)

        monkeypatch.setattr(Path, "chmod", refuse)

        assert f"chmod 700 {home}" in make_home_private(home)
        assert mode(home / "warehouse") == 0o700


def test_a_home_that_cannot_be_made_names_itself_and_what_to_set(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")

    with pytest.raises(HomeUnusable, match=r"file/home: .*set SHINRAI_HOME"):
        make_private(tmp_path / "file" / "home")


def test_a_folder_that_was_there_keeps_its_mode(tmp_path: Path) -> None:
    """Neither loosened nor tightened: it may be somebody's."""
    there = tmp_path / "there"
    there.mkdir()
    there.chmod(0o750)

    make_private(there / "new")

    assert mode(there) == 0o750
    assert mode(there / "new") == 0o700
