"""Who is mailed, and what becomes of it: guardians for children, and one answer from two devices.

Mails go to a real mail server on the loopback, as the worker sends them.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from shinrai.customers.operations import LinkRequest, link_persons, record_customers
from shinrai.delivery.sender import send_due
from shinrai.desk.operations.filing import ReceiptRequest, receive_by_hand
from shinrai.desk.operations.steps import take_step
from shinrai.satisfaction.models import SurveyAnswer
from shinrai.satisfaction.operations.asking import draw_waves
from shinrai.satisfaction.queries.overview import survey_overview
from shinrai.satisfaction.queries.population import using_persons
from shinrai.satisfaction.rules.targeting import read_targeting
from shinrai.warehouse.store import Warehouse
from tests.cast import BY, Cast
from tests.intake.mail.servers import Inbox, smtp
from tests.satisfaction.waves import MONDAY, asks
from tests.usage.filling import Act, fill

pytestmark = pytest.mark.django_db
CHILD, MOTHER, YUI = "haruto@tanaka.example", "mother@tanaka.example", "yui@example.jp"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def post(settings: Any) -> Iterator[Inbox]:
    with smtp() as (found, port):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield found


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(str(tmp_path / "warehouse"))


def known(cast: Cast, *names: str, source: str = "usage") -> list[int]:
    found = record_customers(
        workspace_id=cast.workspace.id, source=source, identifiers=names, at=MONDAY
    )
    return [found[name].id for name in names]


def linked(cast: Cast, child: int, guardian: int) -> None:
    there = cast.workspace.id
    link = LinkRequest(there, child, guardian, "c-1", date(2026, 4, 1), None, "form")
    link_persons(link, at=MONDAY, by=BY)


def studied(cast: Cast, warehouse: Warehouse, days: dict[int, list[int]]) -> None:
    """Each person studied so many days before Monday, in the zone of the school."""
    acts = [Act(one, MONDAY - ago * DAY) for one, some in days.items() for ago in some]
    fill(warehouse, acts, zone=cast.workspace.zone, workspace_id=cast.workspace.id)


def worked(cast: Cast, at: datetime, warehouse: Warehouse | None = None) -> None:
    """The worker draws whom waves are about, and sends what is due."""
    draw_waves(workspace=cast.workspace, at=at, warehouse=warehouse)
    send_due(clock=lambda: at)


def receivers(post: Inbox) -> list[str]:
    return [address for envelope in post.got for address in envelope.rcpt_tos]


class TestGuardians:
    def test_a_childs_survey_is_mailed_to_the_guardian(
        self, cast: Cast, post: Inbox, warehouse: Warehouse
    ) -> None:
        """Haruto has a mail address of his own and studied; Yui has no child, and studied too."""
        child, mother, yui = known(cast, CHILD, MOTHER, YUI)
        linked(cast, child, mother)
        studied(cast, warehouse, {child: [1], yui: [1]})
        asks(cast, channel="mail", kind="csat", who="active", days=7, children="guardian")

        worked(cast, MONDAY + HOUR, warehouse)
        worked(cast, MONDAY + 2 * HOUR, warehouse)

        assert receivers(post) == [MOTHER]

    def test_a_child_whose_guardian_has_no_address_is_not_mailed_either(
        self, cast: Cast, post: Inbox, warehouse: Warehouse
    ) -> None:
        child, mother = known(cast, CHILD, "mother-17")
        linked(cast, child, mother)
        studied(cast, warehouse, {child: [1]})
        asks(cast, channel="mail", kind="csat", who="active", days=7, children="guardian")

        worked(cast, MONDAY + HOUR, warehouse)

        assert receivers(post) == []

    def test_where_no_child_is_expected_one_with_a_guardian_gets_no_mail(
        self, cast: Cast, post: Inbox, warehouse: Warehouse
    ) -> None:
        child, mother, yui = known(cast, CHILD, MOTHER, YUI)
        linked(cast, child, mother)
        studied(cast, warehouse, {child: [1], yui: [1]})
        asks(cast, channel="mail", kind="csat", who="active", days=7)

        worked(cast, MONDAY + HOUR, warehouse)

        assert receivers(post) == [YUI]


class TestWhoUsesIt:
    """Yui began in winter and studies on; Ren began in winter and stopped; Aoi began on Friday."""

    @pytest.fixture
    def who(self, cast: Cast, warehouse: Warehouse) -> dict[str, int]:
        yui, ren, aoi, sora = known(cast, "yui", "ren", "aoi", "sora")  # Sora never studied
        studied(cast, warehouse, {yui: [120, 2], ren: [120, 90], aoi: [3]})
        return {"yui": yui, "ren": ren, "aoi": aoi, "sora": sora}

    def met(self, cast: Cast, warehouse: Warehouse, who: str, days: int) -> frozenset[int]:
        aimed = read_targeting({"who": who, "days": days})
        return using_persons(cast.workspace, aimed, MONDAY, warehouse)

    def test_active_are_those_of_the_last_days(
        self, cast: Cast, warehouse: Warehouse, who: dict[str, int]
    ) -> None:
        assert self.met(cast, warehouse, "active", 28) == {who["yui"], who["aoi"]}
        assert self.met(cast, warehouse, "active", 100) == {who["yui"], who["ren"], who["aoi"]}

    def test_since_are_those_who_began_so_long_ago_active_or_not(
        self, cast: Cast, warehouse: Warehouse, who: dict[str, int]
    ) -> None:
        assert self.met(cast, warehouse, "since", 28) == {who["yui"], who["ren"]}
        assert self.met(cast, warehouse, "since", 3) == {who["yui"], who["ren"], who["aoi"]}
        assert self.met(cast, warehouse, "since", 4) == {who["yui"], who["ren"]}, "a day too few"
        assert self.met(cast, warehouse, "since", 121) == frozenset()


def test_a_mail_after_solved_is_answered_on_two_devices_and_counts_once(
    cast: Cast, post: Inbox
) -> None:
    """Yui opens the link on her phone, presses twice, and answers once more on the tablet."""
    asks(cast, channel="mail", kind="csat", who="solved", days=3)
    [yui] = record_customers(
        workspace_id=cast.workspace.id, source="mail", identifiers=[YUI], at=MONDAY
    ).values()
    person = (yui.id, yui.key_id)
    case = receive_by_hand(
        ReceiptRequest(cast.workspace, "画面が白い", MONDAY, "test", person=person)
    )
    worked(cast, MONDAY + 2 * HOUR)
    assert receivers(post) == [], "nothing is solved yet"

    take_step(case_id=case, kind="solved", at=MONDAY + 2 * HOUR, by="test", role="agent")
    mailed_at = MONDAY + 4 * HOUR
    worked(cast, mailed_at)
    worked(cast, mailed_at + HOUR)
    assert receivers(post) == [YUI]
    place = place_in(post)

    phone, tablet = Client(), Client()
    with time_machine.travel(mailed_at + 2 * HOUR, tick=False):
        assert phone.get(place).status_code == 200
        assert tablet.get(place).status_code == 200
        pressed = {"id": "c" * 32, "score": "4", "comment": "よかった"}
        for device, typed in (
            (phone, pressed),
            (phone, pressed),
            (tablet, {"id": "d" * 32, "score": "1"}),
        ):
            assert device.post(place, typed).status_code == 302
        assert "arrived" in tablet.get(place).content.decode()
    worked(cast, mailed_at + DAY)

    assert SurveyAnswer.objects.get().score == 4, "the first that arrived"
    assert receivers(post) == [YUI], "who answered is not mailed again"
    at = mailed_at + DAY
    [wave] = survey_overview(workspace_id=cast.workspace.id, key="lesson", at=at).waves
    assert (wave.asked, wave.answered) == (1, 1)


def place_in(post: Inbox) -> str:
    """Return the path of the survey's link as a person reads it in the only mail."""
    [envelope] = post.got
    mail = message_from_bytes(envelope.content, policy=policy.default)
    links = [word for word in mail.get_content().split() if "/survey/" in word]
    assert "画面" not in mail.get_content()
    return f"/survey{links[0].partition('/survey')[2]}"
