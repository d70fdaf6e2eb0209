"""Named points in long work at which tests stop the process.

In production nothing listens to them. A test kills the process at a point and then checks that
whoever continues the work neither loses nor duplicates anything.
"""

from collections.abc import Callable
from typing import Final, Literal, get_args

Point = Literal[
    "import.begun",
    "import.people_met",
    "import.cases_recorded",
    "import.words_sealed",
    "import.rows_copied",
    "import.stretch_kept",
    "import.hours_judged",
    "import.steps_copied",
    "import.cases_kept",
    "import.completing",
    "import.clocks_refreshed",
    "import.complete",
    "publish.rows_handed_over",
    "publish.all_handed_over",
    "publish.committed",
    "usage.chosen",
    "missions.attempts_stored",
    "missions.pins_given",
    "delivery.claimed",
    "family.composed",
    "act.steps_appended",
    "act.all_followed",
    "act.committed",
    "desk.told",
    "desk.tell_back_added",
    "intake.received",
    "intake.handled",
    "intake.told",
    "backup.written",
    "restore.filled",
]
POINTS: Final[tuple[Point, ...]] = get_args(Point)
_listeners: list[Callable[[Point], None]] = []


def passed(point: Point) -> None:
    """Notify the listeners that work has reached a point."""
    for listen in _listeners:
        listen(point)


def listen_to_points(listener: Callable[[Point], None]) -> None:
    """Call `listener` at every point from now on; for tests that end their process at one."""
    _listeners.append(listener)
