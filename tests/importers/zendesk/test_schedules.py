"""Zendesk's schedules as calendars of ours."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from shinrai.calendars.queries import calendar_named
from shinrai.calendars.rules.business_time import elapsed
from shinrai.calendars.rules.document import read_calendar
from shinrai.calendars.rules.time_zone import UnknownZone, zone_named
from shinrai.importers.commands import import_
from shinrai.importers.zendesk.schedules import NoSchedule, Schedule, chosen, schedules_in
from shinrai.importers.zendesk.time_zones import NAMED, iana_name
from tests.importers.desk import Desk
from tests.importers.fakes.zendesk import FakeZendesk
from tests.importers.zendesk.desk_of_zendesk import HOLIDAY, SCHEDULE, people, whole


def written(path: Path, *records: object) -> Path:
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records), "utf-8")
    return path


def test_a_week_from_ten_to_seven_with_a_day_off(tmp_path: Path) -> None:
    path = written(
        tmp_path / "s.json",
        {"schedules": [SCHEDULE]},
        {"schedule_id": 31, "holidays": [HOLIDAY]},
    )

    calendar = read_calendar(chosen(schedules_in([path]), None).document())

    thursday, monday = datetime(2026, 6, 4, 9, tzinfo=UTC), datetime(2026, 6, 8, 2, tzinfo=UTC)
    assert elapsed(calendar, thursday, monday).total_seconds() == 3600 + 3600  # Friday is closed


def test_an_interval_over_midnight_is_cut_there() -> None:
    night = Schedule("1", "n", "UTC", intervals=[(6 * 1440 + 1320, 7 * 1440), (0, 120)])

    assert night.document()["weekly"] == {"sat": ["22:00-24:00"], "sun": ["00:00-02:00"]}
    assert read_calendar(night.document())


def test_of_several_schedules_one_must_be_named() -> None:
    two = [Schedule("1", "平日", "Tokyo"), Schedule("2", "休日", "Tokyo")]

    assert chosen(two, "休日").id == "2"
    with pytest.raises(NoSchedule, match="休日, 平日"):
        chosen(two, None)


@pytest.mark.parametrize(
    ("shown", "zone"),
    [
        ("Tokyo", "Asia/Tokyo"),
        ("Pacific Time (US & Canada)", "America/Los_Angeles"),
        ("Buenos Aires", "America/Argentina/Buenos_Aires"),
        ("London", "Europe/London"),
        ("Asia/Tokyo", "Asia/Tokyo"),
    ],
)
def test_zones_are_known_by_the_names_zendesk_shows(shown: str, zone: str) -> None:
    assert iana_name(shown) == zone


def test_every_name_is_a_zone_and_a_strange_one_is_said() -> None:
    for name in NAMED:
        zone_named(iana_name(name))
    with pytest.raises(UnknownZone):
        iana_name("Atlantis")


def test_a_real_loads_schedule(shared: Path) -> None:
    [schedule] = schedules_in([shared / "data" / "connector_seeds" / "zendesk"])

    document = schedule.document()

    assert document["zone"] == "America/Los_Angeles"
    assert document["weekly"]["mon"] == ["08:00-20:00"]


@pytest.mark.django_db(transaction=True)
def test_the_command_imports_and_saves_the_calendar(
    desk: Desk, tmp_path: Path, settings: object
) -> None:
    settings.SHINRAI_HOME = tmp_path / "home"  # type: ignore[attr-defined]
    path = written(tmp_path / "t.ndjson", *people(), whole(), {"schedules": [SCHEDULE]})

    done = CliRunner().invoke(
        import_,
        ["zendesk", str(path), "-w", "desk", "--simulated", "--calendar", "desk", "--json"],
    )

    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["inquiries"] == 1
    saved = calendar_named(workspace_id=desk.id, name="desk").calendar
    assert saved.versions[0].zone == "Asia/Tokyo"


@pytest.mark.django_db(transaction=True)
def test_the_command_pulls_with_a_token_from_a_file(
    desk: Desk, tmp_path: Path, settings: object
) -> None:
    settings.SHINRAI_HOME = tmp_path / "home"  # type: ignore[attr-defined]
    token = tmp_path / "token.txt"
    token.write_text("kurata@example.jp/token:abc\n")
    with FakeZendesk(tickets=[whole()]).server() as server:
        asked = ["zendesk", "--url", server.url, "--token-file", str(token), "-w", "desk", "--json"]
        first = CliRunner().invoke(import_, [*asked, "--simulated"])
        again = CliRunner().invoke(import_, [*asked, "--simulated"])

    assert first.exit_code == 0, first.output
    assert server.asked[0].headers["Authorization"].startswith("Basic ")
    assert json.loads(again.stdout) == {"batch": None, "rows": 0}
    refused = CliRunner().invoke(import_, ["zendesk", "-w", "desk"])
    assert refused.exit_code == 2
