"""An import in a process of its own, so that it can be killed: python -m … SLUG MAPPING PATH POINT.

POINT is where it kills itself, as `phase:times`; `wait` waits inside its lock for a line on stdin.
"""

import os
import signal
import sys
from collections import Counter
from pathlib import Path


def main(slug: str, mapping: str, path: str, point: str) -> None:
    """Import until the named point."""
    import django

    django.setup()
    from shinrai.accounts.queries import workspace_named
    from shinrai.importers.csv import deriving, observe
    from tests.importers.desk import Desk

    observe.CHUNK, deriving.CHUNK = 7, 3  # small stretches: many places to die at
    phase, _, times = point.partition(":")
    seen: Counter[str] = Counter()

    def progress(now: str, _done: int, _total: int) -> None:
        if point == "wait" and not seen:
            seen["wait"] = 1
            sys.stdout.write("waiting\n")
            sys.stdout.flush()
            sys.stdin.readline()
        seen[now] += 1
        if now == phase and seen[now] == int(times):
            os.kill(os.getpid(), signal.SIGKILL)

    desk = Desk(workspace_named(slug).id)
    desk.bring(mapping, Path(path), progress=progress)


if __name__ == "__main__":
    main(*sys.argv[1:])
