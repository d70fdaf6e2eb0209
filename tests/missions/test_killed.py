"""The worker is killed while Hana's completions come in: they count once, and all of them."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from shinrai.missions.models import AttemptRow, PinGiven
from shinrai.missions.queries.learner import learner_named, today_of, week_of_learner
from shinrai.usage.models import InboxEvent, QuarantinedEvent
from shinrai.usage.operations.events import receive_events
from shinrai.usage.operations.move import move_all
from shinrai.warehouse.store import Warehouse
from tests.cast import Cast
from tests.missions.stage import DAY, TUESDAY, declare, sent
from tests.processes import ROOT, environment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]


@pytest.mark.parametrize(
    "point", ["missions.attempts_stored", "missions.pins_given", "publish.committed"]
)
def test_one_completion_moves_all_three_horizons_once(
    cast: Cast, tmp_path: Path, settings: Any, point: str
) -> None:
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    declare(cast.workspace.id)
    events = [sent("e1"), sent("e2", "kanji-1", TUESDAY - DAY), sent("bad", score=140)]
    receive_events(workspace_id=cast.workspace.id, events=events, received_at=TUESDAY)

    killed = subprocess.run(
        [sys.executable, "-m", "tests.missions.moving_process", point, TUESDAY.isoformat()],
        env=environment(
            DJANGO_SETTINGS_MODULE="shinrai.site.settings",
            SHINRAI_WAREHOUSE=settings.SHINRAI_WAREHOUSE,
        ),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert not AttemptRow.objects.exists()
    assert InboxEvent.objects.count() == 3

    move_all(Warehouse(settings.SHINRAI_WAREHOUSE), at=TUESDAY)
    learner = learner_named(cast.workspace, "hana")
    assert today_of(learner, at=TUESDAY).done == {"add-1"}
    assert len(week_of_learner(learner, at=TUESDAY).active) == 2
    assert sorted(PinGiven.objects.values_list("key", flat=True)) == ["first", "two"]
    assert (AttemptRow.objects.count(), QuarantinedEvent.objects.count()) == (2, 1)
    assert not InboxEvent.objects.exists()
