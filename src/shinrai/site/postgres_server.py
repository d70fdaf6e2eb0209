"""Use the private PostgreSQL from a process, and keep it running meanwhile.

Every process that uses the database holds a shared lock on `clients.lock` until it ends. The first
one starts a supervisor (`postgres_supervisor`), which runs the server and stops it a few seconds
after the last client has released the lock. The kernel releases the locks of killed processes, so
neither a killed client nor a killed supervisor leaves a server running.
"""

import fcntl
import hashlib
import json
import os
import select
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from shinrai.site.home_folder import HomeUnusable, make_private, read_or_make_secret
from shinrai.site.postgres_programs import Programs
from shinrai.site.processes import restart_delay_s

DATABASE = "shinrai"
OWNER: Final = "shinrai_owner"
APP: Final = "shinrai_app"
SUPERUSER: Final = "postgres"
PORT = 5432  # names the socket's file; there is no TCP
START_S = 120.0  # a crash recovery may take its time
POLL_S = 0.05
WATCH_S = 2.0

Role = Literal["shinrai_owner", "shinrai_app", "postgres"]


class DatabaseUnavailable(Exception):
    """The private PostgreSQL cannot be started."""


@dataclass(frozen=True)
class ServerPaths:
    """The paths of the files of one private server."""

    home: Path

    @property
    def folder(self) -> Path:
        return self.home / "postgresql"

    @property
    def keeper_lock(self) -> Path:
        return self.folder / "keeper.lock"

    @property
    def clients_lock(self) -> Path:
        return self.folder / "clients.lock"

    @property
    def state(self) -> Path:
        return self.folder / "state.json"

    @property
    def log(self) -> Path:
        return self.folder / "postgresql.log"

    def cluster(self, programs: Programs) -> Path:
        """Return the folder that contains the data: in the home, or where `nobody` can reach it."""
        if programs.data_root is None:
            return self.folder
        digest = hashlib.sha256(str(self.home).encode()).hexdigest()[:12]
        return programs.data_root / f"data-{digest}"


@dataclass(frozen=True)
class Address:
    """How one role connects to the database."""

    host: str
    port: int
    name: str
    user: str
    password: str


@dataclass(frozen=True)
class ServerState:
    """The supervisor's state, as it writes it to `state.json`."""

    pid: int
    socket: str
    ready: bool


def read_state(place: ServerPaths) -> ServerState | None:
    """Return the state that the supervisor wrote last; None if it is missing or incomplete."""
    try:
        found = json.loads(place.state.read_text(encoding="utf-8"))
        return ServerState(pid=int(found["pid"]), socket=str(found["socket"]), ready=found["ready"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


class ServerLease:
    """Keep the private server running until `release`, or until this process ends."""

    def __init__(self, home: Path, *, ephemeral: bool = False) -> None:
        """Start the server if it is not running, and wait until it answers.

        `ephemeral`: the server does not sync to disk, and is deleted with its home when it stops.

        Raises: DatabaseUnavailable, HomeUnusable.
        """
        self.place = ServerPaths(home)
        self._ephemeral = ephemeral
        make_private(make_private(home) / "postgresql")
        self._client: int | None = self._take_client_lock()
        try:
            self._socket = self._start_server()
        except BaseException:
            self.release()
            raise

    def address(self, role: Role, *, name: str = DATABASE) -> Address:
        """Return the address with which a role connects."""
        password = read_or_make_secret(self.place.home, f"postgres-{role}")
        return Address(self._socket, PORT, name, role, password)

    def release(self) -> None:
        """Release the server; if no other process uses it, the supervisor stops it soon after."""
        if self._client is not None:
            os.close(self._client)
            self._client = None

    def watch(self) -> threading.Thread:
        """Start a thread that restarts the supervisor whenever it was killed, and return it."""

        def restart_supervisor() -> None:
            wait_s = 0.0
            while self._client is not None:
                time.sleep(max(wait_s, WATCH_S))
                if self._client is None or is_kept(self.place):
                    continue
                began = time.monotonic()
                try:
                    self._start_server()
                    wait_s = 0.0
                except (DatabaseUnavailable, HomeUnusable) as error:
                    print(f"shinrai: {error}", file=sys.stderr)  # noqa: T201
                    wait_s = restart_delay_s(wait_s, lived_s=time.monotonic() - began)

        thread = threading.Thread(target=restart_supervisor, name="shinrai-books", daemon=True)
        thread.start()
        return thread

    def _take_client_lock(self) -> int:
        try:
            descriptor = os.open(self.place.clients_lock, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise HomeUnusable(
                f"cannot write {self.place.clients_lock}: {error.strerror}. "
                "Free some space or set SHINRAI_HOME to a folder that can be written"
            ) from error
        fcntl.flock(descriptor, fcntl.LOCK_SH)  # waits while a supervisor is stopping the server
        return descriptor

    def _start_server(self) -> str:
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            state = read_state(self.place)
            kept = is_kept(self.place)
            if kept and state is not None and state.ready:
                return state.socket
            if not kept:
                self._start_keeper(deadline)
                continue
            time.sleep(POLL_S)
        raise DatabaseUnavailable(
            f"the private PostgreSQL did not answer within {START_S:.0f} s. "
            f"Read {self.place.log}, or set DATABASE_URL to a server of your own"
        )

    def _start_keeper(self, deadline: float) -> None:
        """Start a detached supervisor and wait until it reports "ready", "taken" or an error.

        Raises: DatabaseUnavailable.
        """
        command = [sys.executable, "-m", "shinrai.site.postgres_supervisor", str(self.place.home)]
        if self._ephemeral:
            command.append("--ephemeral")
        read_end, write_end = os.pipe()
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=write_end,
                stderr=subprocess.PIPE,
                cwd="/",
                start_new_session=True,
                check=False,
            )
            os.close(write_end)
            write_end = -1
            word = _read_word(read_end, deadline)
        finally:
            os.close(read_end)
            if write_end >= 0:
                os.close(write_end)
        if word.startswith("error: "):
            raise DatabaseUnavailable(word.removeprefix("error: "))
        if not word:
            said = done.stderr.decode("utf-8", "replace").strip()[-2000:]
            raise DatabaseUnavailable(
                f"the supervisor of the private PostgreSQL ended early. {said or ''}".strip()
                + f" Read {self.place.log}, or set DATABASE_URL to a server of your own"
            )


def is_kept(place: ServerPaths) -> bool:
    """Return whether a supervisor is running, judged by its lock and not by a pid."""
    try:
        descriptor = os.open(place.keeper_lock, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(descriptor)


def _read_word(descriptor: int, deadline: float) -> str:
    parts: list[bytes] = []
    while (left := deadline - time.monotonic()) > 0:
        ready, _, _ = select.select([descriptor], [], [], left)
        if not ready:
            break
        part = os.read(descriptor, 4096)
        if not part:
            break
        parts.append(part)
    return b"".join(parts).decode("utf-8", "replace").strip()
