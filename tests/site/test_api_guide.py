"""The script of the guide, run as it stands there; its due time is what the calendar says."""

import json
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from shinrai.accounts.rules.role import Role
from shinrai.accounts.rules.scope import Scope
from shinrai.calendars.commands.calendars import group as calendars
from shinrai.calendars.operations import save_calendar
from shinrai.objectives.operations.saving import save_objective
from tests.api.caller import key_of
from tests.cast import OPENED_AT, Cast
from tests.desk.stage import OFFICE, promise
from tests.processes import ROOT, environment

pytestmark = pytest.mark.django_db(transaction=True)
SCRIPT = re.compile(r"```python\n(.*?)```", re.DOTALL)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_script_of_the_guide_runs_and_reads_the_due_time_of_the_calendar(
    language: str, cast: Cast, live_server: Any, tmp_path: Path
) -> None:
    there = {"workspace_id": cast.workspace.id, "at": OPENED_AT, "by": "test"}
    save_calendar(name="office", document=OFFICE, **there)
    save_objective(document=promise(), **there)
    key = key_of(cast.workspace, Role.CRE_ENGINEER, Scope.WRITE)
    [script] = SCRIPT.findall((ROOT / f"docs/guide/{language}/api.md").read_text("utf-8"))
    assert len([line for line in script.splitlines() if line.strip()]) <= 30
    known = {"SHINRAI_ADDRESS": live_server.url, "SHINRAI_KEY": key.secret}

    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment(SHINRAI_WORKSPACE="tanuki", **known),
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    name, phase, due_at = done.stdout.split()
    assert phase == "answered"
    times = {s["kind"]: s["at"] for s in key.get(f"investigations/{name}").json()["steps"]}
    file = tmp_path / "office.yaml"
    file.write_text(yaml.safe_dump(OFFICE), "utf-8")
    pause = f"{times['sent_back']}/{times['resubmitted']}"
    asked = ["due", times["filed"], "--calendar", str(file), "--pause", pause]
    said = CliRunner().invoke(
        calendars, [*asked, "--business-days", "2", "--by", "close", "--json"]
    )
    by_calendar = json.loads(said.stdout)["due_at"]
    assert datetime.fromisoformat(due_at) == datetime.fromisoformat(by_calendar)
