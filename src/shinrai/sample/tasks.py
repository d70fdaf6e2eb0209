"""What a worker does for the sample: the years before the last months, once the demo is open."""

from datetime import datetime

from django.conf import settings
from procrastinate import Blueprint

from shinrai.cli.moments import now
from shinrai.objectives.operations.catching_up import catch_up
from shinrai.sample.operations import CATCH_UP, EARLIER, load_earlier
from shinrai.warehouse.store import Warehouse


def do_load_earlier(until: str, inquiries: int) -> None:
    """Bring in the earlier years, then publish and freeze all of it."""
    load_earlier(until=datetime.fromisoformat(until), inquiries=inquiries)
    catch_up(warehouse=Warehouse(settings.SHINRAI_WAREHOUSE), at=now())


def tasks() -> Blueprint:
    """Register the work of this room."""
    found = Blueprint()
    found.task(name=EARLIER.partition(":")[2], lock=CATCH_UP)(do_load_earlier)
    return found
