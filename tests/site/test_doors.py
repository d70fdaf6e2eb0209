"""The command itself, as a person runs it: a new home, the books made on the way, and served."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from shinrai.site.postgres import Place, is_kept

pytestmark = pytest.mark.house

SHINRAI = [sys.executable, "-m", "shinrai.site"]


@pytest.fixture
def place() -> Iterator[dict[str, str]]:
    """A new home, and a folder of the server that `nobody` can reach if we are root."""
    folder = Path(tempfile.mkdtemp(prefix="shinrai-door-"))
    folder.chmod(0o755)
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SHINRAI_", "DATABASE_", "DJANGO_"))
    }
    environment |= {
        "SHINRAI_HOME": str(folder / "home"),
        "SHINRAI_SERVER_ROOT": str(folder / "server"),
        "SHINRAI_KEEP_S": "0",
        "LANG": "C.UTF-8",
    }
    yield environment
    deadline = time.monotonic() + 60  # patience, not a promise
    while is_kept(Place(folder / "home")):
        assert time.monotonic() < deadline, "the server outlived everybody who used it"
        time.sleep(0.05)
    shutil.rmtree(folder)


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


def test_a_new_home_is_made_by_the_first_command_and_served_by_the_second(
    place: dict[str, str],
) -> None:
    first = shinrai(place, "migrate", "--json")
    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout)["append_only_enforced"] is True

    port = free_port()
    server = subprocess.Popen(
        [*SHINRAI, "serve", "--port", str(port)],
        env=place,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert server.stdout is not None
        assert server.stdout.readline() == f"http://localhost:{port}\n"
        wait_for(port)

        assert get(port, "/")[0] == 200
        assert get(port, "/", Host="evil.example")[0] == 400
        assert get(port, "/static/console/shinrai.css")[0] == 200
        assert get(port, "/nowhere/")[0] == 404
        taken = shinrai(place, "serve", "--port", str(port))
        assert taken.returncode == 1
        assert f"cannot listen on 127.0.0.1:{port}" in taken.stderr
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=20)


def test_the_demo_is_open_to_read_and_to_nothing_else(place: dict[str, str]) -> None:
    """One command on a new home: every page of both workspaces, by nobody in particular."""
    port = free_port()
    demo = subprocess.Popen(
        [*SHINRAI, "demo", "--port", str(port), "--inquiries", "400"],
        env=place,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        wait_for(port)

        for path in (
            "/",
            "/w/michi/",
            "/w/michi/objectives/",
            "/w/michi/objectives/investigations-within-2-days/",
            "/w/michi/imports/new/",
            "/w/michi/reports/",
            "/w/chousa/",
            "/w/chousa/investigations/CRE-015/",
        ):
            assert (path, get(port, path)[0]) == (path, 200)
        case = "/w/chousa/investigations/CRE-015/"
        assert "Due Wed 24 June 18:00" in get(port, case, **{"Accept-Language": "en"})[1]
        assert "期限は6月24日（水）18:00" in get(port, case, **{"Accept-Language": "ja"})[1]
    finally:
        demo.send_signal(signal.SIGTERM)
        told, _ = demo.communicate(timeout=20)
    assert f"http://localhost:{port}/accounts/links/" in told


def test_two_first_commands_at_once_make_one_set_of_tables(place: dict[str, str]) -> None:
    both = [
        subprocess.Popen(
            [*SHINRAI, "migrate", "--json"], env=place, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]

    applied = [len(json.loads(one.communicate()[0])["applied"]) for one in both]

    assert [one.returncode for one in both] == [0, 0]
    assert min(applied) == 0
    assert max(applied) > 0


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 60  # patience, not a promise
    while True:
        try:
            get(port, "/")
        except OSError:
            assert time.monotonic() < deadline, "the console did not come up"
            time.sleep(0.05)
        else:
            return


def test_a_wrong_setting_names_its_variable(place: dict[str, str]) -> None:
    done = shinrai(place | {"SHINRAI_HTTPS": "maybe"}, "migrate")

    assert done.returncode == 2
    assert done.stderr.startswith("shinrai: SHINRAI_HTTPS is 'maybe'; it accepts ")
    assert "Traceback" not in done.stderr


def test_a_server_that_is_not_there_is_said_in_a_line(place: dict[str, str]) -> None:
    url = f"postgresql://app:secret@127.0.0.1:{free_port()}/shinrai"

    done = shinrai(place | {"DATABASE_URL": url}, "accounts", "list", "-w", "tanuki")

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "secret" not in done.stderr
    assert "DATABASE_URL" in done.stderr
