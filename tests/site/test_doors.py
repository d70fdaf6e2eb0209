"""The command itself, as a person runs it: a new home, the database made on the way, and served."""

import json
import signal
import subprocess
from pathlib import Path

import pytest

from tests.site.serving import SHINRAI, free_port, get, shinrai, wait_for

pytestmark = pytest.mark.end_to_end


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


@pytest.mark.parametrize("round_", range(2))
def test_first_commands_at_once_make_one_set_of_tables(place: dict[str, str], round_: int) -> None:
    """Four people try a new home together; whoever comes second waits for the tables."""
    asked = (
        ("migrate", "--json"),
        ("calendars", "list", "-w", "tanuki"),
        ("accounts", "list", "-w", "tanuki"),
        ("objectives", "list", "-w", "tanuki"),
    )
    running = [
        subprocess.Popen(
            [*SHINRAI, *words], env=place, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for words in asked
    ]

    said = [one.communicate() for one in running]

    assert running[0].returncode == 0, said[0][1]
    for _, complaint in said[1:]:  # the tables are there; the workspace is not
        assert "no workspace" in complaint
        assert "permission" not in complaint
        assert "broke" not in complaint
    assert json.loads(shinrai(place, "migrate", "--json").stdout)["applied"] == []


@pytest.mark.parametrize(
    "words",
    [
        ("--version",),
        ("accounts", "add", "--help"),
        ("serve", "-h"),
        ("report", "--help"),
        ("migrate", "--frobnicate"),
        ("accounts", "frobnicate"),
        ("import", "csv"),
        ("demo", "--port", "many"),
    ],
)
def test_asking_for_help_or_wrongly_makes_no_home(
    place: dict[str, str], words: tuple[str, ...]
) -> None:
    done = shinrai(place, *words)

    is_wrong = not {"--version", "--help", "-h"} & set(words)
    assert done.returncode == (2 if is_wrong else 0), done.stderr
    assert not Path(place["SHINRAI_HOME"]).exists()


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
