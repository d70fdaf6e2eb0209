"""What an installation that browsers reach from outside relies on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from shinrai.site.home_folder import SIGNING_BYTES, read_or_make_secret


@pytest.mark.parametrize("made", [False, True])
def test_nothing_is_left_for_django_to_warn_of(tmp_path: Path, made: bool) -> None:
    """As an administrator checks before the first day: with keys made, and before."""
    home = tmp_path / "home"
    if made:
        read_or_make_secret(home, "secret-key", size=SIGNING_BYTES)

    checked = subprocess.run(
        [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"],
        env=os.environ
        | {
            "SHINRAI_HOME": str(home),
            "SHINRAI_HTTPS": "yes",
            "SHINRAI_HOSTS": "cre.example.com",
            "DJANGO_SETTINGS_MODULE": "shinrai.site.settings",
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stderr
    assert home.exists() == made
