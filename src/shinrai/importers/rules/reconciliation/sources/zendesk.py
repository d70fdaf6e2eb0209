"""Zendesk's ticket metrics (`metric_sets`), in minutes around the clock and in business hours.

**Source:** names and meanings from Zendesk's reference of ticket metrics. Figures are stored under
dotted names, `reply_time_in_minutes.business`; business hours there are those of the schedule that
was last applied to the ticket, counted for all of its past.
"""

from typing import Final

from shinrai.importers.rules.reconciliation import times
from shinrai.importers.rules.reconciliation.figure import Explain, SourceFigure, stated_number
from shinrai.importers.rules.reconciliation.reasons import (
    MINUTE_S,
    Pieces,
    business_time,
    missing_step,
    one,
    other_reading,
    rounding,
    still_waiting,
)
from shinrai.importers.rules.reconciliation.times import Reading
from shinrai.units.text import Text

_NO_REPLY = missing_step(
    "outbound",
    says=Text("the export holds no message to the customer"),
)
_NO_END = missing_step(
    "solved",
    "closed",
    says=Text("the export holds no moment at which it was solved"),
)
_ANY_MESSAGE = Text(
    "counted to the first message of any sort; ours leaves out automatic ones and mere thanks"
)
_ALL_MESSAGES = Text("counts every message to the customer; ours leaves out automatic ones")


def _time(
    name: str,
    reading: Reading,
    definition: Text,
    ours: Text,
    *more: Explain,
    pieces: Pieces = one,
) -> tuple[SourceFigure, SourceFigure]:
    """Return the figures of a time, around the clock and in business hours."""
    field = f"{name}_in_minutes"
    calendar = SourceFigure(
        name=f"{field}.calendar",
        unit="seconds",
        per_unit=MINUTE_S,
        definition=definition,
        ours=ours,
        says=stated_number(f"{field}.calendar", times=MINUTE_S),
        we_say=times.around_the_clock(reading),
        explain=(rounding(pieces=pieces), *more),
    )
    business = business_time(
        f"{field}.business",
        reading,
        Text("{definition}, in business hours", definition=definition),
        Text("{ours}, by our calendar", ours=ours),
        stated_number(f"{field}.business", times=MINUTE_S),
        *more,
        pieces=pieces,
    )
    return calendar, business


METRICS: Final = (
    *_time(
        "reply_time",
        times.first_reply,
        Text("from creation to the first public reply"),
        Text("from receipt to the first substantive message of a person"),
        other_reading(times.around_the_clock(times.first_message_out), _ANY_MESSAGE, near=MINUTE_S),
        _NO_REPLY,
    ),
    *_time(
        "first_resolution_time",
        times.first_solution,
        Text("from creation to the first time it was solved"),
        Text("from receipt to the first `solved`"),
        _NO_END,
    ),
    *_time(
        "full_resolution_time",
        times.full_solution,
        Text("from creation to the last time it was solved"),
        Text("from receipt to the last `solved`"),
        _NO_END,
    ),
    *_time(
        "requester_wait_time",
        times.working,
        Text("how long it was new, open or on hold"),
        Text("unsolved time, less the waits for the customer"),
        still_waiting,
        pieces=times.pieces,
    ),
    *_time(
        "agent_wait_time",
        times.resting("customer"),
        Text("how long it was pending"),
        Text("the waits for the customer"),
        still_waiting,
        pieces=times.pieces,
    ),
    *_time(
        "on_hold_time",
        times.resting("third_party", "problem"),
        Text("how long it was on hold"),
        Text("the waits for a third party or a problem"),
        still_waiting,
        pieces=times.pieces,
    ),
    SourceFigure(
        name="reopens",
        unit="count",
        definition=Text("how often it was opened again"),
        ours=Text("the standing steps `reopened`"),
        says=stated_number("reopens"),
        we_say=times.reopenings,
    ),
    SourceFigure(
        name="replies",
        unit="count",
        definition=Text("public replies of agents"),
        ours=Text("messages of persons to the customer"),
        says=stated_number("replies"),
        we_say=times.replies,
        explain=(other_reading(times.messages_out, _ALL_MESSAGES),),
    ),
    SourceFigure(
        name="group_stations",
        unit="count",
        definition=Text("groups it was with"),
        ours=Text("groups that held it, in turn"),
        says=stated_number("group_stations"),
        we_say=times.groups,
    ),
    SourceFigure(
        name="assignee_stations",
        unit="count",
        definition=Text("agents it was with"),
        ours=Text("persons who held it, in turn"),
        says=stated_number("assignee_stations"),
        we_say=times.assignees,
    ),
)
