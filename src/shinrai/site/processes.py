"""Processes of one installation: none outlives who started it, none is started again at once."""

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
    """Give a hook for the child that has the kernel signal it when its parent dies. Linux only.

    It must run after the change of user, which clears the wish; subprocess does so.
    """
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def ask_the_kernel() -> None:
        prctl(PR_SET_PDEATHSIG, number)

    return ask_the_kernel


def end_with_parent() -> None:
    """Have this process end when the one that forked it is gone, even by a kill.

    At once and hard: it holds the port, which a new server asks for; what it was about to write
    is rolled back.
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
    """Say how many seconds to wait before a process is started again that lived so long.

    `before_s` is the wait before this one, 0 at first: it doubles while the process keeps dying.
    """
    if lived_s >= STEADY_S or not before_s:
        return FIRST_PAUSE_S
    return min(before_s * 2, LONGEST_PAUSE_S)
