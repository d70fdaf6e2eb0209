"""The API says of revenue what the command says, by a key that may read."""

import json
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner

from shinrai.accounts.rules.role import Role
from shinrai.revenue.commands import group
from tests.api.caller import key_of
from tests.cast import Cast
from tests.revenue.test_import import PAYMENTS, take_in, written
from tests.revenue.test_page import NOW

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("month", [None, "2026-05"])
def test_the_summary_is_that_of_the_command(cast: Cast, tmp_path: Path, month: str | None) -> None:
    take_in(written(tmp_path / "p.csv", PAYMENTS), "--currency", "JPY")
    words = ["--month", month] if month else []
    asked = {"month": f"{month}-17"} if month else {}
    with time_machine.travel(NOW, tick=False):
        done = CliRunner().invoke(group, ["summary", "-w", "tanuki", "--json", *words])
        answer = key_of(cast.workspace, Role.MANAGER).get("revenue/summary", **asked)

    assert done.exit_code == 0, done.output
    assert answer.json() == json.loads(done.stdout)
    [yen] = answer.json()["currencies"]
    assert yen["currency"] == "JPY"
    assert not month or [one["month"] for one in yen["months"]] == [month]
