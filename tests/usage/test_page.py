"""The page of habit: its sentence, the triangle, and what is not over."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from shinrai.warehouse.store import Warehouse
from tests.cast import Cast
from tests.usage.filling import Act, fill

MORNING = datetime(2026, 6, 17, 9, tzinfo=ZoneInfo("Asia/Tokyo"))
AKI, BEN = 11, 12
ADDRESS = "/w/tanuki/usage/"


@pytest.fixture
def warehouse(cast: Cast, settings, tmp_path: Path) -> Warehouse:
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "tables")
    return Warehouse(settings.SHINRAI_WAREHOUSE)


def page(cast: Cast) -> str:
    client = Client()
    client.force_login(cast.manager.user)
    with time_machine.travel(MORNING, tick=False):
        answer = client.get(ADDRESS)
    assert answer.status_code == 200
    return answer.content.decode()


def test_says_who_came_back_and_leaves_open_weeks_empty(cast, warehouse):
    """Both began in the week of Sunday 31 May; Aki came back the week after."""
    acts = [Act(AKI, MORNING - timedelta(days=n)) for n in (1, 8, 15)]
    acts.append(Act(BEN, MORNING - timedelta(days=14)))
    fill(warehouse, acts, zone="Asia/Tokyo", workspace_id=cast.workspace.id)

    shown = page(cast)

    lead = "1 of the 2 persons (50\u202f%, 9–91\u202f%) who first came in the week of Sun 31 May"
    assert lead in shown
    assert shown.count('<td class="open">') == 7 + 7 + 6 + 5 + 4 + 3 + 2 + 1
    assert "1 day" in shown


def test_teaches_the_first_step_where_nothing_is_known(cast, warehouse):
    shown = page(cast)

    assert "Nobody used the service in these weeks" in shown
    assert "<table" not in shown


def test_is_closed_to_strangers(cast, warehouse):
    client = Client()
    client.force_login(cast.stranger.user)

    assert client.get(ADDRESS).status_code in (403, 404)
