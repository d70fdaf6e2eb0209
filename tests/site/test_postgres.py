"""The private PostgreSQL comes up, is closed to others, survives every kind of death, and goes."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from shinrai.site.cluster import processes_in
from shinrai.site.home import HomeUnusable
from shinrai.site.postgres import APP, Address, Hold, Place, is_kept

pytestmark = pytest.mark.records  # it is PostgreSQL itself that is tried here

CLIENT = """
import sys, time
from pathlib import Path
from shinrai.site.postgres import Hold, read_state
hold = Hold(Path(sys.argv[1]), ephemeral=True)
print(read_state(hold.place).pid, flush=True)
time.sleep(float(sys.argv[2]))
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home with a blank in its name, in a world with an odd locale and no runtime folder."""
    monkeypatch.setenv("SHINRAI_KEEP_S", "0")
    monkeypatch.setenv("LC_ALL", "xx_YY.nowhere")
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    home = tmp_path / "my books" / "家"
    yield home
    wait_until(lambda: not is_kept(Place(home)))


def wait_until(is_so: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)


def ask(address: Address, question: str) -> object:
    with psycopg.connect(
        host=address.host,
        port=address.port,
        dbname=address.name,
        user=address.user,
        password=address.password,
    ) as connection:
        cursor = connection.execute(question.encode())
        row = cursor.fetchone() if cursor.description else None
        return row and row[0]


def keeper_pid(home: Path) -> int:
    pid: int = json.loads(Place(home).state.read_text(encoding="utf-8"))["pid"]
    return pid


def postmaster_pid(address: Address) -> int:
    lock = Path(address.host, ".s.PGSQL.5432.lock").read_text(encoding="ascii")
    return int(lock.split()[0])


class TestComingUp:
    def test_is_closed_to_everybody_else(self, home: Path) -> None:
        hold = Hold(home, ephemeral=True)
        try:
            app = hold.address(APP)
            data = Path(str(ask(hold.address("postgres"), "SHOW data_directory")))

            assert ask(app, "SELECT current_user") == "shinrai_app"
            assert ask(app, "SHOW listen_addresses") == ""
            assert home.stat().st_mode & 0o777 == 0o700
            assert data.stat().st_mode & 0o777 == 0o700
            assert Path(app.host).stat().st_mode & 0o777 == 0o700
            with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
                ask(Address(app.host, app.port, app.name, app.user, "guess"), "SELECT 1")
        finally:
            hold.release()

    def test_reads_japanese_alike_everywhere(self, home: Path) -> None:
        hold = Hold(home, ephemeral=True)
        try:
            app = hold.address(APP)

            assert ask(app, "SHOW server_encoding") == "UTF8"
            assert ask(app, "SELECT lower('ÄÉ')") == "äé"
            assert ask(app, "SELECT normalize('ﾊﾟｽ', NFKC) = 'パス'") is True
            assert ask(app, "SHOW timezone") == "UTC"
        finally:
            hold.release()

    def test_two_who_start_at_once_share_one_server(self, home: Path) -> None:
        clients = [
            subprocess.Popen(
                [sys.executable, "-c", CLIENT, str(home), "1.5"], stdout=subprocess.PIPE
            )
            for _ in range(3)
        ]

        keepers = [client.communicate()[0] for client in clients]

        assert [client.returncode for client in clients] == [0, 0, 0]
        assert len(set(keepers)) == 1

    def test_a_home_that_cannot_be_made_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("in the way", encoding="utf-8")

        with pytest.raises(HomeUnusable, match="SHINRAI_HOME"):
            Hold(tmp_path / "file" / "home")


class TestGoing:
    def test_stays_for_the_last_client_and_then_stops_and_clears_up(self, home: Path) -> None:
        first, second = Hold(home, ephemeral=True), Hold(home, ephemeral=True)
        server = postmaster_pid(first.address(APP))
        first.release()
        time.sleep(0.5)

        assert ask(second.address(APP), "SELECT 1") == 1

        second.release()
        wait_until(lambda: not Path(f"/proc/{server}").exists())
        wait_until(lambda: not home.exists())

    def test_a_killed_client_holds_nothing(self, home: Path) -> None:
        client = subprocess.Popen(
            [sys.executable, "-c", CLIENT, str(home), "60"], stdout=subprocess.PIPE
        )
        assert client.stdout is not None
        keeper = int(client.stdout.readline())
        client.kill()
        client.communicate()

        wait_until(lambda: not Path(f"/proc/{keeper}").exists())


class TestDeaths:
    def test_a_killed_server_is_started_again_with_all_it_knew(self, home: Path) -> None:
        hold = Hold(home, ephemeral=True)
        try:
            root = hold.address("postgres")
            ask(root, "CREATE TABLE kept AS SELECT 7 AS n")
            ask(root, "CHECKPOINT")  # an ephemeral server does not wait for the disk
            os.kill(postmaster_pid(root), signal.SIGKILL)

            wait_until(lambda: answers(root))

            assert ask(root, "SELECT n FROM kept") == 7
        finally:
            hold.release()

    def test_a_killed_keeper_takes_its_server_along_and_the_next_client_starts_anew(
        self, home: Path
    ) -> None:
        first = Hold(home, ephemeral=True)
        root = first.address("postgres")
        data = Path(str(ask(root, "SHOW data_directory")))
        ask(root, "CREATE TABLE kept AS SELECT 7 AS n")
        os.kill(keeper_pid(home), signal.SIGKILL)
        wait_until(lambda: not processes_in(data))

        second = Hold(home, ephemeral=True)
        try:
            assert second.address("postgres") == root, "who waits finds it at the same address"
            assert ask(root, "SELECT n FROM kept") == 7
        finally:
            first.release()
            second.release()

    def test_a_stale_pid_that_somebody_else_has_now_is_no_hindrance(self, home: Path) -> None:
        """Pid 1 is always somebody, after any restart of a container."""
        first = Hold(home, ephemeral=True)
        data = Path(str(ask(first.address("postgres"), "SHOW data_directory")))
        server = postmaster_pid(first.address(APP))
        pid_file = data / "postmaster.pid"
        lines = pid_file.read_text(encoding="utf-8").splitlines()
        os.kill(keeper_pid(home), signal.SIGKILL)
        wait_until(lambda: not Path(f"/proc/{server}").exists() and not processes_in(data))
        pid_file.write_text("\n".join(["1", *lines[1:]]) + "\n", encoding="utf-8")

        second = Hold(home, ephemeral=True)
        try:
            assert ask(second.address(APP), "SELECT 1") == 1
        finally:
            first.release()
            second.release()

    def test_a_watching_door_starts_a_killed_keeper_again(self, home: Path) -> None:
        hold = Hold(home, ephemeral=True)
        try:
            hold.watch()
            os.kill(keeper_pid(home), signal.SIGKILL)
            wait_until(lambda: not is_kept(hold.place))

            wait_until(lambda: is_kept(hold.place) and answers(hold.address(APP)))
        finally:
            hold.release()


def answers(address: Address) -> bool:
    try:
        return ask(address, "SELECT 1") == 1
    except psycopg.OperationalError:
        return False
