"""A console of which any process was killed comes back by itself, and its port is free again."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.site.processes import FIRST_PAUSE_S, LONGEST_PAUSE_S, STEADY_S, restart_delay_s
from tests.site.serving import SHINRAI, children, free_port, get, gone, served, wait_for

BACK_S = 60  # patience on a busy machine; a quiet one takes a second or two
SLOW = 40  # ten times as many as threads answer pages
COOKIE = "shinrai_csrf=" + "a" * 32  # with it the form is read to its end

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")


def is_served(port: int) -> bool:
    try:
        return get(port, "/")[0] == 200
    except OSError:
        return False


def comes_back(port: int) -> bool:
    deadline = time.monotonic() + BACK_S
    while not is_served(port):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def keeper_of(home: str) -> int:
    deadline = time.monotonic() + BACK_S
    while True:
        try:
            state = json.loads(Path(home, "postgresql", "state.json").read_text())
        except (OSError, ValueError):
            state = {"ready": False}
        if state["ready"]:
            return int(state["pid"])
        assert time.monotonic() < deadline
        time.sleep(0.05)


def child_of(parent: Callable[[], int], is_meant: Callable[[str], bool]) -> int:
    """Find a process that may only just be starting."""
    deadline = time.monotonic() + BACK_S
    while True:
        for pid, words in children(parent()).items():
            if is_meant(words):
                return pid
        assert time.monotonic() < deadline
        time.sleep(0.05)


def answers_requests(server: int) -> int:
    return child_of(lambda: server, lambda words: "worker" not in words)


def postmaster_of(home: str) -> int:
    return child_of(lambda: keeper_of(home), lambda _: True)


def works(server: int) -> int | None:
    return next((pid for pid, words in children(server).items() if "worker" in words), None)


@linux
@pytest.mark.end_to_end
def test_whatever_is_killed_comes_back(place: dict[str, str]) -> None:
    """The kernel, short of memory, kills one process after the other."""
    port = free_port()
    with served(place, port) as server:
        os.kill(answers_requests(server.pid), signal.SIGKILL)
        assert comes_back(port), "the process that answers requests"

        first = works(server.pid)
        assert first is not None
        os.kill(first, signal.SIGKILL)
        assert gone(first)
        deadline = time.monotonic() + BACK_S
        while works(server.pid) in (None, first):
            assert time.monotonic() < deadline, "the worker"
            time.sleep(0.1)

        home = place["SHINRAI_HOME"]
        backend = child_of(lambda: postmaster_of(home), lambda words: "shinrai_app" in words)
        os.kill(backend, signal.SIGKILL)
        assert comes_back(port), "a process of PostgreSQL"

        postmaster = postmaster_of(home)
        os.kill(postmaster, signal.SIGKILL)
        assert gone(postmaster)
        assert comes_back(port), "PostgreSQL"

        os.kill(keeper_of(home), signal.SIGKILL)
        assert comes_back(port), "the keeper of PostgreSQL"

        # one that dies of its start, as it seems: served again all the same, a moment later
        for _ in range(2):
            os.kill(answers_requests(server.pid), signal.SIGKILL)
            time.sleep(0.5)
        assert comes_back(port), "the process that answers requests, killed again at once"
        assert server.poll() is None


@linux
@pytest.mark.end_to_end
def test_a_killed_server_leaves_nobody_on_its_port(place: dict[str, str]) -> None:
    port = free_port()
    with served(place, port) as server:
        orphan = answers_requests(server.pid)
        server.send_signal(signal.SIGKILL)
        server.wait()

        again = subprocess.Popen(
            [*SHINRAI, "serve", "--port", str(port)], env=place, stderr=subprocess.PIPE, text=True
        )
        try:
            assert gone(orphan)
            wait_for(port)
            assert again.poll() is None, again.stderr and again.stderr.read()
        finally:
            again.terminate()
            again.communicate(timeout=30)


@pytest.mark.end_to_end
def test_a_port_somebody_else_has_is_named_with_another(place: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        done = subprocess.run(
            [*SHINRAI, "serve", "--port", str(port)],
            env=place,
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}: another program listens there" in done.stderr
    assert "shinrai serve --port" in done.stderr


@pytest.mark.end_to_end
def test_who_sends_slowly_waits_alone(place: dict[str, str]) -> None:
    """Forty forms are begun; of half of them a letter comes each second, of the others nothing."""
    port = free_port()
    form = (
        f"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nCookie: {COOKIE}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n\r\na"
    )
    with served(place, port):
        waiting = [socket.create_connection(("127.0.0.1", port)) for _ in range(SLOW)]
        for one in waiting:
            one.sendall(form.encode())

        began = time.monotonic()
        answers: dict[int, bytes] = {}
        while len(answers) < SLOW and time.monotonic() - began < BACK_S:
            asked = time.monotonic()
            assert is_served(port)
            assert time.monotonic() - asked < 10
            for number, one in enumerate(waiting):
                if number in answers:
                    continue
                try:
                    if number % 2:
                        one.sendall(b"a")
                    one.setblocking(False)
                    answers[number] = one.recv(100)
                except BlockingIOError:
                    pass
                except OSError:
                    answers[number] = b"HTTP/1.1 408"  # shut while we were still sending
                finally:
                    one.setblocking(True)
            time.sleep(1)
        for one in waiting:
            one.close()

    assert {answer[:12] for answer in answers.values()} == {b"HTTP/1.1 408"}
    assert len(answers) == SLOW


@given(lives_s=st.lists(st.floats(0, 2 * STEADY_S), min_size=1, max_size=20))
def test_what_keeps_dying_is_started_ever_more_slowly(lives_s: list[float]) -> None:
    waits = [0.0]
    for lived_s in lives_s:
        waits.append(restart_delay_s(waits[-1], lived_s=lived_s))

    for before, after, lived_s in zip(waits, waits[1:], lives_s, strict=False):
        assert FIRST_PAUSE_S <= after <= LONGEST_PAUSE_S
        if lived_s >= STEADY_S or not before:
            assert after == FIRST_PAUSE_S
        else:
            assert after == min(2 * before, LONGEST_PAUSE_S)
