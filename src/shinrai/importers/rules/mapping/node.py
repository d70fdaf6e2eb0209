"""Walk a mapping's document, refusing what is not known, always saying where."""

import reprlib
from collections.abc import Collection, Iterator
from math import isfinite
from typing import Any

from shinrai.importers.rules.cells import LONGEST_SHOWN, did_you_mean
from shinrai.units.errors import UserError
from shinrai.units.text import Text


class BadMapping(UserError, ValueError):
    """A mapping says something that cannot be: what, where, and what to do next."""


def one_line(value: object) -> str:
    """Write what a document says as one short line: a complaint never repeats a document."""
    text = " ".join(str(value)[: 4 * LONGEST_SHOWN].split())
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def _repr(value: object) -> str:
    # not repr() of a list or a block: names that stand for others (`*name`) may make it endless
    return one_line(
        repr(value[: 2 * LONGEST_SHOWN]) if isinstance(value, str) else reprlib.repr(value)
    )


class Node:
    """A piece of the document and where it stands."""

    def __init__(self, value: Any, path: str) -> None:
        self.value = value
        self.path = path

    def bad(self, what: Text) -> BadMapping:
        """Build the error that names this place."""
        return BadMapping(Text("{path}: {what}", path=self.path, what=what))

    def _no_lines(self) -> BadMapping:
        return self.bad(
            Text("write `name: value` lines here; this is {repr}", repr=_repr(self.value)),
        )

    def keys(self, known: Collection[str], needed: Collection[str] = ()) -> None:
        """Check that this is a mapping of known keys.

        Raises: BadMapping, naming the key that was probably meant.
        """
        if not isinstance(self.value, dict):
            raise self._no_lines()
        for key in self.value:
            if key not in known:
                meant = did_you_mean(str(key), sorted(known))
                raise self.bad(
                    Text("no such key: {one_line!r}{meant}", one_line=one_line(key), meant=meant),
                )
        for key in needed:
            if key not in self.value:
                raise self.bad(
                    Text("{key!r} is missing; a mapping cannot do without it here", key=key),
                )

    def has(self, key: str) -> bool:
        """Return whether a key is there and says something."""
        return isinstance(self.value, dict) and self.value.get(key) is not None

    def at(self, key: str) -> "Node":
        """Go to a key that is there."""
        return Node(self.value[key], f"{self.path}.{one_line(key)}")

    def maybe(self, key: str) -> "Node | None":
        """Go to a key, if it is there."""
        return self.at(key) if self.has(key) else None

    def items(self) -> Iterator[tuple[str, "Node"]]:
        """Walk `name: value` lines."""
        if not isinstance(self.value, dict):
            raise self._no_lines()
        for key in self.value:
            yield str(key), self.at(key)

    def each(self) -> Iterator["Node"]:
        """Walk a list; one thing alone is a list of one."""
        things = self.value if isinstance(self.value, list) else [self.value]
        for number, thing in enumerate(things):
            name = f"{self.path}[{number}]" if isinstance(self.value, list) else self.path
            yield Node(thing, name)

    def text(self) -> str:
        """Read text; numbers count as text."""
        if isinstance(self.value, bool) or not isinstance(self.value, str | int | float):
            raise self.bad(
                Text("write text here; this is {repr}", repr=_repr(self.value)),
            )
        return str(self.value)

    def texts(self) -> tuple[str, ...]:
        """Read one text or a list of them."""
        return tuple(part.text() for part in self.each())

    def names(self) -> tuple[str, ...]:
        """Read at least one name, none of them empty: of columns, of parts."""
        found = self.texts()
        if not found or "" in found:
            raise self.bad(Text("write at least one name here"))
        return found

    def fact(self) -> Any:
        """Read what may stand for a cell: a word, a number, yes, no, nothing; or a list of them."""
        if isinstance(self.value, list):
            return [inner.one_fact() for inner in self.each()]
        return self.one_fact()

    def one_fact(self) -> Any:
        """Read what may stand for a cell, but a list."""
        is_odd = isinstance(self.value, float) and not isfinite(self.value)
        if is_odd or not isinstance(self.value, str | int | float | None):
            raise self.bad(
                Text("write one word or number here; this is {repr}", repr=_repr(self.value)),
            )
        return self.value

    def separator(self) -> str:
        """Read the sign between several values in one cell."""
        if not self.text():
            raise self.bad(Text("write the sign between them"))
        return self.text()

    def whole(self, low: int = 0) -> int:
        """Read a whole number."""
        if isinstance(self.value, bool) or not isinstance(self.value, int) or self.value < low:
            raise self.bad(
                Text(
                    "write a whole number from {low} on; this is {repr}",
                    low=low,
                    repr=_repr(self.value),
                ),
            )
        return self.value

    def flag(self) -> bool:
        """Read yes or no."""
        if not isinstance(self.value, bool):
            raise self.bad(
                Text("write true or false; this is {repr}", repr=_repr(self.value)),
            )
        return self.value

    def one_of(self, known: Collection[str]) -> str:
        """Read one of a few words."""
        text = self.text()
        if text not in known:
            meant = did_you_mean(text, known)
            raise self.bad(
                Text("{one_line!r} is not known here{meant}", one_line=one_line(text), meant=meant),
            )
        return text
