"""The tasks of usage: move what came into the published tables, and prepare the first view."""

from contextlib import suppress
from typing import Final

from django.conf import settings
from procrastinate import Blueprint

from shinrai.accounts.queries import workspaces
from shinrai.cli.moments import now
from shinrai.postgres.locks import AlreadyHeld, exclusive_lock
from shinrai.usage.operations.events import MOVE, forget_set_aside
from shinrai.warehouse.store import Warehouse

COMPACT: Final = "usage:compact"
EACH_FIVE_SECONDS: Final = "* * * * * */5"
PREPARE: Final = "usage:prepare"
EACH_QUARTER_MINUTE: Final = "* * * * * */15"
HOURLY: Final = "11 * * * *"
SMALL_MB, FULL_MB = 16, 128
NIGHT_HOUR: Final = 3


def move(timestamp: int = 0) -> None:
    """Move what waits in the inbox; another process that moves does it as well."""
    from shinrai.usage.models import InboxEvent, MoveProgress

    is_due = MoveProgress.objects.filter(is_moving=True).exists() or InboxEvent.objects.exists()
    if not is_due:  # DuckDB and Delta are slow to load
        return
    from shinrai.usage.operations.move import move_all

    with suppress(AlreadyHeld):
        move_all(Warehouse(settings.SHINRAI_WAREHOUSE), at=now())


def compact(timestamp: int = 0) -> None:
    """Join the small files of the hour; at night, those of the day, and count days in one file."""
    from shinrai.usage.facts import DAYS, EVENTS
    from shinrai.warehouse.compaction import compact_grown, compact_small

    warehouse, at = Warehouse(settings.SHINRAI_WAREHOUSE), now()
    is_night = at.hour == NIGHT_HOUR
    with exclusive_lock(MOVE, waits=True):
        for table in (EVENTS, DAYS):
            compact_small(warehouse, table, target_mb=FULL_MB if is_night else SMALL_MB)
        if is_night:
            compact_grown(warehouse, DAYS)
            forget_set_aside(at=at)


def prepare(timestamp: int = 0) -> None:
    """Prepare the first view of habit where it is not current."""
    from shinrai.usage.operations.first_view import prepare_usage

    warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
    for there in workspaces():
        prepare_usage(workspace=there, at=now(), warehouse=warehouse)


def tasks() -> Blueprint:
    """Return the tasks of this package."""
    found = Blueprint()
    timed = (
        (move, MOVE, EACH_FIVE_SECONDS),
        (prepare, PREPARE, EACH_QUARTER_MINUTE),
        (compact, COMPACT, HOURLY),
    )
    for task, name, cron in timed:
        job = found.task(name=name.partition(":")[2], lock=name, queueing_lock=name)(task)
        found.periodic(cron=cron)(job)
    return found
