"""What guardians read of their notices, what they choose, how a mailbox ends it in one click."""

import json
from typing import Any

import pytest
import time_machine
from django.test import Client

from shinrai.accounts.rules.role import Role
from shinrai.accounts.rules.scope import Scope
from shinrai.delivery.models import Outbox
from shinrai.desk.operations.notice_settings import add_channel
from shinrai.family.models import Guardian, GuardianNotice, PushSubscription
from shinrai.family.operations.notices import unsubscribe_token
from shinrai.family.operations.ways_in import make_way_in
from shinrai.family.queries.notices import notice_figures, plan_of_guardian
from tests.api.caller import key_of
from tests.cast import BY
from tests.delivery.test_push import Browser
from tests.family.test_notices import MARI, MINUTE, SUNDAY, Home, home, mails, post, run
from tests.intake.mail.servers import Inbox

__all__ = ["home", "post"]
pytestmark = pytest.mark.django_db(transaction=True)
LATER = SUNDAY + MINUTE


def browser(home: Home, guardian: int) -> Client:
    client = Client()
    made = make_way_in(home.guardian(guardian), at=LATER, by=BY)
    assert client.post("/" + made.address.split("/", 3)[3]).status_code == 302
    return client


@pytest.fixture
def told(home: Home, post: Inbox):
    run(home.there, SUNDAY)
    with time_machine.travel(LATER, tick=False):
        yield home


def mine(home: Home, guardian: int) -> list[GuardianNotice]:
    return list(GuardianNotice.objects.filter(guardian_id=guardian).exclude(kind="link"))


def test_each_parent_reads_their_own_and_opens_what_they_came_for(told: Home) -> None:
    sato, mari = browser(told, told.sato), browser(told, told.mari)
    theirs = next(one for one in mine(told, told.mari) if one.kind == "silence")

    page = sato.get("/family/notices/").content.decode()
    assert "This week: 3 days" in page
    assert "けん" not in page
    assert sato.get(f"/family/notices/{theirs.pk}/").status_code == 404
    assert "けん" in mari.get(f"/family/notices/{theirs.pk}/").content.decode()

    opened = {one.pk for one in mine(told, told.mari) if one.read_at}
    assert opened == {theirs.pk}
    found = notice_figures(told.there.id, since=SUNDAY, until=LATER)
    assert (found.opened.count, found.opened.of) == (2, 3)  # by mail: two weeks and a silence
    assert Client().get("/family/notices/")["Location"].partition("?")[0] == "/family/"


def test_a_mailbox_ends_mail_without_a_cookie_and_a_scanner_does_not(
    told: Home, post: Inbox
) -> None:
    [mail] = mails(post, MARI)
    address = mail["List-Unsubscribe"].strip(" <>")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert address in mail.get_content()
    path = "/" + address.split("/", 3)[3]
    nobody = Client(enforce_csrf_checks=True)

    assert nobody.get(path).status_code == 200
    assert plan_of_guardian(told.mari).wants("mail", "weekly")
    answer = nobody.post(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert not plan_of_guardian(told.mari).wants("mail", "weekly")
    assert nobody.post(path[:-3] + "x/").status_code == 404
    forged = unsubscribe_token(told.mari, "mail").replace(":", ":x", 1)
    assert nobody.post(f"/family/stop/{forged}/").status_code == 404


def test_what_is_chosen_is_kept_and_what_cannot_be_is_refused_with_what_was_typed(
    told: Home,
) -> None:
    sato = browser(told, told.sato)
    chosen = {"mail": ["weekly"], "app": ["pin"], "weekly_day": "5", "due_time": "07:30",
              "since": "20:00", "until": "06:00", "language": "ja"}  # fmt: skip

    assert sato.post("/family/settings/", chosen).status_code == 302
    plan = plan_of_guardian(told.sato)
    assert (plan.weekly_day, plan.document["quiet"]) == (5, ["20:00", "06:00"])
    assert told.guardian(told.sato).language == "ja"
    assert plan.wants("mail", "weekly")
    assert not plan.wants("mail", "silence")
    for wrong in ({"until": ""}, {"due_time": "25:00"}, {"weekly_day": "9"}, {"mail": ["money"]}):
        answer = sato.post("/family/settings/", {**chosen, "since": "19:15", **wrong})
        assert answer.status_code == 422
        assert 'value="19:15"' in answer.content.decode()
    assert plan_of_guardian(told.sato) == plan


def test_an_address_that_bounced_is_shown_and_confirmed(told: Home) -> None:
    Guardian.objects.filter(pk=told.sato).update(bounced_at=SUNDAY)
    sato = browser(told, told.sato)
    assert "This address works again" in sato.get("/family/settings/").content.decode()

    sato.post("/family/settings/", {"what": "confirm"})

    assert told.guardian(told.sato).bounced_at is None
    assert "This address works again" not in sato.get("/family/settings/").content.decode()


def test_a_browser_is_told_only_by_a_push_service_that_is_known(told: Home) -> None:
    sato = browser(told, told.sato)
    good = Browser("https://fcm.googleapis.com/fcm/send/abc").document
    inside = Browser("https://169.254.169.254/latest/meta-data").document
    for document, status in ((inside, 422), ("[", 422), (good, 302)):
        asked = {"what": "subscribe", "subscription": json.dumps(document)}
        assert sato.post("/family/settings/", asked).status_code == status
    assert PushSubscription.objects.filter(ended_at=None).count() == 1
    sato.post("/family/settings/", {"what": "end"})
    assert not PushSubscription.objects.filter(ended_at=None).exists()
    script = Client().get("/family/worker.js")
    assert script["Content-Type"].startswith("text/javascript")
    assert len(script.content) < 4000


def test_the_product_reads_what_is_unread_and_says_what_was_read(told: Home) -> None:
    key: Any = key_of(told.there, Role.OWNER, Scope.WRITE)
    unread = key.get("guardians/sato/notices?unread=true").json()["notices"]
    assert [one["kind"] for one in unread if one["kind"] != "link"] == ["pin", "weekly"]
    number = unread[0]["notice"]

    read = key.post(f"guardians/sato/notices/{number}/read").json()
    assert read["read_at"]
    left = key.get("guardians/sato/notices?unread=true").json()["notices"]
    assert number not in [one["notice"] for one in left]
    assert key.post(f"guardians/mari/notices/{number}/read").status_code == 404


def test_a_program_that_asked_for_notices_gets_them_with_their_text(
    home: Home, post: Inbox
) -> None:
    for address, events in (("https://app.example/a", ("notice.created",)),
                            ("https://desk.example/b", ())):  # fmt: skip
        asked = {"channel": "signed", "target": address, "wants": "all", "language": "en"}
        add_channel(workspace_id=home.there.id, asked=asked, at=SUNDAY, by=BY, events=events)
    run(home.there, SUNDAY)

    sent = [one.content for one in Outbox.objects.filter(channel="signed").order_by("id")]
    assert {one["type"] for one in sent} == {"notice.created"}
    week = next(one["data"] for one in sent if one["data"]["kind"] == "weekly")
    assert week["learner"] == "hana"
    assert week["lines"][0].startswith("はな · This week: 3 days")
    assert week["title"] == "たぬき塾: the weekly notice"
