"""A thread is no matter whoever speaks; clocks are read with their zones; machines ask nothing.

On Monday 1 June 2026 the desk at example.jp tells its customers that version 2 is out, to nobody by
name. On Tuesday people of three companies answer it.
"""

import gzip
import time
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from shinrai.importers.mbox.classification import our_mail
from shinrai.importers.mbox.headers import stamp_of
from shinrai.importers.mbox.mail import read_mail
from shinrai.importers.mbox.mailbox import RawMail, mails_in
from shinrai.importers.mbox.source import mail_source
from shinrai.importers.models import QuarantinedRow
from shinrai.importers.run.result import ImportReport
from shinrai.ledger.models import Case
from tests.importers.desk import Desk
from tests.importers.fakes.pulled import files_in
from tests.importers.mbox.desk_of_mail import OURS, mail

OUR = our_mail(OURS)
NOTICE = mail("Version 2 is out.", from_="help@example.jp", to="undisclosed-recipients:;",
              subject="Notice", date="Mon, 1 Jun 2026 10:00:00 +0900",
              message_id="<notice@example.jp>")  # fmt: skip


def answer(company: int, parent: str = "<notice@example.jp>", **fields: str) -> bytes:
    """Somebody of a company answers on Tuesday, the first at 11:00."""
    given = {
        "from_": f"p{company}@company{company}.test",
        "to": "help@example.jp",
        "subject": "Re: Notice",
        "date": f"Tue, 2 Jun 2026 {10 + company}:00:00 +0900",
        "message_id": f"<b{company}@company{company}.test>",
        "in_reply_to": parent,
        "references": parent if "notice" in parent else f"<notice@example.jp> {parent}",
    }
    return mail(f"Question of company {company}", **(given | fields))


def bring(tmp_path: Path, *mails: bytes) -> ImportReport:
    """Import mails as a folder of files."""
    folder = tmp_path / f"{len(list(tmp_path.iterdir()))}"
    folder.mkdir()
    for number, content in enumerate(mails):
        (folder / f"{number}.eml").write_bytes(content)
    return files_in(mail_source(OUR, workspace="desk"), folder)


def matters(desk: Desk) -> list[tuple[list[str], str]]:
    """Say of each inquiry who wrote in it, and how it began."""
    told: dict[str, tuple[list[str], str]] = {}
    for step in desk.told():
        people, _ = told.setdefault(step[0], ([], ""))
        if step[2] == "inbound":
            people.append(step[3].partition("@")[0])
        elif step[2] == "received":
            told[step[0]] = (people, step[6]["mode"])
    return sorted(told.values())


THREE = [(["p1"], "via_cs"), (["p2"], "via_cs"), (["p3"], "via_cs")]


@pytest.mark.django_db
class TestWhoseMatter:
    def test_three_companies_that_answer_one_notice_are_three(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        report = bring(tmp_path, NOTICE, answer(1), answer(2), answer(3))

        assert report.counts.inquiries == 3
        assert matters(desk) == THREE
        people = Case.objects.values_list("customer_id", flat=True)
        assert len(set(people) - {None}) == 3  # each sealed under a key of their own

    def test_the_same_in_imports_of_their_own_in_any_order(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        for content in (answer(2), NOTICE, answer(3), answer(1)):
            bring(tmp_path, content)

        assert matters(desk) == THREE

    def test_where_the_notice_is_not_there(self, desk: Desk, tmp_path: Path) -> None:
        bring(tmp_path, answer(1), answer(2))
        bring(tmp_path, answer(3))

        assert matters(desk) == THREE

    def test_our_answers_and_what_follows_stay_with_each(self, desk: Desk, tmp_path: Path) -> None:
        ours = mail("Like this.", from_="help@example.jp", to="p2@company2.test",
                    date="Tue, 2 Jun 2026 15:00:00 +0900", message_id="<a2@example.jp>",
                    in_reply_to="<b2@company2.test>",
                    references="<notice@example.jp> <b2@company2.test>")  # fmt: skip
        thanks = answer(2, "<a2@example.jp>", message_id="<c2@company2.test>",
                        date="Tue, 2 Jun 2026 16:00:00 +0900")  # fmt: skip
        again = answer(3, message_id="<c3@company3.test>", date="Tue, 2 Jun 2026 17:00:00 +0900")

        bring(tmp_path, NOTICE, answer(1), answer(2), answer(3), ours, thanks, again)

        assert matters(desk) == [
            (["p1"], "via_cs"), (["p2", "p2"], "via_cs"), (["p3", "p3"], "via_cs"),
        ]  # fmt: skip
        [told] = [step for step in desk.told() if step[2] == "outbound"]
        [asked] = [step for step in desk.told() if step[7] == "Question of company 2"][:1]
        assert told[0] == asked[0]

    def test_whom_the_customer_addressed_takes_part_a_stranger_does_not(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        first = mail("It stopped.", from_="p1@company1.test", to="help@example.jp",
                     cc="boss@company1.test", date="Tue, 2 Jun 2026 09:00:00 +0900",
                     message_id="<q@company1.test>")  # fmt: skip
        boss = answer(1, "<q@company1.test>", from_="boss@company1.test",
                      message_id="<boss@c1.test>", references="<q@company1.test>")  # fmt: skip
        stranger = answer(2, "<q@company1.test>", references="<q@company1.test>")

        bring(tmp_path, first, boss, stranger)

        assert matters(desk) == [(["p1", "boss"], "via_cs"), (["p2"], "via_cs")]

    def test_whom_we_write_to_first_answers_in_our_matter_others_in_theirs(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        ours = NOTICE.replace(b"undisclosed-recipients:;", b"p1@company1.test, p2@company2.test")

        bring(tmp_path, ours, answer(1), answer(2))

        assert matters(desk) == [(["p1"], "proactive"), (["p2"], "via_cs")]

    def test_a_form_that_gives_every_mail_one_identity(self, desk: Desk, tmp_path: Path) -> None:
        one, other = (
            mail(f"Help {n}", from_=f"p{n}@mail.test", to="help@example.jp",
                 message_id="<form@web.test>", date=f"Tue, 2 Jun 2026 1{n}:00:00 +0900")
            for n in (1, 2)
        )  # fmt: skip
        bring(tmp_path, one, other, one)
        bring(tmp_path, other)

        assert matters(desk) == [(["p1"], "via_cs"), (["p2"], "via_cs")]

    def test_erasing_one_leaves_the_others_words(self, desk: Desk, tmp_path: Path) -> None:
        from shinrai.customers.models import Person
        from shinrai.privacy.operations import erase_person
        from tests.importers.desk import NOON

        bring(tmp_path, NOTICE, answer(1), answer(2), answer(3))
        first = next(p for p in Person.objects.all() if "p1@" in desk._names()[f"customer:{p.pk}"])

        erase_person(workspace_id=desk.id, key_id=first.key_id, source_keys=[], at=NOON)

        said = {step[7] for step in desk.told() if step[2] == "inbound"}
        assert said == {None, "Question of company 2", "Question of company 3"}


@pytest.mark.django_db
class TestMachines:
    @pytest.mark.parametrize(
        ("subject", "kind", "body"),
        [
            ("Accepted: meeting", "text/calendar; method=REPLY; charset=utf-8", "BEGIN:VCALENDAR"),
            ("承諾: 定例会", "text/calendar; charset=utf-8", "BEGIN:VCALENDAR\nMETHOD:REPLY\n"),
            ("Canceled: meeting", "text/calendar; method=CANCEL", "BEGIN:VCALENDAR"),
            ("辞退: 定例会", "text/plain; charset=utf-8", ""),
        ],
    )
    def test_calendars_that_answer_open_nothing(
        self, desk: Desk, tmp_path: Path, subject: str, kind: str, body: str
    ) -> None:
        said = mail(body, from_="p1@company1.test", to="help@example.jp", subject=subject,
                    date="Tue, 2 Jun 2026 11:00:00 +0900", message_id="<r@c>").replace(
            b"text/plain; charset=utf-8", kind.encode())  # fmt: skip

        report = bring(tmp_path, said)

        assert (report.counts.rows, report.counts.inquiries) == (1, 0)

    @pytest.mark.parametrize(
        ("subject", "kind"),
        [("Accepted: what now?", "text/plain"), ("Invitation", "text/calendar; method=REQUEST")],
    )
    def test_people_who_write_of_meetings_ask(
        self, desk: Desk, tmp_path: Path, subject: str, kind: str
    ) -> None:
        said = mail("Shall we meet?", from_="p1@company1.test", to="help@example.jp",
                    subject=subject, date="Tue, 2 Jun 2026 11:00:00 +0900",
                    message_id="<r@c>").replace(b"text/plain", kind.encode())  # fmt: skip

        assert bring(tmp_path, said).counts.inquiries == 1


class TestZones:
    @pytest.mark.parametrize(
        "written",
        [
            "Tue, 2 Jun 2026 10:00:00 +0900", "Tue, 2 Jun 2026 10:00:00 +09:00",
            "Tue, 2 Jun 2026 10:00:00 GMT+0900", "Tue, 2 Jun 2026 10:00:00 UTC+9",
            "Tue, 2 Jun 2026 10:00:00 +9", "Tue, 2 Jun 2026 10:00:00 +09",
            "Tue Jun  2 10:00:00 JST 2026", "Tue Jun  2 10:00:00 +0900 2026",
            "Tue Jun  2 10:00:00 2026 +0900", "Tue, 2 Jun 2026 10:00 JST",
            "Tue, 2 Jun 2026 10:00:00 +0900 (JST)", "Tue, 2 Jun 2026 10:00:00 +0900 JST",
            "Tue Jun 02 2026 10:00:00 GMT+0900 (日本標準時)", "2 Jun 26 01:00:00 Z",
            "Mon, 1 Jun 2026 20:00:00 EST", "Mon, 1 Jun 2026 21:00:00 EDT",
            "Tue, 2 Jun 2026 01:00:00 -0000", "Tue, 2 Jun 2026 06:30:00 +0530",
            "Mon, 1 Jun 2026 16:00:00 GMT-09:00",
        ],
    )  # fmt: skip
    def test_are_read_however_they_are_written(self, written: str) -> None:
        stamp = stamp_of(written)

        assert stamp is not None
        assert f"{stamp.at.astimezone(UTC):%d %H:%M}" == "02 01:00"
        assert stamp.has_zone

    @pytest.mark.parametrize(
        "zone", ["", "XYZ", "+9900", "+0970", "IST", "LMT+1", "A", "+09000", "日本"]
    )
    def test_that_nobody_can_read_are_flagged(self, zone: str) -> None:
        told = read_mail(
            RawMail("a", 1, mail("?", from_="p@c.test", to="help@example.jp", message_id="<z@c>",
                                 date=f"Tue, 2 Jun 2026 10:00:00 {zone}")), OUR,
        )  # fmt: skip

        assert told["at"] == "2026-06-02T10:00:00+00:00"
        assert "mail_zone_unread" in told["gaps"]

    def test_of_received_without_one_the_senders_date_is_the_better_clock(self) -> None:
        fields = {"from": "p@c.test", "to": "help@example.jp", "message_id": "<z@c>",
                  "received": "from a by mx.example.jp; Tue, 2 Jun 2026 10:00 JAPAN"}  # fmt: skip
        dated = mail("?", **fields, date="Tue, 2 Jun 2026 10:00:00 +09:00")

        told = read_mail(RawMail("a", 1, dated), OUR)
        alone = read_mail(RawMail("a", 1, mail("?", **fields)), OUR)

        assert (told["at"], told["gaps"]) == ("2026-06-02T01:00:00+00:00", ["mail_date_alone"])
        assert alone["gaps"] == ["mail_zone_unread"]


class TestMboxes:
    def _cut(self, tmp_path: Path, *lines: str) -> list[bytes]:
        path = tmp_path / "in.mbox"
        path.write_text("\n".join(("From p@c.test Tue Jun  2 01:00:00 2026", "Subject: a", "",
                                   *lines, "")))  # fmt: skip
        return [raw.content for raw in mails_in([path])]

    @pytest.mark.parametrize(
        "lines",
        [
            ("Hi,", "From our call on Tue, 2 Jun 2026 at 10:00 I took it to be mended."),
            ("Hi,", "From p@c.test Tue Jun  2 01:00:00 2026"),
            ("", "From our call on Tue Jun  2 10:00:00 on it failed."),
            ("", "From what we saw on Tue, 2 Jun 2026 10:00 it failed."),
            ("", "From Tue Jun  2 10:00 nothing works."),
        ],
    )
    def test_a_sentence_does_not_end_a_mail(self, tmp_path: Path, lines: tuple[str, ...]) -> None:
        [told] = self._cut(tmp_path, *lines)

        assert told.decode().splitlines()[2:] == ["", *lines][-len(lines) :] or lines[-1] in (
            told.decode()
        )

    @pytest.mark.parametrize(
        "postmark",
        [
            "From q@c.test Tue Jun  2 02:00:00 2026", "From - Tue Jun 02 02:00:00 2026",
            "From 18@xxx Tue Jun 02 02:00:00 +0000 2026", "From q Tue Jun  2 02:00 JST 2026",
            "From q Tue Jun  2 02:00:00 2026 +0900", "From q Tue, 2 Jun 2026 02:00:00 +0900",
            'From "a b"@c.test Tue Jun  2 02:00:00 2026 remote from host',
        ],
    )  # fmt: skip
    def test_a_line_with_a_whole_date_after_a_blank_one_does(
        self, tmp_path: Path, postmark: str
    ) -> None:
        assert len(self._cut(tmp_path, "Hi.", "", postmark, "Subject: b", "", "Ho.")) == 2

    @pytest.mark.django_db
    def test_a_header_without_end_costs_only_its_mail(self, desk: Desk, tmp_path: Path) -> None:
        """60 MB of subject in some kB, between two mails."""
        path = tmp_path / "hdr.mbox.gz"
        line = b"From p@c.test Tue Jun  2 01:00:00 2026\n"
        begun = time.process_time()
        with gzip.open(path, "wb", compresslevel=1) as file:
            file.write(line + answer(1) + b"\n" + line + b"From: x@c.test\nSubject: ")
            for _ in range(60):
                file.write(b"From " * 209_715)
            file.write(b"\nDate: Tue, 2 Jun 2026 10:00:00 +0900\n\nHi.\n\n" + line + answer(2))

        report = files_in(mail_source(OUR, workspace="desk"), path)

        assert (report.counts.inquiries, report.counts.quarantined) == (2, 1)
        assert "1 MiB" in QuarantinedRow.objects.get().reason["en"]
        assert time.process_time() - begun < 60

    @pytest.mark.parametrize(
        "content",
        [
            b"Content-Type: text/plain" + b";" * 300_000, b"To: " + b'"\\' * 150_000,
            b"To: " + b"a" * 300_000, b"To: <" + b"a@" * 150_000,
            b"Content-Type: text/html\n\n" + b"<!--" * 75_000,
            b"Content-Type: text/html\n\n" + b"<a " * 100_000,
            b"Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: a/b" + b";" * 300_000,
            b"In-Reply-To: <a@b>\n\n" + b"2026-1-1:\n" * 30_000 + b"> x\n",
        ],
        ids=["parameters", "quotes", "address", "ats", "comments", "tags", "part", "attributions"],
    )  # fmt: skip
    def test_nothing_is_looked_at_again_and_again(self, content: bytes) -> None:
        head = b"From: a@c.test\nDate: Tue, 2 Jun 2026 10:00:00 +0900\n"
        begun = time.process_time()

        told: dict[str, Any] = read_mail(RawMail("a", 1, head + content), OUR)

        assert told.get("refused", "long_header") == "long_header"
        assert time.process_time() - begun < 20
