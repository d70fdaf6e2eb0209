"""The scripts of bin/ and .ci/: what can be said of them without a package index."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted([*(ROOT / "bin").iterdir(), ROOT / ".ci" / "run"])


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_can_be_run_and_read_by_bash(script: Path) -> None:
    assert os.access(script, os.X_OK)
    assert script.read_text(encoding="utf-8").startswith("#!/usr/bin/env bash\n")
    subprocess.run(["bash", "-n", str(script)], check=True)


def test_ci_sets_up_and_checks_and_nothing_else() -> None:
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    calls = [line for line in lines if line.startswith('"$root/')]

    assert calls == ['"$root/bin/setup"', '"$root/bin/check" --all']
    assert len(lines) == len(calls) + 3


def test_a_benchmark_that_is_not_there_is_asked_wrongly() -> None:
    done = subprocess.run(
        [str(ROOT / "bin" / "bench"), "nonsense"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert "there is no nonsense" in done.stderr


def test_setup_refuses_a_python_that_is_too_old(tmp_path: Path) -> None:
    """Run in an empty checkout, with a `python3` that says it is of 2020."""
    old = tmp_path / "path" / "python3"
    old.parent.mkdir()
    old.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    old.chmod(0o755)
    for name in ("bash", "env", "dirname", "cat", "head", "grep", "id"):
        (old.parent / name).symlink_to(f"/usr/bin/{name}")
    (tmp_path / "bin").mkdir()
    script = tmp_path / "bin" / "setup"
    script.write_bytes((ROOT / "bin" / "setup").read_bytes())

    done = subprocess.run(
        ["/usr/bin/env", "bash", str(script)],
        env={"PATH": str(old.parent)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "no Python 3.11 or later found" in done.stderr
    assert not (tmp_path / ".venv").exists()
