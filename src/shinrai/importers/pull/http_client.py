"""Requests JSON from a server: limits its rate, retries passing errors, and raises for others."""

import base64
import ipaddress
import json
import socket
import ssl
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Final, NamedTuple, Self
from urllib.parse import urljoin, urlsplit

import httpx

from shinrai.delivery.network import is_machinery
from shinrai.importers.pull.errors import (
    PullRefused,
    bad_address,
    bad_certificate,
    given_up,
    moved,
    no_service,
    not_json,
    refused,
    too_large,
)
from shinrai.importers.pull.rate_limit import RateLimit
from shinrai.importers.pull.retry import (
    LONGEST_ASKED_S,
    PASSING,
    TRIES,
    LimitedResponse,
    pause_s,
    retry_after_s,
)

LARGEST_MB: Final = 256
LARGEST: Final = LARGEST_MB * 1024 * 1024
TIMEOUT: Final = httpx.Timeout(60.0, connect=15.0)
AT_HOME: Final = frozenset({"localhost", "127.0.0.1", "::1"})

ABSENT: Final = frozenset({403, 404})

Params = Mapping[str, str | int | None]


class ServerResponse(NamedTuple):
    """A server's answer: its JSON, its headers, and the address it came from."""

    value: Any
    headers: Mapping[str, str]
    url: str

    def object(self) -> Mapping[str, Any]:
        """Return the answer as an object.

        Raises: PullRefused if it is not one.
        """
        if not isinstance(self.value, dict):
            raise not_json(self.url)
        return self.value

    def records(self, name: str | None = None) -> list[Any]:
        """Return the answer as a list, or the list it holds under a name.

        Raises: PullRefused if there is none.
        """
        found = self.value if name is None else self.object().get(name)
        if not isinstance(found, list):
            raise not_json(self.url)
        return found


class HttpClient:
    """Sends requests to one server. `per_minute` limits all of them, `limit=` one kind in addition.

    If a server states its limits in its own way, `limited` returns the seconds to wait, or None if
    an answer is no limit; `longest_s` is the longest wait we accept.

    Raises: BadAddress for an address without TLS that is not this machine.
    """

    def __init__(
        self,
        base_url: str,
        *,
        headers: Mapping[str, str] | None = None,
        per_minute: int = 200,
        tries: int = TRIES,
        limited: Callable[[LimitedResponse], float | None] | None = None,
        longest_s: float = LONGEST_ASKED_S,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self.base_url, self.host = checked_address(base_url)
        self._tries, self._limited, self._longest_s = tries, limited, longest_s
        self._sleep, self._clock, self._wall_clock = sleep, clock, wall_clock
        self._limit = self.rate_limit(per_minute)
        self._http = httpx.Client(
            headers={"Accept": "application/json", "User-Agent": "shinrai", **(headers or {})},
            timeout=TIMEOUT,
            follow_redirects=False,
            trust_env=urlsplit(self.base_url).hostname not in AT_HOME,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def rate_limit(self, per_minute: int) -> RateLimit:
        """Return a limit for one kind of request, on this client's own clock."""
        return RateLimit(per_minute, clock=self._clock, sleep=self._sleep)

    def get(
        self, path: str, params: Params | None = None, *, limit: RateLimit | None = None
    ) -> ServerResponse:
        """Request a path, or a whole address of the same server that an answer named.

        Parameters that are None are left out.

        Raises: PullRefused (`status` is 401, 403, 404, ...), PullFailed.
        """
        return self._request("GET", path, params, None, limit)

    def get_or_none(
        self, path: str, params: Params | None = None, *, absent: Set[int] = ABSENT
    ) -> ServerResponse | None:
        """Request what may not exist or not be allowed; None if the status is in `absent`.

        Raises: PullRefused, PullFailed.
        """
        with suppress_absent(absent):
            return self.get(path, params)
        return None

    def post(self, path: str, body: Any, *, limit: RateLimit | None = None) -> ServerResponse:
        """Send a request with a JSON body: a search, a GraphQL query.

        Raises: PullRefused, PullFailed.
        """
        return self._request("POST", path, None, body, limit)

    def put(self, path: str, body: Any) -> ServerResponse:
        """Replace or change something, with a JSON body.

        Raises: PullRefused, PullFailed.
        """
        return self._request("PUT", path, None, body, None)

    def delete(self, path: str, params: Params | None = None) -> ServerResponse:
        """Delete something.

        Raises: PullRefused, PullFailed.
        """
        return self._request("DELETE", path, params, None, None)

    def through(
        self, transport: httpx.BaseTransport, *, tries: int = TRIES, timeout_s: float = 60.0
    ) -> Self:
        """Send requests by a transport that judges where they go, with so many tries each."""
        self._http.close()
        self._tries = tries
        self._http = httpx.Client(
            headers=self._http.headers,
            timeout=httpx.Timeout(timeout_s, connect=min(timeout_s, 15.0)),
            follow_redirects=False,
            trust_env=False,
            transport=transport,
        )
        return self

    def _request(
        self, method: str, path: str, params: Params | None, body: Any, limit: RateLimit | None
    ) -> ServerResponse:
        url = self._own_url(path)
        where = url.partition("?")[0]
        _refuse_machinery(self.base_url)
        last = ""
        asked: float | None = None
        for attempt in range(self._tries):
            for each in (limit, self._limit):
                if each is not None:
                    each.wait()
            try:
                answer = self._send(method, url, params, body)
            except httpx.TransportError as error:
                _refuse_bad_certificate(where, error)
                last, asked = _error_name(error), None
            else:
                asked = self._asked_to_wait(answer)
                if asked is None and answer.status_code not in PASSING:
                    return _read(where, answer)
                last = str(answer.status_code)
            if asked is not None and asked > self._longest_s:
                break
            if attempt + 1 < self._tries:
                self._sleep(pause_s(attempt) if asked is None else asked)
        raise given_up(where, attempt + 1, last, asked or 0.0)

    def _asked_to_wait(self, answer: httpx.Response) -> float | None:
        """Return the seconds to wait before the next try; None if the answer asks for no wait."""
        status, now = answer.status_code, self._wall_clock()
        asked = retry_after_s(answer.headers, now)
        if self._limited is not None and status >= 400:
            limited = LimitedResponse(status, answer.headers, _hint(answer), asked, now)
            if (waits := self._limited(limited)) is not None:
                return waits
        return asked if status in PASSING else None

    def _send(self, method: str, url: str, params: Params | None, body: Any) -> httpx.Response:
        kept = {name: value for name, value in (params or {}).items() if value is not None}
        more: dict[str, Any] = {"params": kept} if kept else {}
        if body is not None:
            more["json"] = body
        with self._http.stream(method, url, **more) as answer:
            content = bytearray()
            for block in answer.iter_bytes():
                content += block
                if len(content) > LARGEST:
                    raise too_large(url.partition("?")[0], LARGEST_MB)
        headers = [
            pair for pair in answer.headers.multi_items() if pair[0] != "content-encoding"
        ]  # it is unpacked by now
        return httpx.Response(answer.status_code, headers=headers, content=bytes(content))

    def _own_url(self, path: str) -> str:
        """Return the whole address; the token is sent to no other server, whatever answers say."""
        url = urljoin(f"{self.base_url}/", path if "://" in path else path.lstrip("/"))
        if urlsplit(url)[:2] != urlsplit(self.base_url)[:2]:
            raise moved(self.base_url, 0, f"{urlsplit(url).scheme}://{urlsplit(url).netloc}")
        return url


@contextmanager
def suppress_absent(absent: Set[int] = ABSENT) -> Iterator[None]:
    """Leave this block without an error if what it requests does not exist or is not allowed."""
    try:
        yield
    except PullRefused as refused:
        if refused.status not in absent:
            raise


def authorization(token: str) -> dict[str, str]:
    """Return the header for a token: Basic if it is `user:KEY`, otherwise Bearer."""
    if ":" in token:
        return {"Authorization": "Basic " + base64.b64encode(token.encode()).decode()}
    return {"Authorization": f"Bearer {token}"}


def checked_address(url: str) -> tuple[str, str]:
    """Check an address that a token is sent to; return it without a last slash, and its host.

    Addresses in the own network are allowed, except those that no help desk can have.

    Raises: BadAddress.
    """
    text = url.strip(" \t\r\n")
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
        numbers = _numbers(host or "")
    except ValueError as error:
        raise bad_address(_safe_url(text)) from error
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and host in AT_HOME)
    is_plain = text.isprintable() and not set(text) & set(" \\") and "%" not in parts.netloc
    if not host or not is_safe or not is_plain or "@" in parts.netloc:
        raise bad_address(_safe_url(text))
    if parts.query or parts.fragment:
        raise bad_address(_safe_url(text))
    if numbers is not None and is_machinery(str(numbers)):
        raise no_service(host)
    return text.rstrip("/"), parts.netloc


def _refuse_machinery(base_url: str) -> None:
    """Raise for a name that leads where no help desk can be, such as to the keys of a cloud.

    Its own network is open to whoever runs the command; what a name answers a moment later has no
    certificate for it, and so gets no token. A proxy may know names that this machine does not.

    Raises: BadAddress.
    """
    host = urlsplit(base_url).hostname or ""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return
    if any(is_machinery(str(place[0])) for *_, place in found):
        raise no_service(host)


def _numbers(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return a host written in numbers, in any form resolvers accept, as an address, or None."""
    host = unicodedata.normalize("NFKC", host).replace("。", ".").rstrip(".")
    if ":" in host:
        return ipaddress.IPv6Address(host)
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))  # 0xA9FEA9FE is 169.254.169.254, too
    except (OSError, UnicodeEncodeError):
        return None


def _safe_url(url: str) -> str:
    """Return an address without a possible password, and with invisible characters replaced."""
    head, mark, rest = url.rpartition("@")
    scheme = head.partition("://")[0] if mark and "://" in head else ""
    shown = f"{scheme}://{rest}" if mark else url
    return "".join(sign if sign.isprintable() else "?" for sign in shown)


def _read(where: str, answer: httpx.Response) -> ServerResponse:
    status = answer.status_code
    if 300 <= status < 400:
        raise moved(where, status, answer.headers.get("location", "?").partition("?")[0])
    if status >= 400:
        raise refused(where, status, _hint(answer))
    if not answer.content:  # as what was changed or deleted is answered
        return ServerResponse(None, answer.headers, where)
    try:
        value = json.loads(answer.content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise not_json(where) from error
    return ServerResponse(value, answer.headers, where)


def _hint(answer: httpx.Response) -> str:
    """Return the server's own error message, if there is one, cut to 120 characters."""
    try:
        said = json.loads(answer.content)
    except ValueError:
        return ""
    if not isinstance(said, dict):
        return ""
    found = next((said[key] for key in ("error", "message", "description") if key in said), "")
    if isinstance(found, dict):
        found = found.get("message") or found.get("title") or ""
    return str(found)[:120] if isinstance(found, str) else ""


def _error_name(error: httpx.TransportError) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")[:160]


def _refuse_bad_certificate(where: str, error: BaseException) -> None:
    """Raise for a certificate that is not trusted, as another try would not help.

    Raises: PullRefused.
    """
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            raise bad_certificate(where, cause.verify_message) from error
        cause = cause.__cause__ or cause.__context__
