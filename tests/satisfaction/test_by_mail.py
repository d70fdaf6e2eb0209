"""Who is asked by mail after an inquiry is solved: Yui and Ren, in June 2026."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from shinrai.customers.operations import record_customers
from shinrai.delivery.models import Outbox
from shinrai.delivery.outbox import claim_message, erase_contents
from shinrai.desk.operations.filing import ReceiptRequest, receive_by_hand
from shinrai.desk.operations.steps import take_step
from shinrai.privacy.rules.encryption import decrypt
from shinrai.satisfaction.operations.asking import draw_waves
from shinrai.satisfaction.queries.overview import survey_overview
from tests.cast import Cast
from tests.satisfaction.waves import MONDAY, asks

pytestmark = pytest.mark.django_db


class TestByMail:
    @pytest.fixture(autouse=True)
    def server(self, settings: Any) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    def solved(self, cast: Cast, who: str, at: datetime, *, source: str = "mail") -> int:
        """An inquiry of somebody is received and solved."""
        known = record_customers(
            workspace_id=cast.workspace.id, source=source, identifiers=[who], at=at
        )[who]
        case = receive_by_hand(
            ReceiptRequest(
                cast.workspace, "画面が白い", at, "test", person=(known.id, known.key_id)
            )
        )
        take_step(case_id=case, kind="solved", at=at, by="test", role="agent")
        return known.id

    def mailed(self, cast: Cast, at: datetime) -> list[Outbox]:
        draw_waves(workspace=cast.workspace, at=at)
        return list(Outbox.objects.filter(sender=f"survey:{cast.workspace.id}"))

    def test_one_mail_after_solved_which_says_nothing_of_the_case(
        self, cast: Cast, settings: Any
    ) -> None:
        asks(cast, channel="mail", kind="csat", who="solved", days=3)
        self.solved(cast, "yui@example.jp", MONDAY)
        self.solved(cast, "zendesk-17", MONDAY, source="zendesk")  # no address is known

        assert self.mailed(cast, MONDAY + timedelta(minutes=30)) == [], "it may be reopened at once"
        noon = MONDAY + timedelta(hours=2)
        [mail] = self.mailed(cast, noon)
        [mail] = self.mailed(cast, noon + timedelta(minutes=5))

        assert decrypt(settings.SHINRAI_MASTER_KEY, bytes(mail.target)) == "yui@example.jp"
        assert "yui" not in json.dumps(mail.content)
        assert "画面" not in json.dumps(mail.content, ensure_ascii=False)
        assert "/stop/?to=" in mail.content["headers"]["List-Unsubscribe"]
        found = survey_overview(workspace_id=cast.workspace.id, key="lesson", at=noon).waves[0]
        assert (found.asked, found.eligible) == (1, 1)

    def test_a_mail_lost_to_erasing_while_it_waited_is_written_anew_and_a_sent_one_is_not(
        self, cast: Cast
    ) -> None:
        asks(cast, channel="mail", kind="csat", who="solved", days=3)
        for who in ("yui@example.jp", "ren@example.jp"):
            self.solved(cast, who, MONDAY)
        noon = MONDAY + timedelta(hours=2)
        yui, ren = self.mailed(cast, noon)
        assert claim_message(yui.id, at=noon)  # and its worker is killed
        erase_contents(workspace_id=cast.workspace.id)
        assert Outbox.objects.count() == 1

        names = [one.once for one in self.mailed(cast, noon + timedelta(minutes=5))]
        assert sorted(names) == sorted((yui.once, ren.once))

    def test_who_wants_no_more_mail_gets_none_of_any_survey(self, cast: Cast) -> None:
        asks(cast, channel="mail", kind="csat", who="solved", days=3, cap_days=0)
        self.solved(cast, "yui@example.jp", MONDAY)
        [mail] = self.mailed(cast, MONDAY + timedelta(hours=2))
        stop = mail.content["headers"]["List-Unsubscribe"].strip("<>").partition("/survey")[2]
        with time_machine.travel(MONDAY + timedelta(hours=3), tick=False):
            assert Client().get(f"/survey{stop}").status_code == 200
            assert Client().post(f"/survey{stop}").status_code == 200

        later = MONDAY + timedelta(days=1)
        asks(cast, "other", "mail", kind="csat", who="solved", days=3, cap_days=0, at=later)
        self.solved(cast, "yui@example.jp", later)
        assert len(self.mailed(cast, later + timedelta(hours=2))) == 1
