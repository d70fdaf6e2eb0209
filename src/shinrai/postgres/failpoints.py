"""The points at which a process may die in the middle of long work, by name.

Nothing listens to them in production. A test listens, kills the process at one, and shows that who
goes on afterwards loses nothing and doubles nothing.
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
]
POINTS: Final[tuple[Point, ...]] = get_args(Point)
_listeners: list[Callable[[Point], None]] = []


def passed(point: Point) -> None:
    """Say that work has come to a point."""
    for listen in _listeners:
        listen(point)


def listen_to_points(listener: Callable[[Point], None]) -> None:
    """Have every point told from now on; for tests that end their process at one."""
    _listeners.append(listener)
