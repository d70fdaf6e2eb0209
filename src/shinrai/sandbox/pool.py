"""Run SQL in child processes: kept warm for each database, killed at their limit and replaced.

A process of the server has one `Pool`. Whoever waits for a child waits in a queue that is short:
a full one refuses at once. A run that is cancelled, or over its limit, ends by SIGKILL.
"""

import contextlib
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

import msgspec

from shinrai.sandbox.frames import LENGTH, BrokenFrame, body_length, write_frame
from shinrai.sandbox.statements import MOST_CHARACTERS, StatementRefused
from shinrai.units.errors import UserError
from shinrai.units.text import Text

RUNNING: Final = 2  # at the same time in one process of the server
WAITING: Final = 4
WAIT_S: Final = 15.0
START_S: Final = 30.0
IDLE: Final = 4  # children kept
LOOK_S: Final = 0.25  # how often somebody may have cancelled


class RunFailed(UserError, RuntimeError):
    """A run that did not end well; `state` is failed, cancelled or stopped."""

    def __init__(self, text: Text, state: str = "failed") -> None:
        super().__init__(text)
        self.state = state


class PoolBusy(RunFailed):
    """A run that never started: others were asking. Asked again, it may run."""


@dataclass(frozen=True)
class Ask:
    """What a child is asked."""

    database: Path
    sql: str
    parameters: Mapping[str, Any]
    limit_s: float
    most_rows: int
    is_run: bool = True  # False: only say what it would read


@dataclass(frozen=True)
class Reply:
    """What a child answered: columns as (name, kind), rows of plain values, and what was read."""

    columns: list[tuple[str, str]]
    rows: list[list[Any]]
    is_cut: bool
    tables: list[str]
    reads: list[str]


class _Process:
    def __init__(self, database: Path) -> None:
        self.database = database
        self.is_ready = False
        source = Path(__file__).parents[2]
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "shinrai.sandbox.child", str(database)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={"PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8"},
            start_new_session=True,
        )

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.popen.pid, signal.SIGKILL)
        for stream in (self.popen.stdin, self.popen.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        self.popen.wait()

    @property
    def input(self) -> BinaryIO:
        return cast(BinaryIO, self.popen.stdin)

    @property
    def is_alive(self) -> bool:
        return self.popen.poll() is None

    def receive(self, until: float, is_cancelled: Callable[[], bool]) -> Any:
        """Return the next message, or raise TimeoutError, InterruptedError or EOFError."""
        body = self._read(LENGTH.size, until, is_cancelled)
        body = self._read(body_length(body), until, is_cancelled)
        return msgspec.msgpack.decode(body)

    def _read(self, count: int, until: float, is_cancelled: Callable[[], bool]) -> bytes:
        assert self.popen.stdout is not None
        file, parts = self.popen.stdout.fileno(), bytearray()
        while len(parts) < count:
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError
            if not select.select([file], [], [], min(left, LOOK_S))[0]:
                if is_cancelled():
                    raise InterruptedError
                continue
            part = os.read(file, min(count - len(parts), 1 << 20))
            if not part:
                raise EOFError
            parts += part
        return bytes(parts)


@dataclass
class Pool:
    """The children of one process of the server."""

    idle: list[_Process] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    places: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(RUNNING)
    )
    waiting: int = 0

    def ask(self, asked: Ask, is_cancelled: Callable[[], bool] = lambda: False) -> Reply:
        """Run SQL in a child and return what it answered.

        Raises: StatementRefused, RunFailed.
        """
        if len(asked.sql) > MOST_CHARACTERS:
            raise StatementRefused(
                Text(
                    "the SQL has {count:,} characters; at most {most:,} can be run",
                    count=len(asked.sql),
                    most=MOST_CHARACTERS,
                )
            )
        self._take_place()
        try:
            return self._run(asked, is_cancelled)
        finally:
            self.places.release()

    def close(self) -> None:
        """End every idle child."""
        with self.lock:
            gone, self.idle = self.idle, []
        for one in gone:
            one.kill()

    def warm(self, database: Path) -> None:
        """Start a child for a database unless one is idle; it gets ready by itself."""
        with self.lock:
            if any(one.database == database and one.is_alive for one in self.idle):
                return
        self._keep(_Process(database))

    def _take_place(self) -> None:
        with self.lock:
            if self.waiting >= WAITING:
                raise PoolBusy(Text("too many others are asking; run it again in a moment"))
            self.waiting += 1
        try:
            if not self.places.acquire(timeout=WAIT_S):
                raise PoolBusy(Text("too many others are asking; run it again in a moment"))
        finally:
            with self.lock:
                self.waiting -= 1

    def _run(self, asked: Ask, is_cancelled: Callable[[], bool]) -> Reply:
        process = self._child(asked.database)
        try:
            said = _converse(process, asked, is_cancelled)
        except BaseException:
            process.kill()
            self._keep(_Process(asked.database))
            raise
        self._keep(process)
        if "refused" in said:
            message, values = said["refused"]
            raise StatementRefused(Text(message, **values))
        if "failed" in said:
            raise RunFailed(Text("DuckDB says: {why}", why=said["failed"]))
        columns = [(name, kind) for name, kind in said["columns"]]
        return Reply(columns, said["rows"], said["is_cut"], said["tables"], said["reads"])

    def _child(self, database: Path) -> _Process:
        with self.lock:
            for one in self.idle:
                if one.database == database and one.is_alive:
                    self.idle.remove(one)
                    return one
        return _Process(database)

    def _keep(self, process: _Process) -> None:
        with self.lock:
            self.idle.append(process)
            gone = [one for one in self.idle if not one.is_alive or not one.database.exists()]
            kept = [one for one in self.idle if one not in gone]
            gone += kept[:-IDLE]
            self.idle = kept[-IDLE:]
        for one in gone:
            one.kill()


def _converse(process: _Process, asked: Ask, is_cancelled: Callable[[], bool]) -> dict[str, Any]:
    try:
        if not process.is_ready:
            process.receive(time.monotonic() + START_S, is_cancelled)
            process.is_ready = True
        write_frame(
            process.input,
            {
                "sql": asked.sql,
                "parameters": dict(asked.parameters),
                "limit_s": asked.limit_s,
                "most_rows": asked.most_rows,
                "is_run": asked.is_run,
            },
        )
        said: dict[str, Any] = process.receive(time.monotonic() + asked.limit_s, is_cancelled)
        return said
    except TimeoutError as error:
        raise RunFailed(
            Text(
                "it ran longer than {limit:g} seconds and was stopped; narrow the period or group "
                "by fewer columns",
                limit=asked.limit_s,
            ),
            "stopped",
        ) from error
    except InterruptedError as error:
        raise RunFailed(Text("the run was cancelled"), "cancelled") from error
    except (EOFError, BrokenPipeError, BrokenFrame, msgspec.DecodeError) as error:
        raise RunFailed(
            Text("it needed more memory or time than a run may have, and was stopped"), "stopped"
        ) from error


@cache
def pool() -> Pool:
    """Return the pool of this process."""
    return Pool()
