"""A small OpenID Connect provider on this machine, which says of everybody what it is told to."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

CLIENT, SECRET, CODE = "shinrai", "not-a-secret-" * 3, "code-1"


class FakeProvider(ThreadingHTTPServer):
    """Answers discovery, tokens and claims; what it is asked stays in `asked`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.claims: dict[str, Any] = {"sub": "1", "email_verified": True}
        self.audience, self.challenge = CLIENT, ""
        self.asked: list[str] = []

    def id_token(self) -> str:
        import jwt

        now = int(time.time())
        told = {"iss": self.address, "aud": self.audience, "iat": now, "exp": now + 60}
        return jwt.encode(told | self.claims, SECRET, algorithm="HS256")

    def takes(self, form: dict[str, list[str]]) -> bool:
        """Say whether a form brings our code, secret and the verifier behind the challenge."""
        digest = hashlib.sha256(form.get("code_verifier", [""])[0].encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        given = [form.get(name) for name in ("code", "client_id", "client_secret")]
        return given == [[CODE], [CLIENT], [SECRET]] and proof == self.challenge


class _Answers(BaseHTTPRequestHandler):
    server: FakeProvider

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        if self.path == "/userinfo":
            return self._send(200, self.server.claims)
        there = self.server.address
        names = ("authorization", "token", "userinfo")
        found = {f"{name}_endpoint": f"{there}/{name}" for name in names}
        methods = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
        return self._send(200, found | methods | {"issuer": there, "jwks_uri": f"{there}/keys"})

    def do_POST(self) -> None:
        self.server.asked.append(self.path)
        length = int(self.headers["Content-Length"])
        if not self.server.takes(parse_qs(self.rfile.read(length).decode())):
            return self._send(400, {"error": "invalid_grant"})
        return self._send(200, {"access_token": "a", "id_token": self.server.id_token()})

    def _send(self, status: int, answer: dict[str, Any]) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: Any) -> None:
        """Say nothing."""


@contextmanager
def provider() -> Iterator[FakeProvider]:
    """Run a provider until the block ends."""
    with FakeProvider() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()
