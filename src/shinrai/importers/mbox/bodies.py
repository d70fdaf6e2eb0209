"""Finds the text of a mail, and its attachments, which an import only counts."""

import re
from collections.abc import Iterator
from email.message import Message
from html.parser import HTMLParser
from typing import Final, NamedTuple

from shinrai.importers.mbox.charsets import as_text
from shinrai.importers.mbox.headers import MailHeader, words_of
from shinrai.importers.rules.cells import plain_text

DEEPEST: Final = 50
LONGEST_TEXT: Final = 100_000
LONG_MARKUP: Final = 10_000
MOST_UNCLOSED: Final = 100
DEEPEST_QUOTE: Final = 20
_UNCLOSED: Final = re.compile(r"<(?=[^<>]*+(?:<|\Z))")
_TALK: Final = frozenset({"text/plain", "text/html"})
_NOT_ATTACHED: Final = frozenset(
    {
        "message/delivery-status",
        "message/disposition-notification",
        "text/rfc822-headers",
        "text/x-amp-html",
        "text/enriched",
        "application/pgp-signature",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
    }
)
# RFC 5546: what is said back; a REQUEST was asked by somebody.
_ANSWERS: Final = frozenset({"REPLY", "CANCEL", "REFRESH", "DECLINECOUNTER"})
_METHOD: Final = re.compile(r"^METHOD:[ \t]*(\w+)", re.IGNORECASE | re.MULTILINE)
_CALENDAR_SUBJECT: Final = re.compile(
    r"\s*(?:Accepted|Declined|Tentative(?:ly Accepted)?|Cancell?ed|承諾|辞退|仮承諾|仮の予定|"
    r"キャンセル済み|取り消し)\s*[:：]",
    re.IGNORECASE,
)


class Body(NamedTuple):
    """The text of a mail, with quotes; attachments, and mails inside it, are only counted."""

    text: str
    attachments: int
    fits: bool = True
    is_cut: bool = False


def body_of(message: Message) -> Body:
    """Return the text of a mail: the plain text if there is one, otherwise from its HTML."""
    plain: list[tuple[Message, str]] = []
    markup: list[Message] = []
    attachments = 0
    for part in _leaves(message):
        kind = part.get_content_type()
        if kind in _TALK and not _is_attached(part):
            if kind == "text/html":
                markup.append(part)
            else:
                plain.append((part, kind))
        elif kind not in _NOT_ATTACHED and not _is_shown(part):
            attachments += 1
    told = [_text(part) for part, _ in plain]
    text = "\n\n".join(one for one, _ in told if one.strip())
    if not text and markup:
        told = [_text(part) for part in markup]
        text = "\n\n".join(_from_markup(one) for one, _ in told)
    fits = all(good for _, good in told)
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return Body(lines[:LONGEST_TEXT], attachments, fits, len(lines) > LONGEST_TEXT)


class AttachedPart(NamedTuple):
    """A file in a mail, as it came: nothing about it is true before it is looked at."""

    name: str
    content: bytes
    is_shown: bool


def attachments_of(message: Message) -> Iterator[AttachedPart]:
    """Yield the files in a mail, also the images shown in its text; mails inside it as one file."""
    for part in _leaves(message):
        kind = part.get_content_type()
        is_shown = _is_shown(part)
        is_talk = kind in _TALK and not _is_attached(part)
        if part is message or is_talk or (kind in _NOT_ATTACHED and not is_shown):
            continue
        name = words_of(_parameter(part, "name") or _file_name(part))
        yield AttachedPart(name, _content(part), is_shown)


def is_calendar_answer(message: Message) -> bool:
    """Return whether a calendar program wrote a mail: accepted, declined or cancelled."""
    for part in _walk(message, 0):
        if part.get_content_type() in ("text/calendar", "application/ics"):
            method = _parameter(part, "method")
            if not method and (found := _METHOD.search(_text(part)[0][:10_000])):
                method = found[1]
            return method.strip().upper() in _ANSWERS
    subject = MailHeader(message).words("subject")
    return bool(_CALENDAR_SUBJECT.match(subject)) and not body_of(message).text.strip()


def mail_within(message: Message) -> Message | None:
    """Return the first mail inside another, such as the one that a bounce returns."""
    for part in _walk(message, 0):
        if part is not message and part.get_content_maintype() == "message":
            inner = part.get_payload()
            if isinstance(inner, list) and inner and isinstance(inner[0], Message):
                return inner[0]
    return None


def _leaves(message: Message) -> Iterator[Message]:
    for part in _walk(message, 0):
        if not part.is_multipart() or part.get_content_maintype() == "message":
            yield part


def _walk(message: Message, depth: int) -> Iterator[Message]:
    """Yield the parts of a mail, but not those of mails inside it."""
    yield message
    payload = message.get_payload()
    if depth >= DEEPEST or not isinstance(payload, list):
        return
    if message.get_content_maintype() == "message":
        return
    for part in payload:
        if isinstance(part, Message):
            yield from _walk(part, depth + 1)


def _is_attached(part: Message) -> bool:
    disposition = str(part.get("content-disposition") or "").strip().lower()
    return disposition.startswith("attachment") or bool(_parameter(part, "name"))


def _is_shown(part: Message) -> bool:
    """Return whether an image is shown in the text, such as a logo, and not attached."""
    disposition = str(part.get("content-disposition") or "").strip().lower()
    return (
        part.get_content_maintype() == "image"
        and bool(part.get("content-id"))
        and not disposition.startswith("attachment")
    )


def _text(part: Message) -> tuple[str, bool]:
    found = as_text(_content(part), _parameter(part, "charset"))
    return found.text, found.fits


def _content(part: Message) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError, TypeError, AssertionError):
        content = None
    if isinstance(content, bytes):
        return content
    raw = part.get_payload()
    return raw.encode("utf-8", "surrogateescape") if isinstance(raw, str) else b""


def _file_name(part: Message) -> str:
    try:
        return part.get_filename() or ""
    except (ValueError, LookupError, TypeError):
        return ""


def _parameter(part: Message, name: str) -> str:
    try:
        found = part.get_param(name)
    except (ValueError, LookupError, TypeError):
        return ""
    return str(found[2] if isinstance(found, tuple) else found or "")


def _from_markup(markup: str) -> str:
    """Turn HTML into plain text, with `> ` before quoted lines."""
    if len(markup) > LONG_MARKUP and len(_UNCLOSED.findall(markup)) > MOST_UNCLOSED:
        # The parser looks for the end of each of these anew: minutes, where no person wrote them.
        markup = _UNCLOSED.sub("&lt;", markup)
    reader = _Markup()
    try:
        reader.feed(markup)
        reader.close()
    except (AssertionError, ValueError, IndexError, RecursionError):
        return plain_text(markup)
    return reader.text()


class _Markup(HTMLParser):
    _BREAKS = frozenset(
        [
            "p",
            "div",
            "br",
            "li",
            "tr",
            "table",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "ul",
            "ol",
            "hr",
            "pre",
            "section",
            "article",
        ]
    )
    _SILENT = frozenset({"script", "style", "head", "title"})
    _EMPTY = frozenset({"br", "hr"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[list[str]] = [[]]
        self._depths: list[int] = [0]
        self._silent = 0
        self._quotes: list[str] = []  # what closes each quotation

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._SILENT:
            self._silent += 1
        elif tag == "body":
            self._silent = 0  # a head that was never closed
        if tag == "blockquote" or (
            tag == "div" and any("gmail_quote" in (value or "") for _, value in attrs)
        ):
            self._quotes.append(tag)
            self._break()
        elif (self._quotes and tag == self._quotes[-1]) or (
            self._quotes and f"{tag}+" == self._quotes[-1]
        ):
            self._quotes.append(f"{tag}+")
            self._break()
        elif tag in self._BREAKS:
            self._break()

    def handle_endtag(self, tag: str) -> None:
        if tag in self._SILENT:
            self._silent = max(self._silent - 1, 0)
        if self._quotes and self._quotes[-1].rstrip("+") == tag:
            self._quotes.pop()
            self._break()
        elif tag in self._BREAKS and tag not in self._EMPTY:
            self._break()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._lines[-1].append(data)

    def _break(self) -> None:
        self._lines.append([])
        depth = sum(not name.endswith("+") for name in self._quotes[:DEEPEST_QUOTE])
        self._depths.append(depth)

    def text(self) -> str:
        """Return the text that was read, line by line."""
        lines: list[str] = []
        for pieces, depth in zip(self._lines, self._depths, strict=True):
            line = " ".join("".join(pieces).split())
            if line or (lines and lines[-1]):
                lines.append(f"{'> ' * depth}{line}".rstrip())
        return "\n".join(lines).strip()
