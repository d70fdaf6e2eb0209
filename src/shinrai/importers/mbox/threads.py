"""Which mails belong together: by the identities they name, then by the desk's ticket number.

Never by their subject alone. Numbers stand for identities: a million threads fit into memory.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import NamedTuple


def digest(text: str, size: int = 10) -> str:
    """Give a short mark of an identity: those of mails may hold names of people and machines."""
    return blake2b(text.encode("utf-8", "replace"), digest_size=size).hexdigest()


class Place(NamedTuple):
    """What threading must know of a mail."""

    own: str  # its own identity
    names: tuple[str, ...]  # the identities it names, the thread's first one first
    ticket: str | None
    at: str


@dataclass
class Threads:
    """Threads as mails go by; settled when all have gone by, and only then asked for."""

    _numbers: dict[str, int] = field(default_factory=dict)
    _above: list[int] = field(default_factory=list)
    _first: dict[int, tuple[str, str]] = field(default_factory=dict)  # (at, key) of what is there
    _tickets: dict[int, tuple[str, str]] = field(default_factory=dict)  # (at, ticket)
    _present: set[int] = field(default_factory=set)
    _numbered: set[str] = field(default_factory=set)  # tickets, as `#1234`
    _keys: dict[int, str] = field(default_factory=dict)

    def add(self, place: Place) -> None:
        """Take a mail in."""
        own = self._number(place.own)
        self._present.add(own)
        top = place.names[0] if place.names else place.own
        said = (place.at, top)
        self._first[own] = min(said, self._first.get(own, said))
        if place.ticket:
            number = (place.at, place.ticket)
            self._numbered.add(f"#{place.ticket}")
            self._tickets[own] = min(number, self._tickets.get(own, number))
        for name in place.names:
            self._join(own, self._number(name))

    def speaks_of(self, identity: str) -> bool:
        """Tell whether some mail has this identity, names it, or carries this `#ticket`."""
        return identity in self._numbers or identity in self._numbered

    def is_there(self, identity: str) -> bool:
        """Tell whether a mail of this identity went by."""
        return self._numbers.get(identity, -1) in self._present

    def settle(self, known: Mapping[str, str]) -> None:
        """Join threads of one ticket, and find which go on in a case that is `known`.

        Of a thread without one the name is the identity that its earliest mail names first.
        """
        earliest = self._of_each(self._tickets)
        homes: dict[str, int] = {}
        for top, (_, ticket) in sorted(earliest.items(), key=lambda item: (item[1], item[0])):
            self._join(homes.setdefault(ticket, top), top)
        for at_top, (_, name) in self._of_each(self._first).items():
            self._keys[at_top] = name
        found: dict[int, str] = {}
        for identity, case in sorted(known.items()):
            if identity in self._numbers:
                found.setdefault(self._top(self._numbers[identity]), case)
        for ticket, home in homes.items():
            if case_of_ticket := known.get(f"#{ticket}"):
                found.setdefault(self._top(home), case_of_ticket)
        self._keys |= found

    def key(self, own: str) -> str:
        """Name the thread of a mail, once it is settled which there are."""
        return self._keys[self._top(self._numbers[own])]

    def _of_each(self, said: Mapping[int, tuple[str, str]]) -> dict[int, tuple[str, str]]:
        """Find what the earliest mail of each thread says."""
        found: dict[int, tuple[str, str]] = {}
        for number, one in said.items():
            top = self._top(number)
            found[top] = min(one, found.get(top, one))
        return found

    def _number(self, identity: str) -> int:
        number = self._numbers.setdefault(identity, len(self._above))
        if number == len(self._above):
            self._above.append(number)
        return number

    def _top(self, number: int) -> int:
        above = self._above
        while above[number] != number:
            above[number] = above[above[number]]
            number = above[number]
        return number

    def _join(self, one: int, other: int) -> None:
        one, other = self._top(one), self._top(other)
        if one != other:
            self._above[max(one, other)] = min(one, other)
