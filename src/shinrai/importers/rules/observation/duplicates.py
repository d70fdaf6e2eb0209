"""Finds repeated keys, with the line of a file each key occurs on first, in 12 bytes a key.

Keys are compared by 64 bits. Among ten million the chance that two are confused is one in 400,000;
such a row would be quarantined and reported, not lost.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Lines = npt.NDArray[np.uint32]  # a file has fewer than four thousand million


MARKS: Final = 1 << 24  # bytes; of ten million keys in its bits one in fourteen looks familiar


class FirstLines:
    """The first line of each key. Keys come in chunks, which are sorted and merged as they grow.

    A table of bits excludes at once most keys that did not occur before (a Bloom filter of one
    hash); only the others are searched for. **Source:** Bloom (1970), method 2.
    """

    def __init__(self) -> None:
        self._runs: list[tuple[Numbers, Lines]] = []
        self._marks = np.zeros(MARKS, np.uint8)

    def take(self, keys: Sequence[int], lines: Sequence[int]) -> dict[int, int]:
        """Add a chunk; return by index the keys that occurred before, with their first line."""
        if not keys:
            return {}
        told = np.array(keys, dtype=np.int64)
        known, first, back = np.unique(told, return_index=True, return_inverse=True)
        at = np.array(lines, dtype=np.uint32)
        earliest = at[first]
        is_new = np.ones(len(known), dtype=bool)
        familiar = self._matching(known)
        for run, run_lines in self._runs if len(familiar) else ():
            wanted = known[familiar]
            places = np.minimum(np.searchsorted(run, wanted), len(run) - 1)
            held = run[places] == wanted
            earliest[familiar[held]] = run_lines[places[held]]
            is_new[familiar[held]] = False
        again = np.flatnonzero(earliest[back] != at)
        self._merge(known[is_new], earliest[is_new])
        return {int(place): int(earliest[back[place]]) for place in again}

    def _matching(self, keys: Numbers) -> npt.NDArray[np.intp]:
        """Return the indexes of the keys that may have occurred before, and mark all keys."""
        places, bits = (keys >> 3) & (MARKS - 1), (1 << (keys & 7)).astype(np.uint8)
        found = np.flatnonzero(self._marks[places] & bits)
        np.bitwise_or.at(self._marks, places, bits)
        return found

    def _merge(self, keys: Numbers, lines: Lines) -> None:
        """Add a sorted run, merged with each earlier one less than twice as long."""
        while self._runs and len(self._runs[-1][0]) < 2 * len(keys):
            run, run_lines = self._runs.pop()
            keys = np.concatenate([run, keys])
            order = np.argsort(keys, kind="stable")
            keys, lines = keys[order], np.concatenate([run_lines, lines])[order]
        if len(keys):
            self._runs.append((keys, lines))
