"""Inquiries as arrays, the customers of each day, and texts that came more than once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Final
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Groups = tuple[str, ...]
FLOOD: Final = 5  # equal texts about one topic on one day: one hand, or one machine
SHORTEST: Final = 12  # letters; "cannot sign in" is what many say


@dataclass(frozen=True)
class Keyed:
    """To which of `names` each inquiry belongs; -1: to none."""

    names: Groups
    code: Ints


@dataclass(frozen=True)
class Arrived:
    """Inquiries, one entry each, in no order.

    `customer` is negative where the source names none: each is a customer of its own then. `on` is
    the ordinal of the date of receipt. `keyed` has topics, and the other things they are ranked by.
    """

    case: Ints
    customer: Ints
    on: Ints
    us: Ints
    keyed: Mapping[str, Keyed]

    def __len__(self) -> int:
        return len(self.case)

    def of(self, wanted: NDArray[np.bool_]) -> "Arrived":
        """Return some of the inquiries, chosen by a boolean mask."""
        return replace(
            self,
            case=self.case[wanted],
            customer=self.customer[wanted],
            on=self.on[wanted],
            us=self.us[wanted],
            keyed={name: replace(one, code=one.code[wanted]) for name, one in self.keyed.items()},
        )

    def between(self, first: int, last: int) -> "Arrived":
        """Return those of some dates, both included."""
        return self.of((self.on >= first) & (self.on <= last))

    def about(self, by: str, name: str) -> "Arrived":
        """Return those that belong to one name."""
        keyed = self.keyed[by]
        place = keyed.names.index(name) if name in keyed.names else -2
        return self.of(keyed.code == place)

    def without(self, cases: Sequence[int]) -> "Arrived":
        """Return all others."""
        return self.of(~np.isin(self.case, np.asarray(cases, np.int64)))


def keyed(values: Sequence[str | None]) -> Keyed:
    """Return the distinct names of a column, sorted, and the place of each row's name."""
    names = tuple(sorted({one for one in values if one}))
    places = {name: place for place, name in enumerate(names)}
    return Keyed(names, np.array([places.get(one or "", -1) for one in values], np.int64))


def customers_by(found: Arrived, by: str, periods: Ints, count: int) -> Floats:
    """Count the distinct customers of each name and period.

    `periods` is the period of each inquiry, from 0; others than 0 to `count` - 1 are left out.
    Shape:  names x periods.
    """
    one = found.keyed[by]
    kept = (one.code >= 0) & (periods >= 0) & (periods < count)
    cell = one.code[kept] * count + periods[kept]
    customer = found.customer[kept]
    order = np.lexsort((customer, cell))
    cell, customer = cell[order], customer[order]
    is_first = np.ones(len(cell), np.bool_)
    is_first[1:] = (cell[1:] != cell[:-1]) | (customer[1:] != customer[:-1])
    size = len(one.names) * count
    return np.bincount(cell[is_first], minlength=size).reshape(-1, count).astype(float)


def folded_text(text: str) -> bytes | None:
    """Return the mark under which equal texts meet; None for one too short to tell anything.

    Width, capitals, numbers and signs do not count: senders of many vary those.
    """
    letters = "".join(sign for sign in normalize("NFKC", text).casefold() if sign.isalpha())
    if len(letters) < SHORTEST:
        return None
    return blake2b(letters.encode(), digest_size=16).digest()


def floods(found: Arrived, texts: Mapping[int, str]) -> list[int]:
    """Return the inquiries whose text came at least FLOOD times about a topic on a day."""
    topic = found.keyed["topic"].code
    where = {
        case: (code, on)
        for case, code, on in zip(
            found.case.tolist(), topic.tolist(), found.on.tolist(), strict=True
        )
        if case in texts
    }
    alike: dict[tuple[tuple[int, int], bytes], list[int]] = {}
    for case, place in where.items():
        if (mark := folded_text(texts[case])) is not None:
            alike.setdefault((place, mark), []).append(case)
    return sorted(case for cases in alike.values() if len(cases) >= FLOOD for case in cases)
