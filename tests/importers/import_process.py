"""An import in a process of its own, so that it can be killed: SLUG MAPPING PATH POINT [WAREHOUSE].

POINT is where it kills itself, as `phase:times`: a phase of the progress told, or a point of
`books.failpoints`; `wait` waits inside its lock for a line on stdin. With `aside/` before it, rows
are read in a further process, whose number is told before the end. With a WAREHOUSE the clocks are
published there afterwards.
"""

import os
import signal
import sys
from collections import Counter
from multiprocessing import active_children
from pathlib import Path


def main(slug: str, mapping: str, path: str, point: str, warehouse: str = "") -> None:
    """Import until the named point."""
    import django

    django.setup()
    from shinrai.accounts.queries import workspace_named
    from shinrai.importers.run import derivation_phase, observation_phase, worker_process
    from shinrai.objectives.facts import CLOCK_FACTS
    from shinrai.postgres.failpoints import listen_to_points
    from shinrai.warehouse import fact_table
    from shinrai.warehouse.store import Warehouse
    from tests.importers.desk import NOON, Desk

    observation_phase.CHUNK, derivation_phase.CHUNK = 7, 3  # small stretches: many places to die at
    fact_table.CHUNK = 5
    if point.startswith("aside/"):
        worker_process.LARGE, point = 0, point.removeprefix("aside/")
    phase, _, times = point.partition(":")
    seen: Counter[str] = Counter()

    def come_to(now: str) -> None:
        seen[now] += 1
        if now == phase and seen[now] == int(times):
            for child in active_children():
                sys.stdout.write(f"{child.pid}\n")
            sys.stdout.flush()
            os.kill(os.getpid(), signal.SIGKILL)

    def progress(now: str, _done: int, _total: int) -> None:
        if point == "wait" and not seen["wait"]:
            seen["wait"] = 1
            sys.stdout.write("waiting\n")
            sys.stdout.flush()
            sys.stdin.readline()
        come_to(now)

    listen_to_points(come_to)
    desk = Desk(workspace_named(slug).id)
    desk.bring(mapping, Path(path), progress=progress)
    if warehouse:
        fact_table.publish(Warehouse(warehouse), CLOCK_FACTS, at=NOON)


if __name__ == "__main__":
    main(*sys.argv[1:])
