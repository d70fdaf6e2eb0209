"""The page and the commands of notices: who sees and sets what, and what is refused."""

import json
from datetime import datetime, time, timedelta

import pytest
import time_machine
from click.testing import CliRunner
from django.core import mail

from shinrai.accounts.models import AuditEntry
from shinrai.delivery.sender import send_due
from shinrai.desk.commands.notices import group
from shinrai.desk.models import Duty, TierLead
from shinrai.desk.operations.notices import tell_of_clocks
from shinrai.desk.queries.notices import notice_channels, notice_plan, on_duty, sent_notices
from shinrai.units.moments import QuietHours, loud_at
from tests.cast import Cast
from tests.delivery.receiver import Receiver
from tests.desk.stage import tokyo
from tests.desk.test_notices import AT_RISK, MINUTE, desk, file, hook

__all__ = ["desk", "hook"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]
PAGE = "/w/tanuki/notices/"
PLAN = {
    "what": "plan",
    "at_risk_percent": "50",
    "lead_after": "1.5",
    "quiet_from": "19:00",
    "quiet_until": "08:00",
    "days_off": ["5", "6"],
}


@pytest.fixture(autouse=True)
def friday():
    with time_machine.travel(AT_RISK, tick=False):
        yield


def page(person, language: str = "en") -> str:
    return person.client().get(PAGE, headers={"accept-language": language}).content.decode()


@pytest.mark.parametrize(
    ("at", "loud"),
    [
        ((5, 18, 59), (5, 18, 59)),
        ((5, 19), (8, 8)),  # Friday night: the weekend follows
        ((6, 12), (8, 8)),
        ((8, 7, 59), (8, 8)),
        ((8, 8), (8, 8)),
        ((9, 2), (9, 8)),
    ],
)
def test_quiet_hours_end_when_neither_night_nor_a_day_off_is_left(at, loud) -> None:
    quiet = QuietHours(time(19), time(8), frozenset({5, 6}))

    assert loud_at(quiet, tokyo(*at), "Asia/Tokyo") == tokyo(*loud)


def test_an_hour_that_spring_takes_does_not_hold_a_notice_back() -> None:
    """Lisbon's clocks go from 01:00 to 02:00 on Sunday 29 March 2026."""
    quiet, at = QuietHours(time(22), time(1, 30)), datetime.fromisoformat("2026-03-28T23:00+00:00")

    assert loud_at(quiet, at, "Europe/Lisbon") == datetime.fromisoformat("2026-03-29T01:30+00:00")
    assert loud_at(QuietHours(), at, "Europe/Lisbon") == at


class TestSettings:
    def test_are_set_by_who_leads_and_kept_in_the_audit(self, desk: Cast) -> None:
        answer = desk.owner.client().post(f"{PAGE}settings/", PLAN)
        refused = desk.engineer.client().post(f"{PAGE}settings/", PLAN)

        assert (answer.status_code, refused.status_code) == (302, 403)
        plan = notice_plan(workspace_id=desk.workspace.id)
        assert (plan.at_risk_percent, plan.lead_after) == (50, timedelta(minutes=90))
        assert plan.quiet == QuietHours(time(19), time(8), frozenset({5, 6}))
        assert AuditEntry.objects.get(what="set notices").by == desk.owner.member.key
        assert "when 50 % of its business time" in page(desk.agent)

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({"at_risk_percent": "100"}, "1～99%"),
            ({"at_risk_percent": "x"}, "数字で"),
            ({"lead_after": "0"}, "1分～100時間"),
            ({"lead_after": "nan"}, "数字で"),
            ({"quiet_until": ""}, "始まりと終わりの両方"),
            ({"days_off": list("0123456")}, "休みでない曜日"),
        ],
    )
    def test_what_cannot_be_is_refused_and_what_was_typed_stays(
        self, desk: Cast, typed, said
    ) -> None:
        answer = desk.owner.client().post(
            f"{PAGE}settings/", PLAN | typed, headers={"accept-language": "ja"}
        )

        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert 'value="19:00"' in answer.content.decode()
        assert notice_plan(workspace_id=desk.workspace.id).at_risk_percent == 75

    def test_duties_and_leads_are_members_of_this_workspace(self, desk: Cast) -> None:
        asked = {
            "what": "people",
            "lead-2": desk.owner.member.key,
            "duty-2-0": desk.engineer.member.key,
            "duty-2-1": desk.stranger.member.key,
        }
        desk.owner.client().post(f"{PAGE}settings/", asked)

        assert [row.member_id for row in TierLead.objects.all()] == [desk.owner.member.id]
        assert [(row.week_on.day, row.member_id) for row in Duty.objects.all()] == [
            (1, desk.engineer.member.id)
        ]
        there = {"workspace_id": desk.workspace.id, "tier": 2}
        assert on_duty(**there, at=AT_RISK) == desk.engineer.member
        desk.owner.client().post(f"{PAGE}settings/", asked | {"duty-2-0": ""})
        assert on_duty(**there, at=AT_RISK) is None

    def test_everybody_says_what_they_want_themselves(self, desk: Cast) -> None:
        asked = {"wants": "none", "language": "ja"}
        assert desk.engineer.client().post(f"{PAGE}own/", asked).status_code == 302
        file(desk)
        tell_of_clocks(workspace=desk.workspace, at=AT_RISK)
        assert sent_notices(workspace=desk.workspace) == ()

        wrong = desk.engineer.client().post(f"{PAGE}own/", asked | {"wants": "some"})
        assert wrong.status_code == 422

    def test_a_test_goes_to_who_asks_for_it_at_once(self, desk: Cast) -> None:
        desk.owner.client().post(f"{PAGE}settings/", PLAN | {"days_off": ["4"]})  # a Friday off
        desk.agent.client().post(f"{PAGE}own/", {"what": "test"})
        send_due(clock=lambda: AT_RISK)

        assert [one.to for one in mail.outbox] == [["suzuki@tanuki.example"]]
        assert "This is a test" in mail.outbox[0].subject

    def test_nobody_else_sees_it(self, desk: Cast) -> None:
        for address in (PAGE, "/w/kitsune/notices/"):
            told = [
                getattr(desk, who).client().get(address).status_code
                for who in ("guardian", "stranger", "nobody")
            ]
            assert set(told) <= {302, 403, 404}
        assert desk.agent.client().get(PAGE).status_code == 200


SIGNED = {"channel": "signed", "wants": "own", "language": "ja"}


class TestWebhooks:
    def test_the_secret_of_a_signed_one_is_shown_once(self, desk: Cast, hook: Receiver) -> None:
        asked = SIGNED | {"target": f"{hook.address}/secret-words-of-it"}
        answer = desk.owner.client().post(f"{PAGE}channels/", asked).content.decode()

        assert "whsec_" in answer
        assert "secret-words-of-it" not in answer
        assert "whsec_" not in page(desk.owner)
        [one] = notice_channels(workspace_id=desk.workspace.id)
        client = desk.owner.client()
        assert client.post(f"{PAGE}channels/{one.id}/", {"what": "test"}).status_code == 302
        send_due(clock=lambda: AT_RISK)
        assert hook.bodies[0]["type"] == "test.test"
        client.post(f"{PAGE}channels/{one.id}/", {"what": "end"})
        assert client.post(f"{PAGE}channels/{one.id}/", {"what": "test"}).status_code == 404

    def test_an_address_that_is_none_is_refused_and_stays(self, desk: Cast, settings) -> None:
        settings.SHINRAI_PRIVATE_TARGETS = False
        asked = SIGNED | {"target": "http://inside/"}
        answer = desk.owner.client().post(f"{PAGE}channels/", asked)

        assert answer.status_code == 422
        assert 'value="http://inside/"' in answer.content.decode()


class TestMessages:
    @pytest.fixture
    def failed(self, desk: Cast, hook: Receiver) -> Cast:
        asked = {"channel": "slack", "wants": "own", "language": "en", "target": hook.address}
        desk.owner.client().post(f"{PAGE}channels/", asked)
        hook.answers = [(404, {})]
        file(desk)
        tell_of_clocks(workspace=desk.workspace, at=AT_RISK)
        send_due(clock=lambda: AT_RISK)
        return desk

    def test_one_that_failed_leads_the_page_and_is_sent_again(
        self, failed: Cast, hook: Receiver
    ) -> None:
        shown = page(failed.owner)
        assert "1 message could not be sent." in shown
        assert "refused the message (404)" in shown
        [one] = sent_notices(workspace=failed.workspace, state="failed")

        address = f"{PAGE}messages/{one.delivery.id}/"
        assert failed.engineer.client().post(address).status_code == 403
        assert failed.owner.client().post(address).status_code == 302
        assert failed.owner.client().post(address).status_code == 404
        send_due(clock=lambda: AT_RISK + MINUTE)
        assert len(hook.got) == 2
        assert "could not be sent" not in page(failed.owner)

    def test_by_command_too(self, failed: Cast) -> None:
        def run(*words: str):
            return CliRunner().invoke(group, ["notices", *words, "--workspace", "tanuki"])

        [one] = json.loads(run("list", "--failed", "--json").output)["notices"]
        assert (one["kind"], one["about"], one["state"]) == ("at_risk", "INV-1", "failed")
        assert "at_risk  INV-1" in run("list").output

        assert json.loads(run("resend", str(one["notice"]), "--json").output)["state"] == "waiting"
        again = run("resend", str(one["notice"]))
        assert again.exit_code == 3
        assert "did not fail" in again.output
