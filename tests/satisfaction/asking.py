"""Ask the commands of satisfaction as a user does, and write the files that they read."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import time_machine
from click.testing import CliRunner

from shinrai.satisfaction.commands.interviews import group

NOW = datetime(2026, 6, 15, 3, tzinfo=UTC)  # noon in Tokyo


def ask(*words: str | Path, at: datetime = NOW) -> dict[str, Any]:
    """Run a command of satisfaction in the workspace tanuki; return its answer as JSON."""
    with time_machine.travel(at, tick=False):
        done = CliRunner().invoke(group, [*map(str, words), "-w", "tanuki", "--json"])
    assert done.exit_code in (0, 3), done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def refusal(*words: str | Path) -> str:
    """Run a command that is refused; return what it says."""
    with time_machine.travel(NOW, tick=False):
        done = CliRunner().invoke(group, [*map(str, words), "-w", "tanuki", "--json"])
    assert done.exit_code == 2, done.output
    return done.output


def take_in(path: Path, *more: str | Path) -> dict[str, Any]:
    """Import a file; return what became of it."""
    found: dict[str, Any] = ask("import", path, *more)["files"][0]
    return found


def newest() -> dict[str, Any]:
    """Return the newest wave of the only series."""
    [series] = ask("summary")["series"]
    found: dict[str, Any] = series["waves"][0]
    return found


def scores(path: Path, name: str, rows: Iterable[tuple[str, int]]) -> Path:
    """Write scores of persons as the plainest file of a newcomer."""
    lines = [f"user id,{name},date", *(f"{who},{score},2026-04-10" for who, score in rows)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path
