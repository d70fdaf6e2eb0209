"""Mail of a desk at example.jp, as it lies in its folders.

On Monday 1 June 2026 at 09:10 Hanako, a guardian, writes from a carrier's phone that her daughter's
streak ① is gone. The desk's machine acknowledges with a ticket number; Kurata asks Mori inside,
answers at 10:30; Hanako thanks at 12:05 from the phone, which names no mail that it answers.
"""

from collections.abc import Sequence
from pathlib import Path

OURS = ("@example.jp",)
HANAKO = "hanako..0601.@docomo.ne.jp"  # a form that carriers gave out and no standard allows
SUBJECT = "連続記録が消えました"
JIS_ONE = b"\x1b$B-!\x1b(B"  # ①, which only Windows has in row 13

ANSWER = """花子様

記録を戻しました。アプリを開き直してください。

2026年6月1日(月) 9:10 <hanako..0601.@docomo.ne.jp>:
> 娘の連続記録が消えました。
> 戻せますか？

--
倉田
サポート <support@example.jp>
"""
THANKS = """ありがとうございました。

2026/06/01 10:30、サポート <kurata@example.jp>のメール:
> 記録を戻しました。アプリを開き直してください。

iPhoneから送信
"""


def mail(body: str | bytes, charset: str = "utf-8", **fields: str | Sequence[str]) -> bytes:
    """Write a mail: `message_id` is Message-ID; a field of several values stands several times."""
    lines: list[bytes] = []
    for name, value in fields.items():
        for one in [value] if isinstance(value, str) else value:
            title = name.rstrip("_").replace("_", "-").title().replace("Message-Id", "Message-ID")
            lines.append(f"{title}: {one}".encode())
    lines += [b"MIME-Version: 1.0", f"Content-Type: text/plain; charset={charset}".encode()]
    text = body if isinstance(body, bytes) else body.encode(charset)
    return b"\n".join(lines) + b"\n\n" + text + b"\n"


def word(text: str, charset: str = "iso-2022-jp") -> str:
    """Write an encoded word."""
    from email.header import Header

    return Header(text, charset).encode()


def taken_in(clock: str, by: str = "mx.example.jp") -> str:
    """Write a Received line of Monday 1 June 2026, Tokyo."""
    return f"from somewhere (1.2.3.4) by {by} with ESMTP; Mon, 1 Jun 2026 {clock} +0900 (JST)"


def asked(**more: str) -> bytes:
    """Hanako asks, in ISO-2022-JP as her carrier writes it."""
    text = (
        "娘の連続記録".encode("iso-2022-jp")
        + JIS_ONE
        + "が消えました。\n戻せますか？".encode("iso-2022-jp")
    )
    fields = {
        "return_path": f"<{HANAKO}>",
        "received": taken_in("09:10:20"),
        "message_id": "<0601@docomo.ne.jp>",
        "from": f"{word('花子')} <{HANAKO}>",
        "to": "support@example.jp, billing@example.jp",
        "subject": word(SUBJECT),
        "date": "Mon, 1 Jun 2026 09:10:02 +0900",
    }
    return mail(text, "ISO-2022-JP", **(fields | more))


def acknowledged() -> bytes:
    """The desk's machine says that it came."""
    return mail(
        "受け付けました。",
        message_id="<ack-1234@example.jp>",
        from_="support@example.jp",
        to=HANAKO,
        subject=word(f"[#1234] {SUBJECT}", "utf-8"),
        in_reply_to="<0601@docomo.ne.jp>",
        auto_submitted="auto-replied",
        date="Mon, 1 Jun 2026 09:11:00 +0900",
    )


def inside() -> bytes:
    """Kurata asks Mori."""
    return mail(
        "ログを見てもらえますか？",
        message_id="<inside@example.jp>",
        from_="kurata@example.jp",
        to="mori@example.jp",
        subject="Fwd: 連続記録",
        references="<0601@docomo.ne.jp>",
        date="Mon, 1 Jun 2026 09:40:00 +0900",
    )


def answered() -> bytes:
    """Kurata answers."""
    return mail(
        ANSWER,
        message_id="<answer@example.jp>",
        from_=f"{word('倉田', 'utf-8')} <Kurata@example.jp>",
        to=HANAKO,
        subject=word(f"Re: [#1234] {SUBJECT}", "utf-8"),
        references="<0601@docomo.ne.jp>",
        date="Mon, 1 Jun 2026 10:30:00 +0900",
    )


def thanked() -> bytes:
    """Hanako thanks; her phone keeps the ticket number alone."""
    return mail(
        THANKS,
        "Shift_JIS",
        received=taken_in("12:05:00"),
        message_id="<0601-2@docomo.ne.jp>",
        from_=f"<{HANAKO}>",
        to="support@example.jp",
        subject=word(f"Re: [#1234] {SUBJECT}"),
        date="Mon, 1 Jun 2026 12:04:50 +0900",
    )


def mbox(path: Path, *mails: bytes) -> Path:
    """Write an mbox, as RFC 4155 has it."""
    told = b""
    for one in mails:
        quoted = b"\n".join(
            b">" + line if line.lstrip(b">").startswith(b"From ") else line
            for line in one.split(b"\n")
        )
        told += b"From MAILER-DAEMON Mon Jun  1 00:10:20 2026\n" + quoted + b"\n"
    path.write_bytes(told)
    return path


def whole(folder: Path) -> list[Path]:
    """Write the desk's folders: what came, to both of its addresses, and what was sent."""
    return [
        mbox(folder / "inbox.mbox", asked(), thanked()),
        mbox(folder / "billing.mbox", asked(received=taken_in("09:10:25"))),
        mbox(folder / "sent.mbox", acknowledged(), inside(), answered()),
    ]
