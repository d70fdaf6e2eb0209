"""The tasks of satisfaction: draw whom surveys are about, mail, end consents, prepare."""

from typing import Final

from django.conf import settings
from procrastinate import Blueprint

from shinrai.accounts.queries import workspaces
from shinrai.cli.moments import now
from shinrai.satisfaction.operations.asking import draw_waves
from shinrai.satisfaction.operations.interviews import mail_invitations, remove_ended_words
from shinrai.warehouse.store import Warehouse

PREPARE: Final = "satisfaction:prepare"
EACH_HALF_MINUTE: Final = "* * * * * */30"
MAIL: Final = "satisfaction:mail_surveys"
EACH_FIVE_MINUTES: Final = "*/5 * * * *"
DRAW: Final = "satisfaction:draw_waves"
HOURLY: Final = "23 * * * *"
END: Final = "satisfaction:end_consents"
NIGHTLY: Final = "52 2 * * *"


def prepare(timestamp: int = 0) -> None:
    """Prepare the first view of satisfaction where it is not current."""
    from shinrai.satisfaction.operations.first_view import prepare_satisfaction

    warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
    for there in workspaces():
        prepare_satisfaction(workspace=there, at=now(), warehouse=warehouse)


def mail_surveys(timestamp: int = 0) -> None:
    """Ask whom an inquiry was solved for lately, and send invitations that were lost."""
    for there in workspaces():
        draw_waves(workspace=there, at=now())
        mail_invitations(workspace=there, at=now())


def draw_populations(timestamp: int = 0) -> None:
    """Find out from what people do whom the open surveys are about."""
    for there in workspaces():
        draw_waves(workspace=there, at=now(), warehouse=Warehouse(settings.SHINRAI_WAREHOUSE))


def end_consents(timestamp: int = 0) -> None:
    """Delete notes and quotes of interviews whose consent is over."""
    for there in workspaces():
        remove_ended_words(workspace=there, at=now(), by="worker")


def tasks() -> Blueprint:
    """Return the tasks of this package."""
    found = Blueprint()
    timed = (
        (prepare, PREPARE, EACH_HALF_MINUTE),
        (mail_surveys, MAIL, EACH_FIVE_MINUTES),
        (draw_populations, DRAW, HOURLY),
        (end_consents, END, NIGHTLY),
    )
    for task, name, cron in timed:
        job = found.task(name=name.partition(":")[2], lock=name, queueing_lock=name)(task)
        found.periodic(cron=cron)(job)
    return found
