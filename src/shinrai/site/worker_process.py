"""The command `shinrai worker`, and a worker that runs while another process serves."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

from shinrai.cli.frame import StandardCommand
from shinrai.site import database
from shinrai.site.processes import restart_delay_s

LOOK_S = 0.25
LEAVE_S = 10.0


@click.command(cls=StandardCommand)
@click.option("--once", is_flag=True, help="Do what waits now, then end.")
@click.option("--with-parent", type=int, hidden=True, help="End when this process is gone.")
def worker(once: bool, with_parent: int | None) -> None:
    """Do what waits in the queue, and keep the timetable, until Ctrl-C.

    Several may run at once, on several machines if they share SHINRAI_HOME's inbox and the
    database. `shinrai serve` runs one of its own unless told not to.

    Example: shinrai worker
    """
    from shinrai.site.worker import work  # Procrastinate, and every package that has work

    database.watch_database()
    work(parent=with_parent, once=once)


@contextmanager
def with_worker() -> Iterator[None]:
    """Run a worker process during a `with` block, and restart it whenever it dies.

    It is a separate process, because a server forks and Delta's threads do not survive a fork. It
    ends by itself when this process is gone, even if this process was killed.
    """
    stopping = threading.Event()
    keeper = threading.Thread(target=_keep, args=[stopping], name="shinrai-worker", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        stopping.set()
        keeper.join(LEAVE_S)


def _keep(stopping: threading.Event) -> None:
    command = [sys.executable, "-m", "shinrai.site", "worker", "--with-parent", str(os.getpid())]
    wait_s = 0.0
    while not stopping.is_set():
        began = time.monotonic()
        # of its own session, so that Ctrl-C reaches it by us and not twice
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
        while process.poll() is None and not stopping.wait(LOOK_S):
            pass
        if process.poll() is None:
            _end(process)
        wait_s = restart_delay_s(wait_s, lived_s=time.monotonic() - began)
        stopping.wait(wait_s)


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(LEAVE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
