"""Due times in a calendar: Takahashi subscribes on Tuesday 9 June 2026 at 15:00 in Tokyo."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from icalendar import Calendar

from shinrai.accounts.models import AuditEntry
from shinrai.accounts.operations.members import (
    end_membership,
    grant_role,
    set_active,
    withdraw_role,
)
from shinrai.accounts.rules.role import Role
from shinrai.desk.models import OpenCase
from shinrai.desk.operations.steps import file_investigation, take_step
from tests.cast import Cast, Person
from tests.desk.stage import NOW, open_desk, tokyo

pytestmark = pytest.mark.django_db
PAGE = "/w/tanuki/settings/calendar-feed/"


@pytest.fixture
def cases(cast: Cast):
    found = open_desk(cast.workspace)
    with time_machine.travel(NOW, tick=False):
        yield found


def make(person: Person, of: str = "all") -> str:
    """Make an address on the page, and return its path."""
    answer = person.client().post(PAGE, {"what": "make", "of": of})
    [path] = re.findall(r"http://localhost:8000(/feeds/due/[\w-]+\.ics)", answer.content.decode())
    return path


def events(path: str) -> dict[str, dict]:
    """Fetch a calendar as a program does, without a session; its events by key of the case."""
    answer = Client().get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in answer["Cache-Control"]
    calendar = Calendar.from_ical(answer.content)
    return {str(one["SUMMARY"]).split()[0]: one for one in calendar.walk("VEVENT")}


def test_a_calendar_shows_each_open_promise_at_its_due_moment(cast: Cast, cases) -> None:
    """INV-1 is answered, INV-5 waits for its filer, INV-6 is still to come."""
    there = make(cast.engineer)

    found = events(there)

    assert {key: one["DTSTART"].dt for key, one in found.items()} == {
        "INV-2": tokyo(8, 18),
        "INV-3": tokyo(9, 18),
        "INV-4": tokyo(10, 18),
    }
    first = found["INV-3"]
    assert str(first["SUMMARY"]) == "INV-3 通知が届かない"
    assert str(first["DESCRIPTION"]) == "Within two days"
    assert str(first["URL"]) == "http://localhost:8000/w/tanuki/investigations/INV-3/"
    raw = Client().get(there).content.decode()
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT15M" in raw
    assert "VALARM" not in raw
    page = cast.engineer.client().get(PAGE).content.decode()
    assert there not in page, "an address is shown once"


def test_a_desk_without_promises_has_an_empty_calendar(cast: Cast) -> None:
    for of in ("all", "own"):
        assert events(make(cast.owner, of)) == {}


def test_an_event_keeps_its_name_while_its_moment_moves(cast: Cast, cases) -> None:
    there = make(cast.engineer)
    before = events(there)["INV-4"]
    step = {"case_id": cases["INV-4"], "by": cast.engineer.member.key, "role": "cre"}
    take_step(kind="sent_back", at=tokyo(9, 15, 10), words="いつ？", **step)
    with time_machine.travel(tokyo(9, 16), tick=False):
        assert "INV-4" not in events(there), "while it waits, nothing is due"
    take_step(kind="resubmitted", at=tokyo(10, 15), words="昨日", **step | {"role": "agent"})

    with time_machine.travel(tokyo(10, 16), tick=False):
        after = events(there)["INV-4"]

    assert after["UID"] == before["UID"]
    assert after["DTSTART"].dt > before["DTSTART"].dt


def test_titles_are_masked_and_cannot_write_into_the_calendar(cast: Cast, cases) -> None:
    words = "yui@example.jp\u2028END:VEVENT; から"
    file_investigation(
        workspace_id=cast.workspace.id, source_key="INV-7", at=NOW, by="test", words=words
    )

    said = events(make(cast.engineer))["INV-7"]

    assert "yui@" not in str(said["SUMMARY"])
    assert "example.jp" not in str(said["SUMMARY"])


def test_who_holds_cases_may_see_these_alone(cast: Cast, cases) -> None:
    OpenCase.objects.filter(case_id=cases["INV-3"]).update(person=cast.engineer.member.key)

    assert set(events(make(cast.engineer, "own"))) == {"INV-3"}
    assert set(events(make(cast.agent, "own"))) == set()


def test_each_fetch_is_in_the_audit_with_the_cases_shown(cast: Cast, cases) -> None:
    there = make(cast.engineer)
    events(there)
    events(there)

    rows = AuditEntry.objects.filter(what="due times in a calendar")
    shown = sorted(cases[key] for key in ("INV-2", "INV-3", "INV-4"))
    assert [(one.by, one.kind, one.shown) for one in rows] == [
        (cast.engineer.member.key, "view", shown)
    ] * 2
    made = AuditEntry.objects.get(what="make feed address")
    assert (made.by, made.subject) == (cast.engineer.member.key, cast.engineer.member.key)


def status(path: str) -> int:
    return Client().get(path).status_code


def test_a_new_address_ends_the_one_before_and_an_address_can_be_ended(cast: Cast, cases) -> None:
    first, other = make(cast.engineer), make(cast.agent)
    second = make(cast.engineer)
    assert (status(first), status(second)) == (404, 200)

    cast.engineer.client().post(PAGE, {"what": "end"})

    assert (status(second), status(other)) == (404, 200)
    assert status("/feeds/due/x.ics") == status(f"{second[:-5]}.ics") == 404


@pytest.mark.parametrize("loss", ["role", "membership", "account"])
def test_an_address_ends_with_the_right_to_read_and_does_not_come_back(
    cast: Cast, cases, loss: str
) -> None:
    person, by = cast.engineer, {"at": NOW, "by": "test"}
    there, number = make(person), person.member.id
    if loss == "role":
        grant_role(member_id=number, role=Role.CS_AGENT, **by)
        withdraw_role(member_id=number, role=Role.CRE_ENGINEER, **by)
        assert status(there) == 200, "another role may still read"
        withdraw_role(member_id=number, role=Role.CS_AGENT, **by)
        grant_role(member_id=number, role=Role.CRE_ENGINEER, **by)
    elif loss == "account":
        set_active(email="takahashi@tanuki.example", is_active=False, **by)
        set_active(email="takahashi@tanuki.example", is_active=True, **by)
    else:
        end_membership(member_id=number, **by)

    assert status(there) == 404
    assert AuditEntry.objects.filter(what="end feed address", subject=person.member.key).exists()


def test_a_calendar_that_asks_too_often_is_told_when_to_come_back(cast: Cast, cases) -> None:
    there, client = make(cast.engineer), Client()
    statuses = [client.get(there).status_code for _ in range(21)]
    assert statuses == [200] * 20 + [429]
    assert int(client.get(there)["Retry-After"]) == 60

    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        assert status(there) == 200
