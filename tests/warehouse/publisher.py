"""A publisher to be killed: `python -m tests.warehouse.publisher FOLDER HOW`, from the root.

It says on its output how far it is, so that who kills it can choose the moment.
"""

import resource
import signal
import sys
import time
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from shinrai.warehouse.publication import append_rows, filled_upto
from shinrai.warehouse.store import Warehouse
from tests.warehouse.library import LOANS, MONDAY, NORTH, Loan, publish_loans, rows

LAST = 60


def one_by_one(warehouse: Warehouse) -> None:
    """Publish revisions up to LAST, each in a commit of its own, from where the table is filled."""
    for revision in range((filled_upto(warehouse, LOANS, "desk") or 0) + 1, LAST + 1):
        publish_loans(warehouse, Loan(NORTH, revision, revision=revision))
        say(revision)


def many_and_stop(warehouse: Warehouse) -> None:
    """Hand over half of what belongs into one commit, and wait to be killed."""
    _publish_many(warehouse, and_stop=True)


def many_on_a_full_disk(warehouse: Warehouse) -> None:
    """Publish more than files may hold here."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
    _publish_many(warehouse, and_stop=False)


def say(what: object) -> None:
    """Tell who listens, at once."""
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def _publish_many(warehouse: Warehouse, *, and_stop: bool) -> None:
    def batches() -> Iterator[pa.RecordBatch]:
        rng = np.random.default_rng(2)
        for number in range(10):
            many = rows(*(Loan(NORTH, int(i)) for i in rng.integers(0, 10**15, 5_000)))
            yield many
            if and_stop and number == 5:
                say("half")
                time.sleep(60)

    since = filled_upto(warehouse, LOANS, "desk")
    append_rows(warehouse, LOANS, batches(), app="desk", since=since, upto=10**6, at=MONDAY)


if __name__ == "__main__":
    globals()[sys.argv[2]](Warehouse(sys.argv[1]))
