"""What fell due in a window, counted; counts add up, division comes last."""

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
    """Count the clocks of one window at one moment.

    `kept`, `missed` and `overdue` fell due by that moment; `kept_ahead` and `running` are due in
    the window but not yet. Exempted ones stand apart. `filed`, `due` and `answered` are what
    happened in the same period, whichever window it belongs to.
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
        """Count those that fell due and are judged."""
        return self.kept + self.missed + self.overdue

    @property
    def misses(self) -> int:
        """Count the misses: overdue is missed now."""
        return self.missed + self.overdue

    @property
    def ahead(self) -> int:
        """Count those in hand that will fall due before the window ends."""
        return self.kept_ahead + self.running

    @property
    def share(self) -> Share:
        """Carry the headline: kept of those fallen due."""
        return Share(self.kept, self.fallen)

    @property
    def share_with_exempted(self) -> Share:
        """Carry the same as if nothing had been exempted."""
        kept = self.kept + self.exempt_kept
        return Share(kept, kept + self.misses + self.exempt_missed)

    @property
    def is_paused_much(self) -> bool:
        """Tell whether pauses took more than a fifth of the open time of what fell due."""
        return self.paused_open_s > PAUSED_TOO_MUCH * self.open_s


def count_window(table: ClockTable, span: WindowSpan, at: datetime) -> WindowCounts:
    """Count the clocks of a window as they stood at a moment."""
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
