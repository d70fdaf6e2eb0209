"""What guardians see and what nobody else's cookie opens: the Satos' two homes, and Ken's mother.

Hana's mother and father live apart; Ken is the mother's alone. Tom belongs to another family.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from shinrai.accounts.models import AuditEntry
from shinrai.accounts.queries import WorkspaceRecord
from shinrai.delivery.models import Outbox
from shinrai.erasure.operations.persons import CustomerName, erase
from shinrai.family.models import Guardian, WayIn
from shinrai.family.operations.links import EndRequest, claim_code, end_links, make_code
from shinrai.family.operations.ways_in import make_way_in
from shinrai.family.pages.session import COOKIE
from shinrai.family.queries.guardians import (
    guardian_numbered,
    guardians_known_at,
    guardians_of,
    linked_learners,
)
from shinrai.privacy.operations import read_words
from shinrai.usage.operations.events import receive_events
from shinrai.usage.operations.move import move_all
from shinrai.usage.rules.event import UsageEvent, checked_event
from shinrai.warehouse.store import Warehouse
from tests.cast import BY, Cast
from tests.desk.stage import open_desk
from tests.family.test_links import linked
from tests.site.test_every_route import NOT_OURS, asked_answer, filled, routes

NOW = datetime(2026, 6, 10, 10, tzinfo=UTC)  # Wednesday, 19:00 in Tokyo
HOUR = timedelta(hours=1)
PLANTED = "PLANTED words of the child"
pytestmark = pytest.mark.django_db(transaction=True)


def path_of(link: str) -> str:
    return "/" + link.partition("//")[2].partition("/")[2]


class Family:
    """The numbers of everybody, and their browsers."""

    def __init__(self, there: WorkspaceRecord) -> None:
        self.there = there
        self.hana, self.mother = linked(there, "hana", "mother", NOW - HOUR, "mother@home.example")
        _, self.father = linked(there, "hana", "father", NOW - HOUR, "father@home.example")
        self.ken, _ = linked(there, "ken", "mother", NOW - HOUR / 2)
        self.tom, _ = linked(there, "tom", "other", NOW - HOUR)

    def browser(self, guardian: int) -> Client:
        """Let a guardian in by a link of the product."""
        record = guardian_numbered(self.there.id, guardian)
        assert record is not None
        client = Client()
        made = make_way_in(record, at=NOW, by=BY)
        assert client.post(path_of(made.address)).status_code == 302
        return client


@pytest.fixture
def family(cast: Cast, settings: Any, tmp_path: Any) -> Iterator[Family]:
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    there = cast.workspace
    event = UsageEvent(
        "1", "hana", "lesson_finished", NOW - 2 * HOUR,
        properties={"minutes": 25, "subject": "算数", "comment": PLANTED, "answer": PLANTED},
    )  # fmt: skip
    receive_events(
        workspace_id=there.id, events=[checked_event(event, received_at=NOW)], received_at=NOW
    )
    move_all(Warehouse(settings.SHINRAI_WAREHOUSE), at=NOW, waits=True)
    with time_machine.travel(NOW, tick=False):
        yield Family(there)


def test_each_guardian_reads_of_their_own_children_alone(family: Family) -> None:
    mother, father = family.browser(family.mother), family.browser(family.father)

    page = mother.get(f"/family/{family.hana}/").content.decode()
    assert "This week: 1 day, 25 min in all." in page
    assert "Today: 25 min of 算数." in page
    assert "けん" in page
    assert "けん" not in father.get(f"/family/{family.hana}/").content.decode()
    assert mother.get(f"/family/{family.ken}/").status_code == 200
    for client, child in ((father, family.ken), (mother, family.tom), (mother, family.mother)):
        assert client.get(f"/family/{child}/").status_code == 404
    seen = AuditEntry.objects.filter(
        what="guardian read of a child", by=f"guardian:{family.mother}"
    )
    assert seen.count() == 2


def test_an_ended_link_closes_the_page_at_once(family: Family) -> None:
    mother = family.browser(family.mother)
    end_links(workspace=family.there, asked=EndRequest(family.hana, family.mother, "learner"),
              at=NOW, by=BY)  # fmt: skip

    assert mother.get(f"/family/{family.hana}/").status_code == 404
    assert mother.get("/family/").headers["Location"] == f"/family/{family.ken}/"
    assert family.browser(family.father).get(f"/family/{family.hana}/").status_code == 200


def test_a_guardians_cookie_opens_nothing_else_anywhere(family: Family) -> None:
    """On every route the answer is the one that nobody gets; and never the child's own words."""
    open_desk(family.there)
    guardian, nobody = family.browser(family.mother), Client()
    value = guardian.cookies[COOKIE]
    assert (value["path"], value["httponly"], value["samesite"]) == ("/family/", True, "Lax")
    guardian.cookies[COOKIE]["path"] = "/"  # even where a browser would send it
    wrong: list[tuple[object, ...]] = []
    for address, view in routes():
        if view.__module__.startswith(NOT_OURS):
            continue
        for slug in ("tanuki", "kitsune"):
            there = filled(address, slug)
            answers = [asked_answer(client, there) for client in (guardian, nobody)]
            mine, theirs = ((one.status_code, one.headers.get("Location", "")) for one in answers)
            if PLANTED in answers[0].content.decode(errors="replace"):
                wrong.append((there, "words"))
            if not address.startswith("/family/") and mine != theirs:
                wrong.append((there, mine, theirs))
    assert wrong == []


def test_nothing_that_the_child_wrote_is_on_the_page(family: Family) -> None:
    page = family.browser(family.mother).get(f"/family/{family.hana}/").content.decode()

    assert "算数" in page
    assert PLANTED not in page


def test_mail_lets_in_once_and_an_unknown_address_learns_nothing(family: Family) -> None:
    client = Client()
    answers = [
        client.post("/family/", {"mail": address})
        for address in ("mother@home.example", "nobody@home.example", "no address", "")
    ]
    assert len({(one.status_code, one.headers["Location"], one.content) for one in answers}) == 1
    sent = Outbox.objects.filter(sender__startswith="family:")
    [mail] = sent
    [link] = re.findall(r"https?://\S+", mail.content["text"])
    address = path_of(link)
    assert WayIn.objects.get().digest not in link

    for _scanner in range(2):
        assert client.get(address).status_code == 200
        assert COOKIE not in client.cookies
    assert client.post(address).status_code == 302
    assert client.get(f"/family/{family.hana}/").status_code == 200
    assert Client().post(address).status_code == 410
    for _ in range(9):
        client.post("/family/", {"mail": "mother@home.example"})
    assert sent.all().count() == 5  # nobody's mailbox is filled
    assert client.post("/family/", {"mail": "mother@home.example"}).status_code == 429


def test_a_link_and_a_session_end_by_themselves(family: Family) -> None:
    record = guardian_numbered(family.there.id, family.mother)
    assert record is not None
    made = make_way_in(record, at=NOW - timedelta(minutes=15), by=BY)
    late = Client().post(path_of(made.address))
    assert late.status_code == 410
    mother = family.browser(family.mother)

    with time_machine.travel(NOW + 12 * HOUR, tick=False):
        assert (
            mother.get(f"/family/{family.hana}/").headers["Location"].partition("?")[0]
            == "/family/"
        )
    forged = Client()
    forged.cookies[COOKIE] = str(mother.cookies[COOKIE].value).replace(":", "x:", 1)
    assert forged.get(f"/family/{family.hana}/").headers["Location"].partition("?")[0] == "/family/"


def test_who_was_erased_is_gone_from_links_and_pages(family: Family) -> None:
    mother = family.browser(family.mother)
    words = Guardian.objects.get(pk=family.mother).address_words_id
    erase(CustomerName(family.there, "family", "mother"), at=NOW, by=BY)

    assert mother.get(f"/family/{family.hana}/").headers["Location"].partition("?")[0] == "/family/"
    assert guardians_known_at("mother@home.example") == ()
    assert [one.id for one in guardians_of(family.hana, NOW)] == [family.father]
    assert read_words([words or 0]) == {}
    erase(CustomerName(family.there, "usage", "hana"), at=NOW, by=BY)
    assert linked_learners(family.father, NOW) == ()


def test_staff_see_links_masked_and_end_one_with_a_reason(cast: Cast, family: Family) -> None:
    agent = cast.agent.client()
    page = agent.get("/w/tanuki/family/").content.decode()
    assert "m…@home.example" in page
    assert "mother@home.example" not in page
    both = {"learner": family.hana, "guardian": family.mother}

    assert agent.post("/w/tanuki/family/ends/", both).status_code == 422
    assert agent.post("/w/tanuki/family/ends/", both | {"reason": "asked"}).status_code == 302
    assert [one.name for one in linked_learners(family.mother, NOW)] == ["けん"]
    assert cast.engineer.client().get("/w/tanuki/family/?format=csv").status_code == 200
    assert AuditEntry.objects.filter(what="end guardian link", reason="asked").count() == 1


def test_made_up_data_shows_what_a_parent_sees_and_real_data_does_not(cast: Cast) -> None:
    there = cast.simulated
    with time_machine.travel(NOW, tick=False):
        assert "No child" in Client().get("/w/kitsune/family/as-guardian/").content.decode()
        linked(there, "hana", "mother", NOW - HOUR)
        page = Client().get("/w/kitsune/family/as-guardian/").content.decode()
        assert "Simulated" in page
        assert "はな" in page
        assert cast.owner.client().get("/w/tanuki/family/as-guardian/").status_code == 404


def test_a_claim_that_waits_shows_nothing(cast: Cast, family: Family) -> None:
    made = make_code(workspace=cast.workspace, learner="tom", at=NOW, by=BY)
    claim_code(workspace=cast.workspace, guardian="mother", code=made.code, at=NOW, by=BY)

    assert family.browser(family.mother).get(f"/family/{family.tom}/").status_code == 404
