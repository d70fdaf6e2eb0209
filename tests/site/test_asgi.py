"""Bodies are read against a deadline before a page is asked; what comes whole arrives whole."""

import asyncio
import importlib
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

import pytest

Environment = dict[str, Any]


@pytest.fixture
def asgi(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The application over pages of the test's own, and with little patience."""
    seen: list[Environment] = []

    def pages(environ: Environment, start: Callable[..., None]) -> Any:
        environ["body"] = environ["wsgi.input"].read()
        seen.append(environ)
        start("200 OK", [("Content-Type", "text/plain")])
        return Answer([b"read ", str(len(environ["body"])).encode()])

    class Answer(list[bytes]):
        def close(self) -> None:
            seen[-1]["closed"] = True

    stub = types.ModuleType("shinrai.site.wsgi")
    stub.application = pages  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "shinrai.site.wsgi", stub)
    monkeypatch.delitem(sys.modules, "shinrai.site.asgi", raising=False)
    module = importlib.import_module("shinrai.site.asgi")
    monkeypatch.setattr(module, "PATIENCE_S", 0.3)
    module.seen = seen  # type: ignore[attr-defined]
    yield module
    sys.modules.pop("shinrai.site.asgi", None)


def ask(
    asgi: Any,
    parts: list[bytes | float],
    *,
    path: str = "/accounts/login/",
    query: bytes = b"",
    **headers: str,
) -> tuple[int, bytes]:
    """Send a request: its body in parts, with pauses (in seconds) between; ends with a hang."""
    sent: list[dict[str, Any]] = []
    named = [(name.replace("__", "-").encode(), value.encode()) for name, value in headers.items()]

    async def receive() -> dict[str, Any]:
        while parts and isinstance(parts[0], float):
            await asyncio.sleep(parts.pop(0))  # type: ignore[arg-type]
        if not parts:
            await asyncio.sleep(60)
        return {"type": "http.request", "body": parts.pop(0), "more_body": True}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": query,
        "http_version": "1.1",
        "headers": named,
        "client": ("127.0.0.1", "1"),
    }
    asyncio.run(asgi.application(scope, receive, send))
    return sent[0]["status"], sent[-1]["body"]


def test_a_body_in_parts_arrives_whole(asgi: Any) -> None:
    status, body = ask(asgi, [b"a" * 70_000, 0.05, b"b" * 30_000], content__length="100000")

    assert (status, body) == (200, b"read 100000")
    assert asgi.seen[0]["body"] == b"a" * 70_000 + b"b" * 30_000
    assert asgi.seen[0]["closed"]


@pytest.mark.parametrize("parts", [[], [b"a"], [0.05, b"a", 0.05, b"a"], [b"a", 0.2] * 9])
def test_a_body_that_does_not_come_is_refused_and_no_page_asked(
    asgi: Any, parts: list[bytes | float]
) -> None:
    assert ask(asgi, parts, content__length="100")[0] == 408
    assert asgi.seen == []


def test_a_slow_line_is_given_the_time_its_bytes_buy(
    asgi: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten times 100 bytes within 1 s: longer than our patience, and fast enough."""
    monkeypatch.setattr(asgi, "SLOWEST", 500)

    assert ask(asgi, [b"a" * 100, 0.1] * 10, content__length="1000") == (200, b"read 1000")


@pytest.mark.parametrize(
    ("path", "length", "read"),
    [
        ("/accounts/login/", str(5 * 1024 * 1024 + 1), 0),
        ("/accounts/login/", "999999999999", 0),
        ("/nowhere/", "5", 0),
        ("/accounts/login/", "nonsense", 0),
        ("/accounts/login/", "0", 0),
        ("/accounts/login/", "5", 5),
    ],
)
def test_what_no_page_takes_is_not_read(asgi: Any, path: str, length: str, read: int) -> None:
    assert ask(asgi, [b"hello"], path=path, content__length=length)[1] == b"read %d" % read


def test_a_header_that_looks_like_the_proxys_is_dropped(asgi: Any) -> None:
    ask(asgi, [], x__forwarded__for="192.0.2.1", x_forwarded_for="203.0.113.9", x_plain="a")

    environ = asgi.seen[0]
    assert environ["HTTP_X_FORWARDED_FOR"] == "192.0.2.1"
    assert "HTTP_X_PLAIN" not in environ


def test_a_question_that_was_not_quoted_is_read(asgi: Any) -> None:
    ask(asgi, [], query="q=返金&x=%20".encode())

    assert asgi.seen[0]["QUERY_STRING"] == "q=%E8%BF%94%E9%87%91&x=%20"
