"""The command line and the served console, as tests use them from outside."""

import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SHINRAI = [sys.executable, "-m", "shinrai.site"]


def shinrai(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*SHINRAI, *words], env=environment, capture_output=True, text=True, check=False
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def get(port: int, path: str, **headers: str) -> tuple[int, str]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    try:
        # Patience, not a promise: the first of some pages loads its libraries.
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 240  # patience, not a promise: a demo on a busy machine
    while True:
        try:
            get(port, "/")
        except OSError:
            assert time.monotonic() < deadline, "the console did not come up"
            time.sleep(0.05)
        else:
            return


@contextmanager
def served(environment: dict[str, str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Serve a home until the block ends, beginning when its first page answers."""
    server = subprocess.Popen(
        [*SHINRAI, "serve", "--port", str(port)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port)
        yield server
    finally:
        if server.poll() is None:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=30)


def lives(pid: int) -> bool:
    """Say whether a process is there; a zombie is not."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def gone(pid: int) -> bool:
    """Wait a moment for a process to end; say whether it did."""
    until = time.monotonic() + 15
    while lives(pid) and time.monotonic() < until:
        time.sleep(0.05)
    return not lives(pid)


def children(pid: int) -> dict[int, str]:
    """List the living children of a process, with their command lines."""
    found = (Path(path).read_text() for path in Path(f"/proc/{pid}/task").glob("*/children"))
    pids = [int(child) for text in found for child in text.split()]
    return {
        child: Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        for child in pids
        if lives(child)
    }
