"""A worker in a process of its own, so that it can be killed: python -m … HOME POINT.

It goes once through the queue. POINT is where it kills itself, as `phase:times`; `-` is nowhere.
"""

import os
import signal
import sys
from collections import Counter


def main(home: str, point: str) -> None:
    """Work until the named point, or until nothing waits any more."""
    os.environ["SHINRAI_HOME"] = home
    import django

    django.setup()
    from shinrai.importers.run import derivation_phase, observation_phase
    from shinrai.importers.upload import worker
    from shinrai.site.worker import work

    observation_phase.CHUNK, derivation_phase.CHUNK = 2, 2  # small stretches: many places to die at
    notes = worker._progress
    phase, _, times = point.partition(":")
    seen: Counter[str] = Counter()

    def deadly(*asked):
        note = notes(*asked)

        def noting(now: str, done: int, total: int) -> None:
            note(now, done, total)
            seen[now] += 1
            if now == phase and seen[now] == int(times):
                os.kill(os.getpid(), signal.SIGKILL)

        return noting

    worker._progress = deadly
    # here it is the worker itself that is killed, not the child it reads files in
    worker.run_in_child = lambda deed, *given, on_note, **_: deed(*given, on_note)
    work(once=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
