"""What usage says of linked children is prepared: the page shows it, and it goes with the link."""

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client

from shinrai.accounts.queries import workspace_named
from shinrai.customers.queries import customer_by_identifier
from shinrai.delivery.models import Outbox
from shinrai.family.models import PreparedStudy
from shinrai.family.operations import study
from shinrai.family.operations.links import EndRequest, end_links
from shinrai.family.operations.study import prepare_studies
from shinrai.family.operations.ways_in import make_way_in
from shinrai.family.queries.guardians import guardian_numbered
from shinrai.family.queries.study import usages_asked
from shinrai.ledger.operations.cases import NewCase, record_cases
from shinrai.ledger.operations.step_encoding import NewStep
from shinrai.ledger.operations.steps import append_steps
from shinrai.privacy.operations import open_keys, store_words
from shinrai.usage.operations.events import receive_events
from shinrai.usage.operations.move import move_all
from shinrai.usage.rules.event import UsageEvent, checked_event
from shinrai.warehouse.store import Warehouse
from tests.cast import BY
from tests.family.test_pages import NOW, Family, family, path_of

__all__ = ["family"]  # a fixture
pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
ASKED = "先生に言わないで、わり算が分からない"


def line(family: Family, *, at: Any = NOW) -> str:
    """Return the first line of Hana's page, as her mother reads it."""
    mother = family.browser(family.mother)
    with time_machine.travel(at, tick=False):
        page = mother.get(f"/family/{family.hana}/").content.decode()
    return page.partition("This week: ")[2].partition(" in all")[0]


def study_more(settings: Any, name: str) -> None:
    """Let Hana study for ten minutes more, as her tablet reports."""
    more = UsageEvent(
        name, "hana", "lesson_finished", NOW - 3 * MINUTE,
        properties={"minutes": 10, "subject": "算数"},
    )  # fmt: skip
    there = workspace_named("tanuki").id
    event = checked_event(more, received_at=NOW)
    receive_events(workspace_id=there, events=[event], received_at=NOW)
    move_all(Warehouse(settings.SHINRAI_WAREHOUSE), at=NOW, waits=True)


def test_the_page_shows_what_was_prepared_and_asks_no_table(
    family: Family, settings: Any, tmp_path: Any
) -> None:
    assert line(family) == "1 day, 25 min"
    assert prepare_studies(workspace=family.there, at=NOW) >= 1
    assert prepare_studies(workspace=family.there, at=NOW) == 0
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "nowhere")

    assert line(family) == "1 day, 25 min"


def test_new_events_are_there_within_a_minute(family: Family, settings: Any) -> None:
    prepare_studies(workspace=family.there, at=NOW)
    study_more(settings, "2")

    assert line(family) == "1 day, 25 min"  # late, and quick
    assert line(family, at=NOW + MINUTE) == "1 day, 35 min"
    assert prepare_studies(workspace=family.there, at=NOW) == 1
    assert line(family) == "1 day, 35 min"


def test_without_a_link_nothing_is_kept(family: Family) -> None:
    prepare_studies(workspace=family.there, at=NOW)
    assert PreparedStudy.objects.filter(pk=family.hana).exists()
    for guardian in (family.mother, family.father):
        ends = EndRequest(family.hana, guardian, "learner")
        end_links(workspace=family.there, asked=ends, at=NOW, by=BY)
    prepare_studies(workspace=family.there, at=NOW)

    assert not PreparedStudy.objects.filter(pk=family.hana).exists()


def test_what_the_child_asked_support_is_on_no_page_of_a_guardian(family: Family) -> None:
    there = family.there.id
    hana = customer_by_identifier(workspace_id=there, source="usage", identifier="hana")
    assert hana is not None
    key = open_keys([hana.key_id])[hana.key_id]
    [words] = store_words([(hana.key_id, key, ASKED)])
    case = NewCase("inquiry", "desk", "T-1", key_id=hana.key_id, customer_id=hana.id)
    [number] = record_cases(workspace_id=there, cases=[case])
    said = NewStep(number, NOW, "inbound", by="hana", role="customer", words_id=words)
    append_steps(workspace_id=there, steps=[said], count=1, recorded_at=NOW)
    mother = family.browser(family.mother)

    for page in (f"{family.hana}/", "notices/", "settings/", "", f"{family.ken}/"):
        answer = mother.get(f"/family/{page}", follow=True)
        assert answer.status_code == 200
        assert "わり算が分からない" not in answer.content.decode()
        assert "T-1" not in answer.content.decode()


def test_events_that_come_while_it_is_prepared_are_not_missed(
    family: Family, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it is prepared for the first time or anew: the next run reads what came meanwhile."""

    def asked_too_early(*args: Any, at: datetime) -> Any:
        found = usages_asked(*args, at=at)
        study_more(settings, f"late {at}")
        return found

    for at in (NOW, NOW + MINUTE):
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(study, "usages_asked", asked_too_early)
            prepare_studies(workspace=family.there, at=at)
        assert PreparedStudy.objects.get(pk=family.hana).stale_at == at
    assert prepare_studies(workspace=family.there, at=NOW) == 1
    assert line(family) == "1 day, 45 min"


def way_in(asked: str) -> str:
    """Ask for a way in from a page, use it, and return where it leads."""
    client = Client()
    client.post("/family/", {"mail": "mother@home.example", "next": asked})
    text = Outbox.objects.latest("id").content["text"]
    [link] = re.findall(r"https?://\S+", text)
    return client.post(path_of(link)).headers["Location"]


def test_a_link_to_a_notice_leads_there_after_coming_in(family: Family) -> None:
    asks = Client().get("/family/notices/12/")
    page = Client().get(asks.headers["Location"]).content.decode()

    assert 'name="next" value="/family/notices/12/"' in page
    assert way_in("/family/notices/12/") == "/family/notices/12/"


@pytest.mark.parametrize(
    "onward",
    ["https://evil.example/", "//evil.example/", "/w/tanuki/", "/family/in/x/", "/family/../w/",
     "/family//evil.example/", "/family/out/", "/family/\\evil/", "/family/1/\n", ""],
)  # fmt: skip
def test_a_way_in_leads_nowhere_else(family: Family, onward: str) -> None:
    assert way_in(onward) == "/family/"
    record = guardian_numbered(family.there.id, family.mother)
    assert record is not None
    link = path_of(make_way_in(record, at=NOW, by=BY).address)  # as somebody else makes it up
    assert Client().post(f"{link}?{urlencode({'next': onward})}").headers["Location"] == "/family/"
