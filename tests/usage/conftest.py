"""Object storage on the loopback, in a process of its own."""

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from time import monotonic, sleep
from urllib.request import Request, urlopen

import pytest

KEYS = {
    "AWS_ACCESS_KEY_ID": "key",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_REGION": "us-east-1",
    "AWS_ALLOW_HTTP": "true",
}


@pytest.fixture(scope="session")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a server that speaks S3, and return its address."""
    if find_spec("moto") is None:
        pytest.skip("moto, of the group spark, is not installed: bin/setup --spark")
    log = tmp_path_factory.mktemp("storage") / "log"
    # Not a thread: Delta holds the interpreter while it waits for an answer.
    words = [sys.executable, "-u", "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
    with log.open("wb") as said, subprocess.Popen(words, stderr=said, stdout=said) as server:
        ends = monotonic() + 60
        while not (found := re.search(r"http://127\.0\.0\.1:\d+", log.read_text("utf-8"))):
            assert monotonic() < ends, log.read_text("utf-8")
            sleep(0.1)
        yield found[0]
        server.terminate()


@pytest.fixture
def bucket(storage: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """Make a bucket of the test's own and return the address of tables in it."""
    for name, value in (KEYS | {"AWS_ENDPOINT_URL": storage}).items():
        monkeypatch.setenv(name, value)
    name = f"b{abs(hash(request.node.name))}"
    told(f"{storage}/{name}", method="PUT")
    return f"s3://{name}/tables"


def told(address: str, *, data: bytes | None = None, method: str = "POST") -> None:
    """Tell the server something, as whoever administers it does."""
    plain = {"Content-Type": "text/plain"}
    with urlopen(Request(address, data, plain, method=method)):
        pass
