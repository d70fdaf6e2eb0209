"""The supervisor of the private PostgreSQL: a process that starts, restarts and stops it.

`python -m shinrai.site.postgres_supervisor HOME` detaches from its caller at once, locks
`keeper.lock`, starts the server as its child, writes `ready` to standard output and runs until no
client holds `clients.lock`. It imports neither Django nor another package of the product.
"""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType

import psycopg

from shinrai.site import postgres_cluster
from shinrai.site.environment import BadSetting, read_whole
from shinrai.site.home_folder import HomeUnusable, read_or_make_secret
from shinrai.site.postgres_programs import NoServerPrograms, Programs, find_programs
from shinrai.site.postgres_server import PORT, START_S, SUPERUSER, ServerPaths
from shinrai.site.processes import dies_with_parent

KEEP_S = 3
TICK_S = 0.1
STOP_S = 60.0
LOCK_WAIT_S = 1.0
LONGEST_WAIT_S = 1.0
RESTARTS = 5
CALM_S = 60.0
SOCKET_LIMIT = 107 - len("/.s.PGSQL.5432.lock")


class Supervisor:
    """Start, watch and stop one private server."""

    def __init__(self, place: ServerPaths, programs: Programs, *, ephemeral: bool) -> None:
        self.place = place
        self.programs = programs
        self.ephemeral = ephemeral
        self.keep_s = read_whole("SHINRAI_KEEP_S", KEEP_S, low=0, high=86_400)
        self.data = place.cluster(programs) / "data"
        self.socket = _socket_folder(place, programs)
        self.server: subprocess.Popen[bytes] | None = None
        self.asked_to_stop = False

    def start(self) -> None:
        """Start the server, and create its roles and database if missing."""
        self._write_state(ready=False)
        postgres_cluster.restrict_folder(self.data.parent, self.programs)
        if self.programs.data_root is not None:
            note = self.data.parent / "home"
            note.write_text(f"{self.place.home}\n", encoding="utf-8")  # whose it is
        if not (self.data / "PG_VERSION").exists():
            postgres_cluster.initialise(self.place, self.programs, self.data)
        self._run_server()
        postgres_cluster.create_roles(self.place, self.socket, ephemeral=self.ephemeral)
        self._write_state(ready=True)

    def keep(self, clients: int) -> None:
        """Run until no client has held the clients' lock for a while; restart a server that dies.

        Returns early if asked to stop, or if the server dies more than 5 times in a minute.
        """
        deaths: list[float] = []
        idle_since: float | None = None
        while not self.asked_to_stop:
            time.sleep(TICK_S)
            if self.server is None or self.server.poll() is not None:
                now = time.monotonic()
                deaths = [*(death for death in deaths if now - death < CALM_S), now]
                if len(deaths) > RESTARTS:
                    return
                self._write_state(ready=False)
                self._run_server()
                self._write_state(ready=True)
            try:
                fcntl.flock(clients, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                idle_since = None
                continue
            now = time.monotonic()
            idle_since = idle_since or now
            if now - idle_since >= self.keep_s:
                return  # with the lock in hand: who comes now waits until we are gone
            fcntl.flock(clients, fcntl.LOCK_UN)

    def stop(self) -> None:
        """Stop the server and delete the state file."""
        self.place.state.unlink(missing_ok=True)
        if self.server is not None and self.server.poll() is None:
            self.server.send_signal(signal.SIGINT)  # fast: open transactions are rolled back
            try:
                self.server.wait(STOP_S)
            except subprocess.TimeoutExpired:
                self.server.send_signal(signal.SIGQUIT)  # recovered at the next start
                self.server.wait(STOP_S)
        with contextlib.suppress(OSError):  # the same name is made again at the next start
            Path(self.socket).rmdir()
        if self.ephemeral:
            shutil.rmtree(self.socket, ignore_errors=True)
            shutil.rmtree(self.data.parent, ignore_errors=True)
            shutil.rmtree(self.place.home, ignore_errors=True)

    def _run_server(self) -> None:
        postgres_cluster.wait_for_old_server(self.data)
        self._make_socket_folder()
        settings = postgres_cluster.SETTINGS | (
            postgres_cluster.EPHEMERAL_SETTINGS if self.ephemeral else {}
        )
        settings |= postgres_cluster.ROOT_SETTINGS if self.programs.uid is not None else {}
        command = [self.programs.path("postgres"), "-D", str(self.data)]
        for name, value in (settings | {"unix_socket_directories": self.socket}).items():
            command += ["-c", f"{name}={value}"]
        with self.place.log.open("wb") as log:  # anew each time: it holds no words, but may grow
            self.server = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=postgres_cluster.plain_environment(),
                preexec_fn=dies_with_parent(),
                **self.programs.as_user(),
            )
        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        assert self.server is not None
        password = read_or_make_secret(self.place.home, f"postgres-{SUPERUSER}")
        deadline, wait_s = time.monotonic() + START_S, 0.01
        while time.monotonic() < deadline:
            if self.server.poll() is not None:
                said = self.place.log.read_text(encoding="utf-8", errors="replace")[-1500:]
                self._refuse_full_disk()
                raise postgres_cluster.ServerFailed(
                    f"the private PostgreSQL in {self.data} ended at its start: {said.strip()}"
                )
            try:
                psycopg.connect(
                    host=self.socket,
                    port=PORT,
                    user=SUPERUSER,
                    password=password,
                    dbname="postgres",
                    connect_timeout=5,
                ).close()
            except psycopg.OperationalError as error:
                if "password authentication failed" in str(error):
                    raise postgres_cluster.ServerFailed(
                        f"the data in {self.data} was made with other passwords than those in "
                        f"{self.place.home / 'secrets'}. Restore that folder from a backup, or "
                        f"move {self.data.parent} away to begin with an empty database"
                    ) from error
                time.sleep(wait_s)  # each try is a line in its log
                wait_s = min(wait_s * 1.5, LONGEST_WAIT_S)
            else:
                return
        self._refuse_full_disk()
        raise postgres_cluster.ServerFailed(
            f"the private PostgreSQL in {self.data} does not answer"
        )

    def _refuse_full_disk(self) -> None:
        free_mb = postgres_cluster.free_mb_of_full_disk(self.place, self.programs)
        if free_mb is not None:
            raise postgres_cluster.ServerFailed(
                f"the disk of the private PostgreSQL in {self.data} is full ({free_mb} MB free)"
            )

    def _make_socket_folder(self) -> None:
        folder = Path(self.socket)
        if not folder.exists():  # somebody swept the temporary folder
            folder.mkdir(mode=0o700)
        postgres_cluster.restrict_folder(folder, self.programs, writable=True)

    def _write_state(self, *, ready: bool) -> None:
        scratch = self.place.state.with_suffix(".new")
        state = {"pid": os.getpid(), "socket": self.socket, "ready": ready}
        scratch.write_text(json.dumps(state), encoding="utf-8")
        scratch.replace(self.place.state)


def _socket_folder(place: ServerPaths, programs: Programs) -> str:
    """Return a private folder with a short path for the socket, the same one after a crash."""
    record = place.folder / "socket"
    owner = os.geteuid() if programs.uid is None else programs.uid
    try:
        known = Path(record.read_text(encoding="utf-8").strip())
        if not known.exists():
            known.mkdir(mode=0o700)  # refuses a name that somebody else took meanwhile
            return str(known)
        stat = known.lstat()
        if known.is_dir() and not known.is_symlink() and stat.st_uid in (owner, os.geteuid()):
            return str(known)
    except OSError:
        pass
    for base in (tempfile.gettempdir(), "/tmp"):
        # commas and quotes would be read as a list by PostgreSQL, blanks are fine
        if len(base) + 20 <= SOCKET_LIMIT and not set(base) & {",", '"', "'", "\\"}:
            folder = tempfile.mkdtemp(prefix="shinrai-", dir=base)
            record.write_text(folder, encoding="utf-8")
            return folder
    raise postgres_cluster.ServerFailed("no short temporary folder for the socket; set TMPDIR=/tmp")


def _detach() -> None:
    if os.fork() > 0:
        os._exit(0)


def _lock(path: Path, wait_s: float) -> int | None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                os.close(descriptor)
                return None
            time.sleep(0.02)
        else:
            return descriptor


def _report(word: str) -> None:
    """Write one word to the process that started this one, and close the pipe."""
    with contextlib.suppress(OSError):  # the caller may have died; somebody else may still come
        os.write(1, word.encode())
    quiet = os.open(os.devnull, os.O_RDWR)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    os.close(quiet)


def main(arguments: list[str]) -> int:
    """Run the supervisor of the server in the home folder given in the arguments."""
    home, ephemeral = Path(arguments[0]), "--ephemeral" in arguments[1:]
    os.environ["TZ"] = "UTC"
    os.umask(0o077)
    _detach()
    place = ServerPaths(home)
    try:
        kept = _lock(place.keeper_lock, LOCK_WAIT_S)
        if kept is None:
            _report("taken")
            return 0
        clients = os.open(place.clients_lock, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        _report(f"error: {error.filename}: {error.strerror}")
        return 1
    keeper: Supervisor | None = None
    try:
        keeper = Supervisor(place, find_programs(), ephemeral=ephemeral)

        def ask(_number: int, _frame: FrameType | None) -> None:
            assert keeper is not None
            keeper.asked_to_stop = True

        signal.signal(signal.SIGTERM, ask)
        signal.signal(signal.SIGINT, ask)
        keeper.start()
        _report("ready")
        keeper.keep(clients)
    except (
        postgres_cluster.ServerFailed,
        NoServerPrograms,
        HomeUnusable,
        BadSetting,
        OSError,
        psycopg.Error,
    ) as error:
        _report(f"error: {error}")
        return 1
    finally:
        if keeper is not None:
            keeper.stop()
        os.close(kept)
        os.close(clients)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
