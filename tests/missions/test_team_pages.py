"""The team's pages: Hana and Ken study in June 2026; Yui begins in the week after."""

import random
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from shinrai.accounts.models import AuditEntry
from shinrai.accounts.rules.role import Role
from shinrai.customers.operations import record_customers
from shinrai.missions.models import ActivityVersion, DeclaredRest, PinGiven, PinVersionRow
from shinrai.missions.operations import first_view
from shinrai.missions.operations.attempts import record_attempts
from shinrai.missions.operations.declarations import (
    compare_policies,
    declare_activities,
    declare_pins,
    declare_rest,
)
from shinrai.missions.operations.first_view import prepare_summary
from shinrai.missions.operations.history import ShownOffer, record_history, record_offers
from shinrai.missions.queries.learner import learner_named, weeks_of_learner
from shinrai.missions.queries.summary import missions_summary
from shinrai.missions.queries.weeks import missions_of_all, week_starts
from shinrai.missions.rules.attempt import Attempt, ReportedAttempt
from shinrai.missions.rules.recommendation import policy_for
from shinrai.usage.operations.events import ACTORS
from shinrai.warehouse.store import Warehouse
from tests.api.caller import key_of
from tests.cast import BY, Cast
from tests.downloads import csv_rows
from tests.missions.stage import MAY, PINS, SHELF
from tests.usage.filling import Act, fill

pytestmark = pytest.mark.django_db
FRIDAY = datetime(2026, 6, 12, 3, tzinfo=UTC)  # noon in Tokyo; the week of 1 June is final
STUDIED = (
    ("hana", "add-1", 1), ("hana", "kanji-1", 3), ("hana", "add-2", 10),
    ("ken", "add-1", 2), ("yui", "kanji-1", 11),
)  # fmt: skip
ADDRESS = "/w/tanuki/missions/"


@pytest.fixture
def there(cast: Cast, settings: Any, tmp_path: Any) -> Cast:
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "tables")
    workspace_id = cast.workspace.id
    declare_activities(workspace_id=workspace_id, rows=SHELF, at=MAY, by=BY)
    declare_pins(workspace_id=workspace_id, rows=PINS, at=MAY, by=BY)
    for learner, activity, day in STUDIED:
        at = datetime(2026, 6, day, 8, tzinfo=UTC)
        report = ReportedAttempt(f"{learner} {day}", learner, activity, at, zone="Asia/Tokyo")
        record_attempts(workspace=cast.workspace, reports=[report], received_at=at)
    return cast


def client_of(cast: Cast, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(cast.manager.user)
    return client


def page(client: Client, address: str = "", **more: Any) -> str:
    with time_machine.travel(FRIDAY, tick=False):
        answer = client.get(ADDRESS + address, more)
    assert answer.status_code == 200
    shown = answer.content.decode().partition('id="main"')[2].partition("Keys")[0]
    return words_of(shown)


def words_of(shown: str) -> str:
    """Return a page as it is read: without tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", shown))


def send(client: Client, address: str, **typed: Any) -> Any:
    with time_machine.travel(FRIDAY, tick=False):
        return client.post(ADDRESS + address, typed)


def test_says_who_is_active_and_what_was_met(there: Cast) -> None:
    found = missions_summary(there.workspace, at=FRIDAY)
    shown = page(client_of(there))

    before, now = found["weeks"][-2:]
    names = ("start", "learners", "active", "set", "met", "missed", "open")
    assert [before[name] for name in names] == ["2026-06-01", 2, 2, 2, 1, 1, 0]
    assert [now[name] for name in names] == ["2026-06-08", 3, 2, 3, 0, 0, 3]
    assert (before["is_final"], now["is_over"]) == (True, False)
    assert "This week 2 of 3 learners were active so far." in shown
    assert "Of the 2 missions of the week of Mon 1 June, 1 were met (too few to tell" in shown
    assert "今週はこれまでに 3 人中 2 人が学習しています。" in page(client_of(there, "ja"))


def test_a_rest_of_all_is_no_mission(there: Cast) -> None:
    declare_rest(
        workspace_id=there.workspace.id, learner_id=None, kind="holiday", at=MAY, by=BY,
        dates=(date(2026, 6, 1), date(2026, 6, 7)),
    )  # fmt: skip

    week = missions_summary(there.workspace, at=FRIDAY)["weeks"][-2]
    assert [week[name] for name in ("set", "met", "missed", "rest")] == [1, 1, 0, 1]


def test_all_at_once_are_the_missions_of_each(there: Cast) -> None:
    """Late syncs, rests of one and of all: the pass over all agrees with each learner's own."""
    rng, there_id = random.Random(16), there.workspace.id
    names = ("hana", "ken", "yui")
    numbers = {name: learner_named(there.workspace, name).id for name in names}
    rows = []
    for number in range(150):
        on = date(2026, 4, 1) + timedelta(days=rng.randrange(70))
        at = datetime(on.year, on.month, on.day, 9, tzinfo=UTC)
        known = at + timedelta(hours=rng.choice((0, 0, 0, 30, 200)))
        rows.append(
            (numbers[rng.choice(names)], Attempt(at, f"r{number}", "add-1", on, known))
        )  # fmt: skip
    record_history(workspace_id=there_id, attempts=rows)
    for learner, first in ((None, date(2026, 5, 4)), (numbers["ken"], date(2026, 5, 25))):
        declare_rest(
            workspace_id=there_id, learner_id=learner, dates=(first, first + timedelta(days=4)),
            kind="illness", at=MAY, by=BY,
        )  # fmt: skip
    starts = week_starts(there.workspace, at=FRIDAY, count=11)

    found = dict(missions_of_all(there.workspace, starts, at=FRIDAY))
    for name in names:
        learner = learner_named(there.workspace, name)
        own = {one.start: one for one in weeks_of_learner(learner, at=FRIDAY, count=11)}
        assert found[learner.id] == [own[one.start] for one in found[learner.id]]
        assert len(found[learner.id]) >= 10


def test_a_grade_of_few_is_hidden_and_cannot_be_worked_out(there: Cast, settings: Any) -> None:
    """Six are in grade 3, nine in grade 4 and one alone is in grade 5."""
    names = [f"child-{n}" for n in range(16)]
    persons = record_customers(
        workspace_id=there.workspace.id, source=ACTORS, identifiers=names, at=MAY
    )
    on, at = date(2026, 6, 3), datetime(2026, 6, 3, 9, tzinfo=UTC)
    numbers = [persons[name].id for name in names]
    record_history(
        workspace_id=there.workspace.id,
        attempts=[(n, Attempt(at, f"g{n}", "add-1", on, at)) for n in numbers],
    )
    grades = [3] * 6 + [4] * 9 + [5]
    acts = [
        Act(number, at, properties=f'{{"grade": {grade}}}')
        for number, grade in zip(numbers, grades, strict=True)
    ]
    fill(Warehouse(settings.SHINRAI_WAREHOUSE), acts, workspace_id=there.workspace.id)

    found = {one["grade"]: one for one in missions_summary(there.workspace, at=FRIDAY)["grades"]}
    assert found["5"]["learners"] is None
    assert found["4"]["active"] == 9
    assert sum(one["active"] is None for one in found.values()) >= 2
    assert "few learners" in page(client_of(there))


def test_the_people_behind_a_figure_are_masked_and_the_view_is_audited(there: Cast) -> None:
    client = client_of(there)

    missed = page(client, "people/", figure="missed", week="2026-06-01")
    assert "1 learner: missed the mission of the week, 2026-06-01." in missed
    assert "ken" in missed
    assert "hana" not in missed
    with time_machine.travel(FRIDAY, tick=False):
        [row] = csv_rows(client, f"{ADDRESS}people/?figure=pin&pin=two&version=1")
        assert client.get(f"{ADDRESS}people/?figure=secret").status_code == 404
        assert client.get(f"{ADDRESS}people/?figure=met&week=soon").status_code == 422
    assert row["Learner"] == "hana"
    seen = AuditEntry.objects.filter(what="learners behind a figure of missions")
    assert set(seen.values_list("subject", flat=True)) == {"missions:missed", "missions:pin"}


def test_the_worker_prepares_it_and_gives_new_pins_by_history(
    there: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert prepare_summary(workspace=there.workspace, at=FRIDAY)
    assert not prepare_summary(workspace=there.workspace, at=FRIDAY)
    with monkeypatch.context() as closed:
        closed.setattr(first_view, "missions_summary", None)  # nothing is computed
        assert "This week 2 of 3 learners" in page(client_of(there))
    rows = [*PINS, {"key": "kanji", "kind": "completions", "count": 1, "subject": "japanese"}]
    declare_pins(workspace_id=there.workspace.id, rows=rows, at=FRIDAY, by=BY)

    for _twice in range(2):
        prepare_summary(workspace=there.workspace, at=FRIDAY + timedelta(minutes=1))
        assert PinGiven.objects.filter(key="kanji").count() == 2
    assert "Counted Fri 12 June" in page(client_of(there))


@pytest.mark.parametrize(("is_compared", "says"), [
    (True, "this is a randomised comparison"), (False, "an association at most"),
])  # fmt: skip
def test_policies_are_compared_by_learners(there: Cast, is_compared: bool, says: str) -> None:
    """Sixty children are shown an activity on 10 June; of either policy every second takes it."""
    policies, there_id = ("review-first", "next-first"), there.workspace.id
    if is_compared:
        compare_policies(workspace_id=there_id, name="June", policies=policies, at=MAY, by=BY)
    names = [f"child-{n}" for n in range(60)]
    persons = record_customers(workspace_id=there_id, source=ACTORS, identifiers=names, at=MAY)
    on, at = date(2026, 6, 10), datetime(2026, 6, 10, 9, tzinfo=UTC)
    numbers = [persons[name].id for name in names]
    by_policy = [[n for n in numbers if policy_for(n, "June", policies) == one] for one in policies]
    takers = [n for some in by_policy for n in some[::2]]
    record_history(
        workspace_id=there_id,
        attempts=[(n, Attempt(at, f"o{n}", "add-1", on, at)) for n in takers],
    )
    record_offers(
        workspace_id=there_id,
        offers=[
            ShownOffer(
                n, on, 1, "add-1", "next", policy_for(n, "June", policies),
                0.5 if is_compared else 1.0, at,
            )
            for n in numbers
        ],
    )  # fmt: skip

    shown, found = page(client_of(there)), missions_summary(there.workspace, at=FRIDAY)
    assert found["comparison"]["is_randomised"] == is_compared
    assert sum(one["learners"] for one in found["comparison"]["policies"]) == 60
    [taken] = [one for one in found["offers"] if one["reason"] == "next"]
    assert (taken["taken"], taken["shown"]) == (len(takers), 60)
    assert says in shown
    assert "No detectable difference between “Review first” and “New things first”" in shown
    with time_machine.travel(FRIDAY, tick=False):
        rows = csv_rows(client_of(there), f"{ADDRESS}?table=policies")
    assert {row["Policy"] for row in rows} == set(policies)


def test_a_file_of_activities_is_shown_before_it_is_declared(there: Cast) -> None:
    client = client_of(there)
    text = "key,subject,unit,minutes\nadd-1,math,sums,10\nmusic,music,rhythm,5\n"
    before = ActivityVersion.objects.count()

    answer = send(client, "activities/change/", file=SimpleUploadedFile("a.csv", text.encode()))
    shown = answer.content.decode()
    assert "New: 1" in words_of(shown)
    assert "Gone from now on: 2" in words_of(shown)
    assert ActivityVersion.objects.count() == before

    [rows] = re.findall(r'name="rows" value="([^"]+)"', shown)
    assert send(client, "activities/change/", rows=rows[:-2] + "xx").status_code == 422
    assert send(client, "activities/change/", rows=rows).status_code == 302
    assert "There are 2 activities to study" in page(client, "activities/")
    assert "kanji-1" in page(client, "activities/", state="gone")
    assert AuditEntry.objects.filter(what="activities declared", by=there.manager.member.key)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"key\n1,2,3\n", b"[1]", b"[]", b"key\nx\n"])
def test_a_file_that_is_none_says_why_and_changes_nothing(there: Cast, content: bytes) -> None:
    before = ActivityVersion.objects.count()

    answer = send(client_of(there), "activities/change/", file=SimpleUploadedFile("a.csv", content))
    assert answer.status_code == 422
    assert ActivityVersion.objects.count() == before


def test_a_rule_is_tried_before_it_is_declared_and_ended(there: Cast) -> None:
    client = client_of(there)
    rule = {"key": "two", "kind": "days", "count": "3"}

    shown = page(client, "pins/", **rule)
    assert "By history this pin would have been given to 1 learner." in shown
    assert "Declare it as a new version" in shown
    assert PinVersionRow.objects.filter(key="two").count() == 1

    assert send(client, "pins/change/", **rule).status_code == 302
    assert send(client, "pins/change/", key="first", ends="1").status_code == 302
    newest = PinVersionRow.objects.order_by("-id")
    assert [(row.key, row.number) for row in newest[:2]] == [("first", 2), ("two", 2)]
    assert "1 pin can be earned." in page(client, "pins/")
    wrong = send(client, "pins/change/", key="x", kind="luck", count="1")
    assert wrong.status_code == 422
    assert 'value="x"' in wrong.content.decode()


def test_a_rest_is_declared_for_one_learner_and_its_view_is_audited(there: Cast) -> None:
    client = client_of(there)
    days = {"from": "2026-06-15", "to": "2026-06-19", "kind": "illness"}

    assert send(client, "rests/change/", **days, learner="hana").status_code == 302
    assert send(client, "rests/change/", **days, learner="nobody").status_code == 422
    assert send(client, "rests/change/", **(days | {"to": "2025-01-01"})).status_code == 422
    assert DeclaredRest.objects.get().learner_id == learner_named(there.workspace, "hana").id
    assert "hana" in page(client, "rests/")
    assert AuditEntry.objects.filter(what="rests of learners").exists()


def test_policies_are_chosen_on_a_page(there: Cast) -> None:
    client = client_of(there)

    assert send(client, "policies/change/", name="June").status_code == 422
    both = ["review-first", "next-first"]
    assert send(client, "policies/change/", name="June", policy=both).status_code == 302
    assert "Compared now: Review first / New things first." in page(client, "policies/")


def test_an_empty_workspace_is_taught_the_first_step(cast: Cast) -> None:
    assert "No learner has a goal yet." in page(client_of(cast))


def test_a_program_reads_the_same(there: Cast) -> None:
    key = key_of(there.workspace, Role.CS_AGENT)
    with time_machine.travel(FRIDAY, tick=False):
        answer = key.get("missions/summary", weeks=3)
        wrong = key.get("missions/summary", weeks=0)

    assert answer.json() == missions_summary(there.workspace, at=FRIDAY, weeks=3)
    assert wrong.status_code == 422
