"""Jira Service Management's SLA cycles: elapsed working time of the last completed cycle.

**Source:** field names from the reference of SLA information. The importer stores the last
completed cycle of an SLA under its name: `Time to first response.elapsedTime` (milliseconds), `Time
to first response.breached`, and the target as `goalDuration`.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from shinrai.importers.rules.reconciliation import times
from shinrai.importers.rules.reconciliation.evidence import Evidence
from shinrai.importers.rules.reconciliation.figure import SourceFigure, stated_word
from shinrai.importers.rules.reconciliation.reasons import (
    MINUTE_S,
    business_time,
    missing_step,
    other_reading,
)
from shinrai.importers.rules.reconciliation.times import Reading
from shinrai.units.text import Text

_AROUND = Text("counted around the clock: the SLA uses a calendar that is always open")
_FIRST_OUT = Text(
    "counted to the first comment of any sort; ours leaves out automatic ones and mere thanks"
)
_SOLVED = Text("counted to the resolution: the SLA ends there where nobody had answered")
_LAST = Text("the source counts the last cycle alone, from the reopening on; ours adds all of them")
_NO_WAITS = Text("the SLA rests in every wait; ours in waits for the customer alone")


def _millis(name: str) -> Callable[[Mapping[str, Any]], int | None]:
    """Return a function that reads a duration in milliseconds as whole seconds."""

    def take(says: Mapping[str, Any]) -> int | None:
        try:
            return None if says.get(name) is None else round(Fraction(str(says[name])) / 1000)
        except ValueError:
            return None

    return take


def _verdict(name: str, reading: Reading) -> SourceFigure:
    """Return the figure for a missed goal: our own time against the source's goal."""

    def we_say(evidence: Evidence) -> str | None:
        goal = _millis(f"{name}.goalDuration")(evidence.says)
        ours = times.by_calendar(reading)(evidence)
        return None if goal is None or ours is None else str(ours > goal).lower()

    def by_their_time(evidence: Evidence) -> str | None:
        goal = _millis(f"{name}.goalDuration")(evidence.says)
        theirs = _millis(f"{name}.elapsedTime")(evidence.says)
        return None if goal is None or theirs is None else str(theirs > goal).lower()

    return SourceFigure(
        name=f"{name}.breached",
        unit="word",
        definition=Text("whether the goal was missed"),
        ours=Text("our time against the goal the source states"),
        says=stated_word(f"{name}.breached"),
        we_say=we_say,
        explain=(
            other_reading(
                by_their_time,
                Text(
                    "the verdict follows from the source's own elapsed time, which differs "
                    "from ours; its reason stands there"
                ),
            ),
        ),
        needs_calendar=True,
    )


def _sla(
    name: str,
    reading: Reading,
    definition: Text,
    ours: Text,
    *kinds: str,
    others: Sequence[tuple[Reading, Text]] = (),
) -> tuple[SourceFigure, SourceFigure]:
    """Return the figures of a cycle: its working time, and whether the goal was missed.

    `others` are definitions that an SLA often uses instead.
    """
    elapsed = business_time(
        f"{name}.elapsedTime",
        reading,
        definition,
        ours,
        _millis(f"{name}.elapsedTime"),
        *(other_reading(times.by_calendar(other), says, near=MINUTE_S) for other, says in others),
        other_reading(times.around_the_clock(reading), _AROUND, near=MINUTE_S),
        missing_step(
            *kinds,
            says=Text("the export holds no step at which this clock could stop"),
        ),
        per_unit=1,
    )
    return elapsed, _verdict(name, reading)


METRICS: Final = (
    *_sla(
        "Time to first response",
        times.first_reply,
        Text("working time to the first response"),
        Text("from receipt to the first substantive message of a person, by our calendar"),
        "outbound",
        others=((times.first_message_out, _FIRST_OUT), (times.first_solution, _SOLVED)),
    ),
    *_sla(
        "Time to resolution",
        times.working,
        Text("working time to the resolution, waits for the customer left out"),
        Text("unsolved time less the waits for the customer, by our calendar"),
        "solved",
        "closed",
        others=((times.working_since_reopened, _LAST), (times.working_for_nobody, _NO_WAITS)),
    ),
)
