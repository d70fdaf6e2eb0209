"""The state of a clock at a moment, found by comparing moments with its due moment.

An objective's page uses `states_at`, queues use `state_at`; both give the same states as
`measures.states`, and a test compares them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from shinrai.objectives.rules.clocks import NEVER, ClockRow
from shinrai.units.moments import epoch_us

State = Literal["kept", "missed", "overdue", "running", "paused", "void", "exempt"]
STATES: tuple[State, ...] = get_args(State)
NOT_STARTED = -1  # in columns: the clock had not started at that moment

Moments = NDArray[np.int64]
Flags = NDArray[np.bool_]
Codes = NDArray[np.int8]


def state_at(row: ClockRow, at: datetime) -> State | None:
    """Return the state of a clock at a moment; None before it starts.

    A clock is kept if it stopped at or before the due moment. It is void if cancelled, exempt if
    exempted, at or before the due moment (spam: at any time).
    """
    if at < row.started_at:
        return None
    due = row.due_at
    cancelled_at = _past(row.cancelled_at, at)
    exempted_at = _past(row.exempted_at, at)
    stopped_at = _past(row.stopped_at, at)
    if cancelled_at is not None and (row.spam or due is None or cancelled_at <= due):
        return "void"
    if exempted_at is not None and (due is None or exempted_at <= due):
        return "exempt"
    if stopped_at is not None:
        return "kept" if due is not None and stopped_at <= due else "missed"
    if due is None:
        return "paused"
    if cancelled_at is not None:
        return "missed"
    return "overdue" if due < at else "running"


def _past(moment: datetime | None, at: datetime) -> datetime | None:
    return moment if moment is not None and moment <= at else None


@dataclass(frozen=True, slots=True)
class ClockTable:
    """Clocks as columns, as far as their states need them; NEVER where there is no such moment.

    Shape:  n each; built from rows here, or from the published table by a query.
    """

    case_id: Moments
    index: Moments
    started_us: Moments
    stopped_us: Moments
    due_us: Moments
    cancelled_us: Moments
    spam: Flags
    exempted_us: Moments
    open_s: Moments
    paused_open_s: Moments

    def __len__(self) -> int:
        return len(self.case_id)

    def where(self, wanted: Flags | Moments) -> "ClockTable":
        """Return some clocks: those marked, or those at the given positions, in that order."""
        return ClockTable(*(getattr(self, name)[wanted] for name in self.__slots__))


def joined(tables: Sequence[ClockTable]) -> ClockTable:
    """Return one table with the rows of several, in their order."""
    return ClockTable(
        *(np.concatenate([getattr(t, name) for t in tables]) for name in ClockTable.__slots__)
    )


def clock_table(rows: Sequence[ClockRow]) -> ClockTable:
    """Return a table of clocks with the values of some rows."""

    def moments(values: list[datetime | None]) -> Moments:
        return np.array([NEVER if at is None else epoch_us(at) for at in values], np.int64)

    def numbers(values: list[int]) -> Moments:
        return np.array(values, np.int64)

    return ClockTable(
        case_id=numbers([row.case_id for row in rows]),
        index=numbers([row.index for row in rows]),
        started_us=moments([row.started_at for row in rows]),
        stopped_us=moments([row.stopped_at for row in rows]),
        due_us=moments([row.due_at for row in rows]),
        cancelled_us=moments([row.cancelled_at for row in rows]),
        spam=np.array([row.spam for row in rows], np.bool_),
        exempted_us=moments([row.exempted_at for row in rows]),
        open_s=numbers([row.open_s for row in rows]),
        paused_open_s=numbers([row.paused_open_s for row in rows]),
    )


def states_at(table: ClockTable, at: datetime) -> Codes:
    """Return the state of every clock at a moment, as indexes of STATES; -1 before it starts."""
    now = epoch_us(at)
    due, no_due = table.due_us, table.due_us == NEVER
    cancelled = _by(table.cancelled_us, now)
    stopped = _by(table.stopped_us, now)
    void = cancelled & (table.spam | no_due | (table.cancelled_us <= due))
    exempt = _by(table.exempted_us, now) & (no_due | (table.exempted_us <= due))
    kept = stopped & ~no_due & (table.stopped_us <= due)
    return np.select(
        [
            table.started_us > now,
            void,
            exempt,
            kept,
            stopped,
            no_due,
            cancelled,
            due < now,
        ],
        [
            np.int8(code)
            for code in (
                NOT_STARTED,
                *map(
                    STATES.index,
                    ("void", "exempt", "kept", "missed", "paused", "missed", "overdue"),
                ),
            )
        ],
        default=np.int8(STATES.index("running")),
    )


def _by(moments: Moments, now: int) -> Flags:
    past: Flags = (moments != NEVER) & (moments <= now)
    return past
