"""A place beside the process that asks PostgreSQL, for work that asks nothing of it.

Threads of one Python do not compute side by side. Of a large file what rows say, and what follows
for each case, is worked out in a process of its own; of a small one in a thread, which is there at
once. Either does one deed after the other, in the order in which they were handed over.
"""

import gc
import os
import signal
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import Final

from shinrai.importers.csv.memory import SELDOM
from shinrai.units.wording import SaidInBoth

WORTH_A_PROCESS: Final = 50_000  # rows: it takes some 0.4 s until a process can begin


class HelperGone(SaidInBoth, RuntimeError):
    """The process that worked aside was ended from outside, as when memory runs out."""


@contextmanager
def aside(rows: int) -> Iterator[Executor]:
    """Give whom to hand work over to for as many rows, until this block ends.

    What is handed over must be a function of a module, and what it is given must be plain data: it
    may cross to another process. Raises: HelperGone, from this block.
    """
    if rows < WORTH_A_PROCESS or (os.cpu_count() or 1) < 2:
        with ThreadPoolExecutor(1, thread_name_prefix="aside") as thread:
            yield thread
        return
    # Spawned, not forked: a copy of this process would hold its connections and its locks.
    process = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_begin)
    try:
        yield process
    except BrokenProcessPool as error:
        raise HelperGone(
            "the process that reads the rows was ended from outside (is there enough memory?). "
            "Nothing half-written counts: give the same command again, and the import goes on "
            "where it stopped",
            "行を読むプロセスが外から終了されました（メモリーは足りていますか）。"
            "途中まで書いたものは集計に入りません。"
            "同じ取り込みをもう一度実行すると、続きから再開します",
        ) from error
    finally:
        process.shutdown(wait=True, cancel_futures=True)


def _begin() -> None:
    """Leave Ctrl-C to the process that imports, and end with it, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(SELDOM, 5, 5)
    Thread(target=_end_with_parent, name="parent", daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)  # whoever waited for an answer is gone; nothing is written here
