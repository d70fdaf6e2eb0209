"""The private PostgreSQL comes up, is closed to others, survives every kind of death, and goes."""

import json
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from shinrai.site import postgres_cluster
from shinrai.site.home_folder import HomeUnusable
from shinrai.site.postgres_cluster import processes_in
from shinrai.site.postgres_programs import Programs
from shinrai.site.postgres_server import APP, Address, ServerLease, ServerPaths, is_kept
from shinrai.site.postgres_supervisor import Supervisor

pytestmark = pytest.mark.records  # it is PostgreSQL itself that is tried here

CLIENT = """
import sys, time
from pathlib import Path
from shinrai.site.postgres_server import ServerLease, read_state
hold = ServerLease(Path(sys.argv[1]), ephemeral=True)
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
    wait_until(lambda: not is_kept(ServerPaths(home)))


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
    pid: int = json.loads(ServerPaths(home).state.read_text(encoding="utf-8"))["pid"]
    return pid


def postmaster_pid(address: Address) -> int:
    lock = Path(address.host, ".s.PGSQL.5432.lock").read_text(encoding="ascii")
    return int(lock.split()[0])


class TestComingUp:
    def test_is_closed_to_everybody_else(self, home: Path) -> None:
        hold = ServerLease(home, ephemeral=True)
        try:
            app = hold.address(APP)
            data = Path(str(ask(hold.address("postgres"), "SHOW data_directory")))

            assert ask(app, "SELECT current_user") == "shinrai_app"
            assert ask(app, "SHOW listen_addresses") == ""
            assert home.stat().st_mode & 0o777 == 0o700
            assert data.stat().st_mode & 0o777 == 0o700
            assert Path(app.host).stat().st_mode & 0o007 == 0
            with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
                ask(Address(app.host, app.port, app.name, app.user, "guess"), "SELECT 1")
        finally:
            hold.release()

    @pytest.mark.skipif(os.geteuid() != 0, reason="as root alone it runs as `nobody`")
    def test_others_who_run_as_nobody_are_kept_out(self, home: Path) -> None:
        """A web server that also runs as `nobody` was broken into, and looks around."""
        hold = ServerLease(home, ephemeral=True)
        try:
            data = Path(str(ask(hold.address("postgres"), "SHOW data_directory")))
            postmaster = postmaster_pid(hold.address(APP))
            nobody = pwd.getpwnam("nobody")

            def sees(path: Path) -> bool:
                looked = subprocess.run(
                    ["/bin/ls", f"{path}/"],
                    user=nobody.pw_uid,
                    group=nobody.pw_gid,
                    extra_groups=[],
                    capture_output=True,
                    check=False,
                )
                return looked.returncode == 0

            assert sees(data.parent.parent), "the programs beside the data are everybody's"
            for shut in (data, data / "base", data.parent, Path(hold.address(APP).host)):
                assert not sees(shut), shut
            for way in ("cwd", "root"):
                assert not sees(Path(f"/proc/{postmaster}/{way}")), way
            memory = ask(hold.address("postgres"), "SHOW dynamic_shared_memory_type")
            assert memory == "mmap", "memory by name would be any nobody's"
        finally:
            hold.release()

    def test_reads_japanese_alike_everywhere(self, home: Path) -> None:
        hold = ServerLease(home, ephemeral=True)
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
            ServerLease(tmp_path / "file" / "home")


class TestGoing:
    def test_stays_for_the_last_client_and_then_stops_and_clears_up(self, home: Path) -> None:
        first, second = ServerLease(home, ephemeral=True), ServerLease(home, ephemeral=True)
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
        hold = ServerLease(home, ephemeral=True)
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
        first = ServerLease(home, ephemeral=True)
        root = first.address("postgres")
        data = Path(str(ask(root, "SHOW data_directory")))
        ask(root, "CREATE TABLE kept AS SELECT 7 AS n")
        os.kill(keeper_pid(home), signal.SIGKILL)
        wait_until(lambda: not processes_in(data))

        second = ServerLease(home, ephemeral=True)
        try:
            assert second.address("postgres") == root, "who waits finds it at the same address"
            assert ask(root, "SELECT n FROM kept") == 7
        finally:
            first.release()
            second.release()

    def test_a_stale_pid_that_somebody_else_has_now_is_no_hindrance(self, home: Path) -> None:
        """Pid 1 is always somebody, after any restart of a container."""
        first = ServerLease(home, ephemeral=True)
        data = Path(str(ask(first.address("postgres"), "SHOW data_directory")))
        server = postmaster_pid(first.address(APP))
        pid_file = data / "postmaster.pid"
        lines = pid_file.read_text(encoding="utf-8").splitlines()
        os.kill(keeper_pid(home), signal.SIGKILL)
        wait_until(lambda: not Path(f"/proc/{server}").exists() and not processes_in(data))
        pid_file.write_text("\n".join(["1", *lines[1:]]) + "\n", encoding="utf-8")

        second = ServerLease(home, ephemeral=True)
        try:
            assert ask(second.address(APP), "SELECT 1") == 1
        finally:
            first.release()
            second.release()

    def test_a_watching_door_starts_a_killed_keeper_again(self, home: Path) -> None:
        hold = ServerLease(home, ephemeral=True)
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


class TestAFullDisk:
    @pytest.fixture
    def programs(self, tmp_path: Path) -> Programs:
        return Programs(folder=tmp_path, data_root=None, uid=None, gid=None)

    def place(self, tmp_path: Path, log: str) -> ServerPaths:
        place = ServerPaths(tmp_path)
        place.folder.mkdir()
        place.log.write_text(log, encoding="utf-8")
        return place

    @pytest.mark.parametrize(
        ("said", "free_mb", "found"),
        [
            ("PANIC:  could not write to file: No space left on device", 3, 3),
            ("FATAL:  could not write: Disk quota exceeded", 5_000, 5_000),
            ("PANIC:  could not write to file: No space left on device", 5_000, None),
            ("FATAL:  the database system is not yet accepting connections", 3, None),
            ("", 3, None),
        ],
    )
    def test_is_known_by_the_servers_own_word_and_by_what_is_free(
        self,
        tmp_path: Path,
        programs: Programs,
        monkeypatch: pytest.MonkeyPatch,
        said: str,
        free_mb: int,
        found: int | None,
    ) -> None:
        waiting = "FATAL:  the database system is starting up\n" * 200
        place = self.place(tmp_path, f"{waiting}{said}\n{waiting}")
        monkeypatch.setattr(
            postgres_cluster.shutil,
            "disk_usage",
            lambda _: SimpleNamespace(free=free_mb * postgres_cluster.MB),
        )

        assert postgres_cluster.free_mb_of_full_disk(place, programs) == found

    def test_where_there_is_no_log_nothing_is_said(
        self, tmp_path: Path, programs: Programs
    ) -> None:
        assert postgres_cluster.free_mb_of_full_disk(ServerPaths(tmp_path), programs) is None


def test_waiting_for_the_server_leaves_few_lines_in_its_log(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It recovers for two minutes, and refuses whoever asks."""
    slept: list[float] = []
    clock = iter(float(tenth) for tenth in range(10_000))

    def refuse(**_: object) -> None:
        raise psycopg.OperationalError("the database system is starting up")

    keeper = Supervisor.__new__(Supervisor)
    keeper.place, keeper.data, keeper.socket = ServerPaths(home), home / "data", str(home)
    keeper.programs = Programs(folder=home, data_root=None, uid=None, gid=None)
    keeper.server = SimpleNamespace(poll=lambda: None)  # type: ignore[assignment]
    monkeypatch.setattr("shinrai.site.postgres_supervisor.psycopg.connect", refuse)
    monkeypatch.setattr("shinrai.site.postgres_supervisor.time.sleep", slept.append)
    monkeypatch.setattr(
        "shinrai.site.postgres_supervisor.time.monotonic", lambda: sum(slept) + next(clock) / 1e6
    )

    with pytest.raises(postgres_cluster.ServerFailed, match="does not answer"):
        keeper._wait_until_it_answers()

    assert slept[0] <= 0.01, "an ordinary start is not held up"
    assert len(slept) < 140
