"""The page of habit: its sentence, the triangle, and what is not over."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from shinrai.calendars.operations import declare_events
from shinrai.calendars.rules.declared_events import EventDeclaration
from shinrai.usage.models import PreparedUsage
from shinrai.usage.operations.files import take_in_file
from shinrai.usage.operations.first_view import prepare_usage
from shinrai.usage.operations.move import move_all
from shinrai.usage.pages import habit
from shinrai.warehouse.store import Warehouse
from tests.cast import Cast
from tests.downloads import csv_rows, json_rows
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
    return answer.content.decode().partition('id="main"')[2].partition("Keys")[0]


def test_says_who_came_back_and_leaves_open_weeks_empty(cast, warehouse):
    """Both began in the week of Sunday 31 May; Aki came back the week after."""
    acts = [Act(AKI, MORNING - timedelta(days=n)) for n in (1, 8, 15)]
    acts.append(Act(BEN, MORNING - timedelta(days=14)))
    fill(warehouse, acts, zone="Asia/Tokyo", workspace_id=cast.workspace.id)

    shown = page(cast)

    lead = "who first came in the week of Sun 31 May came back the week after."
    assert "1 of the 2 persons (too few to tell" in shown
    assert lead in shown
    assert "9–91 %" in shown
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


def test_shows_what_the_worker_prepared_until_a_batch_is_moved(cast, warehouse, monkeypatch):
    acts = [Act(AKI, MORNING - timedelta(days=n)) for n in (1, 8, 15)]
    fill(warehouse, acts, zone="Asia/Tokyo", workspace_id=cast.workspace.id)
    there = {"workspace": cast.workspace, "at": MORNING, "warehouse": warehouse}
    assert prepare_usage(**there)
    assert not prepare_usage(**there)
    fresh = page(cast)

    with monkeypatch.context() as closed:
        closed.setattr(habit, "usage_view", None)  # nothing is computed
        assert page(cast) == fresh
    event = {"type": "track", "event": "studied", "userId": "chie", "messageId": "m1"}
    line = json.dumps({**event, "timestamp": "2026-06-16T01:00:00Z"}).encode()
    path = Path(warehouse.root) / "new.ndjson"
    path.write_bytes(line)
    take_in_file(path, workspace=cast.workspace, mapping=None, at=MORNING)
    move_all(warehouse, at=MORNING)

    stored = PreparedUsage.objects.get()
    stored.parts["took_s"] = 0.0  # computed at once, it is never late
    stored.save()
    assert page(cast) != fresh
    stored.parts["took_s"] = 1.0  # it takes long: it may be a minute late, and no more
    stored.save()
    assert page(cast) == fresh
    PreparedUsage.objects.update(stale_at=MORNING - timedelta(minutes=2))
    assert page(cast) != fresh
    assert prepare_usage(**there)


def test_is_prepared_anew_for_another_day_and_another_event(cast, warehouse):
    there = {"workspace": cast.workspace, "warehouse": warehouse}
    assert prepare_usage(**there, at=MORNING)
    assert prepare_usage(**there, at=MORNING + timedelta(days=1))
    declare_events(
        workspace_id=cast.workspace.id,
        declarations=[EventDeclaration("release", "App 6", MORNING.date(), MORNING.date())],
        at=MORNING,
        by="member:1",
    )

    assert prepare_usage(**there, at=MORNING + timedelta(days=1))


def test_marks_declared_events_in_the_row_of_their_period(cast, warehouse):
    acts = [Act(AKI, MORNING - timedelta(days=n)) for n in (1, 8, 15)]
    fill(warehouse, acts, zone="Asia/Tokyo", workspace_id=cast.workspace.id)
    on = MORNING.date() - timedelta(days=8)
    declare_events(
        workspace_id=cast.workspace.id,
        declarations=[EventDeclaration("outage", "Login <down>", on, on)],
        at=MORNING,
        by="member:1",
    )

    row = page(cast).partition("2026-06-07")[2].partition("</tr>")[0]
    assert "Login &lt;down&gt;" in row


def test_its_tables_are_downloads(cast, warehouse):
    acts = [Act(AKI, MORNING - timedelta(days=n)) for n in (1, 8, 15)]
    fill(warehouse, acts, zone="Asia/Tokyo", workspace_id=cast.workspace.id)
    client = Client()
    client.force_login(cast.manager.user)
    with time_machine.travel(MORNING, tick=False):
        cohorts = json_rows(client, f"{ADDRESS}?table=retention")
        life = csv_rows(client, f"{ADDRESS}?table=lifecycle&period=month")
        days = json_rows(client, f"{ADDRESS}?table=stickiness")

    [began] = [row for row in cohorts if row["persons"]]
    assert (began["start"], began["+1"], began["+2"]) == ("2026-05-31", 1, None)
    assert [row["Active"] for row in life[-2:]] == ["0", "1"]
    assert days == [{"start": 3, "persons": 1}]


@pytest.mark.parametrize(
    "asked",
    ["period=hour", "zone=Nowhere", "cohort=7", "where=grade", "columns=0", "from=2026-13-01",
     "from=1999-01-01&period=day", "from=2026-06-02&to=2026-06-01", "least=x", "minimum=0"],
)  # fmt: skip
def test_keeps_what_was_typed_and_says_what_is_wrong(cast, warehouse, asked):
    client = Client()
    client.force_login(cast.manager.user)
    answer = client.get(f"{ADDRESS}?{asked}")

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
