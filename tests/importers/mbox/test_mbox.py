"""Hanako's mail from the desk's folders: one inquiry, whatever lies where, again and taken back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from shinrai.importers.commands import import_
from shinrai.importers.mbox.classification import BadMailAddresses, our_mail
from shinrai.importers.mbox.source import mail_source
from shinrai.importers.models import QuarantinedRow
from shinrai.importers.run.result import ImportReport
from shinrai.importers.run.undo import undo_import
from shinrai.ledger.models import Case
from tests.importers.desk import NOON, Desk
from tests.importers.fakes.pulled import files_in
from tests.importers.mbox.desk_of_mail import (
    HANAKO,
    OURS,
    SUBJECT,
    acknowledged,
    answered,
    asked,
    inside,
    mail,
    mbox,
    taken_in,
    thanked,
    whole,
)
from tests.importers.test_planted_name import everything_in_the_books

LIFE = [
    ("00:10", "received"),
    ("00:10", "inbound"),
    ("00:11", "outbound"),
    ("00:40", "note"),
    ("01:30", "outbound"),
    ("03:05", "inbound"),
]


def bring(*paths: Path, ours: tuple[str, ...] = OURS, at: datetime = NOON) -> ImportReport:
    """Import mail of the desk."""
    return files_in(mail_source(our_mail(ours), workspace="desk"), *paths, at=at)


def life(desk: Desk) -> list[tuple[str, str]]:
    """Say what happened, and when, in UTC."""
    return [(f"{step[1].astimezone(UTC):%H:%M}", step[2]) for step in desk.told()]


def flags(report: ImportReport) -> dict[str, int]:
    """Say what was flagged."""
    return {flag.code: flag.count for flag in report.flags}


@pytest.mark.django_db
class TestHanako:
    def test_her_thread_is_one_inquiry_told_whole(self, desk: Desk, tmp_path: Path) -> None:
        report = bring(*whole(tmp_path))

        assert sorted(life(desk)) == sorted(LIFE)
        assert report.counts.inquiries == 1
        assert (report.counts.rows, report.counts.quarantined) == (6, 0)  # six mails in the folders
        assert flags(report) == {"mail_without_states": 1, "mail_copy": 1}

    def test_words_are_read_as_she_typed_them_without_what_is_quoted(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        bring(*whole(tmp_path))

        told = {(step[2], f"{step[1]:%H:%M}"): step for step in desk.told()}
        assert told["received", "00:10"][7] == SUBJECT
        assert told["inbound", "00:10"][7] == "娘の連続記録①が消えました。\n戻せますか？"
        assert told["outbound", "01:30"][7] == (
            "花子様\n\n記録を戻しました。アプリを開き直してください。"
        )
        thanks = told["inbound", "03:05"]
        assert (thanks[7], thanks[6]["substantive"]) == ("ありがとうございました。", False)

    def test_people_are_known_by_their_addresses_and_machines_are_automatic(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        bring(*whole(tmp_path))

        told = {(step[2], f"{step[1]:%H:%M}"): step for step in desk.told()}
        assert told["inbound", "00:10"][3] == HANAKO
        assert told["outbound", "01:30"][3:5] == ("kurata@example.jp", "agent")
        assert told["note", "00:40"][3] == "kurata@example.jp"
        assert told["outbound", "00:11"][6]["automatic"] is True
        assert told["received", "00:10"][6]["unknown"] == ["mail_without_states"]
        assert Case.objects.get().customer_id is not None

    def test_again_changes_nothing_in_any_order(self, desk: Desk, tmp_path: Path) -> None:
        first = bring(*whole(tmp_path))
        again = bring(*reversed(whole(tmp_path)))

        assert (again.counts.steps, again.counts.corrected) == (0, 0)
        assert again.counts.unchanged == first.counts.steps

    @pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (4, 3, 2, 1, 0), (2, 0, 4, 1, 3)])
    def test_mail_by_mail_gives_the_same_whatever_came_first(
        self, desk: Desk, tmp_path: Path, order: tuple[int, ...]
    ) -> None:
        mails = [asked(), acknowledged(), inside(), answered(), thanked()]
        if order.index(4) < order.index(1):  # nobody knows yet whose ticket she names
            mails[4] = thanked().replace(b"MIME-", b"References: <0601@docomo.ne.jp>\nMIME-")

        for number in order:
            bring(mbox(tmp_path / f"{number}.mbox", mails[number]))

        assert sorted(life(desk)) == sorted(LIFE)
        assert len({step[0] for step in desk.told()}) == 1

    def test_next_months_answer_to_the_middle_of_a_thread_goes_on_there(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        bring(*whole(tmp_path))
        later = mail(
            "また消えました",
            from_=HANAKO,
            to="support@example.jp",
            message_id="<0701@docomo.ne.jp>",
            in_reply_to="<answer@example.jp>",
            received=taken_in("09:00:00").replace("1 Jun", "1 Jul").replace("Mon", "Wed"),
            subject="Re: ",
        )

        report = bring(mbox(tmp_path / "july.mbox", later), at=NOON + timedelta(days=1))

        assert len({step[0] for step in desk.told()}) == 1
        assert flags(report) == {"mail_without_states": 1}

    def test_taken_back_it_is_gone(self, desk: Desk, tmp_path: Path) -> None:
        report = bring(*whole(tmp_path))
        assert report.batch is not None

        undo_import(batch_id=report.batch, reason="wrong desk", at=NOON, by="staff:1")

        assert desk.told() == []


@pytest.mark.django_db
class TestWhatIsNoInquiry:
    def test_newsletters_bounces_and_internal_mail_are_kept_and_counted_nowhere(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        news = mail("秋の号", from_="news@shop.jp", to="support@example.jp", message_id="<n@s.jp>",
                    list_id="<news.shop.jp>", received=taken_in("08:00:00"))  # fmt: skip

        report = bring(mbox(tmp_path / "a.mbox", news, inside()))

        assert (report.counts.rows, report.counts.inquiries, report.counts.quarantined) == (2, 0, 0)
        assert flags(report)["nobody_asked"] == 2
        assert desk.told() == []

    def test_a_loop_of_two_machines_makes_no_second_inquiry(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        away = [
            mail("不在です", from_=HANAKO, to="support@example.jp", message_id=f"<away-{n}@d.jp>",
                 auto_submitted="auto-replied", received=taken_in(f"09:1{n}:30"),
                 subject=f"自動応答: [#1234] {n}")
            for n in range(1, 4)
        ]  # fmt: skip
        echo = [
            acknowledged().replace(b"<ack-1234@", f"<ack-1234-{n}@".encode()).replace(
                b"<0601@docomo.ne.jp>", f"<away-{n}@d.jp>".encode())
            for n in range(1, 4)
        ]  # fmt: skip

        report = bring(*whole(tmp_path), mbox(tmp_path / "loop.mbox", *away, *echo))

        assert report.counts.inquiries == 1
        assert report.counts.messages == 4 + 6

    def test_a_machines_notice_before_the_question_does_not_open_it(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        notice = mail("お支払い", from_="no-reply@example.jp", to=HANAKO, message_id="<pay@e>",
                      auto_submitted="auto-generated",
                      date="Mon, 1 Jun 2026 07:00:00 +0900")  # fmt: skip
        question = asked(in_reply_to="<pay@e>")

        report = bring(mbox(tmp_path / "a.mbox", notice, question))

        assert life(desk) == [("00:10", "inbound"), ("00:10", "received")]
        assert set(flags(report)) == {"mail_without_states"}

    def test_a_bounce_belongs_to_the_mail_that_came_back(self, desk: Desk, tmp_path: Path) -> None:
        bounce = (
            b"From: MAILER-DAEMON@docomo.ne.jp\nTo: kurata@example.jp\nReturn-Path: <>\n"
            b"Received: " + taken_in("10:31:00").encode() + b"\nMessage-ID: <bounce@docomo>\n"
            b'Content-Type: multipart/report; report-type=delivery-status; boundary="x"\n\n'
            b"--x\nContent-Type: text/plain\n\nuser unknown\n"
            b"--x\nContent-Type: message/rfc822\n\n" + answered() + b"\n--x--\n"
        )

        bring(*whole(tmp_path), mbox(tmp_path / "b.mbox", bounce))

        assert ("01:31", "inbound") in life(desk)
        [told] = [step for step in desk.told() if step[1].minute == 31]
        assert told[6]["automatic"] is True
        assert told[3] == "system"  # a machine is nobody's customer


@pytest.mark.django_db
class TestWhoseMail:
    def test_a_form_speaks_for_whoever_filled_it_in(self, desk: Desk, tmp_path: Path) -> None:
        form = mail("パスワードを忘れました", from_="form@example.jp", to="support@example.jp",
                    reply_to="taro@mail.jp", message_id="<form@example.jp>", subject="お問い合わせ",
                    auto_submitted="auto-generated", received=taken_in("09:00:00"))  # fmt: skip

        bring(mbox(tmp_path / "a.mbox", form))

        [received, said] = sorted(desk.told(), key=lambda step: step[2], reverse=True)
        assert (received[2], received[6]["channel"]) == ("received", "form")
        assert (said[2], said[3], said[6].get("automatic")) == ("inbound", "taro@mail.jp", None)

    def test_a_desk_that_shares_a_groups_inbox_still_hears_people(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        passed_on = mail("届きません", from_="'花子' via サポート <support@example.jp>",
                         to="support@example.jp", message_id="<g@mail.jp>", precedence="list",
                         x_original_from="hanako@mail.jp", list_id="<support.example.jp>",
                         received=taken_in("09:00:00"))  # fmt: skip

        bring(mbox(tmp_path / "a.mbox", passed_on))

        said = [step for step in desk.told() if step[2] == "inbound"]
        assert [(step[3], step[6].get("automatic")) for step in said] == [("hanako@mail.jp", None)]

    def test_who_is_written_to_first_is_a_matter_we_opened(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        ours = mail("障害のお知らせ", from_="mori@example.jp", to=f"mori@example.jp, {HANAKO}",
                    message_id="<p@example.jp>", date="Mon, 1 Jun 2026 09:00:00 +0900")  # fmt: skip

        bring(mbox(tmp_path / "a.mbox", ours))

        [received] = [step for step in desk.told() if step[2] == "received"]
        assert (received[3], received[6]["mode"]) == (HANAKO, "proactive")

    def test_two_who_share_a_subject_are_two(self, desk: Desk, tmp_path: Path) -> None:
        other = asked().replace(HANAKO.encode(), b"taro@mail.jp").replace(b"<0601@", b"<0602@")

        report = bring(mbox(tmp_path / "a.mbox", asked(), other))

        assert report.counts.inquiries == 2


@pytest.mark.django_db
class TestClocks:
    def _at(self, desk: Desk, tmp_path: Path, **fields: Any) -> tuple[str, ImportReport]:
        fields = {"from_": HANAKO, "to": "support@example.jp", "message_id": "<c@d>"} | fields
        report = bring(mbox(tmp_path / "c.mbox", mail("助けて", **fields)))
        return f"{desk.told()[0][1].astimezone(UTC):%d %H:%M}", report

    def test_our_host_is_believed_and_a_phone_years_behind_is_flagged(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        at, report = self._at(
            desk, tmp_path, received=taken_in("09:00:00"), date="Tue, 1 Jan 2019 00:00:00 +0900"
        )

        assert at == "01 00:00"
        assert flags(report)["mail_date_far"] == 1

    def test_lines_below_our_hosts_may_be_anybodys(self, tmp_path: Path, desk: Desk) -> None:
        lines = [
            taken_in("09:20:00", by="mailbox.inside"),
            taken_in("09:00:00", by="mx3.example.jp"),
            taken_in("03:00:00", by="mx.example.jp.evil.test"),
        ]
        path = mbox(tmp_path / "c.mbox", mail("助けて", from_=HANAKO, message_id="<c@d>",
                                              to="support@example.jp", received=lines))  # fmt: skip
        source = mail_source(our_mail(OURS, ("example.jp",)), workspace="desk")

        files_in(source, path)

        assert {f"{step[1]:%H:%M}" for step in desk.told()} == {"00:00"}

    def test_without_either_the_folder_says_when(self, desk: Desk, tmp_path: Path) -> None:
        at, report = self._at(desk, tmp_path)

        assert at == "01 00:10"  # the line of the mbox
        assert flags(report)["mail_date_of_file"] == 1

    def test_a_mail_nobody_can_date_is_set_aside_and_says_so(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        lost = tmp_path / "lost.eml"
        lost.write_bytes(mail("いつ？", from_=HANAKO, to="support@example.jp"))
        letter = tmp_path / "letter.eml"
        letter.write_bytes("拝啓 初夏の候".encode())

        report = bring(lost, letter)

        assert report.counts.quarantined == QuarantinedRow.objects.count() == 2
        reasons = {row.reason["ja"] for row in report.set_aside}
        assert any("いつのメールか" in reason for reason in reasons)
        assert any("メールではありません" in reason for reason in reasons)


@pytest.mark.django_db
class TestFolders:
    def test_a_maildir_and_a_folder_of_letters_are_read_whole(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        for name in ("cur", "new", "tmp", ".Sent/cur", ".Sent/new"):
            (tmp_path / "Maildir" / name).mkdir(parents=True)
        box = tmp_path / "Maildir"
        (box / "cur" / "1780272620.M1.mx:2,S").write_bytes(asked())
        (box / "new" / "1780283100.M2.mx").write_bytes(thanked())
        (box / "tmp" / "1780283100.M3.mx").write_bytes(asked())  # not delivered yet
        (box / ".Sent" / "cur" / "1780277400.M4.mx:2,S").write_bytes(answered())
        (tmp_path / "letters").mkdir()
        (tmp_path / "letters" / "1.eml").write_bytes(inside())
        (tmp_path / "letters" / "read me.txt").write_text("not mail")

        report = bring(box, tmp_path / "letters")

        assert (report.counts.rows, report.counts.inquiries) == (4, 1)
        assert sorted(kind for _, kind in life(desk)) == [
            "inbound", "inbound", "note", "outbound", "received",
        ]  # fmt: skip

    def test_lines_that_were_escaped_read_as_they_were_typed(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        said = "From here on it broke.\n\nFrom Mon to Tue nothing works."
        told = mail(said, from_=HANAKO, to="support@example.jp", message_id="<e@d>",
                    received=taken_in("09:00:00"))  # fmt: skip

        bring(mbox(tmp_path / "a.mbox", told))

        assert [step[7] for step in desk.told() if step[2] == "inbound"] == [said]


@pytest.mark.django_db(transaction=True)
@pytest.mark.end_to_end
def test_the_documented_command_says_what_came_in(tmp_path: Path, desk: Desk) -> None:
    paths = [str(path) for path in whole(tmp_path)]

    done = CliRunner().invoke(
        import_, ["mbox", *paths, "--ours", "@example.jp", "-w", "desk", "--simulated", "--json"]
    )
    refused = CliRunner().invoke(import_, ["mbox", *paths, "-w", "desk", "--ours", "example.jp"])

    assert done.exit_code == 0, done.output
    assert '"inquiries": 1' in done.output
    assert refused.exit_code != 0


def test_whose_mail_is_ours_must_be_said() -> None:
    with pytest.raises(BadMailAddresses, match="--ours"):
        our_mail([])
    with pytest.raises(BadMailAddresses, match="pattern"):
        our_mail(OURS, ticket="[#(")


@pytest.mark.django_db(transaction=True)
def test_what_she_wrote_and_who_she_is_lie_nowhere_in_the_clear(
    tmp_path: Path, desk: Desk, owner_cursor: Any
) -> None:
    bring(*whole(tmp_path))

    rows = list(everything_in_the_books(owner_cursor))

    for secret in (HANAKO, "docomo", SUBJECT, "連続記録", "花子", "0601@"):
        assert [table for table, text in rows if secret in text] == []
        assert [table for table, text in rows if secret.encode().hex() in text] == []
