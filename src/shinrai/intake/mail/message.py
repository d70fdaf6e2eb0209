"""Read a mail that came in: who wrote what and when, and why it opens nothing, if it does not.

The readers of imported mail do the reading (`importers.mbox`): charsets, broken parts, quotations,
who is whom. What an answer quotes is dropped: it lies in the mailbox, and mostly in the case.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from itertools import chain
from typing import Final, NamedTuple

from shinrai.desk.rules.files import MEGABYTE, MOST_A_STEP, MOST_NAME, BadFile, NewFile, check_files
from shinrai.importers.mbox.bodies import AttachedPart, attachments_of
from shinrai.importers.mbox.classification import SUPPRESS, OurMail, automatic_sign, classify
from shinrai.importers.mbox.headers import MailHeader, first_received_at
from shinrai.importers.mbox.mail import (
    ParsedMail,
    has_automatic_subject,
    is_answer,
    parse_mail,
    safe_body,
)
from shinrai.importers.mbox.mail_threads import digest
from shinrai.importers.mbox.quotes import own_words
from shinrai.intake.mail.tokens import Token, token_in
from shinrai.units.text import Text, joined, translated

LARGEST: Final = 20 * MEGABYTE  # of a larger one only the beginning is read: its text
BEGINNING: Final = 512 * 1024
MOST_RECIPIENTS: Final = 200
MOST_WORDS: Final = 18_000
MOST_NAMES: Final = 30
LONGEST_IDENTITY: Final = 180
SMALLEST_PICTURE: Final = 10 * 1024  # of those shown in a text; smaller ones are logos
SIZE: Final = b"X-Shinrai-Size: "
_SIZE: Final = re.compile(SIZE + rb"(\d{1,12})\r\n")
_STATUS: Final = re.compile(rb"^Status:\s*([245]\.\d{1,3}\.\d{1,3})", re.IGNORECASE | re.MULTILINE)
_ACTION: Final = re.compile(rb"^Action:\s*([a-z]{1,20})", re.IGNORECASE | re.MULTILINE)
_UNNAMED: Final = re.compile(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069/\\]")

REFUSED: Final = {
    "outlook_item": Text("a file of Outlook; save the mail as .eml"),
    "long_header": Text("its header is longer than any mail's; nothing of it was read"),
    "no_mail": Text("this is no mail"),
}
AUTOMATIC: Final = {
    "auto-submitted": Text("an automatic answer ({field})", field="Auto-Submitted"),
    "x-autoreply": Text("an automatic answer ({field})", field="X-Autoreply"),
    "x-autorespond": Text("an automatic answer ({field})", field="X-Autorespond"),
    "return-path": Text("a machine wrote it: it names no address to answer to"),
    "sender": Text("a mail server wrote it"),
    "list": Text("a mailing list or a mailing sent it (Precedence, List-Id)"),
}
OWN: Final = Text("our own mail came back")
REPORT: Final = Text("a report of delivery or reading, or the answer of a calendar")
NO_TEXT: Final = Text("[This mail has no text that could be read. It is in the mailbox.]")


@dataclass(frozen=True)
class IncomingMail:
    """A mail as it is handled; `ignored` says why it opens nothing.

    `names` are the Message-IDs it names, the nearest first, and `tokens` those of them that we
    gave. `undelivered` is the code by which a mail of ours was refused.
    """

    identity: str
    names: tuple[str, ...]
    tokens: tuple[Token, ...]
    sender: str
    channel: str
    subject: str
    words: str
    at: datetime | None
    files: tuple[NewFile, ...]
    ignored: Text | None = None
    undelivered: str = ""
    is_quiet: bool = False  # it asks for no automatic answer


def shortened(content: bytes, size: int) -> bytes:
    """Return a mail as it is stored: one that is too large by its beginning, with its size."""
    if size <= LARGEST:
        return content
    return SIZE + str(size).encode() + b"\r\n" + content[:BEGINNING]


def receipt_id(content: bytes) -> str:
    """Return the id of a mail: its Message-ID, and a digest of who wrote it when.

    The same mail keeps it on every way; programs that use a Message-ID again send different ones.
    """
    header = parse_mail(content).header
    name = identity_of(header)
    if not name:
        name = f"mail-{blake2b(content, digest_size=16).hexdigest()}"
    said = "\n".join((*header.addresses("from"), header.one("date")))
    return f"{name}#{digest(said, 4)}"


def identity_of(header: MailHeader) -> str:
    """Return a Message-ID as it is stored; a very long one by its digest."""
    return _identity(header.identity().strip("<> "))


def _identity(name: str) -> str:
    return name if len(name) <= LONGEST_IDENTITY and "\0" not in name else digest(name, 32)


def came_at(content: bytes, hosts: Sequence[str], otherwise: datetime) -> datetime:
    """Return when the first of our hosts took a mail in, or another moment if none says so."""
    return min(_taken_in(parse_mail(content).header, hosts) or otherwise, otherwise)


def _taken_in(header: MailHeader, hosts: Sequence[str]) -> datetime | None:
    """Return the moment of the first trusted `Received`; `Date` is whatever a sender likes."""
    stamp = first_received_at(header.all("received"), hosts)
    return stamp.at if stamp is not None and stamp.has_zone else None


def read_incoming(content: bytes, ours: OurMail, *, language: str) -> IncomingMail:
    """Return a mail as it is handled. It never raises: what cannot be read is said in its words."""
    cut = _SIZE.match(content)
    parsed = parse_mail(content)
    header, size = parsed.header, int(cut[1]) if cut else 0
    identity = identity_of(header)
    named = header.ids("in-reply-to") + header.ids("references")[::-1]
    names = tuple(dict.fromkeys(map(_identity, named)))[:MOST_NAMES]
    judged = classify(header, ours, is_report=parsed.is_report)
    found = IncomingMail(
        identity=identity,
        names=names,
        tokens=tuple(filter(None, map(token_in, names))),
        sender=judged.party,
        channel=judged.channel,
        subject=" ".join(header.words("subject").split())[:200],
        words="",
        at=_taken_in(header, ours.hosts),
        files=(),
        is_quiet=bool(header.one(SUPPRESS) or header.one("precedence")),
    )
    if parsed.refused:
        return _without(found, REFUSED[parsed.refused])
    if token_in(identity) or judged.way != "inbound" or _went_round(header, ours):
        return _without(found, OWN)
    # A form speaks for a person, though a machine sends it.
    author = judged.author if judged.channel != "form" else None
    if (report := _report(content, parsed, author, ours)) is not None:
        tokens = found.tokens or tuple(filter(None, (token_in(content.decode("latin-1")),)))
        return _without(found, report.why, tokens=tokens, undelivered=report.code)
    count = len(header.addresses("to", "cc"))
    if count > MOST_RECIPIENTS:
        why = Text(
            "it was sent to {count:,} addresses or more: a mailing, not a question", count=count
        )
        return _without(found, why)
    return _with_words(found, parsed, size, language)


class _Report(NamedTuple):
    why: Text
    code: str = ""


def _report(
    content: bytes, parsed: ParsedMail, author: str | None, ours: OurMail
) -> _Report | None:
    """Return why a mail that a machine wrote opens nothing, and the code of what was refused."""
    sign = "" if author is None else automatic_sign(parsed.header, author, ours)
    is_refusal = parsed.is_report or sign in ("return-path", "sender")
    action, status = _ACTION.search(content), _STATUS.search(content)
    if is_refusal and action and action[1].lower() == b"failed":
        code = status[1].decode() if status else "5.0.0"
        return _Report(Text("a mail of ours could not be delivered ({code})", code=code), code)
    if is_refusal and action and action[1].lower() == b"delayed":
        return _Report(Text("a mail of ours is delayed; its server goes on trying"))
    if parsed.is_report:
        return _Report(REPORT)
    if sign == "sender" and token_in(
        content.decode("latin-1")
    ):  # a server that writes no report by RFC 3464
        return _Report(AUTOMATIC[sign], "5.0.0")
    if sign in AUTOMATIC:
        return _Report(AUTOMATIC[sign])
    if has_automatic_subject(parsed.header.words("subject")):
        return _Report(Text("an automatic answer ({field})", field="Subject"))
    return None


def _went_round(header: MailHeader, ours: OurMail) -> bool:
    return any(ours.has(address) for address in header.addresses("x-loop"))


def _without(found: IncomingMail, why: Text, **more: object) -> IncomingMail:
    return IncomingMail(**{**vars(found), "ignored": why, **more})


def _with_words(found: IncomingMail, parsed: ParsedMail, size: int, language: str) -> IncomingMail:
    body = safe_body(parsed.message)
    text = own_words(body.text, is_answer=is_answer(found.subject, list(found.names)))
    notes = [Text("[The rest was too long. It is in the mailbox.]")] * (len(text) > MOST_WORDS)
    if parsed.message.get_content_maintype() == "multipart" and not parsed.message.is_multipart():
        notes.append(Text("[The parts of this mail are broken; it is shown as it came.]"))
    files: tuple[NewFile, ...] = ()
    if size:
        said = Text("[The mail has {size:.0f} MB: only its text was taken.]", size=size / MEGABYTE)
        notes.append(said)
    else:
        files, refused = _files(parsed)
        notes += [Text("[Not kept: {why}]", why=why) for why in refused]
    parts = [text[:MOST_WORDS] or NO_TEXT, *notes]
    words = translated(joined(parts, "\n\n"), language)
    return IncomingMail(**{**vars(found), "words": words, "files": files})


def _files(parsed: ParsedMail) -> tuple[tuple[NewFile, ...], list[Text]]:
    """Return the files that are kept, and why others are not: told by content, never by name."""
    kept: list[NewFile] = []
    refused: list[Text] = []
    try:
        found = list(attachments_of(parsed.message))
    except Exception:  # parts that cannot be walked
        found = []
    shown = (one for one in found if one.is_shown and len(one.content) >= SMALLEST_PICTURE)
    for number, part in enumerate(chain((p for p in found if not p.is_shown), shown), start=1):
        file = NewFile(_file_name(part, number), part.content)
        try:
            check_files([file])
        except BadFile as error:
            refused.append(error.text)
            continue
        if len(kept) < MOST_A_STEP:
            kept.append(file)
        else:
            refused.append(Text("“{name}”: {most} files fit.", name=file.name, most=MOST_A_STEP))
    more = len(refused) - 20
    return tuple(kept), refused[:20] + [Text("{count:,} more files", count=more)] * (more > 0)


def _file_name(part: AttachedPart, number: int) -> str:
    name = _UNNAMED.sub(" ", part.name).strip()
    stem, dot, ending = name.rpartition(".")
    if len(name) > MOST_NAME:
        name = f"{stem[: MOST_NAME - 20]}{dot}{ending[:18]}"
    return name or f"file-{number}"
