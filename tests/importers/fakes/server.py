"""A server on loopback whose answers a test writes, with trouble in between.

with FakeServer({"/api/things": lambda ask: {"things": [1, 2]}}) as server:
    server.trouble = ["429 30", "500", "cut"]     # before anything is answered
    client = client_of(server, naps)
"""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from shinrai.importers.pull.http_client import HttpClient


@dataclass(frozen=True)
class Ask:
    """A request: its path, what is asked, with which headers and body."""

    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: Any = None
    method: str = "GET"

    def one(self, name: str, default: str = "") -> str:
        """Take the one value of a parameter."""
        return self.query.get(name, [default])[0]


@dataclass(frozen=True)
class Reply:
    """An answer that is no plain 200 with JSON."""

    status: int = 200
    value: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None


Answerer = Callable[[Ask], Any]


@dataclass
class FakeServer:
    """Answers by path: the longest that the request begins with.

    `trouble` is used up first, one for each request: `500`, `429 30` (Retry-After: 30), `cut` (the
    answer breaks off), `html` (a page for people).
    """

    answers: Mapping[str, Answerer]
    trouble: list[str] = field(default_factory=list)
    asked: list[Ask] = field(default_factory=list)

    def __enter__(self) -> Self:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                fake._answer(self, None)

            def do_POST(self) -> None:
                size = int(self.headers.get("Content-Length", 0))
                fake._answer(self, json.loads(self.rfile.read(size) or "null"))

            def do_PUT(self) -> None:
                self.do_POST()

            def do_DELETE(self) -> None:
                self.do_POST()

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """Say where it listens."""
        return f"http://127.0.0.1:{self._http.server_port}"

    def paths(self) -> list[str]:
        """List the paths that were asked for, in their order."""
        return [ask.path for ask in self.asked]

    def _answer(self, handler: BaseHTTPRequestHandler, body: Any) -> None:
        parts = urlsplit(handler.path)
        ask = Ask(
            parts.path, parse_qs(parts.query), dict(handler.headers.items()), body, handler.command
        )
        self.asked.append(ask)
        reply = self._trouble() or self._found(ask)
        content = reply.raw if reply.raw is not None else json.dumps(reply.value).encode()
        content = b"" if reply.status == 204 else content
        is_cut = reply.headers.get("X-Cut") == "yes"
        handler.send_response(reply.status)
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(content) + (1000 if is_cut else 0)))
        handler.end_headers()
        handler.wfile.write(content)
        handler.close_connection = True

    def _found(self, ask: Ask) -> Reply:
        fitting = [path for path in self.answers if ask.path.startswith(path)]
        if not fitting:
            return Reply(404, {"error": "RecordNotFound"})
        given = self.answers[max(fitting, key=len)](ask)
        return given if isinstance(given, Reply) else Reply(value=given)

    def _trouble(self) -> Reply | None:
        if not self.trouble:
            return None
        kind, _, more = self.trouble.pop(0).partition(" ")
        match kind:
            case "":
                return None
            case "cut":
                return Reply(200, {"half": "of"}, {"X-Cut": "yes"})
            case "html":
                return Reply(
                    200, raw=b"<html>Sign in</html>", headers={"Content-Type": "text/html"}
                )
        return Reply(int(kind), {"error": "not now"}, headers={"Retry-After": more} if more else {})


def client_of(server: FakeServer, naps: list[float], **more: Any) -> HttpClient:
    """Make a client of a fake server that sleeps on paper: `naps` notes for how long."""
    return HttpClient(
        server.url, sleep=naps.append, clock=lambda: sum(naps), wall_clock=lambda: sum(naps), **more
    )
