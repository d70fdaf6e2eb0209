"""Freshdesk's `stats` of a ticket: moments of first response, resolution and closing.

**Source:** field names from Freshdesk's API reference (`include=stats`).
"""

from typing import Final

from shinrai.importers.rules.reconciliation import times
from shinrai.importers.rules.reconciliation.evidence import Evidence
from shinrai.importers.rules.reconciliation.figure import Explain, SourceFigure, stated_number
from shinrai.importers.rules.reconciliation.reasons import missing_step, other_reading, turned_clock
from shinrai.units.moments import epoch_us
from shinrai.units.text import Text


def _first_out(evidence: Evidence) -> int | None:
    return next((epoch_us(m.at) for m in evidence.life.messages if not m.inbound), None)


def _first_reply(evidence: Evidence) -> int | None:
    answers = (
        m for m in evidence.life.messages if not m.inbound and m.substantive and not m.automatic
    )
    return next((epoch_us(m.at) for m in answers), None)


def _moment(
    name: str, definition: Text, ours: Text, we_say: times.Moment, *why: Explain
) -> SourceFigure:
    return SourceFigure(
        name=f"stats.{name}",
        unit="moment",
        definition=definition,
        ours=ours,
        says=stated_number(f"stats.{name}"),
        we_say=we_say,
        explain=(turned_clock, *why),
    )


METRICS: Final = (
    _moment(
        "first_responded_at",
        Text("when it was first responded to"),
        Text("the first substantive message of a person to the customer"),
        _first_reply,
        other_reading(
            _first_out,
            Text("the first message of any sort; ours leaves out automatic ones and mere thanks"),
        ),
        missing_step(
            "outbound",
            says=Text("the export holds no message to the customer"),
        ),
    ),
    _moment(
        "resolved_at",
        Text("when it was last resolved"),
        Text("the last standing step `solved`"),
        times.last_step("solved"),
        other_reading(
            times.last_step("closed"),
            Text("closed without having been resolved: the close counts as the resolution there"),
        ),
    ),
    _moment(
        "closed_at",
        Text("when it was closed"),
        Text("the last standing step `closed`"),
        times.last_step("closed"),
    ),
)
