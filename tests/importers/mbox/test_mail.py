"""One mail at a time: charsets as phones write them, quotations, addresses, and anything at all."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.importers.mbox.charsets import as_text
from shinrai.importers.mbox.classification import our_mail
from shinrai.importers.mbox.headers import moment_of, words_of
from shinrai.importers.mbox.mail import Mail, read_mail
from shinrai.importers.mbox.mailbox import RawMail, mails_in
from shinrai.importers.mbox.quotes import own_words
from tests.importers.mbox.desk_of_mail import (
    HANAKO,
    JIS_ONE,
    OURS,
    answered,
    asked,
    mail,
    mbox,
    taken_in,
    thanked,
)

OUR = our_mail(OURS)


def read(content: bytes) -> Mail:
    """Read a mail of the desk."""
    return read_mail(RawMail("a.eml", 1, content), OUR)


class TestCharsets:
    @pytest.mark.parametrize(
        ("content", "charset", "text"),
        [
            ("連続記録".encode("iso-2022-jp"), "ISO-2022-JP", "連続記録"),
            (b"\x1b$B" + JIS_ONE[3:5] + b"\x1b(B", "iso-2022-jp", "①"),
            ("㈱ミチ".encode("cp932"), "Shift_JIS", "㈱ミチ"),
            ("髙橋～".encode("cp932"), "windows-31j", "髙橋～"),
            (b"\x1b(I6E\x1b(B", "iso-2022-jp", "ｶﾅ"),
            ("消えました".encode("euc_jp"), "x-euc-jp", "消えました"),
        ],
    )
    def test_are_read_as_they_were_meant(self, content: bytes, charset: str, text: str) -> None:
        assert as_text(content, charset) == (text, True)

    @pytest.mark.parametrize(
        ("content", "charset", "text"),
        [
            ("消えました".encode("cp932"), "utf-8", "消えました"),
            ("消えました".encode(), "iso-2022-jp", "消えました"),
            ("消えました".encode("cp932"), "us-ascii", "消えました"),
            ("消えました".encode("iso-2022-jp"), "utf-8", "消えました"),
            ("消えました".encode(), "no-such-charset", "消えました"),
            ("café".encode("latin-1"), "us-ascii", "café"),
        ],
    )
    def test_that_are_not_what_they_claim_are_found_and_said(
        self, content: bytes, charset: str, text: str
    ) -> None:
        assert as_text(content, charset) == (text, False)

    def test_a_sign_cut_in_half_costs_only_itself(self) -> None:
        cut = "連続".encode("iso-2022-jp")[:-4]  # one byte of 続 and no escape back

        assert as_text(cut, "iso-2022-jp").text == "連"

    @given(st.binary(max_size=400), st.text(max_size=20))
    def test_anything_at_all_is_text_that_a_table_holds(self, content: bytes, name: str) -> None:
        text = as_text(content, name).text

        text.encode()
        assert "\x00" not in text


class TestQuotations:
    @pytest.mark.parametrize(
        ("said", "own"),
        [
            ("直りました！\n\n> 開き直してください\n> 倉田", "直りました！"),
            ("はい。\n\nOn Mon, 1 Jun 2026 at 10:30, Desk <s@example.jp>\nwrote:\n> so?", "はい。"),
            ("はい。\n\n2026年6月1日(月) 10:30 サポート <s@example.jp>:\n\n> どう？", "はい。"),
            ("はい。\n\n-----元のメッセージ-----\n差出人: サポート\n本文", "はい。"),
            ("Yes.\n\n_____________\nFrom: Desk\nSent: Monday\nTo: H\n\nSo?", "Yes."),
            ("> 端末は？\niPhoneです\n> 版は？\n17です", "iPhoneです\n> 版は？\n17です"),
            ("お願いします。\n\n-- \n佐藤花子\n090-1234-5678", "お願いします。"),
            ("お願いします。\n\n━━━━━━\n佐藤花子\nhanako@mail.jp\n━━━━━━", "お願いします。"),
            ("ありがとう\n\niPhoneから送信", "ありがとう"),
            ("> これだけ", "> これだけ"),
        ],
    )  # fmt: skip
    def test_are_left_out_and_what_is_answered_between_them_stays(
        self, said: str, own: str
    ) -> None:
        assert own_words(said, is_answer=True) == own

    def test_what_is_passed_on_is_what_it_is_about(self) -> None:
        passed_on = mail(
            "見てください\n\n-----Original Message-----\nFrom: a\n決済エラー",
            from_=HANAKO, to="support@example.jp", subject="Fwd: エラー",
            received=taken_in("09:00:00"), references="<x@y>",
        )  # fmt: skip

        assert "決済エラー" in read(passed_on)["body"]

    @given(st.text(max_size=300), st.booleans())
    def test_never_take_all_of_what_was_said(self, said: str, is_answer: bool) -> None:
        assert bool(own_words(said, is_answer=is_answer)) == bool(said.strip())


class TestHeader:
    def test_words_split_in_the_middle_of_a_sign_are_put_together(self) -> None:
        first, second = "=?utf-8?B?6YCj57+S?=", "=?utf-8?B?44GM?="

        assert words_of(f"{first} {second}") == "連習が"

    def test_words_that_were_never_encoded_are_read(self) -> None:
        raw = "消えました".encode("cp932").decode("ascii", "surrogateescape")

        assert words_of(raw) == "消えました"

    def test_a_moment_may_be_written_in_the_old_way(self) -> None:
        told = moment_of("Mon, 1 Jun 2026 09:10:00 JST")

        assert told is not None
        assert told.isoformat() == "2026-06-01T00:10:00+00:00"
        assert moment_of("Mon, 32 Jun 2026 99:10:00 +0900") is None
        assert moment_of("Thu, 1 Jan 1970 00:00:00 +0000") is None  # a clock nobody had set

    def test_a_line_that_is_no_field_does_not_end_it(self) -> None:
        broken = thanked().replace(b"\nMessage-ID:", b"\nno field at all\nMessage-ID:")

        assert read(broken)["at"] == read(thanked())["at"]
        assert read(broken)["own"] == read(thanked())["own"]


class TestAttachments:
    def test_are_counted_and_kept_out_and_make_thanks_say_something(self) -> None:
        parts = (
            b'Content-Type: multipart/mixed; boundary="x"\n\n--x\nContent-Type: text/plain\n\nok\n'
            b'--x\nContent-Type: image/png; name="e.png"\nContent-Transfer-Encoding: base64\n\n'
            b"iVBORw0KGgo=\n--x\nContent-Type: message/rfc822\n\n" + asked() + b"\n--x--\n"
        )
        head = f"From: {HANAKO}\nTo: support@example.jp\nReceived: {taken_in('09:00:00')}\n"

        told = read(head.encode() + parts)

        assert (told["body"], told["attachments"]) == ("ok", 2)
        assert told["own"] != read(asked())["own"]  # the mail within is no mail of its own

    def test_markup_is_read_without_what_it_quotes(self) -> None:
        markup = (
            "<html><head><style>p {}</style></head><body><p>直りました</p>"
            "<div class='gmail_quote'>2026年6月1日(月) 10:30 サポート &lt;s@example.jp&gt;:<br>"
            "<blockquote>開き直して<br>ください</blockquote></div></body></html>"
        )
        told = mail(markup, from_=HANAKO, to="support@example.jp", references="<x@y>",
                    received=taken_in("09:00:00")).replace(b"text/plain", b"text/html")  # fmt: skip

        assert read(told)["body"] == "直りました"


class TestAnything:
    @given(st.binary(max_size=600))
    def test_is_a_record_or_refused(self, content: bytes) -> None:
        json.dumps(read(content))

    @given(st.data())
    def test_a_mail_with_a_few_bytes_wrong_is_still_told(self, data: st.DataObject) -> None:
        content = bytearray(data.draw(st.sampled_from([asked(), answered(), thanked()])))
        for _ in range(data.draw(st.integers(1, 8))):
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))

        json.dumps(read(bytes(content)))

    def test_parts_within_parts_without_end_are_lived_through(self) -> None:
        deep = b"From: a@b\nDate: Mon, 1 Jun 2026 09:00:00 +0900\n" + b"".join(
            b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(3_000)
        )

        assert read(deep)["at"] == "2026-06-01T00:00:00+00:00"

    @given(st.lists(st.text("From >\nab", max_size=40), min_size=1, max_size=4))
    def test_an_mbox_gives_back_what_was_put_in(self, bodies: list[str]) -> None:
        import tempfile

        mails = [mail(body, message_id=f"<{n}@d>") for n, body in enumerate(bodies)]
        with tempfile.TemporaryDirectory() as folder:
            path = mbox(Path(folder) / "a.mbox", *mails)

            assert [one.content.rstrip(b"\n") for one in mails_in([path])] == [
                one.rstrip(b"\n") for one in mails
            ]
