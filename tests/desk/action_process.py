"""An action in a process of its own, so that it can be killed: CASE POINT.

POINT is a point of `postgres.failpoints` at which the process kills itself.
"""

import os
import signal
import sys
from datetime import datetime


def main(case_id: str, member_key: str, at: str, point: str) -> None:
    """Send a case back until the named point."""
    import django

    django.setup()
    from shinrai.accounts.queries import members
    from shinrai.desk.operations.actions import ActionRequest, act
    from shinrai.ledger.queries import case_heads
    from shinrai.postgres.failpoints import listen_to_points

    def come_to(now: str) -> None:
        if now == point:
            os.kill(os.getpid(), signal.SIGKILL)

    listen_to_points(come_to)
    head = case_heads([int(case_id)])[int(case_id)]
    staff = members(workspace_id=head.workspace_id)
    member = next(one for one in staff if one.key == member_key)
    given = {"missing": "version"}
    act(ActionRequest(head.id, "send_back", given, member, datetime.fromisoformat(at)))


if __name__ == "__main__":
    main(*sys.argv[1:])
