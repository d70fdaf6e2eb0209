"""Moving events in a process of its own, so that it can be killed: POINT AT.

POINT is a point of `postgres.failpoints` at which the process kills itself.
"""

import os
import signal
import sys
from datetime import datetime


def main(point: str, at: str) -> None:
    """Move what waits until the named point."""
    import django

    django.setup()
    from django.conf import settings

    from shinrai.postgres.failpoints import listen_to_points
    from shinrai.usage.operations.move import move_all
    from shinrai.warehouse.store import Warehouse

    def come_to(now: str) -> None:
        if now == point:
            os.kill(os.getpid(), signal.SIGKILL)

    listen_to_points(come_to)
    move_all(Warehouse(settings.SHINRAI_WAREHOUSE), at=datetime.fromisoformat(at))


if __name__ == "__main__":
    main(*sys.argv[1:])
