"""The home folder is private, and its secrets are made once."""

import base64
import subprocess
import sys
from pathlib import Path

import pytest

from shinrai.site.home import HomeUnusable, home_folder, keep_secret, make_private


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
        first = keep_secret(tmp_path / "home", "key")

        assert keep_secret(tmp_path / "home", "key") == first
        assert len(base64.urlsafe_b64decode(first)) == 32
        assert mode(tmp_path / "home") == 0o700
        assert mode(tmp_path / "home" / "secrets" / "key") == 0o600

    def test_two_who_ask_at_once_get_one_secret(self, tmp_path: Path) -> None:
        ask = "import sys; from pathlib import Path; from shinrai.site.home import keep_secret; "
        ask += "print(keep_secret(Path(sys.argv[1]), 'key'))"
        asked = [
            subprocess.Popen(
                [sys.executable, "-c", ask, str(tmp_path / "home")], stdout=subprocess.PIPE
            )
            for _ in range(4)
        ]

        answers = {process.communicate()[0] for process in asked}

        assert len(answers) == 1
        assert [path.name for path in (tmp_path / "home" / "secrets").iterdir()] == ["key"]

    def test_an_empty_secret_is_not_replaced_in_silence(self, tmp_path: Path) -> None:
        keep_secret(tmp_path, "key")
        (tmp_path / "secrets" / "key").write_text("", encoding="ascii")

        with pytest.raises(HomeUnusable, match="restore it from a backup"):
            keep_secret(tmp_path, "key")


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
