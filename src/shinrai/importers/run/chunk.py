"""Whom and what a stretch of rows speaks of: gathered as it is read."""

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

from shinrai.importers.rules.observation.cell_values import Person
from shinrai.importers.rules.observation.packed_rows import Packing, moments_of
from shinrai.importers.rules.observation.rows import Observed
from shinrai.importers.run.file_reader import Problem

_persons = attrgetter("persons")


@dataclass(slots=True)
class Head:
    """Rows of one case that name the same customers: what holds for one of them holds for all.

    `others` are customers they name besides. `doubts` is for whoever numbers the case.
    """

    case_key: str
    customer: Person | None
    others: tuple[Person, ...] = ()
    has_texts: bool = False
    count: int = 0
    doubts: list[str] = field(default_factory=list)

    def customers(self) -> Iterator[Person]:
        """Walk all customers these rows name."""
        if self.customer is not None:
            yield self.customer
        yield from self.others


@dataclass(slots=True)
class Talking:
    """A row with words, by its place in the stretch and that of its head."""

    place: int
    head: int
    case_key: str
    row_key: str
    texts: Mapping[str, str]


class Asked(NamedTuple):
    """Who and what a stretch speaks of. `done` rows of the file are read by now."""

    done: int
    persons: Sequence[Person]
    heads: Sequence[Head]
    talking: Sequence[Talking]
    bad: Sequence[Problem]


@dataclass
class Gathered:
    """Rows as they are read: packed one by one, and which of them speak of the same, by place.

    A row is looked through while it lies in the processor's own memory, and then let go of.
    """

    packing: Packing
    is_sheet: bool
    said: list[bytes] = field(default_factory=list)
    moments: list[Sequence[int]] = field(default_factory=list)
    lines: "array[int]" = field(default_factory=partial(array, "q"))
    head_of: "array[int]" = field(default_factory=partial(array, "q"))
    heads: list[Head] = field(default_factory=list)
    persons: list[Person] = field(default_factory=list)
    standing: dict[int, str] = field(default_factory=dict)  # by `id`: what is packed for whom
    doubts: dict[int, tuple[str, ...]] = field(default_factory=dict)
    talking: list[Talking] = field(default_factory=list)
    letters: int = 0
    bad: list[Problem] = field(default_factory=list)
    named: dict[int, Person] = field(default_factory=dict)
    _known: dict[tuple[object, ...], int] = field(default_factory=dict)

    def add(self, rows: Sequence[Observed], bad: Sequence[Problem]) -> None:
        """Add the rows that follow."""
        persons = list(chain.from_iterable(map(_persons, rows)))
        self.named.update(zip(map(id, persons), persons, strict=True))
        self._find_heads(rows)
        for place, row in enumerate(rows, start=len(self.said)):
            if row.doubts:
                self.doubts[place] = row.doubts
            if row.texts:
                head = self.head_of[place]
                self.talking.append(Talking(place, head, row.case_key, row.row_key, row.texts))
                self.letters += sum(map(len, row.texts.values()))
        self.said += self.packing.packed(rows)
        self.moments += [moments_of(row, is_sheet=self.is_sheet) for row in rows]
        self.lines.extend([row.line for row in rows])
        self.bad += bad

    def asked(self, count: int) -> Asked:
        """Say who and what this speaks of; nothing is added from now on."""
        for place, number in Counter(self.head_of).items():
            self.heads[place].count = number
        self.persons = list(dict.fromkeys(self.named.values()))
        for known_as, person in self.named.items():
            if (stand_in := self.packing.stand_in(person)) is not None:
                self.standing[known_as] = stand_in
        self._known.clear()  # what waits to be numbered waits in little room
        return Asked(count, self.persons, self.heads, self.talking, self.bad)

    def _find_heads(self, rows: Sequence[Observed]) -> None:
        """Find which rows are alike in their case and customers, in the order in which they come.

        The same person is one object in many rows.
        """
        add = self.head_of.append
        known = self._known.get
        last_key: str | None = None
        last_customer: Person | None = None
        place = 0
        for row in rows:
            case_key, customer, persons = row.case_key, row.customer, row.persons
            others = len(persons) - (customer is not None)
            if row.texts or others > 1 or (others and persons[-1].kind == "customer"):
                last_key = None
                add(self._head(row))
                continue
            # Most rows have no words and name no other customer, many are of the case before.
            if case_key != last_key or customer is not last_customer:
                found = known((case_key, id(customer)))
                place = self._head(row) if found is None else found
                last_key, last_customer = case_key, customer
            add(place)

    def _head(self, row: Observed) -> int:
        """Find the head of a row, whatever it says."""
        customer = row.customer
        others = tuple([p for p in row.persons if p.kind == "customer" and p is not customer])
        key = (row.case_key, id(customer), *map(id, others), *(("words",) if row.texts else ()))
        place = self._known.setdefault(key, len(self.heads))
        if place == len(self.heads):
            self.heads.append(Head(row.case_key, customer, others, bool(row.texts)))
        return place
