"""The report goes out on Mondays at 9:00 in the workspace's zone, once by each schedule."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils.html import strip_tags

from shinrai.accounts.models import AuditEntry
from shinrai.accounts.operations.members import invite
from shinrai.accounts.operations.workspaces import change_zone
from shinrai.accounts.queries import WorkspaceRecord, workspace_named
from shinrai.accounts.rules.role import Role
from shinrai.delivery.models import Outbox
from shinrai.delivery.sender import send_due
from shinrai.delivery.targets import UnusableTarget, masked, read_mail
from shinrai.objectives.operations.catching_up import catch_up
from shinrai.reports.models import ReportSchedule
from shinrai.reports.operations.preparing import prepare_report, send_due_reports
from shinrai.reports.operations.schedules import add_schedule, end_schedule
from shinrai.reports.queries.schedules import schedules
from shinrai.reports.rules.periods import week_named
from shinrai.reports.rules.schedule import last_due, next_due, week_sent
from shinrai.reports.tasks import send_weekly
from shinrai.warehouse.store import Warehouse
from tests.cast import OPENED_AT, Cast
from tests.delivery.receiver import Receiver, receiver
from tests.desk.stage import open_desk, tokyo
from tests.downloads import json_rows
from tests.reports.test_weekly import converse

NINE = tokyo(8, 9)  # Monday 8 June 2026
MINUTE = timedelta(minutes=1)
PAGE = "/w/kitsune/reports/schedules/"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


class TestMondayNine:
    @pytest.mark.parametrize(
        ("zone", "moment", "due"),
        [
            ("Asia/Tokyo", "2026-06-08T09:00+09:00", "2026-06-08T00:00+00:00"),
            ("Asia/Tokyo", "2026-06-08T08:59+09:00", "2026-06-01T00:00+00:00"),
            ("Asia/Tokyo", "2026-06-14T23:59+09:00", "2026-06-08T00:00+00:00"),
            # Clocks in Berlin go forward on Sunday 29 March and back on Sunday 25 October 2026.
            ("Europe/Berlin", "2026-03-23T09:00+01:00", "2026-03-23T08:00+00:00"),
            ("Europe/Berlin", "2026-03-30T08:59+02:00", "2026-03-23T08:00+00:00"),
            ("Europe/Berlin", "2026-03-30T09:00+02:00", "2026-03-30T07:00+00:00"),
            ("Europe/Berlin", "2026-10-26T08:59+01:00", "2026-10-19T07:00+00:00"),
            ("Europe/Berlin", "2026-10-26T09:00+01:00", "2026-10-26T08:00+00:00"),
            ("Asia/Kathmandu", "2026-06-08T09:00+05:45", "2026-06-08T03:15+00:00"),
        ],
    )
    def test_in_a_zone(self, zone: str, moment: str, due: str) -> None:
        assert last_due(at(moment), zone) == at(due)

    def test_the_week_that_ended_is_reported(self) -> None:
        assert week_sent(NINE, "Asia/Tokyo") == week_named("2026-W23")
        assert week_sent(
            last_due(at("2026-03-30T07:00+00:00"), "Europe/Berlin"), "Europe/Berlin"
        ) == (week_named("2026-W13"))

    def test_the_next_is_a_week_later_by_the_clock_on_the_wall(self) -> None:
        assert next_due(at("2026-03-23T08:00+00:00"), "Europe/Berlin") == at(
            "2026-03-30T07:00+00:00"
        )


class TestTargets:
    def test_are_shown_in_part(self) -> None:
        secret = "https://hooks.slack.com/services/T01234567/B89ABCDEF/s3cr3tw0rd"

        assert masked("slack", secret) == "hooks.slack.com/…w0rd"
        assert masked("mail", "sato@tanuki.example") == "s…@tanuki.example"
        assert masked("json", "https://x.example/1234") == "x.example/…"

    @pytest.mark.parametrize(
        "typed", ["", "sato", "a@b", "a@b.jp, c@d.jp", "A <a@b.jp>", "a@b.jp\nBcc: c@d.jp"]
    )
    def test_one_address_of_mail_is_one(self, typed: str) -> None:
        with pytest.raises(UnusableTarget):
            read_mail(typed)


@pytest.fixture
def desk(cast: Cast, settings, tmp_path) -> WorkspaceRecord:
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    settings.SHINRAI_PRIVATE_TARGETS = True
    open_desk(cast.simulated)
    converse(cast.simulated)
    catch_up(warehouse=Warehouse(settings.SHINRAI_WAREHOUSE), at=NINE)
    return cast.simulated


@pytest.fixture
def hook():
    with receiver() as found:
        yield found


@pytest.fixture
def manager(cast: Cast) -> Client:
    """佐藤 is a manager of Kitsune Juku too."""
    invite(
        email="sato@tanuki.example",
        workspace_id=cast.simulated.id,
        roles=[Role.MANAGER],
        display_name="佐藤",
        at=OPENED_AT,
        by="test",
    )
    return cast.owner.client()


def schedule(desk: WorkspaceRecord, target: str, *, channel: str = "slack", **more) -> int:
    made = {"language": "ja", "at": NINE - timedelta(days=3), "by": "staff:1"} | more
    return add_schedule(workspace=desk, channel=channel, target=target, **made)


def monday(moment: datetime) -> None:
    """Let the timetable's minute come: compose, then send."""
    with time_machine.travel(moment, tick=False):
        send_weekly()
    send_due(clock=lambda: moment)


@pytest.mark.django_db(transaction=True)
class TestSending:
    def test_at_nine_and_once(self, desk, hook: Receiver) -> None:
        schedule(desk, hook.address)

        monday(NINE - MINUTE)
        assert hook.got == []
        for passed in range(3):
            monday(NINE + passed * MINUTE)

        [body] = hook.bodies
        assert body["text"].startswith("*きつね塾：第23週（2026年6月1日")
        assert "• 受信（かっこ内は前の8週間の平均）：CS経由3件" in body["text"]
        assert "/w/kitsune/reports/?week=2026-W23" in body["text"]
        monday(NINE + timedelta(weeks=1))
        assert "第24週" in hook.bodies[1]["text"]

    def test_in_the_workspaces_own_zone_with_summer_time(self, desk, hook, settings) -> None:
        """Los Angeles on Monday 8 June: nine o'clock is 16:00 in UTC."""
        change_zone(workspace_id=desk.id, zone="America/Los_Angeles", at=NINE, by="staff:1")
        desk = workspace_named("kitsune")
        schedule(desk, hook.address)

        monday(at("2026-06-08T15:59+00:00"))
        assert hook.got == []
        monday(at("2026-06-08T16:00+00:00"))
        assert len(hook.got) == 1

    def test_one_made_later_on_monday_begins_with_the_next(self, desk, hook: Receiver) -> None:
        schedule(desk, hook.address, at=NINE + MINUTE)

        monday(NINE + 2 * MINUTE)
        assert hook.got == []

    def test_what_a_stopped_worker_left_is_sent_late_and_the_last_week_alone(
        self, desk, hook: Receiver
    ) -> None:
        schedule(desk, hook.address, at=NINE - timedelta(weeks=3))

        monday(NINE + timedelta(days=2))
        assert len(hook.got) == 1
        assert "第23週" in hook.bodies[0]["text"]

    def test_each_channel_gets_its_own(self, desk, hook: Receiver) -> None:
        schedule(desk, hook.address, channel="teams", language="en")
        schedule(desk, hook.address, channel="json")
        schedule(desk, "team@kitsune.example", channel="mail")

        monday(NINE)

        card, document = sorted(hook.bodies, key=lambda body: "type" not in body)
        assert card["attachments"][0]["content"]["body"][0]["text"].startswith("きつね塾: Week 23")
        assert (document["period"], document["language"]) == ("2026-W23", "ja")
        [sent] = mail.outbox
        assert sent.subject.startswith("きつね塾：第23週")
        assert sent.body.splitlines()[3].startswith("- 第23週の終わりの時点で")

    def test_a_workspace_that_fails_does_not_keep_another_waiting(
        self, desk, hook, cast: Cast, monkeypatch
    ) -> None:
        from shinrai.reports import tasks

        def fail_first(*, workspace: WorkspaceRecord, **more) -> int:
            if workspace.slug == "elsewhere":
                raise RuntimeError
            return send_due_reports(workspace=workspace, **more)

        monkeypatch.setattr(tasks, "send_due_reports", fail_first)
        schedule(desk, hook.address)
        monday(NINE)

        assert len(hook.got) == 1

    def test_an_ended_one_sends_nothing_more(self, desk, hook: Receiver) -> None:
        number = schedule(desk, hook.address)
        with time_machine.travel(NINE, tick=False):
            send_weekly()

        assert end_schedule(workspace_id=desk.id, number=number, at=NINE, by="staff:1")
        monday(NINE + MINUTE)

        assert hook.got == []
        assert schedules(workspace_id=desk.id) == ()
        assert not end_schedule(workspace_id=desk.id, number=number, at=NINE, by="staff:1")

    def test_the_row_and_the_audit_are_written_together(self, desk, hook: Receiver) -> None:
        number = schedule(desk, hook.address)
        with time_machine.travel(NINE, tick=False):
            send_weekly()

        [row] = Outbox.objects.all()
        assert (row.once, row.state) == (f"report:{number}:2026-W23", "waiting")
        assert [
            (entry.what, entry.subject, entry.by)
            for entry in AuditEntry.objects.filter(subject=f"report-schedule:{number}").order_by(
                "id"
            )
        ] == [
            ("schedule report", f"report-schedule:{number}", "staff:1"),
            ("send report", f"report-schedule:{number}", "schedule"),
        ]


@pytest.mark.django_db(transaction=True)
class TestPage:
    def test_says_where_it_goes_and_shows_what_is_sent(
        self, desk, manager: Client, hook: Receiver, settings
    ) -> None:
        secret = f"{hook.address}/services/T0/B1/secretword"
        asked = {"channel": "slack", "target": secret, "language": "ja"}
        prepare_report(
            workspace=desk,
            period=week_named("2026-W23"),
            at=NINE,
            warehouse=Warehouse(settings.SHINRAI_WAREHOUSE),
        )
        with time_machine.travel(NINE, tick=False):
            answer = manager.post(f"{PAGE}new/", asked, headers={"accept-language": "en"})
            assert (answer.status_code, answer["Location"]) == (302, PAGE)
            text = manager.get(PAGE, headers={"accept-language": "en"}).content.decode()

        assert "The report of the week goes to 1 place, next on Mon 15 June 09:00" in strip_tags(
            text
        )
        assert "secretword" not in text
        assert "127.0.0.1" in text
        assert "超過中0件" in text
        [row] = ReportSchedule.objects.all()
        assert b"secretword" not in bytes(row.target)

    def test_a_test_is_sent_and_what_became_of_it_is_seen(
        self, desk, manager: Client, hook: Receiver, settings
    ) -> None:
        hook.answers = [(404, {})]
        number = schedule(desk, hook.address)
        address = f"{PAGE}{number}/"
        with time_machine.travel(NINE + MINUTE, tick=False):
            waits = manager.post(
                address, {"what": "test"}, headers={"accept-language": "ja"}, follow=True
            )
            assert "レポートを準備しています" in waits.content.decode()
            prepare_report(
                workspace=desk,
                period=week_named("2026-W23"),
                at=NINE,
                warehouse=Warehouse(settings.SHINRAI_WAREHOUSE),
            )
            sent = manager.post(
                address, {"what": "test"}, headers={"accept-language": "ja"}, follow=True
            )
            assert "送信中" in sent.content.decode()
            assert "hx-get" in sent.content.decode()
            send_due(clock=lambda: NINE + MINUTE)
            text = manager.get(PAGE, headers={"accept-language": "ja"}).content.decode()
            [found] = json_rows(manager, PAGE)

        assert "送信できません" in text
        assert "127.0.0.1 に拒否されました（404）" in text
        assert (found["state"], found["to"]) == ("failed", f"slack {masked('slack', hook.address)}")
        assert AuditEntry.objects.filter(what="test report schedule").count() == 1

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({"channel": "slack", "target": "hooks.slack.com/x"}, "https:// から"),
            ({"channel": "mail", "target": "sato"}, "メールアドレスを1つ"),
            ({"channel": "pigeon", "target": "coo"}, "送信方法と言語"),
        ],
    )
    def test_what_cannot_be_sent_to_is_said_and_kept(
        self, desk, manager: Client, typed: dict[str, str], said: str
    ) -> None:
        answer = manager.post(
            f"{PAGE}new/", {**typed, "language": "ja"}, headers={"accept-language": "ja"}
        )

        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert typed["target"] in answer.content.decode()

    def test_only_managers_and_owners_change_it(self, desk, cast: Cast, hook: Receiver) -> None:
        number = schedule(desk, hook.address)
        for person in cast.everybody.values():
            for address in (f"{PAGE}new/", f"{PAGE}{number}/"):
                answer = person.client().post(
                    address,
                    {"what": "end", "channel": "json", "target": hook.address, "language": "en"},
                )
                assert answer.status_code in (302, 403), person.name
            assert "Send a test now" not in person.client().get(PAGE).content.decode()
        assert len(schedules(workspace_id=desk.id)) == 1

    def test_of_another_workspace_nothing_is_changed(
        self, desk, cast: Cast, hook: Receiver
    ) -> None:
        number = schedule(desk, hook.address)

        answer = cast.owner.client().post(f"/w/tanuki/reports/schedules/{number}/", {"what": "end"})

        assert answer.status_code == 404
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM reports_reportschedule WHERE ended_at IS NULL")
            assert cursor.fetchone() == (1,)
