"""Read a request of a client library: its key, its body (plain or compressed), and its messages.

Client libraries read `code`, `message` and `detail` of an error, and send again after 408, 429 and
5xx; anything else they report as lost. So a batch with bad events is no error.
"""

import base64
import binascii
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, JsonResponse
from django.http.request import UnreadablePostError

from shinrai.accounts.queries import sender_key
from shinrai.api.problems import spoken
from shinrai.api.rate_limit import count_request
from shinrai.units.errors import UserError
from shinrai.units.text import Text
from shinrai.usage.queries.actors import inbox_bytes
from shinrai.usage.rules.dialects.messages import read_json
from shinrai.usage.rules.event import BadEvent, read_moment

MOST_BYTES: Final = {"segment": 4 << 20, "posthog": 20 << 20}  # RudderStack's and PostHog's limits
MOST_MESSAGES: Final = 10_000
MOST_A_MINUTE: Final = 60_000  # requests of a key
MOST_WAITING: Final = 8 << 30  # bytes of the inbox: then the worker stands still
PAUSE_S: Final = 30
IN_BODY: Final = ("writeKey", "api_key", "token")
ENCODINGS: Final = ("gzip", "deflate", "gzip-js")
SENT_AT: Final = ("sentAt", "sent_at")
SENT_HEADER: Final = "PostHog-Request-Timestamp"


class RefusedEvents(UserError):
    """A request from which no event is taken."""

    def __init__(self, status: int, code: str, text: Text, *, wait_s: int = 0) -> None:
        super().__init__(text)
        self.status, self.code, self.wait_s = status, code, wait_s

    def answer(self) -> JsonResponse:
        """Return the answer as client libraries read it."""
        said = spoken(self.text)
        document = {"code": self.code, "message": said, "detail": said, "success": False}
        headers = {"Retry-After": str(self.wait_s)} if self.wait_s else {}
        return JsonResponse(document, status=self.status, headers=headers)


@dataclass(frozen=True)
class EventRequest:
    """Messages of one workspace, and when their sender's clock said that they were sent."""

    workspace_id: int
    messages: list[Any]
    sent_at: datetime | None


def too_large(request: HttpRequest, *, most: int) -> JsonResponse:
    """Answer 413 for a body that was not read."""
    said = Text("a request may hold {most:,} bytes; send fewer events at once", most=most)
    return RefusedEvents(413, "too_large", said).answer()


def read_request(request: HttpRequest, dialect: str, *, at: datetime) -> EventRequest:
    """Return what a request holds. Raises: RefusedEvents."""
    key = _key_of_headers(request)
    document = _document(request, MOST_BYTES[dialect])
    single = document if isinstance(document, Mapping) else {}
    if key is None:
        key = next((single[name] for name in IN_BODY if isinstance(single.get(name), str)), "")
    found = sender_key(key) if key else None
    if found is None:
        said = Text("send a key that may send events; an owner makes one under Settings")
        raise RefusedEvents(401, "invalid_key", said)
    number, workspace_id = found
    _refuse_over_limit(number, at=at)
    messages = document if isinstance(document, list) else single.get("batch", [document])
    if not isinstance(messages, list):
        raise RefusedEvents(400, "invalid_request", Text("batch is no list"))
    if len(messages) > MOST_MESSAGES:
        said = Text("a request may hold {most:,} events", most=MOST_MESSAGES)
        raise RefusedEvents(413, "too_large", said)
    sent = next((single[name] for name in SENT_AT if name in single), None)
    sent = sent or request.headers.get(SENT_HEADER)
    return EventRequest(workspace_id, messages, _moment(sent))


def _key_of_headers(request: HttpRequest) -> str | None:
    kind, _blank, sent = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return sent.strip()
    if kind.lower() != "basic":
        return None
    try:
        return base64.b64decode(sent, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _document(request: HttpRequest, most: int) -> Any:
    try:
        body = request.read(most + 1)
    except (UnreadablePostError, OSError) as error:
        raise RefusedEvents(408, "cut_off", Text("the request was cut off")) from error
    encoding = request.headers.get("Content-Encoding", "") or request.GET.get("compression", "")
    if encoding in ENCODINGS:
        body = _unpacked(body, most)
    elif encoding not in ("", "identity"):
        said = Text("send it plain, or compressed by gzip")
        raise RefusedEvents(415, "unknown_encoding", said)
    if len(body) > most:
        said = Text("a request may hold {most:,} bytes; send fewer events at once", most=most)
        raise RefusedEvents(413, "too_large", said)
    try:
        return read_json(body)
    except BadEvent as error:
        raise RefusedEvents(400, "invalid_request", error.text) from error


def _unpacked(body: bytes, most: int) -> bytes:
    """Return what is compressed, but no more than a byte too many of it."""
    unpacking = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)  # either of gzip and zlib
    try:
        found = unpacking.decompress(body, most + 1)
    except zlib.error as error:
        said = Text("the compressed body is damaged")
        raise RefusedEvents(400, "invalid_request", said) from error
    if len(found) <= most and not unpacking.eof:
        raise RefusedEvents(400, "invalid_request", Text("the compressed body is damaged"))
    return found


def _refuse_over_limit(key: int, *, at: datetime) -> None:
    caller = f"events:{key}"  # a count that is lost does no harm
    limit = count_request(caller, at=at, most=MOST_A_MINUTE, waits_for_disk=False)
    if limit.is_over:
        said = Text(
            "{most:,} requests a minute are answered; wait {s} s", most=limit.most, s=limit.reset_s
        )
        raise RefusedEvents(429, "too_many", said, wait_s=max(1, limit.reset_s))
    if inbox_bytes() > MOST_WAITING:
        said = Text("too many events wait already; send again later")
        raise RefusedEvents(429, "too_many", said, wait_s=PAUSE_S)


def _moment(sent: object) -> datetime | None:
    try:
        return read_moment(sent) if sent else None
    except BadEvent:  # then nobody's clock is corrected
        return None
