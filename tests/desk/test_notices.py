"""June 2026 at Tanuki Juku: people are told in time, once, and never in a customer's words.

INV-1 is filed by 鈴木 on Wed 3 at 14:00 and due by the close of Fri 5, 18:00: of 20 business hours
15 are used up on Fri at 13:00. 高橋 works on it, 佐藤 owns the workspace.
"""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import transaction

from shinrai.accounts.operations.members import end_membership, invite
from shinrai.accounts.queries import member_of, user_id_of
from shinrai.accounts.rules.role import Role
from shinrai.calendars.operations import save_calendar
from shinrai.delivery import webhook
from shinrai.delivery.models import Outbox
from shinrai.delivery.outbox import erase_contents
from shinrai.delivery.sender import send_due
from shinrai.desk.models import Notice
from shinrai.desk.operations.notice_settings import (
    add_channel,
    set_people,
    set_plan,
    set_preference,
)
from shinrai.desk.operations.notices import (
    resend_notice,
    tell_of_clocks,
    tell_of_objectives,
    tell_of_step,
)
from shinrai.desk.operations.steps import file_investigation, take_step
from shinrai.desk.queries.notices import on_duty, sent_notices
from shinrai.desk.rules.notices import NoticePlan
from shinrai.ledger.queries import case_heads
from shinrai.objectives.models import AlarmState, Objective
from shinrai.objectives.operations.catching_up import catch_up
from shinrai.objectives.operations.saving import save_objective
from shinrai.postgres import failpoints
from shinrai.units.moments import QuietHours
from shinrai.warehouse.store import Warehouse
from tests.cast import OPENED_AT, Cast
from tests.delivery.receiver import Receiver, receiver
from tests.desk.stage import OFFICE, promise, tokyo

pytestmark = pytest.mark.django_db(transaction=True)
FILED, AT_RISK, DUE = tokyo(3, 14), tokyo(5, 13), tokyo(5, 18)
STILL = tokyo(8, 12)  # two business hours after the close of Friday: Monday noon
MINUTE = timedelta(minutes=1)
WORDS = "花子さんの画面が白い。hanako@example.jp 090-1234-5678"
ENGINEER, AGENT, OWNER = (f"{name}@tanuki.example" for name in ("takahashi", "suzuki", "sato"))


class Killed(BaseException):
    """The worker is gone: nothing of it runs on."""


@pytest.fixture
def desk(cast: Cast, settings, tmp_path) -> Cast:
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    settings.SHINRAI_PRIVATE_TARGETS = True
    settings.SHINRAI_ADDRESS = "https://shinrai.example"
    there, start = cast.workspace.id, tokyo(1, 9)
    save_calendar(workspace_id=there, name="office", document=OFFICE, at=start, by="test")
    save_objective(workspace_id=there, document=promise(), at=start, by="test")
    for person in (cast.owner, cast.agent, cast.engineer):
        prefer(person.member, language="en")
    end_membership(member_id=cast.manager.member.id, at=start, by="test")  # 佐藤 leads alone
    return cast


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


def prefer(member: Any, wants: str = "all", language: str = "en") -> None:
    set_preference(member_id=member.id, wants=wants, language=language)


def file(desk: Cast, key: str = "INV-1", at: datetime = FILED, person: bool = True) -> int:
    case_id = file_investigation(
        workspace_id=desk.workspace.id,
        source_key=key,
        at=at,
        by=desk.agent.member.key,
        words=WORDS,
    )
    if person:
        step(desk, case_id, "assigned", at, desk.engineer, detail={"to": desk.engineer.member.key})
    return case_id


def step(desk: Cast, case_id: int, kind: str, at: datetime, person: Any, **more: Any) -> None:
    """Take a step and tell of it, in one transaction, as actions do."""
    by, detail = person.member.key, more.pop("detail", {})
    with transaction.atomic():
        take_step(case_id=case_id, kind=kind, at=at, by=by, role="cre", detail=detail, **more)
        tell_of_step(head=case_heads([case_id])[case_id], kind=kind, detail=detail, by=by, at=at)


def people(desk: Cast, *, leads: Any = None, duties: Any = None) -> None:
    set_people(
        workspace_id=desk.workspace.id, leads=leads or {}, duties=duties or {}, at=FILED, by="test"
    )


def minute(desk: Cast, at: datetime) -> list[tuple[str, str]]:
    """Let the worker's minute come; return the mails that left in it, to whom and of what."""
    before = len(mail.outbox)
    tell_of_clocks(workspace=desk.workspace, at=at)
    send_due(clock=lambda: at)
    return mails(before)


def mails(skip: int = 0) -> list[tuple[str, str]]:
    return [
        (one.to[0], re.sub(r"^[\[［]たぬき塾[\]］] ?", "", one.subject))
        for one in mail.outbox[skip:]
    ]


class TestSteps:
    def test_whoever_is_given_a_case_is_told_but_not_of_their_own_deed(self, desk: Cast) -> None:
        case_id = file(desk)
        send_due(clock=lambda: FILED)
        assert mails() == []

        step(desk, case_id, "assigned", FILED, desk.agent, detail={"to": desk.engineer.member.key})
        send_due(clock=lambda: FILED)

        assert mails() == [(ENGINEER, "INV-1 was assigned to you; due Fri 5 June 18:00")]
        text = mail.outbox[0].body
        assert "https://shinrai.example/w/tanuki/investigations/INV-1/" in text
        assert "You work on it. Moments are in the zone Asia/Tokyo." in text

    def test_the_filer_is_told_of_what_was_sent_back_and_answered_in_their_language(
        self, desk: Cast
    ) -> None:
        prefer(desk.agent.member, language="ja")
        case_id = file(desk)
        step(desk, case_id, "sent_back", FILED + MINUTE, desk.engineer, words="端末は？")
        step(desk, case_id, "answered", FILED + 2 * MINUTE, desk.engineer, words="直しました")
        send_due(clock=lambda: FILED + 2 * MINUTE)

        assert mails() == [
            (AGENT, "INV-1が差し戻されました。足りない情報があります"),
            (AGENT, "INV-1に回答がありました"),
        ]

    def test_a_reopened_case_goes_to_who_had_it_and_else_to_who_is_on_duty(
        self, desk: Cast
    ) -> None:
        people(desk, duties={(2, datetime(2026, 6, 1).date()): desk.owner.member.id})
        for key, person in (("INV-1", True), ("INV-2", False)):
            case_id = file(desk, key, person=person)
            step(desk, case_id, "answered", FILED + MINUTE, desk.agent, words="はい")
            step(desk, case_id, "reopened", FILED + 2 * MINUTE, desk.agent)
        send_due(clock=lambda: FILED + 2 * MINUTE)

        assert [(to, said.partition(";")[0]) for to, said in mails()] == [
            (ENGINEER, "INV-1 was reopened"),
            (OWNER, "INV-2 was reopened"),
        ]

    def test_an_escalated_case_goes_to_the_lead_of_the_line_it_reaches(self, desk: Cast) -> None:
        people(desk, leads={3: desk.owner.member.id, 2: desk.agent.member.id})
        case_id = file(desk)
        step(desk, case_id, "escalated", FILED + MINUTE, desk.engineer, tier=3)

        assert minute(desk, FILED + MINUTE)[0][0] == OWNER
        # Who had it before it was handed on has it no more.
        assert minute(desk, DUE + MINUTE) == [(OWNER, "INV-1 is overdue; due Fri 5 June 18:00")]

    def test_a_step_that_is_taken_back_tells_nobody(self, desk: Cast) -> None:
        case_id = file(desk)
        with transaction.atomic():
            step(desk, case_id, "sent_back", FILED + MINUTE, desk.engineer)
            transaction.set_rollback(True)

        assert not Outbox.objects.exists()


class TestClocks:
    def test_at_risk_and_overdue_are_told_at_their_minute_and_once(self, desk: Cast) -> None:
        people(desk, leads={2: desk.owner.member.id})
        file(desk)

        assert minute(desk, AT_RISK - MINUTE) == []
        said = [minute(desk, AT_RISK + passed * MINUTE) for passed in range(3)]
        assert said == [
            [(ENGINEER, "INV-1 is at risk: 75 % of its time is used up; due Fri 5 June 18:00")],
            [],
            [],
        ]
        assert minute(desk, DUE) == []  # the close itself is in time
        assert minute(desk, DUE + MINUTE) == [(ENGINEER, "INV-1 is overdue; due Fri 5 June 18:00")]
        assert minute(desk, STILL - MINUTE) == []
        assert minute(desk, STILL) == [(OWNER, "INV-1 is still overdue; due Fri 5 June 18:00")]
        assert minute(desk, STILL + timedelta(days=1)) == []

    def test_a_stopped_worker_tells_late_of_what_still_holds(self, desk: Cast) -> None:
        file(desk)
        answered = file(desk, "INV-2")
        step(desk, answered, "answered", DUE + MINUTE, desk.engineer, words="はい")

        told = minute(desk, tokyo(7, 3))  # Sunday night
        assert [said for to, said in told if to == ENGINEER] == [
            "INV-1 is overdue; due Fri 5 June 18:00"
        ]

    def test_a_case_that_nobody_holds_goes_to_duty_lead_and_managers(self, desk: Cast) -> None:
        monday = datetime(2026, 6, 1).date()
        file(desk, person=False)
        assert minute(desk, AT_RISK)[0][0] == OWNER  # where there is no manager

        people(desk, leads={2: desk.agent.member.id})
        assert minute(desk, DUE + MINUTE)[0][0] == AGENT

        people(desk, duties={(2, monday): desk.engineer.member.id})
        file(desk, "INV-2", person=False)
        assert minute(desk, DUE + 2 * MINUTE)[0][0] == ENGINEER
        duty = on_duty(workspace_id=desk.workspace.id, at=DUE, tier=2)
        assert duty == desk.engineer.member
        assert on_duty(workspace_id=desk.workspace.id, at=STILL, tier=2) is None

    def test_a_paused_clock_is_not_told_of(self, desk: Cast) -> None:
        case_id = file(desk)
        step(desk, case_id, "sent_back", FILED + MINUTE, desk.engineer)
        send_due(clock=lambda: FILED + MINUTE)

        assert minute(desk, STILL) == []

    def test_what_fell_due_long_ago_is_not_told(self, desk: Cast) -> None:
        file(desk)

        assert minute(desk, DUE + timedelta(days=15)) == []

    def test_many_at_once_are_told_in_one(self, desk: Cast) -> None:
        for number in range(30):
            file(desk, f"INV-{number}")

        assert minute(desk, DUE + MINUTE) == [(ENGINEER, "30 notices")]
        text = mail.outbox[-1].body
        assert text.count("is overdue") == 20
        assert "- and 10 more" in text
        assert minute(desk, DUE + 2 * MINUTE) == []

    def test_wishes_are_followed(self, desk: Cast) -> None:
        file(desk, "INV-1")
        file(desk, "INV-2", person=False)
        prefer(desk.owner.member, "own")
        prefer(desk.engineer.member, "own")
        told = minute(desk, DUE + MINUTE)
        assert [to for to, _ in told] == [ENGINEER]

        prefer(desk.engineer.member, "none")
        file(desk, "INV-3")
        assert minute(desk, DUE + 2 * MINUTE) == []

    def test_a_clock_stepped_by_an_hour_doubles_and_loses_nothing(self, desk: Cast) -> None:
        people(desk, leads={2: desk.owner.member.id})
        file(desk)
        hour = timedelta(hours=1)
        steps = [AT_RISK, AT_RISK + hour, AT_RISK - hour, AT_RISK, DUE + hour, DUE - hour]
        steps += [DUE + MINUTE, STILL + hour, STILL - hour, STILL + 2 * hour]

        told = [said for at in steps for _, said in minute(desk, at)]

        assert [said.partition(";")[0] for said in told] == [
            "INV-1 is at risk: 75 % of its time is used up",
            "INV-1 is overdue",
            "INV-1 is still overdue",
        ]

    def test_a_worker_killed_before_its_commit_has_told_nothing_and_the_next_one_does(
        self, desk: Cast, monkeypatch
    ) -> None:
        file(desk)

        def die(point: str) -> None:
            if point == "desk.told":
                raise Killed

        monkeypatch.setattr(failpoints, "_listeners", [die])
        with pytest.raises(Killed):
            tell_of_clocks(workspace=desk.workspace, at=AT_RISK)
        monkeypatch.setattr(failpoints, "_listeners", [])

        assert (Notice.objects.count(), Outbox.objects.count()) == (0, 0)
        assert len(minute(desk, AT_RISK + MINUTE)) == 1


class TestQuietHours:
    NIGHT = QuietHours(time(19), time(8), frozenset({5, 6}))

    def test_mail_waits_until_they_end_and_programs_do_not(
        self, desk: Cast, hook: Receiver
    ) -> None:
        quiet = NoticePlan(quiet=QuietHours(time(17), time(9), frozenset({5, 6})))
        set_plan(workspace_id=desk.workspace.id, plan=quiet, at=FILED, by="test")
        channel(desk, hook.address, "signed")
        file(desk)
        minute(desk, AT_RISK)

        assert minute(desk, DUE + MINUTE) == []
        assert hook.bodies[-1]["type"] == "clock.overdue"
        assert minute(desk, tokyo(8, 8, 59)) == []
        assert [said for _, said in minute(desk, tokyo(8, 9))] == [
            "INV-1 is overdue; due Fri 5 June 18:00"
        ]


def channel(desk: Cast, address: str, kind: str, wants: str = "all") -> str:
    asked = {"channel": kind, "target": address, "wants": wants, "language": "en"}
    _, secret = add_channel(workspace_id=desk.workspace.id, asked=asked, at=FILED, by="test")
    return secret


class TestWebhooks:
    def test_slack_reads_words_and_a_program_ids_and_states(
        self, desk: Cast, hook: Receiver
    ) -> None:
        channel(desk, hook.address, "slack", "own")
        channel(desk, hook.address, "signed", "own")
        case_id = file(desk)
        minute(desk, AT_RISK)

        slack, signed = sorted(hook.bodies, key=lambda body: "type" in body)
        link = "https://shinrai.example/w/tanuki/investigations/INV-1/"
        assert slack == {
            "text": "INV-1 is at risk: 75 % of its time is used up; due Fri 5 June 18:00\n" + link
        }
        assert signed == {
            "type": "clock.at_risk",
            "timestamp": AT_RISK.isoformat(),
            "data": {
                "workspace": "tanuki",
                "record": "investigation",
                "case": case_id,
                "key": "INV-1",
                "phase": "open",
                "holder": "tier:2",
                "due_at": DUE.isoformat(),
                "objective": "within-2-days",
                "url": link,
            },
        }
        headers = next(got for _, got, body in hook.got if "type" in body)
        assert re.fullmatch(r"v1,[\w+/]{43}=", headers["webhook-signature"])
        assert headers["webhook-timestamp"] == str(int(AT_RISK.timestamp()))

    def test_one_that_hangs_keeps_nobody_waiting_and_is_tried_again(
        self, desk: Cast, monkeypatch
    ) -> None:
        monkeypatch.setattr(webhook, "TIMEOUT", webhook.httpx.Timeout(0.2))
        with socket.create_server(("127.0.0.1", 0)) as silent:
            channel(desk, f"http://127.0.0.1:{silent.getsockname()[1]}/", "slack")
            file(desk)
            send_due(clock=lambda: FILED)

            assert len(minute(desk, AT_RISK)) == 1
            [put_off] = Outbox.objects.exclude(channel="mail").filter(made_at=AT_RISK)
            assert (put_off.state, put_off.due_at) == ("waiting", AT_RISK + MINUTE)


def test_a_customers_words_never_leave(desk: Cast, hook: Receiver) -> None:
    """Words, an address and a number are planted in steps; all that leaves is looked at."""
    for kind in ("slack", "signed"):
        channel(desk, hook.address, kind)
    case_id = file(desk)
    mine = {"to": desk.engineer.member.key}
    step(desk, case_id, "assigned", FILED, desk.agent, detail=mine, words=WORDS)
    step(desk, case_id, "sent_back", FILED, desk.engineer, words=WORDS, detail={"missing": [WORDS]})
    step(desk, case_id, "resubmitted", FILED, desk.agent, words=WORDS)
    step(desk, case_id, "escalated", FILED, desk.engineer, words=WORDS, tier=3)
    step(desk, case_id, "answered", FILED, desk.engineer, words=WORDS)
    step(desk, case_id, "reopened", FILED, desk.agent, words=WORDS)
    minute(desk, STILL)

    left = [f"{one.subject}\n{one.body}" for one in mail.outbox] + [str(one) for one in hook.bodies]
    assert len(left) > 20
    assert [one for one in left for word in ("花子", "hanako", "1234", "白い") if word in one] == []


class TestObjectives:
    def test_a_level_is_told_when_it_changes_and_an_alarm_once(self, desk: Cast, settings) -> None:
        invite(
            email="kato@tanuki.example",
            workspace_id=desk.workspace.id,
            roles=[Role.MANAGER],
            display_name="加藤",
            at=OPENED_AT,
            by="test",
        )
        manager = member_of(
            workspace_id=desk.workspace.id, user_id=user_id_of(email="kato@tanuki.example")
        )
        prefer(manager)
        warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
        case_id = file(desk)

        def told(at: datetime) -> list[tuple[str, str]]:
            catch_up(warehouse=warehouse, at=at)
            before = len(mail.outbox)
            tell_of_objectives(workspace=desk.workspace, at=at, warehouse=warehouse)
            send_due(clock=lambda: at)
            return mails(before)

        assert told(FILED) == []
        late = told(DUE + MINUTE)
        assert [to for to, _ in late] == ["kato@tanuki.example"]
        assert late[0][1].startswith("within-2-days, escalation level 4: the misses of 90 days")
        assert told(DUE + 2 * MINUTE) == []

        alarm = AlarmState.objects.get(objective=Objective.objects.get())
        alarm.alarm = {
            "target": "9/10", "yearly_volume": 10, "climb": 1, "sink": 1, "threshold": 2,
            "run_length": 1.0, "height": 0, "alarmed_at": [DUE.isoformat()],
        }  # fmt: skip
        alarm.save()
        tell_of_objectives(workspace=desk.workspace, at=DUE + 3 * MINUTE, warehouse=warehouse)
        tell_of_objectives(workspace=desk.workspace, at=DUE + 4 * MINUTE, warehouse=warehouse)
        send_due(clock=lambda: DUE + 4 * MINUTE)
        assert mails()[-1][1].startswith("within-2-days: misses come too thick")
        assert len(mails()) == 2
        assert case_id


@contextmanager
def mail_server() -> Iterator[tuple[int, list[str], list[str]]]:
    """Run a mail server; give its port, what it answers to each DATA (then 250), what it took."""
    answers: list[str] = []
    taken: list[str] = []

    def serve(listening: socket.socket) -> None:
        while True:
            try:
                talk, _ = listening.accept()
            except OSError:
                return
            with talk, talk.makefile("rwb", buffering=0) as line:
                line.write(b"220 here\r\n")
                while command := line.readline().strip().upper():
                    if command == b"DATA" and not answers:
                        line.write(b"354 go on\r\n")
                        text = b""
                        while (part := line.readline()) != b".\r\n":
                            text += part
                        taken.append(text.decode())
                        line.write(b"250 taken\r\n")
                    elif command == b"DATA":
                        line.write(answers.pop(0).encode() + b"\r\n")
                    else:
                        line.write(b"250 yes\r\n" if command != b"QUIT" else b"221 bye\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, args=(listening,), daemon=True).start()
        yield listening.getsockname()[1], answers, taken
        listening.shutdown(socket.SHUT_RDWR)


class TestMailServer:
    def test_one_that_answers_451_for_an_hour_gets_each_notice_once(
        self, desk: Cast, settings
    ) -> None:
        with mail_server() as (port, answers, taken):
            settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
            settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
            settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
            file(desk)
            tell_of_clocks(workspace=desk.workspace, at=AT_RISK)
            answers += ["451 later"] * 1000
            for passed in range(60):
                send_due(clock=lambda passed=passed: AT_RISK + passed * MINUTE)
            assert taken == []
            [waits] = sent_notices(workspace=desk.workspace)
            assert (waits.delivery.state, waits.kind, waits.about) == (
                "waiting",
                "at_risk",
                "INV-1",
            )
            answers.clear()
            for passed in range(60, 180):
                send_due(clock=lambda passed=passed: AT_RISK + passed * MINUTE)

        assert len(taken) == 1
        assert "To: takahashi@tanuki.example" in taken[0]

    def test_what_was_given_up_is_sent_again_by_hand(self, desk: Cast, settings) -> None:
        with mail_server() as (port, answers, taken):
            settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
            settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
            settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
            file(desk)
            tell_of_clocks(workspace=desk.workspace, at=AT_RISK)
            answers.append("550 no")
            send_due(clock=lambda: AT_RISK)
            [failed] = sent_notices(workspace=desk.workspace, state="failed")
            asked = {"workspace_id": desk.workspace.id, "number": failed.delivery.id}

            erase_contents(workspace_id=desk.workspace.id)  # a notice holds no words: it stays
            assert not resend_notice(**asked | {"workspace_id": 0}, at=AT_RISK, by="test")
            assert resend_notice(**asked, at=AT_RISK, by="test")
            assert not resend_notice(**asked, at=AT_RISK, by="test")
            send_due(clock=lambda: AT_RISK)

        assert len(taken) == 1
