"""The tasks of satisfaction: find out whom open surveys are about, and mail those who are due."""

from typing import Final

from django.conf import settings
from procrastinate import Blueprint

from shinrai.accounts.queries import workspaces
from shinrai.cli.moments import now
from shinrai.satisfaction.operations.asking import draw_waves
from shinrai.warehouse.store import Warehouse

MAIL: Final = "satisfaction:mail_surveys"
EACH_FIVE_MINUTES: Final = "*/5 * * * *"
DRAW: Final = "satisfaction:draw_waves"
HOURLY: Final = "23 * * * *"


def mail_surveys(timestamp: int = 0) -> None:
    """Ask whom an inquiry was solved for lately."""
    for there in workspaces():
        draw_waves(workspace=there, at=now())


def draw_populations(timestamp: int = 0) -> None:
    """Find out from what people do whom the open surveys are about."""
    for there in workspaces():
        draw_waves(workspace=there, at=now(), warehouse=Warehouse(settings.SHINRAI_WAREHOUSE))


def tasks() -> Blueprint:
    """Return the tasks of this package."""
    found = Blueprint()
    timed = ((mail_surveys, MAIL, EACH_FIVE_MINUTES), (draw_populations, DRAW, HOURLY))
    for task, name, cron in timed:
        job = found.task(name=name.partition(":")[2], lock=name, queueing_lock=name)(task)
        found.periodic(cron=cron)(job)
    return found
