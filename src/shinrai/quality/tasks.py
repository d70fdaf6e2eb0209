"""The periodic task of quality: it draws the sample of each week that is over."""

from procrastinate import Blueprint

from shinrai.cli.moments import now
from shinrai.quality.operations.sampling import draw_all_samples

# Weeks end on Monday at midnight of each workspace's own zone: whichever ends, it is drawn within
# the hour.
DRAW = "17 * * * *"


def draw_samples(timestamp: int = 0) -> None:
    """Draw the samples of every week that is over, in all workspaces."""
    draw_all_samples(at=now())


def tasks() -> Blueprint:
    """Register the tasks of this package."""
    found = Blueprint()
    once = "quality:draw_samples"
    task = found.task(name="draw_samples", lock=once, queueing_lock=once)(draw_samples)
    found.periodic(cron=DRAW)(task)
    return found
