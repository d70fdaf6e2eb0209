"""The time zone of a workspace comes with its first data, as far as that tells it."""

import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from shinrai.accounts.operations.workspaces import open_workspace
from shinrai.accounts.queries import workspace_named
from shinrai.calendars.rules.time_zone import UnknownZone
from shinrai.importers.commands import import_
from shinrai.importers.mapping_files import shipped_mapping
from shinrai.importers.operations import import_files
from shinrai.importers.rules.zone_offsets import zone_of_offsets
from shinrai.importers.run.request import ImportRequest

ASKED = b"""From: inoue@customer.test
To: help@example.jp
Subject: Question
Date: Mon, 1 Jun 2026 08:00:00 +0900
Message-ID: <t1@customer.test>

Where did my record go?
"""
REPLY = b"""From: help@example.jp
To: inoue@customer.test
Subject: Re: Question
Date: Mon, 1 Jun 2026 10:00:00 +0900
Message-ID: <t2@example.jp>
In-Reply-To: <t1@customer.test>

We are looking into it.
"""

MAY = datetime(2026, 5, 1, tzinfo=UTC)
CLOCKS = {
    "Asia/Tokyo": [b"2026-06-01T08:00:00+09:00", b"Mon, 1 Jun 2026 08:00:00 +0900"],
    "Europe/Berlin": [b"2026-01-05T08:00:00.250+01:00", b"2026-06-01T08:00:00+0200"],
    "America/New_York": [b"2026-01-05 08:00:00 -05:00", b"2026-06-01 08:00:00 -04:00"],
    "Asia/Kolkata": [b"2026-06-01T08:00:00+05:30"],
}
UNSETTLED = {
    "nothing at all": [b"2026-06-01 08:00"],
    "UTC, which every system writes": [b"2026-06-01T08:00:00Z", b"08:00:00 +0000"],
    "half a year: London or Berlin?": [b"2026-06-01T08:00:00+01:00"],
    "hours of a calendar": [b'mon: ["10:00-12:00", "13:00-18:00"]'],
    "half of them from elsewhere": [b"08:00:00+09:00", b"08:00:00-07:00"],
}


@pytest.mark.pure
class TestOffsets:
    @pytest.mark.parametrize("zone", CLOCKS)
    def test_settled(self, zone: str):
        assert zone_of_offsets(CLOCKS[zone]) == zone

    @pytest.mark.parametrize("why", UNSETTLED)
    def test_not_settled(self, why: str):
        assert zone_of_offsets(UNSETTLED[why]) is None

    def test_a_few_customers_elsewhere_do_not_matter(self):
        here = [b"08:00:00 +0900"] * 9
        assert zone_of_offsets([*here, b"08:00:00 -0700", b"08:00:00 +0000"]) == "Asia/Tokyo"


@pytest.mark.django_db(transaction=True)
class TestMail:
    @pytest.fixture
    def mails(self, tmp_path):
        (tmp_path / "1.eml").write_bytes(ASKED)
        (tmp_path / "2.eml").write_bytes(REPLY)
        return tmp_path

    def run(self, *words: str):
        return CliRunner().invoke(import_, words, catch_exceptions=False)

    def test_offsets_of_mail_say_where_the_desk_is(self, mails):
        done = self.run("mbox", str(mails), "--ours", "@example.jp", "-w", "w")

        assert done.exit_code == 0
        assert workspace_named("w").zone == "Asia/Tokyo"
        assert "see it at http://localhost:8000/w/w/" in done.stdout

    def test_a_dry_run_settles_nothing(self, mails):
        open_workspace(slug="w", name="w", zone=None, simulated=True, at=MAY, by="test")

        done = self.run("mbox", str(mails), "--ours", "@example.jp", "-w", "w", "--dry-run")

        assert done.exit_code == 0
        assert workspace_named("w").zone_is_assumed
        assert "see it at" not in done.stdout

    def test_what_tells_nothing_is_said_aloud(self, mails):
        for mail in mails.iterdir():
            mail.write_bytes(mail.read_bytes().replace(b"+0900", b"+0000"))

        done = self.run("mbox", str(mails), "--ours", "@example.jp", "-w", "w", "--json")

        assert "shinrai workspaces set w --zone" in done.stderr
        assert json.loads(done.stdout)["inquiries"] == 1
        assert workspace_named("w").zone_is_assumed

    def test_a_zone_that_is_none_is_refused_as_such_and_settles_nothing(self, tmp_path):
        there = open_workspace(slug="w", name="w", zone=None, simulated=True, at=MAY, by="test")
        path = tmp_path / "steps.csv"
        path.write_text("inquiry,at,kind\nQ-1,2026-06-01T08:00:00+09:00,received\n", "utf-8")

        with pytest.raises(UnknownZone):
            import_files(
                workspace_id=there.id,
                request=ImportRequest(
                    mapping=shipped_mapping("inquiry_steps"),
                    paths=(path,),
                    zone="Tokyo",
                    at=MAY,
                    by="test",
                ),
            )

        assert workspace_named("w").zone_is_assumed
