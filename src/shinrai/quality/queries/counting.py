"""What measures count, out of tallies: the same rows, over any dates, in a moment."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from shinrai.ledger.queries import case_heads
from shinrai.quality.measures.spread import TAIL
from shinrai.quality.measures.tallies import WAITS
from shinrai.quality.queries.accounts import accounts_in
from shinrai.quality.queries.tallied import Tallied
from shinrai.quality.rules.counted import Counted
from shinrai.quality.rules.kinds import Ints, spread_rows
from shinrai.quality.rules.tallies import (
    Span,
    count_rows,
    one_piece,
    repeat_rows,
    rows_among,
    waiting_rows,
)

MARK = "__in"  # a condition that says where a tally stands, and is no count itself


def counted_in(found: Tallied, span: Span) -> Counted:
    """Count everything of MEASURES §5 over some dates; as `queries.summary` does from the rows."""
    places = rows_among(span.of(found.inquiries["on"]))
    kinds, kind = found.kinds, found.inquiries["kind"][places]
    counts = np.bincount(kind, minlength=len(kinds))
    modes, mode_of_kind = kinds.groups(("mode",))
    named, mode_of = [mode for (mode,) in modes], mode_of_kind[kind]
    timed, plain = waiting_rows(
        named,
        mode_of_kind,
        kind,
        {name: found.inquiries[name][places] for name in WAITS},
        {name: kinds.holds(name + MARK) for name in ("measured", "sound", "told")},
    )
    spreads = {
        name: spread_rows(
            kinds,
            counts,
            {c: c if c in ("mode", "source") else f"{name}__{c}" for c in columns},
            where=name + MARK,
        )
        for name, columns in found.spreads.items()
    }
    ours = investigation_rows(found, span)
    rows = counts_in(found, places)
    return Counted(
        counts=rows,
        waiting_times=timed,
        plain_waiting_times=plain,
        tail=_tail(found, places, kind, counts),
        repeats=repeat_rows(named, mode_of, found.inquiries["again"][places]),
        investigations=ours,
        modes=tuple(sorted({row["mode"] for row in (*rows, *ours)})),
        **spreads,
        **accounts_in(found, span, at_us=found.at_us),
    )


def counts_in(found: Tallied, places: Ints | slice) -> list[dict[str, Any]]:
    """Add up the tallies of some inquiries by mode and source."""
    conditions = [name for name in found.conditions if not name.endswith(MARK)]
    numbers = {name: found.inquiries[name][places] for name in found.numbers}
    return count_rows(found.kinds, found.inquiries["kind"][places], numbers, conditions)


def counts_by_period(found: Tallied, starts: Sequence[date]) -> list[dict[str, Any]]:
    """Add up tallies by mode, source and period, as `measures.trends.trends` does.

    `starts` are the first days of periods that follow one another; the last goes on.
    """
    on = found.inquiries["on"]
    places = np.flatnonzero(Span(since=starts[0]).of(on))
    bounds = np.array([start.toordinal() for start in starts])
    days = on[places] - bounds[0]
    # A day is looked up in a list of them: far quicker than finding its place among the bounds.
    listed = np.arange(int(days.max(initial=0)) + 1) + bounds[0]
    period = (np.searchsorted(bounds, listed, "right") - 1)[days]
    return [
        {**row, "since_on": start}
        for place, start in enumerate(starts)
        for row in counts_in(found, one_piece(places[period == place]))
    ]


def investigation_rows(found: Tallied, span: Span) -> list[dict[str, Any]]:
    """Add up the tallies of investigations by mode, as `measures.investigated` does."""
    places = np.flatnonzero(span.of(found.investigations["on"]))
    kinds, kind = found.our_kinds, found.investigations["kind"][places]
    counts = np.bincount(kind, minlength=len(kinds))
    modes, mode_of_kind = kinds.groups(("mode",))
    mode_of = mode_of_kind[kind]
    steps = np.bincount(
        mode_of, weights=found.investigations["steps"][places], minlength=len(modes)
    )
    rows = []
    for place, (mode,) in enumerate(modes):
        mine = counts * (mode_of_kind == place)
        if not mine.sum():
            continue
        sums = {name: int(mine[kinds.holds(name)].sum()) for name in kinds.conditions}
        row = {"investigations": int(mine.sum()), "steps": int(steps[place]), **sums}
        rows.append({"mode": mode, **row})
    return rows


def _tail(found: Tallied, places: Ints | slice, kind: Ints, counts: Ints) -> list[dict[str, Any]]:
    """Find the solved inquiries of each mode with the most round trips, as `measures.spread`."""
    kinds = found.kinds
    modes, mode_of = kinds.groups(("mode",))
    runs = np.array(kinds.column("runs__runs"), np.int64)
    stands = kinds.holds("tail" + MARK) & (counts > 0) if len(kinds) else counts > 0
    chosen: list[tuple[str, int, int, int]] = []
    for place, (mode,) in enumerate(modes):
        mine = np.flatnonzero(stands & (mode_of == place))
        longest = mine[np.argsort(-runs[mine], kind="stable")]
        enough = int(np.searchsorted(np.cumsum(counts[longest]), TAIL)) + 1
        least = runs[longest[:enough][-1]] if len(longest) else 0
        wanted = np.zeros(len(kinds), np.bool_)
        wanted[mine[runs[mine] >= least]] = True
        rows = np.flatnonzero(wanted[kind])
        ids, trips = found.inquiries["case_id"][places][rows], runs[kind[rows]]
        order = np.lexsort((ids, -trips))[:TAIL]
        chosen += [
            (mode, number, int(ids[row]), int(trips[row])) for number, row in enumerate(order)
        ]
    heads = case_heads([case_id for _, _, case_id, _ in chosen])
    return [
        {"mode": mode, "case_key": heads[case_id].source_key, "runs": trips, "place": number}
        for mode, number, case_id, trips in chosen
    ]
