"""An outage at Kitsune Juku on 20 June 2026: who wrote, who says nothing, and a flood beside it."""

from datetime import date, timedelta

import pytest
from django.utils.html import strip_tags

from shinrai.accounts.models import AuditEntry
from shinrai.calendars.operations import declare_events
from shinrai.calendars.rules.declared_events import EventDeclaration
from shinrai.customers.operations import record_customers
from shinrai.desk.operations.steps import take_step
from shinrai.inquiries.operations import receive_inquiry
from shinrai.objectives.operations.catching_up import catch_up
from shinrai.trends.models import FailureMapping
from shinrai.trends.operations import NoFailure, name_failure, prepare_trends
from shinrai.trends.queries.affected import Failure
from shinrai.trends.queries.document import trends_document
from shinrai.trends.queries.report import Trends
from shinrai.warehouse.store import Warehouse
from tests.cast import Cast, open_stage
from tests.desk.stage import tokyo
from tests.usage.filling import Act, fill

pytestmark = [pytest.mark.django_db(transaction=True)]
OUTAGE, LATER = date(2026, 6, 20), tokyo(22, 9)
WROTE, AFFECTED, FLOOD = 9, 30, 14


@pytest.fixture
def outage(settings, tmp_path) -> Cast:
    """9 of 30 who could not sign in wrote; 14 strangers sent one and the same advertisement."""
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    cast = open_stage()
    there = cast.simulated.id

    def asks(key: str, day: int, topic: str, words: str, customer: str, month: int = 6) -> None:
        at = tokyo(day, 11, month=month)
        who = record_customers(workspace_id=there, source="desk", identifiers=[customer], at=at)[
            customer
        ]
        case = receive_inquiry(
            workspace_id=there,
            source_key=key,
            at=at,
            by="customer",
            words=words,
            mode="via_cs",
            customer=(who.id, who.key_id),
        )
        take_step(
            case_id=case,
            kind="labelled",
            at=at,
            by="staff:1",
            role="agent",
            detail={"topic": topic},
        )

    for day in range(1, 31):
        asks(
            f"OLD-{day}",
            day,
            "login",
            f"パスワードの変更方法を教えてください{'あいうえおかきくけこ'[day % 10]}",
            f"F-{day}",
            5,
        )
    for n in range(WROTE):
        asks(f"OUT-{n}", 20, "login", f"エラー番号が出ます{'あいうえおかきくけこ'[n]}", f"L-{n}")
    for n in range(FLOOD):
        asks(f"AD-{n}", 20, "wish", f"安い教材をいますぐ買いませんか {n}", f"AD-{n}")
    names = [f"L-{n}" for n in range(AFFECTED)]
    actors = record_customers(workspace_id=there, source="usage", identifiers=names, at=LATER)
    acts = [Act(one.id, tokyo(20, 10), "sign_in_failed") for one in actors.values()]
    acts += [Act(one.id, tokyo(18, 10), "studied") for one in actors.values()]
    warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
    fill(warehouse, acts, zone="Asia/Tokyo", workspace_id=there)
    release = EventDeclaration("release", "5.3", OUTAGE - timedelta(1), OUTAGE - timedelta(1))
    declare_events(workspace_id=there, declarations=[release], at=LATER, by="test")
    name_failure(
        workspace_id=there, failure=Failure("login", "sign_in_failed"), at=LATER, by="test"
    )
    catch_up(warehouse=warehouse, at=LATER)
    return cast


def test_the_outage_is_found_with_who_says_nothing_and_the_flood_is_not(outage: Cast) -> None:
    found = trends_document(Trends(outage.simulated, LATER).report())

    [rise] = found["rises"]
    assert (rise["topic"], rise["on"], rise["observed"]) == ("login", f"{OUTAGE}", WROTE)
    assert rise["event"]["name"] == "5.3"
    assert rise["event"]["days_after"] == 1
    silent = rise["silent"]
    assert (silent["affected"], silent["wrote"], silent["silent"]) == (AFFECTED, WROTE, 21)
    assert silent["estimate"] == {"low": 21, "likely": 21, "high": 21}
    assert found["floods"] == [{"topic": "wish", "on": f"{OUTAGE}", "inquiries": FLOOD}]
    assert "wish" not in {row["key"] for row in found["ranked"]["topic"]}
    assert [one["word"] for one in rise["words"]][:1] == ["エラー"]
    login = found["ranked"]["topic"][0]
    assert login["per_active_person"] == pytest.approx(login["customers_a_week"] / 7.5)


def test_the_page_says_it_and_leads_to_the_cases(outage: Cast) -> None:
    assert prepare_trends(workspace=outage.simulated, at=LATER)
    assert not prepare_trends(workspace=outage.simulated, at=LATER)
    client = outage.agent.client()

    page = client.get("/w/kitsune/trends/", {"lang": "en"}).content.decode()

    lead = strip_tags(page[page.index('class="lead"') :][:300])
    assert "21 more were affected and wrote nothing." in lead
    assert "release=all&amp;topic=login" in page
    cases = client.get(
        "/w/kitsune/releases/cases/?release=all&topic=login&mode=&from=2026-06-20&to=2026-06-20"
    ).content.decode()
    assert cases.count("/w/kitsune/inquiries/OUT-") == WROTE
    file = client.get("/w/kitsune/trends/?format=csv")
    assert b"login" in b"".join(file.streaming_content)
    assert AuditEntry.objects.filter(what="words of trends").exists()


def test_before_the_worker_prepared_anything_the_page_says_so() -> None:
    page = open_stage().agent.client().get("/w/kitsune/trends/").content.decode()

    assert "Look again in ten minutes" in page or "10分" in page


def test_a_failure_is_named_once_and_can_end(outage: Cast) -> None:
    there, asked = outage.simulated.id, Failure("login", "sign_in_failed")
    name_failure(workspace_id=there, failure=asked, at=LATER, by="test")
    assert FailureMapping.objects.count() == 1

    with pytest.raises(NoFailure):
        name_failure(workspace_id=there, failure=Failure("login", "", "a", "b"), at=LATER, by="t")
    name_failure(workspace_id=there, failure=Failure("login", ""), at=LATER, by="test")

    assert trends_document(Trends(outage.simulated, LATER).report())["rises"][0]["silent"] == {
        "unknown": "no failure event is named for this topic"
    }
