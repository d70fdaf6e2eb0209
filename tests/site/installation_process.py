"""What an installation answers, or a command killed at a point; run as a process of its own.

python -m tests.site.installation_process answers MOMENT
python -m tests.site.installation_process killed POINT WORDS...
"""

import json
import os
import signal
import sys
from datetime import datetime

from shinrai.site import main

PAGES = ("queue/", "investigations/", "objectives/", "quality/?from=all", "workload/", "search/?q=")


def answers(moment: str) -> dict[str, object]:
    """Fill what is published, then read pages, the audit's seals and the count of each table."""
    main.prepare_database()
    import psycopg
    import time_machine
    from django.conf import settings
    from django.test import Client

    from shinrai.accounts.models import User
    from shinrai.accounts.operations.audit_seals import seal_audit, verify_audit
    from shinrai.accounts.queries import workspace_named
    from shinrai.objectives.operations.catching_up import catch_up
    from shinrai.reports.tasks import prepare_usual
    from shinrai.site.backup import count_rows
    from shinrai.site.database import owner_parameters
    from shinrai.warehouse.store import Warehouse

    at = datetime.fromisoformat(moment)
    settings.ALLOWED_HOSTS = ["testserver"]
    with time_machine.travel(at, tick=False):
        catch_up(warehouse=Warehouse(settings.SHINRAI_WAREHOUSE), at=at)
        prepare_usual()
        client = Client()
        client.force_login(User.objects.get(email="demo@example.com"))
        word = "確認"  # every company writes it
        found = {
            page: client.get(f"/w/michi/{page}{word if page.endswith('=') else ''}")
            for page in PAGES
        }
    with psycopg.connect(**owner_parameters()) as connection:
        rows = count_rows(connection)
        begun = connection.execute("SELECT pg_current_xact_id()::text::bigint").fetchone()
    there = workspace_named("michi")
    seal_audit()
    audit = verify_audit(chain=there.id)
    return {
        "rows": rows,
        "transactions": begun,
        "pages": {
            page: [one.status_code, _plain(one.content.decode())] for page, one in found.items()
        },
        "audit": [audit.seals > 0, len(audit.breaks)],
    }


def _plain(page: str) -> str:
    """Return the page without its forms' tokens, which are drawn for each reader."""
    import re

    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)


def killed(point: str, *words: str) -> int:
    """Run a command, and kill it at a point."""
    from shinrai.postgres.failpoints import listen_to_points

    listen_to_points(lambda now: os.kill(os.getpid(), signal.SIGKILL) if now == point else None)
    return main.run(words)


if __name__ == "__main__":
    if sys.argv[1] == "answers":
        json.dump(answers(sys.argv[2]), sys.stdout)
    else:
        sys.exit(killed(*sys.argv[2:]))
