"""The ASGI application that `shinrai serve` runs: it reads a request's body, then a thread answers.

A few threads answer pages, each with its own database connection. The body is read before a thread
is used and within a time limit, so a slow client delays nobody else; if the body does not arrive in
time, the answer is 408. Granian limits the time of headers, but not of bodies.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from string import printable
from tempfile import SpooledTemporaryFile
from typing import Any
from urllib.parse import quote

from asgiref.wsgi import WsgiToAsgiInstance
from django.http import Http404
from django.urls import resolve

from shinrai.sandbox.pool import RUNNING, WAITING
from shinrai.site.middleware import most_bytes
from shinrai.site.processes import end_with_parent
from shinrai.site.wsgi import application as pages

THREADS = 4  # holds fewer connections than more of them, and answers more pages
# SQL of members takes seconds: it has threads of its own, two more than run and wait in the pool.
LONG = re.compile(r"/(w/[^/]+/sql/|api/v1/workspaces/[^/]+/sql/runs)")
LONG_THREADS = RUNNING + WAITING + 2
PATIENCE_S = 20.0
SLOWEST = 4096  # bytes a second that buy more time: 50 MB may take three and a half hours
IN_MEMORY = 1024 * 1024

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

end_with_parent()
_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="shinrai-pages")
_long_threads = ThreadPoolExecutor(LONG_THREADS, thread_name_prefix="shinrai-sql")


class Disconnected(Exception):
    """The browser closed the connection before it had sent the whole body."""


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request with a page, or with 408 if its body does not arrive in time."""
    scope["query_string"] = quote(scope["query_string"], safe=printable).encode("ascii")
    # a proxy sets X-Forwarded-For; X_Forwarded_For would be taken for the same header
    scope["headers"] = [(name, value) for name, value in scope["headers"] if b"_" not in name]
    with SpooledTemporaryFile(max_size=IN_MEMORY) as body:
        try:
            await _read(receive, body, most=_body_bytes(scope))
        except TimeoutError:
            await _send(send, 408, [(b"connection", b"close")], b"")
            return
        except Disconnected:
            return
        body.seek(0)
        loop = asyncio.get_running_loop()
        is_long = scope["method"] == "POST" and LONG.fullmatch(scope["path"])
        threads = _long_threads if is_long else _threads
        await _send(send, *await loop.run_in_executor(threads, _answer, scope, body))


def _answer(scope: Scope, body: Any) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """Run the Django application; return the status, the headers and the whole body."""
    exchange: Any = WsgiToAsgiInstance(pages)  # type: ignore[no-untyped-call]
    exchange.scope = scope
    try:
        environ = exchange.build_environ(scope, body)
    except ValueError:  # the same header a hundred times
        return 400, [], b""
    answer = pages(environ, exchange.start_response)
    try:
        content = b"".join(answer)
    finally:
        answer.close()  # in this thread, whose connection it may close
    start = exchange.response_start
    return start["status"], start["headers"], content


def _body_bytes(scope: Scope) -> int:
    """Return how many bytes of the body to read; 0 if it is longer than the page accepts.

    Also 0 if no length is announced, because WSGI then reads nothing.
    """
    announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
    if not announced.isdigit() or not int(announced):
        return 0
    try:
        page = resolve(scope["path"]).func
    except Http404:
        return 0
    return int(announced) if int(announced) <= most_bytes(page) else 0


async def _read(receive: Receive, body: Any, *, most: int) -> None:
    """Read up to `most` bytes of the request's body into `body`.

    Raises: TimeoutError if they arrive too slowly, Disconnected if the connection is closed.
    """
    if not most:
        return
    loop, size = asyncio.get_running_loop(), 0
    began = loop.time()
    async with asyncio.timeout(PATIENCE_S) as patience:
        while size < most:
            message = await receive()
            if message["type"] != "http.request":
                raise Disconnected
            part = message.get("body", b"")
            body.write(part)
            size += len(part)
            if not message.get("more_body"):
                return
            patience.reschedule(began + PATIENCE_S + size / SLOWEST)


async def _send(
    send: Send, status: int, headers: list[tuple[bytes, bytes]], content: bytes
) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
