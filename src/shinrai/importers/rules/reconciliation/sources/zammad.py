"""Zammad's own figures of a ticket: minutes to the first response and to the closing.

**Source:** field names from Zammad's ticket reference; its minutes are business time by the
calendar of the ticket's SLA, and null where no SLA applied.
"""

from typing import Final

from shinrai.importers.rules.reconciliation import times
from shinrai.importers.rules.reconciliation.figure import stated_number
from shinrai.importers.rules.reconciliation.reasons import (
    MINUTE_S,
    business_time,
    missing_step,
    other_reading,
)
from shinrai.units.text import Text

_FIRST_OUT = Text(
    "counted to the first message of any sort; ours leaves out automatic ones and mere thanks"
)
_AROUND = Text("counted around the clock: no calendar applied to the ticket there")
_NO_REPLY = Text("the export holds no message to the customer")
_NO_END = Text("the export holds no moment at which it was closed")

METRICS: Final = (
    business_time(
        "first_response_in_min",
        times.first_reply,
        Text("business minutes from creation to the first response"),
        Text("from receipt to the first substantive message of a person, by our calendar"),
        stated_number("first_response_in_min", times=MINUTE_S),
        other_reading(times.by_calendar(times.first_message_out), _FIRST_OUT, near=MINUTE_S),
        other_reading(times.around_the_clock(times.first_reply), _AROUND, near=MINUTE_S),
        missing_step("outbound", says=_NO_REPLY),
    ),
    business_time(
        "close_in_min",
        times.closing,
        Text("business minutes from creation to the close"),
        Text("from receipt to the last `closed`, by our calendar"),
        stated_number("close_in_min", times=MINUTE_S),
        other_reading(times.around_the_clock(times.closing), _AROUND, near=MINUTE_S),
        missing_step("closed", says=_NO_END),
    ),
)
