"""A chunk of rows: packed as they are read, with the persons and cases they name."""

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

from shinrai.importers.rules.observation.cell_values import NamedPerson
from shinrai.importers.rules.observation.packed_rows import RowPacker, moments_of
from shinrai.importers.rules.observation.rows import ObservedRow
from shinrai.importers.run.file_reader import RejectedRow

_persons = attrgetter("persons")


@dataclass(slots=True)
class RowGroup:
    """Rows of one case that name the same customers, so that they are treated alike.

    `others` are the further customers they name. `doubts` is filled when the case is looked up.
    """

    case_key: str
    customer: NamedPerson | None
    others: tuple[NamedPerson, ...] = ()
    has_texts: bool = False
    count: int = 0
    doubts: list[str] = field(default_factory=list)

    def customers(self) -> Iterator[NamedPerson]:
        """Return every customer these rows name."""
        if self.customer is not None:
            yield self.customer
        yield from self.others


@dataclass(slots=True)
class RowTexts:
    """The texts of a row, with the row's index in the chunk and the index of its group."""

    place: int
    group: int
    case_key: str
    row_key: str
    texts: Mapping[str, str]


class ChunkSummary(NamedTuple):
    """The persons, cases and texts of a chunk. `done` counts the rows of the file read so far."""

    done: int
    persons: Sequence[NamedPerson]
    groups: Sequence[RowGroup]
    with_texts: Sequence[RowTexts]
    bad: Sequence[RejectedRow]


@dataclass
class Chunk:
    """Rows packed one by one, and grouped by case and customers.

    Each row is packed right after it is read, and the row itself is not kept.
    """

    packing: RowPacker
    is_sheet: bool
    said: list[bytes] = field(default_factory=list)
    moments: list[Sequence[int]] = field(default_factory=list)
    lines: "array[int]" = field(default_factory=partial(array, "q"))
    group_of: "array[int]" = field(default_factory=partial(array, "q"))
    groups: list[RowGroup] = field(default_factory=list)
    persons: list[NamedPerson] = field(default_factory=list)
    stand_ins: dict[int, str] = field(default_factory=dict)  # by `id`: what is packed for whom
    doubts: dict[int, tuple[str, ...]] = field(default_factory=dict)
    with_texts: list[RowTexts] = field(default_factory=list)
    characters: int = 0
    bad: list[RejectedRow] = field(default_factory=list)
    named: dict[int, NamedPerson] = field(default_factory=dict)
    _known: dict[tuple[object, ...], int] = field(default_factory=dict)

    def add(self, rows: Sequence[ObservedRow], bad: Sequence[RejectedRow]) -> None:
        """Add the next rows of the file, and those that could not be read."""
        persons = list(chain.from_iterable(map(_persons, rows)))
        self.named.update(zip(map(id, persons), persons, strict=True))
        self._find_groups(rows)
        for place, row in enumerate(rows, start=len(self.said)):
            if row.doubts:
                self.doubts[place] = row.doubts
            if row.texts:
                group = self.group_of[place]
                self.with_texts.append(RowTexts(place, group, row.case_key, row.row_key, row.texts))
                self.characters += sum(map(len, row.texts.values()))
        self.said += self.packing.packed(rows)
        self.moments += [moments_of(row, is_sheet=self.is_sheet) for row in rows]
        self.lines.extend([row.line for row in rows])
        self.bad += bad

    def summary(self, count: int) -> ChunkSummary:
        """Return the summary of the chunk; no rows may be added after that."""
        for place, number in Counter(self.group_of).items():
            self.groups[place].count = number
        self.persons = list(dict.fromkeys(self.named.values()))
        for known_as, person in self.named.items():
            if (stand_in := self.packing.stand_in(person)) is not None:
                self.stand_ins[known_as] = stand_in
        self._known.clear()  # chunks that wait for their ids take little memory
        return ChunkSummary(count, self.persons, self.groups, self.with_texts, self.bad)

    def _find_groups(self, rows: Sequence[ObservedRow]) -> None:
        """Find the group of each row, by its case and customers, in the order of the rows.

        The same person is the same object in all rows, so objects are compared by `id`.
        """
        add = self.group_of.append
        known = self._known.get
        last_key: str | None = None
        last_customer: NamedPerson | None = None
        place = 0
        for row in rows:
            case_key, customer, persons = row.case_key, row.customer, row.persons
            others = len(persons) - (customer is not None)
            if row.texts or others > 1 or (others and persons[-1].kind == "customer"):
                last_key = None
                add(self._group_of(row))
                continue
            # Most rows have no words and name no other customer, many are of the case before.
            if case_key != last_key or customer is not last_customer:
                found = known((case_key, id(customer)))
                place = self._group_of(row) if found is None else found
                last_key, last_customer = case_key, customer
            add(place)

    def _group_of(self, row: ObservedRow) -> int:
        """Return the index of a row's group, which is added if it is new."""
        customer = row.customer
        others = tuple([p for p in row.persons if p.kind == "customer" and p is not customer])
        key = (row.case_key, id(customer), *map(id, others), *(("words",) if row.texts else ()))
        place = self._known.setdefault(key, len(self.groups))
        if place == len(self.groups):
            self.groups.append(RowGroup(row.case_key, customer, others, bool(row.texts)))
        return place
