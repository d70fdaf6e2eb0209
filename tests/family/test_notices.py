"""June 2026 at Tanuki Juku: two homes, two children, and parents who live apart.

Mari is linked with Hana and Ken, Sato with Hana alone; they live apart. Hana studies on Monday,
Wednesday and Friday; Ken stopped on 27 May.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.delivery.models import Outbox
from shinrai.delivery.outbox import erase_contents
from shinrai.delivery.sender import send_due
from shinrai.family.models import GuardianNotice, NoticeDelivery
from shinrai.family.operations.guardians import GuardianDetails, record_guardian
from shinrai.family.operations.links import EndRequest, end_links
from shinrai.family.operations.notices import (
    follow_messages,
    look_at_guardians,
    schedule_new_guardians,
    unsubscribe_token,
)
from shinrai.family.operations.wishes import confirm_address, end_channel, set_plan, subscribe
from shinrai.family.queries.guardians import guardian_numbered
from shinrai.family.queries.notices import notice_figures, notices_to, plan_of_guardian
from shinrai.family.rules.notice import ChildFacts, notices_of_day, silent_days
from shinrai.family.rules.plan import GuardianPlan, look_after, next_look
from shinrai.missions.operations.attempts import record_attempts
from shinrai.missions.operations.declarations import declare_activities, declare_pins
from shinrai.missions.rules.attempt import ReportedAttempt
from shinrai.missions.rules.week import Rest
from shinrai.postgres import failpoints
from shinrai.units.moments import QuietHours, loud_for, quiet_document
from shinrai.units.text import LANGUAGES
from tests.cast import BY, Cast
from tests.delivery.receiver import receiver
from tests.delivery.test_push import Browser
from tests.desk.stage import tokyo
from tests.family.test_links import linked
from tests.intake.mail.servers import Inbox, smtp

SHELF = [{"key": "add-1", "subject": "math", "unit": "sums", "minutes": 10, "title_ja": "たし算"}]
PINS = [{"key": "three", "kind": "completions", "count": 3, "title": "Three", "title_ja": "みっつ"}]
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
MAY = datetime(2026, 5, 1, tzinfo=UTC)
SUNDAY = tokyo(7, 18)
MARI, SATO = "mari@home.example", "sato@flat.example"


class Killed(BaseException):
    """The worker is gone: nothing of it runs on."""


@pytest.fixture
def post(settings) -> Iterator[Inbox]:
    with smtp() as (found, port):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield found


class Home:
    """The workspace, its children and its guardians, by number."""

    def __init__(self, there: WorkspaceRecord) -> None:
        self.there = there
        self.hana, self.mari = linked(there, "hana", "mari", at=MAY, address=MARI)
        self.ken, _ = linked(there, "ken", "mari", at=MAY)
        _, self.sato = linked(there, "hana", "sato", at=MAY, address=SATO)

    def guardian(self, number: int):
        found = guardian_numbered(self.there.id, number)
        assert found is not None
        return found

    def plan(self, number: int, **changed: Any) -> None:
        plan = GuardianPlan(**changed)
        set_plan(guardian=self.guardian(number), plan=plan, at=SUNDAY - DAY, by=BY)

    def study(self, child: str, *moments: datetime) -> None:
        reports = [
            ReportedAttempt(f"{child}-{at.isoformat()}", child, "add-1", at, zone="Asia/Tokyo")
            for at in moments
        ]
        record_attempts(workspace=self.there, reports=reports, received_at=max(moments))


class Forgiving(Inbox):
    """A server that knows everybody again."""

    async def handle_RCPT(self, _server, _session, envelope, address, _options) -> str:  # noqa: N802
        envelope.rcpt_tos.append(address)
        return "250 OK"


def mails(inbox: Inbox, to: str = "") -> list[Any]:
    found = [message_from_bytes(one.content, policy=default) for one in inbox.got]
    return [one for one in found if to in ("", one["To"])]


def run(there: WorkspaceRecord, at: datetime) -> None:
    """Do what the worker does in a few minutes."""
    schedule_new_guardians(workspace=there, at=at)
    while look_at_guardians(workspace=there, at=at):
        pass
    send_due(clock=lambda: at)
    follow_messages(workspace=there, at=at)


@pytest.fixture
def home(cast: Cast, settings, tmp_path) -> Home:
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    there = cast.workspace
    declare_activities(workspace_id=there.id, rows=SHELF, at=MAY, by=BY)
    declare_pins(workspace_id=there.id, rows=PINS, at=MAY, by=BY)
    home = Home(there)
    GuardianNotice.objects.all().update(made_at=MAY)
    Outbox.objects.all().delete()  # that they were linked
    NoticeDelivery.objects.all().delete()
    home.study("ken", datetime(2026, 5, 26, 8, tzinfo=UTC), datetime(2026, 5, 27, 8, tzinfo=UTC))
    home.study("hana", tokyo(1, 17), tokyo(3, 17), tokyo(5, 17))
    schedule_new_guardians(workspace=there, at=SUNDAY - 7 * MINUTE)
    return home


def lines(guardian: int, at: datetime = SUNDAY + DAY) -> list[tuple[str, str]]:
    found = notices_to(guardian, at=at)
    return [(one.kind, one.lines[0]) for one in found if one.kind != "link"]


@pytest.mark.django_db(transaction=True)
class TestTheWeek:
    def test_two_children_are_told_of_in_one_mail_that_says_nothing_private(
        self, home: Home, post: Inbox
    ) -> None:
        for minute in range(3):
            run(home.there, SUNDAY + minute * MINUTE)

        [mail] = mails(post, MARI)
        assert mail["Subject"] == "たぬき塾: 2 notices"
        text = mail.get_content()
        assert "はな · This week: 3 days, 30 min in all." in text
        assert "けん has not studied for 10 days." in text
        assert "New pins: Three." in text
        assert (text.count("You get this"), text.count("/family/notices/")) == (2, 2)
        assert mail.get_content_type() == "text/plain"
        [only] = mails(post, SATO)
        assert "けん" not in only.get_content()

    def test_what_is_wished_for_is_told_and_nothing_where_nothing_is_to_say(
        self, home: Home, post: Inbox
    ) -> None:
        """Sato wants the week on Thursday; nobody studied in that week."""
        home.plan(home.sato, weekly_day=3)
        for day in range(6):
            run(home.there, SUNDAY + day * DAY)

        assert [one["Subject"] for one in mails(post, SATO)] == []
        assert lines(home.sato) == [("pin", "はな has a new pin: Three.")]  # in the app alone

    def test_silence_is_told_once_and_again_only_after_study(self, home: Home, post: Inbox) -> None:
        for day in range(9):
            run(home.there, SUNDAY + day * DAY)
        told = [said for kind, said in lines(home.mari, SUNDAY + 30 * DAY) if kind == "silence"]
        assert told == ["けん has not studied for 10 days."]

        home.study("ken", SUNDAY + 9 * DAY)
        for day in range(9, 22):
            run(home.there, SUNDAY + day * DAY)
        told = [said for kind, said in lines(home.mari, SUNDAY + 30 * DAY) if kind == "silence"]
        assert len(told) == 3  # of Hana too, who studied last on the 5th

    def test_late_in_the_evening_it_waits_for_the_morning_where_the_guardian_is(
        self, home: Home, post: Inbox
    ) -> None:
        """Mari lives in Lisbon, eight hours behind, and wants it at 22:00."""
        record_guardian(
            workspace=home.there, identifier="mari", at=MAY,
            details=GuardianDetails(zone="Europe/Lisbon"),
        )  # fmt: skip
        home.plan(home.mari, due_time=time(22))
        at = datetime(2026, 6, 7, 20, 59, tzinfo=UTC)
        while not mails(post, MARI):
            run(home.there, at)
            at += 30 * MINUTE
        assert at - 30 * MINUTE == datetime(2026, 6, 8, 6, 29, tzinfo=UTC)  # 07:29 in Lisbon

    def test_a_worker_that_was_away_makes_up_for_the_sunday(self, home: Home, post: Inbox) -> None:
        run(home.there, SUNDAY + DAY + 2 * timedelta(hours=1))
        assert "weekly" in [kind for kind, _ in lines(home.sato, SUNDAY + 2 * DAY)]


@pytest.mark.django_db(transaction=True)
class TestTheWay:
    def test_an_address_that_bounces_is_shown_and_gets_no_more_until_it_is_confirmed(
        self, home: Home, post: Inbox, monkeypatch
    ) -> None:
        details = GuardianDetails(address=f"gone-{SATO}")
        record_guardian(workspace=home.there, identifier="sato", details=details, at=MAY)
        run(home.there, SUNDAY)
        assert home.guardian(home.sato).bounced_at == SUNDAY
        assert home.guardian(home.mari).bounced_at is None

        monkeypatch.setattr(post, "handle_RCPT", Forgiving().handle_RCPT)
        home.study("hana", SUNDAY + 5 * DAY)
        run(home.there, SUNDAY + 7 * DAY)
        assert mails(post, f"gone-{SATO}") == []
        confirm_address(guardian=home.guardian(home.sato), at=SUNDAY + 8 * DAY, by=BY)
        home.study("hana", SUNDAY + 12 * DAY)
        run(home.there, SUNDAY + 14 * DAY)
        assert len(mails(post, f"gone-{SATO}")) == 1
        found = notice_figures(home.there.id, since=SUNDAY, until=SUNDAY + 15 * DAY)
        assert (found.failed, found.bounced, found.opened.count) == (1 + 0, 0, 0)

    def test_a_server_that_answers_451_for_hours_takes_it_once(
        self, home: Home, post: Inbox
    ) -> None:
        post.answer = "451 later"
        for minute in range(0, 150, 5):
            run(home.there, SUNDAY + minute * MINUTE)
        assert post.got == []
        post.answer = ""
        at = SUNDAY + 150 * MINUTE
        while at < SUNDAY + DAY:
            run(home.there, at)
            at += 10 * MINUTE

        assert [one["To"] for one in mails(post)] == [MARI, SATO]
        assert home.guardian(home.mari).bounced_at is None

    @pytest.mark.parametrize("point", ["family.composed", "delivery.claimed"])
    def test_a_worker_killed_anywhere_sends_no_mail_twice_and_loses_none(
        self, home: Home, post: Inbox, monkeypatch, point: str
    ) -> None:
        for passing in range(4):
            left = [passing]

            def die(there: str, left: list[int] = left) -> None:
                if there == point:
                    left[0] -= 1
                    if left[0] < 0:
                        raise Killed

            monkeypatch.setattr(failpoints, "_listeners", [die])
            with suppress(Killed):
                run(home.there, SUNDAY + passing * 3 * MINUTE)
        monkeypatch.setattr(failpoints, "_listeners", [])
        run(home.there, SUNDAY + 15 * MINUTE)
        run(home.there, SUNDAY + 18 * MINUTE)

        assert sorted(one["To"] for one in mails(post)) == [MARI, SATO]
        assert not NoticeDelivery.objects.filter(state="waiting").exists()

    def test_one_click_ends_mail_also_what_waits(self, home: Home, post: Inbox) -> None:
        post.answer = "451 later"
        run(home.there, SUNDAY)
        end_channel(unsubscribe_token(home.sato, "mail"), at=SUNDAY + MINUTE)
        end_channel(unsubscribe_token(home.sato, "mail"), at=SUNDAY + MINUTE)
        post.answer = ""
        run(home.there, SUNDAY + 2 * MINUTE)

        assert [one["To"] for one in mails(post)] == [MARI]
        assert not plan_of_guardian(home.sato).wants("mail", "weekly")
        assert plan_of_guardian(home.sato).wants("app", "weekly")

    def test_when_a_link_ends_what_waits_about_the_child_does_not_leave(
        self, home: Home, post: Inbox
    ) -> None:
        post.answer = "451 later"
        run(home.there, SUNDAY)
        asked = EndRequest(home.hana, home.sato, "learner")
        end_links(workspace=home.there, asked=asked, at=SUNDAY + MINUTE, by=BY)
        post.answer = ""
        for minute in range(2, 9):
            run(home.there, SUNDAY + minute * MINUTE)

        [mail] = mails(post, SATO)
        assert mail["Subject"] == "たぬき塾: about your access"
        assert [one.kind for one in notices_to(home.sato, at=SUNDAY + DAY)] == ["link", "link"]
        assert len(mails(post, MARI)) == 1

    def test_what_erasing_took_from_the_outbox_is_written_again(
        self, home: Home, post: Inbox
    ) -> None:
        post.answer = "451 later"
        run(home.there, SUNDAY)
        with transaction.atomic():
            erase_contents(workspace_id=home.there.id)
        post.answer = ""
        run(home.there, SUNDAY + 5 * MINUTE)
        run(home.there, SUNDAY + 6 * MINUTE)

        assert sorted(one["To"] for one in mails(post)) == [MARI, SATO]

    def test_a_browser_is_shown_a_line_and_forgotten_when_it_is_gone(
        self, home: Home, settings
    ) -> None:
        settings.SHINRAI_PRIVATE_TARGETS, settings.SHINRAI_PUSH_HOSTS = True, ["127.0.0.1"]
        with receiver() as service:
            service.answers = [(201, {}), (410, {})]
            browser = Browser(service.address)
            for _ in range(2):
                subscribe(guardian=home.guardian(home.sato), document=browser.document,
                          at=MAY, by=BY)  # fmt: skip
            for day in range(20):
                run(home.there, SUNDAY + day * DAY)

            [(_, _, first), _gone] = service.got
            said = browser.read(first)
        assert said == {"title": "たぬき塾: 2 notices", "url": "/family/notices/"}


class TestRules:
    TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))

    @settings(deadline=None)
    @given(
        since=TIMES,
        until=TIMES,
        zone=st.sampled_from(("Asia/Tokyo", "Europe/Lisbon", "America/St_Johns", "Asia/Kathmandu")),
        at=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    )
    def test_nothing_leaves_in_quiet_hours_nor_waits_longer_than_them(
        self, since: time, until: time, zone: str, at: datetime
    ) -> None:
        quiet = QuietHours(since, until)
        loud = loud_for(quiet_document(quiet, zone), at)

        assert quiet.ends(loud.astimezone(ZoneInfo(zone))) is None
        assert at <= loud <= at + timedelta(hours=25)  # a day on which clocks are set back
        if quiet.ends(at.astimezone(ZoneInfo(zone))) is None:
            assert loud == at

    TODAY = tokyo(20, 18).date()

    def test_days_of_rest_are_no_silence(self) -> None:
        ill = Rest(self.TODAY - 5 * DAY, self.TODAY - DAY, MAY)
        last = self.TODAY - 13 * DAY
        assert silent_days(last, self.TODAY, ()) == 12
        assert silent_days(last, self.TODAY, (ill,)) == 7
        still = Rest(self.TODAY, self.TODAY, MAY)
        for rests, count in (((), 1), ((ill,), 0), ((still,), 0)):
            facts = ChildFacts("はな", self.TODAY, last_on=last, rests=rests)
            assert len(notices_of_day(facts)) == count

    def test_each_notice_says_why_it_came_in_both_languages(self) -> None:
        facts = ChildFacts("", self.TODAY, last_on=self.TODAY - 12 * DAY, new_pins={"a": "A"})
        for one in notices_of_day(facts):
            for language in LANGUAGES:
                words = one.words(language)
                assert words["why"]
                assert bool(re.search("[ぁ-ん]", words["why"])) == (language == "ja")

    def test_a_look_is_at_the_same_time_of_day_also_when_clocks_change(self) -> None:
        plan, at = GuardianPlan(), datetime(2026, 3, 28, 18, tzinfo=UTC)
        sunday = next_look(plan, "Europe/Lisbon", after=at)
        assert sunday == datetime(2026, 3, 29, 17, tzinfo=UTC)
        assert look_after(plan, "Europe/Lisbon", due_at=sunday, at=sunday) == sunday + DAY
        late = sunday + 10 * DAY
        assert look_after(plan, "Europe/Lisbon", due_at=sunday, at=late) > late - 2 * DAY
