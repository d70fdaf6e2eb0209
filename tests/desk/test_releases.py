"""Inquiries per release: June 2026, before and after 3.1 came out on the 10th."""

from datetime import date

import pytest
import time_machine

from shinrai.calendars.operations import declare_events
from shinrai.calendars.rules.declared_events import EventDeclaration
from shinrai.desk.operations.labels import label_inquiry
from shinrai.inquiries.operations import take_step
from shinrai.ledger.models import Case
from shinrai.ledger.operations.cases import NewCase, record_cases
from shinrai.privacy.operations import make_keys
from shinrai.quality.rules.facts import version_in
from shinrai.topics.operations.codebook import define_topic
from shinrai.warehouse.refresh import refresh
from shinrai.warehouse.store import Warehouse
from tests.cast import Cast
from tests.desk.stage import tokyo
from tests.desk.test_pages import lead, shown
from tests.downloads import column, csv_rows

HERE = "/w/tanuki/releases/"
# key, day of June, version, topic, customer
RECEIVED = (
    ("Q-1", 8, "", "login", 1),
    ("Q-2", 9, "Ver. 3.1.2", "login", 1),
    ("Q-3", 10, "", "login", 2),
    ("Q-4", 11, "", "sound", 2),
    ("Q-5", 12, "3.1.2 (iOS)", None, 3),
    ("Q-6", 13, "v3.1.2", "login", None),
)


@pytest.fixture
def desk(cast: Cast, settings, tmp_path) -> Cast:
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    there = cast.workspace.id
    for key, ja in (("login", "ログイン"), ("sound", "音")):
        define_topic(workspace_id=there, key=key, name_ja=ja, at=tokyo(1, 9), by="test")
    release = EventDeclaration("release", "Summer update", date(2026, 6, 10), date(2026, 6, 10))
    declare_events(workspace_id=there, declarations=[release], at=tokyo(10, 9), by="test")
    for key, day, version, topic, customer in RECEIVED:
        case_id = receive(there, key, day, version)
        Case.objects.filter(pk=case_id).update(customer_id=customer)
        if topic:
            label_inquiry(case_id=case_id, topic=topic, at=tokyo(14, 9), by="staff:1", role="cs")
    refresh(Warehouse(settings.SHINRAI_WAREHOUSE), at=tokyo(15, 9))
    return cast


def receive(workspace_id: int, key: str, day: int, version: str) -> int:
    at = tokyo(day, 9)
    [(key_id, _)] = make_keys(workspace_id=workspace_id, count=1, at=at)
    new = NewCase("inquiry", "zendesk", key, key_id)
    [case_id] = record_cases(workspace_id=workspace_id, cases=[new])
    take_step(
        case_id=case_id, kind="received", at=at, by="customer", role="customer",
        detail={"mode": "via_cs", "version": version}, words=f"{key} の件",
    )  # fmt: skip
    return case_id


def client(desk: Cast):
    return desk.agent.client()


@pytest.mark.django_db(transaction=True)
@pytest.mark.end_to_end
class TestReleases:
    def test_a_version_counts_first_and_else_the_release_that_was_out(self, desk: Cast) -> None:
        with time_machine.travel(tokyo(15, 12), tick=False):
            rows = csv_rows(client(desk), HERE)

        counted = {(r["Release"], r["Topic"]): (r["Inquiries"], r["Customers"]) for r in rows}
        assert counted == {
            ("3.1.2", "all topics"): ("3", "2"),  # Q-6 has no known customer
            ("3.1.2", "ログイン"): ("2", "1"),
            ("3.1.2", "no topic"): ("1", "1"),
            ("Summer update", "all topics"): ("2", "1"),  # both of customer 2
            ("Summer update", "ログイン"): ("1", "1"),
            ("Summer update", "音"): ("1", "1"),
            ("no release known", "all topics"): ("1", "1"),
            ("no release known", "ログイン"): ("1", "1"),
        }
        assert rows[0]["Release"] == "Summer update"  # the newest

    def test_each_number_leads_to_its_inquiries(self, desk: Cast) -> None:
        with time_machine.travel(tokyo(15, 12), tick=False):
            page = shown(client(desk), f"{HERE}?release=3.1.2&topic=login")
            link = page.partition("<tbody>")[2].partition('href="')[2].partition('"')[0]
            link = link.replace("&amp;", "&")
            keys = column(client(desk), link, "case")
            listed = shown(client(desk), link)

        assert keys == ["Q-6", "Q-2"]
        assert "Q-6 の件" in listed
        assert lead(listed) == "2 inquiries."

    def test_the_page_begins_with_the_newest_release(self, desk: Cast) -> None:
        with time_machine.travel(tokyo(15, 12), tick=False):
            said = lead(shown(client(desk), HERE))
            empty = shown(client(desk), f"{HERE}?from=2026-05-01&to=2026-05-31")
            unknown = column(client(desk), f"{HERE}cases/?release=9&topic=all&mode=via_cs", "case")

        assert said.startswith("Summer update: 2 inquiries (known customers: 1)")
        assert lead(empty) == "No inquiry was received in these dates."
        assert unknown == []

    def test_wrong_dates_are_said(self, desk: Cast) -> None:
        assert client(desk).get(f"{HERE}?from=2026-06-09&to=2026-06-01").status_code == 422


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("Ver. 3.2.1", "3.2.1"),
        ("v3.2.1-beta (iOS)", "3.2.1-beta"),
        ("バージョン４．０", "4.0"),
        ("最新", None),
        ("", None),
        ("090-1234-5678", None),
        ("山田太郎", None),
    ],
)
def test_a_version_is_taken_out_of_what_was_written(text: str, version: str | None) -> None:
    assert version_in(text) == version
