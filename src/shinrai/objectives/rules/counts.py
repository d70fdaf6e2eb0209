"""Counts of the clocks due in a window; they can be added up, and are divided only at the end."""

from dataclasses import dataclass, fields
from datetime import datetime
from fractions import Fraction

import numpy as np

from shinrai.objectives.rules.clocks import NEVER
from shinrai.objectives.rules.states import STATES, ClockTable, states_at
from shinrai.objectives.rules.windows import WindowSpan
from shinrai.units.moments import epoch_us
from shinrai.units.share import Share

PAUSED_TOO_MUCH = Fraction(1, 5)  # of the open seconds: above this the page warns


@dataclass(frozen=True)
class WindowCounts:
    """The clocks of one window, counted at one moment.

    `kept`, `missed` and `overdue` were due by that moment; `kept_ahead` and `running` are due later
    in the window. Exempted ones are counted separately. `filed`, `due` and `answered` are the
    clocks started, due and stopped in the same period, whichever window they belong to.
    """

    kept: int = 0
    missed: int = 0
    overdue: int = 0
    kept_ahead: int = 0
    running: int = 0
    exempt_kept: int = 0
    exempt_missed: int = 0
    filed: int = 0
    due: int = 0
    answered: int = 0
    open_s: int = 0
    paused_open_s: int = 0

    def __add__(self, other: "WindowCounts") -> "WindowCounts":
        return WindowCounts(
            *(getattr(self, f.name) + getattr(other, f.name) for f in fields(WindowCounts))
        )

    @property
    def fallen(self) -> int:
        """Return how many were due and are judged."""
        return self.kept + self.missed + self.overdue

    @property
    def misses(self) -> int:
        """Return the number of misses; an overdue clock is one already."""
        return self.missed + self.overdue

    @property
    def ahead(self) -> int:
        """Return how many are kept or running and due later in the window."""
        return self.kept_ahead + self.running

    @property
    def share(self) -> Share:
        """Return the share of judged clocks that were kept: the main figure."""
        return Share(self.kept, self.fallen)

    @property
    def share_with_exempted(self) -> Share:
        """Return the same share as if nothing had been exempted."""
        kept = self.kept + self.exempt_kept
        return Share(kept, kept + self.misses + self.exempt_missed)

    @property
    def is_paused_much(self) -> bool:
        """Return whether pauses took more than a fifth of the open time of the judged clocks."""
        return self.paused_open_s > PAUSED_TOO_MUCH * self.open_s


def count_window(table: ClockTable, span: WindowSpan, at: datetime) -> WindowCounts:
    """Count the clocks of a window by their states at a moment."""
    start, end, now = epoch_us(span.start), epoch_us(span.end), epoch_us(at)
    codes = states_at(table, at)
    inside = (table.due_us >= start) & (table.due_us < end)
    fallen = inside & (table.due_us <= now)

    def number(wanted: np.ndarray, *states: str) -> int:
        return int(np.count_nonzero(wanted & np.isin(codes, [STATES.index(s) for s in states])))

    judged = fallen & np.isin(codes, [STATES.index(s) for s in ("kept", "missed", "overdue")])
    in_time = (table.stopped_us != NEVER) & (table.stopped_us <= np.minimum(table.due_us, now))
    counted = codes != STATES.index("void")

    def during(moments: np.ndarray) -> int:
        return int(
            np.count_nonzero(counted & (moments >= start) & (moments < end) & (moments <= now))
        )

    return WindowCounts(
        kept=number(fallen, "kept"),
        missed=number(fallen, "missed"),
        overdue=number(fallen, "overdue"),
        kept_ahead=number(inside & ~fallen, "kept"),
        running=number(inside, "running"),
        exempt_kept=number(fallen & in_time, "exempt"),
        exempt_missed=number(fallen & ~in_time & (table.due_us < now), "exempt"),
        filed=during(table.started_us),
        due=during(table.due_us),
        answered=during(table.stopped_us),
        open_s=int(table.open_s[judged].sum()),
        paused_open_s=int(table.paused_open_s[judged].sum()),
    )
