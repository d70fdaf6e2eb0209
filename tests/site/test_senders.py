"""A thousand senders who never finish what they send hold up nobody, and are told to go."""

import http.client
import resource
import socket
import sys
from collections import Counter
from contextlib import ExitStack, closing

import pytest

from tests.site.serving import free_port, get, served

SENDERS = 1000
BEGUN = b"POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\n{"
PATIENCE_S = 60


@pytest.mark.end_to_end
@pytest.mark.skipif(sys.platform == "win32", reason="looks at the limits of open files")
def test_a_thousand_senders_who_do_not_finish(place: dict[str, str]) -> None:
    soft, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most < 4 * SENDERS:
        pytest.skip(f"only {most} files may be open here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (4 * SENDERS, most))
    port = free_port()
    with served(place, port), ExitStack() as lines:
        lines.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, most))
        slow = []
        for _ in range(SENDERS):
            line = lines.enter_context(socket.create_connection(("127.0.0.1", port), PATIENCE_S))
            line.sendall(BEGUN)
            slow.append(line)

        assert answer_to_events(port) == 401
        for line in slow[:10]:
            line.sendall(b" ")  # a byte now and then buys no time
        assert get(port, "/")[0] == 200
        answers = Counter(line.recv(12) for line in slow)

        assert answers == {b"HTTP/1.1 408": SENDERS}
        assert answer_to_events(port) == 401


def answer_to_events(port: int) -> int:
    """Return what a sender is told whose key nobody knows."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)) as line:
        line.request("POST", "/v1/batch", b'{"batch": []}', {"Authorization": "Bearer none"})
        with line.getresponse() as answer:
            return answer.status
