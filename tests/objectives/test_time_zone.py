"""A workspace's time zone is corrected: every published date is the one a rebuild would say.

Inoue writes on Tuesday 2 June 2026 at 23:30 UTC, which is Wednesday morning in Tokyo.
"""

from datetime import UTC, date, datetime

import pytest
from django.test import Client

from shinrai.accounts.models import AuditEntry
from shinrai.accounts.operations.workspaces import change_zone, open_workspace, set_zone
from shinrai.accounts.queries import workspace_named
from shinrai.calendars.operations import save_calendar
from shinrai.desk.operations.steps import file_investigation, take_step
from shinrai.inquiries.operations import receive_inquiry
from shinrai.objectives.facts import CLOCKS
from shinrai.objectives.operations.catching_up import catch_up
from shinrai.objectives.operations.saving import save_objective
from shinrai.quality.facts.answers import ANSWERS
from shinrai.quality.facts.inquiries import INQUIRIES
from shinrai.quality.facts.investigations import INVESTIGATIONS
from shinrai.quality.operations.sampling import draw_samples, plan_samples
from shinrai.warehouse.query import run
from shinrai.warehouse.store import Warehouse
from shinrai.workload.facts import WORK
from tests.cast import Cast
from tests.objectives.test_story import OBJECTIVE, OFFICE

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (INQUIRIES, INVESTIGATIONS, CLOCKS, WORK, ANSWERS)
MAY = datetime(2026, 5, 31, tzinfo=UTC)
LATER = datetime(2026, 7, 1, 3, tzinfo=UTC)


def june(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 6, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def desk():
    there = open_workspace(
        slug="michi", name="ミチノート", zone=None, simulated=True, at=june(1, 0), by="test"
    )
    plan_samples(workspace_id=there.id, size=10, at=MAY, by="test")
    save_objective(
        workspace_id=there.id,
        document=OBJECTIVE,
        calendars={"office": OFFICE | {"zone": "UTC"}},
        at=june(1, 0),
        by="test",
    )
    inoue = receive_inquiry(
        workspace_id=there.id, source_key="T-1", at=june(2, 23, 30), by="customer:1", words="消えた"
    )
    take_step(case_id=inoue, kind="outbound", at=june(3, 20), by="staff:2", role="agent",
        words="お調べします",
    )  # fmt: skip
    take_step(case_id=inoue, kind="worked", at=june(3, 22), by="staff:2", role="agent",
        detail={"minutes": 5, "job": "reply"},
    )  # fmt: skip
    file_investigation(
        workspace_id=there.id, source_key="C-1", at=june(2, 23, 45), by="staff:2", words="記録は?",
        inquiry_id=inoue,
    )  # fmt: skip
    draw_samples(workspace=there, at=june(9, 0))
    return there


def published(warehouse: Warehouse) -> dict[str, list[dict]]:
    found = {}
    for table in TABLES:
        rows = run(warehouse, table.unbound(), tables=[table]).records()
        found[table.name] = sorted(
            (
                {name: value for name, value in row.items() if name not in ("revision", "reading")}
                for row in rows
                if row.get("entry") != "case"  # stands for a case without work, and weighs nothing
            ),
            key=str,
        )
    return found


def test_all_dates_follow(desk, tmp_path):
    warehouse = Warehouse(str(tmp_path / "followed"))
    catch_up(warehouse=warehouse, at=LATER)
    before = published(warehouse)
    assert all(before.values()), "each table has rows whose dates may move"

    set_zone(workspace_id=desk.id, zone="Asia/Tokyo", at=LATER, by="test")
    catch_up(warehouse=warehouse, at=LATER)

    afresh = Warehouse(str(tmp_path / "afresh"))
    catch_up(warehouse=afresh, at=LATER)
    after = published(warehouse)
    assert after == published(afresh)
    assert before["inquiries"][0]["received_on"] == date(2026, 6, 2)
    assert after["inquiries"][0]["received_on"] == date(2026, 6, 3)
    assert all(after[table.name] != before[table.name] for table in TABLES)


def test_a_zone_set_back_leaves_what_there_was(desk, tmp_path):
    warehouse = Warehouse(str(tmp_path / "warehouse"))
    catch_up(warehouse=warehouse, at=LATER)
    before = published(warehouse)

    for zone in ("Asia/Tokyo", "UTC"):
        set_zone(workspace_id=desk.id, zone=zone, at=LATER, by="test")
        catch_up(warehouse=warehouse, at=LATER)

    assert published(warehouse) == before


class TestWhoSays:
    def test_nobody_until_a_calendar_does(self):
        there = open_workspace(
            slug="w", name="w", zone=None, simulated=True, at=june(1, 0), by="test"
        )
        assert (there.zone, there.zone_is_assumed) == ("UTC", True)

        save_calendar(workspace_id=there.id, name="office", document=OFFICE, at=LATER, by="yui")

        there = workspace_named("w")
        assert (there.zone, there.zone_is_assumed) == ("Asia/Tokyo", False)
        told = AuditEntry.objects.get(workspace_id=there.id, what="set time zone")
        assert (told.by, told.reason) == ("yui", "UTC -> Asia/Tokyo, from calendar office")

    def test_what_somebody_said_stays(self):
        there = open_workspace(
            slug="w", name="w", zone="UTC", simulated=True, at=june(1, 0), by="test"
        )

        save_calendar(workspace_id=there.id, name="office", document=OFFICE, at=LATER, by="yui")

        assert workspace_named("w").zone == "UTC"
        assert not there.zone_is_assumed

    def test_utc_said_is_no_longer_assumed(self):
        there = open_workspace(
            slug="w", name="w", zone=None, simulated=True, at=june(1, 0), by="test"
        )

        assert not change_zone(workspace_id=there.id, zone="UTC", at=LATER, by="staff:1")
        assert not workspace_named("w").zone_is_assumed


class TestPage:
    ADDRESS = "/w/tanuki/settings/zone/"

    def test_the_engineer_corrects_it(self, cast: Cast):
        client = cast.engineer.client()

        answer = client.post(self.ADDRESS, {"zone": "Europe/Berlin"}, follow=True)

        assert "Europe/Berlin" in answer.content.decode()
        assert workspace_named("tanuki").zone == "Europe/Berlin"

    @pytest.mark.parametrize("zone", ["", "Tokyo", "Asia", "../Asia/Tokyo", "Asia/Tokyo\x00"])
    def test_no_zone_is_refused_and_kept_in_the_form(self, cast: Cast, zone: str):
        answer = cast.engineer.client().post(self.ADDRESS, {"zone": zone})

        assert answer.status_code == 422
        assert "Asia/Tokyo" in answer.content.decode()
        assert workspace_named("tanuki").zone == "Asia/Tokyo"

    def test_an_agent_reads_it_and_may_not_set_it(self, cast: Cast):
        client = cast.agent.client()

        assert client.get("/w/tanuki/settings/").status_code == 200
        assert client.post(self.ADDRESS, {"zone": "UTC"}).status_code == 403
        assert workspace_named("tanuki").zone == "Asia/Tokyo"

    def test_every_page_says_it_where_nobody_said_one(self, client: Client):
        open_workspace(slug="w", name="w", zone=None, simulated=True, at=june(1, 0), by="test")

        for page in ("", "queue/", "imports/", "settings/"):
            text = client.get(f"/w/w/{page}", headers={"accept-language": "en"}).content.decode()
            assert "Nobody has said in which time zone" in text
