"""A worker process for what needs no database: reading rows and deriving steps.

Threads of one Python process do not compute at the same time, so a large import uses a process; a
small one uses a thread, which starts at once. Both run one call after the other, in order.
"""

import gc
import os
import signal
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import Final

from shinrai.importers.run.errors import RetryLater
from shinrai.importers.run.garbage_collection import RARE
from shinrai.units.text import Text

LARGE: Final = 4_000_000  # bytes of files, some 50,000 rows: a process takes 0.4 s to begin
MANY_CASES: Final = 5_000  # cases, likewise


class WorkerProcessEnded(RetryLater):
    """The worker process was ended from outside, for example because memory ran out."""


def is_large(paths: Iterable[Path]) -> bool:
    """Return whether files are large enough to start a worker process for them."""
    return sum(path.stat().st_size for path in paths if path.is_file()) >= LARGE


@contextmanager
def worker_executor(*, is_large: bool) -> Iterator[Executor]:
    """Return an executor with one process, or with one thread, for the length of this block.

    Submit only functions of a module with plain data: they may be sent to another process.

    Raises: WorkerProcessEnded, from this block.
    """
    if not is_large or (os.cpu_count() or 1) < 2:
        with ThreadPoolExecutor(1, thread_name_prefix="import-worker") as thread:
            yield thread
        return
    # Spawned, not forked: a copy of this process would hold its connections and its locks.
    process = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_start)
    process.submit(_load_modules)  # while files are looked over
    try:
        yield process
    except BrokenProcessPool as error:
        raise WorkerProcessEnded(
            Text(
                "the process that reads the rows was ended from outside (is there enough "
                "memory?). Nothing half-written counts: give the same command again, and "
                "the import goes on where it stopped"
            ),
        ) from error
    finally:
        process.shutdown(wait=True, cancel_futures=True)


def _start() -> None:
    """Ignore Ctrl-C, which the parent process handles, and end when the parent ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(RARE, 5, 5)
    Thread(target=end_with_parent, name="parent", daemon=True).start()


def _load_modules() -> None:
    from shinrai.importers.run import derived_steps, row_encoder

    assert derived_steps
    assert row_encoder


def end_with_parent() -> None:
    """End this child process when its parent process has ended; runs in a thread."""
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)  # whoever waited for an answer is gone; nothing is written here
