"""A span: start, stop and pauses of one clock, before due moments are computed."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ClockSpan:
    """When a clock started, stopped and was paused.

    `pauses` hold only the pauses this clock counts; an end of None: still paused. `exempted_at` is
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
