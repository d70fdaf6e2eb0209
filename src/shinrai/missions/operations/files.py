"""Take in completions from files of usage events, which count as days of use too."""

from dataclasses import asdict
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.missions.operations.attempts import RecordedAttempts, record_attempts
from shinrai.missions.queries.declarations import event_names
from shinrai.missions.rules.events import named, reported
from shinrai.usage.operations.files import events_in, take_in_file
from shinrai.usage.rules.event import UsageEvent
from shinrai.usage.rules.table_mapping import EventMapping
from shinrai.warehouse.store import Warehouse

ROWS: Final = 20_000  # a transaction


def take_in_attempts(
    path: Path,
    workspace: WorkspaceRecord,
    mapping: EventMapping | None,
    *,
    at: datetime,
    **names: Any,
) -> RecordedAttempts:
    """Take in a file: those of its events that name an activity as attempts, and all as usage.

    `names`: of this file, where they are not those of the workspace (`rules.events.EventNames`).

    Raises: UnreadableEvents, BadEventMapping, BadEventNames.
    """
    from shinrai.usage.operations.move import move_all  # DuckDB and Delta: slow to load

    meant = named({**asdict(event_names(workspace.id)), **names})
    # Attempts first: as usage, the same events say then what is known.
    reports = (
        found
        for event in events_in(path, mapping, workspace.zone, at=at)
        if isinstance(event, UsageEvent) and (found := reported(event, meant))
    )
    done, place = RecordedAttempts(), 0
    while some := list(islice(reports, ROWS)):
        one = record_attempts(
            workspace=workspace,
            reports=some,
            received_at=at,
            is_history=True,
            counts_days=False,
        )
        done = RecordedAttempts(
            done.new + one.new,
            done.known + one.known,
            done.erased + one.erased,
            {**done.refused, **{place + n: why for n, why in one.refused.items()}},
        )
        place += len(some)
    take_in_file(path, workspace=workspace, mapping=mapping, at=at)
    move_all(Warehouse(settings.SHINRAI_WAREHOUSE), at=at, waits=True)
    return done
