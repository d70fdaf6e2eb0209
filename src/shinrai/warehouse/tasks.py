"""Scheduled tasks of published tables: delete files that are no longer needed."""

from django.conf import settings
from procrastinate import Blueprint

from shinrai.warehouse.store import Warehouse

CLEAR = "37 3 * * *"  # daily


def clear_files(timestamp: int = 0) -> None:
    """Delete the files that only versions older than a week need, unless a version is kept."""
    from shinrai.warehouse.refresh import clear_tables  # DuckDB and Delta: slow to load

    clear_tables(Warehouse(settings.SHINRAI_WAREHOUSE))


def tasks() -> Blueprint:
    """Return the scheduled tasks of this package."""
    found = Blueprint()
    once = "warehouse:clear_files"
    task = found.task(name="clear_files", lock=once, queueing_lock=once)(clear_files)
    found.periodic(cron=CLEAR)(task)
    return found
