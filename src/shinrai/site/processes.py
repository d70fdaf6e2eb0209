"""Helpers for child processes: end them with their parent, and delay their restarts."""

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0
STEADY_S = 60.0  # who lived this long did not die of how it was started


def dies_with_parent(number: int = signal.SIGINT) -> Callable[[], None] | None:
    """Return a function for the child that makes the kernel signal it when its parent dies.

    None except on Linux. It must run after the change of user, which cancels its effect;
    `subprocess` runs a `preexec_fn` in that order.
    """
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def ask_the_kernel() -> None:
        prctl(PR_SET_PDEATHSIG, number)

    return ask_the_kernel


def end_with_parent() -> None:
    """Make this process end as soon as its parent process has gone, even if the parent was killed.

    It ends at once, without cleanup, because it still holds the port that a restarted server
    needs. Database changes that are not committed yet are rolled back.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    ask_the_kernel = dies_with_parent(signal.SIGKILL)
    if ask_the_kernel is not None:
        ask_the_kernel()
        if not parent.is_alive():  # it died before we could ask
            os._exit(1)
        return

    def wait() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=wait, name="shinrai-parent", daemon=True).start()


def restart_delay_s(before_s: float, *, lived_s: float) -> float:
    """Return how many seconds to wait before restarting a process that ran for `lived_s`.

    `before_s` is the previous wait, 0 at first. The wait doubles, up to 30 seconds, as long as the
    process runs for less than 60 seconds.
    """
    if lived_s >= STEADY_S or not before_s:
        return FIRST_PAUSE_S
    return min(before_s * 2, LONGEST_PAUSE_S)
