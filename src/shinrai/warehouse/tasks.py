"""What the timetable does for published tables: files that nobody can name any more are deleted."""

from django.conf import settings
from procrastinate import Blueprint

from shinrai.warehouse.store import Warehouse

CLEAR = "37 3 * * *"  # daily


def clear_files(timestamp: int = 0) -> None:
    """Delete the files of versions older than a week that nothing keeps."""
    from shinrai.warehouse.refresh import clear_tables  # DuckDB and Delta: slow to load

    clear_tables(Warehouse(settings.SHINRAI_WAREHOUSE))


def tasks() -> Blueprint:
    """Register the work of this package."""
    found = Blueprint()
    once = "warehouse:clear_files"
    task = found.task(name="clear_files", lock=once, queueing_lock=once)(clear_files)
    found.periodic(cron=CLEAR)(task)
    return found
