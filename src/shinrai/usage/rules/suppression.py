"""Small counts are not shared, and neither is what would give them away by subtraction."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

LEAST: Final = 5  # persons that a shared cell holds, unless said otherwise
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class CellSum(Generic[Key]):
    """A total and the cells that it adds up; readers can work out any one of them from the rest."""

    total: Key
    parts: tuple[Key, ...]


def hidden_cells(cells: Mapping[Key, int], sums: Sequence[CellSum[Key]], *, k: int) -> set[Key]:
    """Return the cells that are not to be shown to whoever may not see single persons.

    Hidden are counts from 1 to `k` - 1, then as many others, the smallest first, as it takes that
    no sum gives a hidden one away: by a single gap, by parts that can all only be 1, or by less
    than `k` persons in all. Nobody (0) is shown.

    Source: A. Hundepool et al., Statistical Disclosure Control (2012), chapter 4: primary and
            secondary suppression.
    """
    hidden = {key for key, count in cells.items() if 0 < count < k}
    changes = True
    while changes:
        changes = False
        for one in sums:
            while not _is_safe(one, cells, hidden, k):
                shown = [key for key in (*one.parts, one.total) if key not in hidden and cells[key]]
                parts = [key for key in shown if key != one.total] or shown
                hidden.add(min(parts, key=cells.__getitem__))
                changes = True
    return hidden


def _is_safe(one: CellSum[Key], cells: Mapping[Key, int], hidden: set[Key], k: int) -> bool:
    parts = [key for key in one.parts if key in hidden]
    if one.total in hidden:
        # of parts that are all shown, or all but those of nobody, the total is known
        return bool(parts) or not any(cells[key] for key in one.parts)
    held = sum(cells[key] for key in parts)
    return not parts or (len(parts) > 1 and held >= k and held > len(parts))
