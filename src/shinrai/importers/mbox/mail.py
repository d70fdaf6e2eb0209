"""Reads one mail: its class, its time, its Message-ID, its text. It never raises."""

import re
from datetime import UTC, datetime, timedelta
from email import policy
from email.errors import MissingHeaderBodySeparatorDefect
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from typing import Any, Final, NamedTuple

from shinrai.importers.mbox.bodies import Body, body_of, is_calendar_answer, mail_within
from shinrai.importers.mbox.charsets import clean
from shinrai.importers.mbox.classification import MailClass, OurMail, classify, ticket_in
from shinrai.importers.mbox.headers import MailHeader, is_far, moment_of, received_at, stamp_of
from shinrai.importers.mbox.mail_threads import digest
from shinrai.importers.mbox.mailbox import RawMail
from shinrai.importers.mbox.quotes import own_words

FAR: Final = timedelta(hours=1)
OUTLOOK: Final = b"\xd0\xcf\x11\xe0"
# Of the policies `compat32` alone gives fields as they stand: the others parse each on the way, and
# some mails make that fail. Words, addresses and moments are read by `headers`.
POLICY: Final = policy.compat32
_OF_MAIL: Final = (
    "from", "sender", "to", "cc", "date", "received", "subject", "message-id", "mime-version",
    "content-type", "return-path", "reply-to",
)  # fmt: skip
_FIELD: Final = re.compile(rb"^(?:[!-9;-~]+:|[ \t]+\S)")
_FIELD_OF_MAIL: Final = re.compile(rf"^(?:{'|'.join(_OF_MAIL)}):".encode(), re.IGNORECASE)
_AUTOMATIC_SUBJECT: Final = re.compile(
    r"\s*(?:re\s*:\s*)?[\[【(（]?\s*(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response)"
    r"|out of (?:the )?office|自動(?:返信|応答|配信)(?:メール)?|不在(?:通知|応答|のお知らせ|連絡))"
    r"\s*(?:[\]】)）:：]|$)",
    re.IGNORECASE,
)
LARGEST_HEADER: Final = 1024 * 1024
LONGEST_FIELD: Final = 32 * 1024
_BLANK_LINE: Final = re.compile(rb"\n\r?\n|\r\r")
_LONG_FIELD: Final = re.compile(
    rb"^content-[\w-]{1,40}:(?:[^\r\n]|\r?\n[ \t]){%d}+" % LONGEST_FIELD,
    re.IGNORECASE | re.MULTILINE,
)
_ANSWER: Final = re.compile(
    r"^\s*(?:re|aw|sv|antw|返信|回答)\s*(?:\[\d+\])?\s*[:：]", re.IGNORECASE
)
_FORWARD: Final = re.compile(r"^\s*(?:fw|fwd|wg|転送)\s*[:：]", re.IGNORECASE)

Mail = dict[str, Any]


class ParsedMail(NamedTuple):
    """A mail's parts and header; `refused` has the reason if it cannot be read."""

    message: Message
    header: MailHeader
    refused: str
    is_report: bool


def parse_mail(content: bytes) -> ParsedMail:
    """Take a mail apart."""
    is_long = _has_long_header(content)
    message = _header_of(content[:LARGEST_HEADER]) if is_long else _parsed(content)
    header = MailHeader(message)
    refused = "long_header" if is_long else ""
    if not any(header.all(name) for name in _OF_MAIL):
        refused = "outlook_item" if content[:4] == OUTLOOK else "no_mail"
    is_report = not refused and (
        _kind(message) == "multipart/report" or _is_calendar_answer(message)
    )
    return ParsedMail(message, header, refused, is_report)


def read_mail(raw: RawMail, ours: OurMail) -> Mail:
    """Return a mail as a record; `refused` has the reason if it cannot be read."""
    found: Mail = {"file": raw.file, "line": raw.line}
    message, header, refused, is_report = parse_mail(raw.content)
    if refused:
        return found | _refused(raw, refused)
    judged = classify(header, ours, is_report=is_report)
    at, clock_gaps, rank = _moment(header, raw, judged, ours)
    if at is None:
        return found | _refused(raw, "no_moment")
    subject = header.words("subject")
    body = safe_body(message)
    names = header.ids("references", "in-reply-to")
    if (inner := _bounced_mail(message)) and inner not in names:
        names.append(inner)
    if judged.way == "outbound" and not judged.addressed and not names:
        judged = judged._replace(automatic=True)  # a notice, to nobody by name: nobody was asked
    said = own_words(body.text, is_answer=is_answer(subject, names))
    own, version, has_id = _identity(header, judged, subject, body)
    gaps = [
        *clock_gaps,
        *(["mail_no_sender"] if not judged.author else []),
        *([] if has_id else ["mail_no_id"]),
        *([] if body.fits else ["mail_charset_broken"]),
        *(["mail_cut"] if raw.is_cut or body.is_cut else []),
    ]
    return found | {
        "own": own,
        "version": version,
        "names": [digest(name) for name in names if digest(name) != own],
        "ticket": ticket_in(subject, ours),
        "at": at.astimezone(UTC).isoformat(timespec="seconds"),
        "rank": rank,
        **judged._asdict(),
        "attachments": body.attachments,
        "subject": subject[:1_000],
        "body": said,
        "gaps": gaps,
    }


def _parsed(content: bytes) -> Message:
    try:
        message = BytesParser(policy=POLICY).parsebytes(content)
        if any(isinstance(defect, MissingHeaderBodySeparatorDefect) for defect in message.defects):
            message = BytesParser(policy=POLICY).parsebytes(_without_junk(content))
        return message
    except Exception:  # whatever a mail holds, it is told by its header at least
        return _header_of(content)


def _header_of(content: bytes) -> Message:
    try:
        return BytesHeaderParser(policy=POLICY).parsebytes(content)
    except Exception:
        return Message()


def _has_long_header(content: bytes) -> bool:
    """Return whether a header, or a field of a part, is so long that parsing takes minutes."""
    if len(content) <= LONGEST_FIELD:
        return False
    end = _BLANK_LINE.search(content)
    length = end.start() if end else len(content)
    return length > LARGEST_HEADER or _LONG_FIELD.search(content) is not None


def _without_junk(content: bytes) -> bytes:
    """Remove invalid lines from a header, if fields of a mail follow them.

    The parser ends a header at the first such line, and would take the rest for text.
    """
    lines = content.splitlines(keepends=True)
    end = next((place for place, line in enumerate(lines) if not line.strip()), len(lines))
    fields = [place for place in range(end) if _FIELD_OF_MAIL.match(lines[place])]
    if not fields or not _FIELD.match(lines[0]):
        return content
    head = [line for line in lines[: fields[-1]] if _FIELD.match(line)]
    return b"".join(head + lines[fields[-1] :])


def safe_body(message: Message) -> Body:
    """Return the text of a mail, or that there is none that could be read."""
    try:
        return body_of(message)
    except Exception:  # the parts cannot be walked: what the mail said is lost, not the mail
        return Body("", 0, fits=False)


def _kind(message: Message) -> str:
    try:
        return message.get_content_type()
    except Exception:
        return ""


def _is_calendar_answer(message: Message) -> bool:
    try:
        return is_calendar_answer(message)
    except Exception:
        return False


def _bounced_mail(message: Message) -> str:
    """Return the Message-ID of the mail that a delivery report is about; empty if there is none."""
    if _kind(message) != "multipart/report":
        return ""
    try:
        inner = mail_within(message)
    except Exception:
        return ""
    return MailHeader(inner).identity() if inner is not None else ""


def _refused(raw: RawMail, why: str) -> Mail:
    """Return the record of an unreadable mail; the same bytes get the same id."""
    own = digest(raw.content.decode("latin-1"))
    return {"refused": why, "own": own, "version": ""}


def _moment(
    header: MailHeader, raw: RawMail, judged: MailClass, ours: OurMail
) -> tuple[datetime | None, list[str], int]:
    """Return when a mail came, its gap codes, and the rank of the clock.

    The time is from our host, otherwise from the sender, otherwise from the folder. The lower the
    rank, the better: of two copies that with the better clock counts.
    """
    taken_in = received_at(header.all("received"), ours.hosts)
    dated = stamp_of(header.one("date"))
    if taken_in is not None and taken_in.has_zone:
        far = dated is not None and is_far(taken_in.at, dated.at, most=FAR)
        return taken_in.at, ["mail_date_far"] if far else [], 0
    if dated is not None and (dated.has_zone or taken_in is None):
        # What we sent lies in our own folders as our own clocks dated it.
        gaps = ["mail_date_alone"] if judged.way == "inbound" else []
        return dated.at, gaps + ([] if dated.has_zone else ["mail_zone_unread"]), 1
    if taken_in is not None:
        return taken_in.at, ["mail_zone_unread"], 1
    if raw.delivered is not None:
        return datetime.fromisoformat(raw.delivered), ["mail_date_of_file"], 2
    return None, [], 3


def has_automatic_subject(subject: str) -> bool:
    """Return whether a program answered for somebody who is away, as its subject says."""
    return bool(_AUTOMATIC_SUBJECT.match(subject))


def is_answer(subject: str, names: list[str]) -> bool:
    """Return whether a mail answers another; whoever forwards one means what is repeated."""
    if _FORWARD.match(subject):
        return False
    return bool(names) or bool(_ANSWER.match(subject))


def _identity(
    header: MailHeader, judged: MailClass, subject: str, body: Body
) -> tuple[str, str, bool]:
    """Return a mail's id: from its Message-ID, otherwise from what does not change on its way.

    With it: a `version` that differs between mails of one Message-ID (the time the sender gave),
    and whether there is a Message-ID.
    """
    dated = moment_of(header.one("date"))
    version = "" if dated is None else dated.isoformat(timespec="seconds")
    if identity := header.identity():
        return digest(identity), version, True
    said = " ".join(body.text.split())
    told = "\n".join((judged.author, version, subject, said, str(body.attachments)))
    return digest(clean(told)), version, False
