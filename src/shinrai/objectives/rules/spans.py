"""A span: the raw material of one clock, before any calendar is asked."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ClockSpan:
    """From when to when a clock measured, and when it rested.

    `pauses` hold only the rests this clock counts; an end of None: still resting. `exempted_at` is
    the first exemption that names this clock.
    """

    case_id: int
    index: int
    mode: str
    started_at: datetime
    stopped_at: datetime | None
    pauses: tuple[tuple[datetime, datetime | None], ...]
    cancelled_at: datetime | None
    spam: bool
    exempted_at: datetime | None
