"""Accounts as columns: whose each inquiry is, when it was last touched, and what is counted."""

from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import numpy as np

from shinrai.quality.rules.kinds import Bools, Ints, Kinds
from shinrai.quality.rules.names import Names
from shinrai.quality.rules.tallies import GONE, NEVER, Columns

BETWEEN: Final = "\n"  # source and key as one name: a key holds no line of its own


@dataclass
class Accounted:
    """Whose the inquiries are that name an account, and when each was last touched.

    Shape:  `rows` by case number: the account's number, and a moment, NEVER where there is none.
    """

    names: Names = field(default_factory=Names)
    rows: Columns = field(default_factory=lambda: Columns(("account", "touched_us")))


class _Cells(NamedTuple):
    """Accounts by mode: what is open, worked and silent of each."""

    mode: Ints
    account: Ints
    open: Ints
    oldest_us: Ints
    spent_s: Ints
    silent_us: Ints

    def of(self, places: Any) -> "_Cells":
        return _Cells(*(column[places] for column in self))


def account_rows(
    mine: Accounted,
    inquiries: Columns,
    kinds: Kinds,
    inside: Bools,
    *,
    at_us: int,
    silence_us: int,
    most: int,
) -> dict[str, list[dict[str, Any]]]:
    """Count accounts as `measures.accounts` does: all its tables, by name.

    Input:  tallies of all inquiries, and which of them are asked about; how many accounts a mode
            names at most.
    """
    cells = _cells(mine, inquiries, kinds, inside)
    modes, _ = kinds.groups(("mode",))
    enough = at_us - silence_us
    counts, top, silent = [], [], []
    for place, (mode,) in enumerate(modes):
        here = cells.of(cells.mode == place)
        if not len(here.mode):
            continue
        neglected = (here.open > 0) & (here.silent_us <= enough)
        counts.append(
            {
                "mode": mode,
                "accounts": len(here.mode),
                "open": int(np.count_nonzero(here.open > 0)),
                "neglected": int(np.count_nonzero(neglected)),
                "long_open": int(np.count_nonzero(neglected & (here.oldest_us <= enough))),
                "spent_s": int(here.spent_s.sum()),
            }
        )
        heavy = here.of((here.spent_s == here.spent_s.max()) & (here.spent_s > 0))
        for name, row in _named(mine, heavy)[:1]:
            top.append({"mode": mode, **name, "spent_s": int(heavy.spent_s[row])})
        listed = _first(here.of(neglected), most)
        ordered = sorted(
            _named(mine, listed), key=lambda it: (listed.silent_us[it[1]], *it[0].values())
        )
        silent += [
            {
                "mode": mode,
                **name,
                "open": int(listed.open[row]),
                "silent_us": int(listed.silent_us[row]),
                "place": number,
            }
            for number, (name, row) in enumerate(ordered[:most])
        ]
    return {"account_counts": counts, "top_accounts": top, "longest_silent": silent}


def _cells(mine: Accounted, inquiries: Columns, kinds: Kinds, inside: Bools) -> _Cells:
    """Lay out what is known of each account of each mode, of the inquiries asked about."""
    rows = np.flatnonzero(mine.rows["account"] != NEVER)
    places = inquiries.places(mine.rows["case_id"][rows])
    rows, places = rows[places >= 0], places[places >= 0]
    there = inquiries["on"][places] != GONE
    rows, places = rows[there], places[there]
    account, received = mine.rows["account"][rows], inquiries["received_us"][places]
    silent = np.full(len(mine.names), NEVER)
    np.minimum.at(silent, account, received)
    touched = mine.rows["touched_us"][rows]
    np.maximum.at(silent, account[touched != NEVER], touched[touched != NEVER])
    here = inside[places]
    account, received, places = account[here], received[here], places[here]
    kind = inquiries["kind"][places]
    modes, mode_of = kinds.groups(("mode",))
    is_open = kinds.holds("open")[kind] & kinds.holds("counts")[kind]
    size = max(1, len(mine.names))
    cell, count = mode_of[kind] * size + account, max(1, len(modes)) * size
    oldest, spent = np.full(count, NEVER), np.zeros(count, np.int64)
    np.minimum.at(oldest, cell[is_open], received[is_open])
    np.add.at(spent, cell, inquiries["worked_s"][places])
    open_count = np.bincount(cell[is_open], minlength=count).astype(np.int64)
    asked = np.flatnonzero(np.bincount(cell, minlength=count))
    return _Cells(
        mode=asked // size,
        account=asked % size,
        open=open_count[asked],
        oldest_us=oldest[asked],
        spent_s=spent[asked],
        silent_us=silent[asked % size],
    )


def _first(cells: _Cells, most: int) -> _Cells:
    """Keep those silent longest; of those silent as long as the last of them, all."""
    if len(cells.mode) <= most:
        return cells
    last = np.partition(cells.silent_us, most - 1)[most - 1]
    return cells.of(cells.silent_us <= last)


def _named(mine: Accounted, cells: _Cells) -> list[tuple[dict[str, str], int]]:
    """Name accounts, with their rows, by source and key."""
    named = [mine.names[number] for number in cells.account.tolist()]
    return [
        (dict(zip(("source", "account"), name.split(BETWEEN, 1), strict=True)), row)
        for name, row in sorted(zip(named, range(len(named)), strict=True))
    ]
