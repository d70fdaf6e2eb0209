"""Runs a function in a child process with limits of memory and time.

Files from outside are read in one: whatever a file does to its reader, the parent goes on, and
reports which limit was reached. A worker forks its children from a server that has loaded the
modules they need and holds no connection (`preload`); a command forks itself.
"""

import pickle
import resource
import signal
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import forkserver, get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path
from threading import Thread
from typing import Any, Final, Literal, TypeVar

import click
from django.conf import settings
from django.db import connections

from shinrai.importers.run.worker_process import WorkerProcessEnded, end_with_parent
from shinrai.units.errors import UserError
from shinrai.units.text import Text

MEGABYTE: Final = 1024 * 1024
S_PER_MEGABYTE: Final = 10  # of a file as it was sent; reading and deriving take 1 to 3 s
WALL: Final = 4  # times the processor's time: the database answers too, and others compute beside
WAIT_S: Final = 120
LOOK_S: Final = 0.2
END_S: Final = 5.0  # what a child may take to end once it has answered
ADDRESS: Final = ("HOST", "PORT", "NAME", "USER", "PASSWORD", "OPTIONS")
Method = Literal["fork", "forkserver"]
Answer = TypeVar("Answer")


class LimitReached(UserError, RuntimeError):
    """Reading files exceeded a limit, or ended its process; nothing of them is imported."""


class Cancelled(Exception):
    """The result is no longer wanted."""


@dataclass(frozen=True)
class Limits:
    """What a child may use beyond the loaded program: bytes, processor seconds, wall seconds."""

    memory: int
    processor_s: int
    wall_s: int


def limits_for(paths: Iterable[Path]) -> Limits:
    """Return the limits for reading these files: from the settings, more for larger files."""
    sent = sum(map(_size, paths))
    processor_s = settings.SHINRAI_IMPORT_S + S_PER_MEGABYTE * sent // MEGABYTE
    return Limits(
        memory=settings.SHINRAI_IMPORT_MEMORY_MB * MEGABYTE + sent,
        processor_s=processor_s,
        wall_s=WAIT_S + WALL * processor_s,
    )


def preload() -> None:
    """Start the server from which children of this process are forked; it takes some 0.8 s."""
    forkserver.set_forkserver_preload(["shinrai.importers.upload.preload"])
    forkserver.ensure_running()


def run_in_child(
    function: Callable[..., Answer],
    *given: Any,
    limits: Limits,
    names: Sequence[str],
    method: Method = "forkserver",
    is_wanted: Callable[[], bool] = lambda: True,
    on_note: Callable[..., None] | None = None,
) -> Answer:
    """Call a function in a child process and return its result; all of it must be plain data.

    `names` are the files it reads; `is_wanted` is called a few times a second. With `on_note`, the
    function is given one more argument to call, and what it says is said to `on_note` here.

    Raises: what the function raises; LimitReached with the files and the limit; Cancelled.
    """
    database = {key: connections["default"].settings_dict[key] for key in ADDRESS}
    task: Any = (function, given)
    if method == "fork":
        connections.close_all()  # a copy of this process must not speak on them
    else:
        task = pickle.dumps(task)  # to be read once Django is set up there
    context = get_context("fork") if method == "fork" else get_context("forkserver")
    receiver, sender = context.Pipe(duplex=False)
    notes = on_note is not None
    places = (database, settings.SHINRAI_HOME)
    child = context.Process(target=_work, args=(sender, limits, places, task, notes))
    child.start()
    sender.close()
    until = time.monotonic() + limits.wall_s
    try:
        is_answer: bool | None = None
        answer: Any = None
        while is_answer is None:
            while not wait([receiver, child.sentinel], LOOK_S):
                if not is_wanted():
                    raise Cancelled
                if time.monotonic() > until:
                    raise _too_much(names, _wall(limits))
            try:
                is_answer, answer = receiver.recv()
            except EOFError:
                child.join()
                raise _too_much(names, _end(child.exitcode, limits)) from None
            if is_answer is None and on_note is not None:
                on_note(*answer)
        child.join(END_S)
    finally:
        child.kill()
        child.join()
        receiver.close()
    if is_answer:
        return answer  # type: ignore[no-any-return]
    if _is_out_of_memory(answer):
        raise _too_much(names, _memory(limits)) from answer
    if isinstance(answer, WorkerProcessEnded):
        raise _too_much(names, _end(None, limits)) from answer
    raise answer


def _work(
    sender: Connection, limits: Limits, places: tuple[Any, Any], task: Any, notes: bool
) -> None:
    """Run in the child process: set the limits, call the function, send its result."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever waits, who ends us
    Thread(target=end_with_parent, name="parent", daemon=True).start()
    import django

    django.setup()
    database, settings.SHINRAI_HOME = places
    connections["default"].settings_dict.update(database)
    function, given = pickle.loads(task) if isinstance(task, bytes) else task
    if notes:
        given = (*given, lambda *said: sender.send((None, said)))
    _take_limits(limits)
    try:
        answer = (True, function(*given))
    except BaseException as error:
        # where it came from does not cross to another process by itself
        import traceback

        error.add_note("".join(traceback.format_tb(error.__traceback__)))
        if isinstance(error, click.UsageError):  # its context holds functions, which do not cross
            error = click.UsageError(error.format_message())
        answer = (False, MemoryError() if _is_out_of_memory(error) else error)
    sender.send(answer)


def _take_limits(limits: Limits) -> None:
    with suppress(OSError):  # if the machine's memory runs out, let it be this process that goes
        Path("/proc/self/oom_score_adj").write_text("1000")
    _lower(resource.RLIMIT_CORE, 0)  # what a file said is not left on the disk
    _lower(resource.RLIMIT_CPU, limits.processor_s)
    with suppress(OSError):  # where there is no /proc, time alone is limited
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        _lower(resource.RLIMIT_AS, pages * resource.getpagesize() + limits.memory)


def _lower(what: int, most: int) -> None:
    _, hard = resource.getrlimit(what)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    # past the soft limit of time comes a signal that says so, past the hard one plain SIGKILL
    beyond = most + 5 if what == resource.RLIMIT_CPU and hard == resource.RLIM_INFINITY else most
    resource.setrlimit(what, (most, beyond))


def _is_out_of_memory(error: BaseException | None) -> bool:
    """Return whether an error was caused by a lack of memory, however it was wrapped."""
    while error is not None:
        if isinstance(error, MemoryError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _size(path: Path) -> int:
    inside = path.rglob("*") if path.is_dir() else [path]
    return sum(one.stat().st_size for one in inside if one.is_file())


def _too_much(names: Sequence[str], why: Text) -> LimitReached:
    return LimitReached(
        Text(
            "{names}: reading it was stopped, and nothing of it counts: {why}. Check that it is "
            "the file you mean, export it again, or split it. Who runs Shinrai can allow more "
            "(SHINRAI_IMPORT_MEMORY_MB, SHINRAI_IMPORT_S)",
            names=list(names),
            why=why,
        )
    )


def _memory(limits: Limits) -> Text:
    most = limits.memory // MEGABYTE
    return Text("it takes more than {most:,} MB of memory", most=most)


def _wall(limits: Limits) -> Text:
    return Text("it takes longer than {wall_s:,} s", wall_s=limits.wall_s)


def _end(code: int | None, limits: Limits) -> Text:
    """Return how a child process ended that sent no result."""
    if code == -signal.SIGXCPU:
        return Text(
            "it takes more than {processor_s:,} s of the processor's time",
            processor_s=limits.processor_s,
        )
    name = signal.Signals(-code).name if code is not None and code < 0 else f"{code or ''}"
    most = limits.memory // MEGABYTE
    return Text(
        "the process that read it ended {name}at its limits of {most:,} MB and {seconds:,} s, or "
        "was ended from outside",
        name=Text("({name}) ", name=name) if name else "",
        most=most,
        seconds=limits.processor_s,
    )
