"""Reads the parts of a mapping's document; unknown keys and values raise errors with the place."""

import reprlib
from collections.abc import Collection, Iterator
from math import isfinite
from typing import Any

from shinrai.importers.rules.cells import LONGEST_SHOWN, did_you_mean
from shinrai.units.errors import UserError
from shinrai.units.text import Text


class BadMapping(UserError, ValueError):
    """A mapping is wrong; the text names the error, its place, and what to do next."""


def one_line(value: object) -> str:
    """Return a value of a document as one short line, for an error message."""
    text = " ".join(str(value)[: 4 * LONGEST_SHOWN].split())
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def _repr(value: object) -> str:
    # not repr() of a list or a block: names that stand for others (`*name`) may make it endless
    return one_line(
        repr(value[: 2 * LONGEST_SHOWN]) if isinstance(value, str) else reprlib.repr(value)
    )


class Node:
    """A part of the document, with its path."""

    def __init__(self, value: Any, path: str) -> None:
        self.value = value
        self.path = path

    def bad(self, what: Text) -> BadMapping:
        """Return the error for this part, with its path."""
        return BadMapping(Text("{path}: {what}", path=self.path, what=what))

    def _no_lines(self) -> BadMapping:
        return self.bad(
            Text("write `name: value` lines here; this is {repr}", repr=_repr(self.value)),
        )

    def keys(self, known: Collection[str], needed: Collection[str] = ()) -> None:
        """Check that this is a mapping of known keys.

        Raises: BadMapping, with the key that was probably meant.
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
        """Return whether a key is there and has a value."""
        return isinstance(self.value, dict) and self.value.get(key) is not None

    def at(self, key: str) -> "Node":
        """Return the part under a key that is there."""
        return Node(self.value[key], f"{self.path}.{one_line(key)}")

    def maybe(self, key: str) -> "Node | None":
        """Return the part under a key, or None."""
        return self.at(key) if self.has(key) else None

    def items(self) -> Iterator[tuple[str, "Node"]]:
        """Yield the keys and parts of `name: value` lines."""
        if not isinstance(self.value, dict):
            raise self._no_lines()
        for key in self.value:
            yield str(key), self.at(key)

    def each(self) -> Iterator["Node"]:
        """Yield the parts of a list; a single value counts as a list of one."""
        things = self.value if isinstance(self.value, list) else [self.value]
        for number, thing in enumerate(things):
            name = f"{self.path}[{number}]" if isinstance(self.value, list) else self.path
            yield Node(thing, name)

    def text(self) -> str:
        """Return a text; numbers are turned into text."""
        if isinstance(self.value, bool) or not isinstance(self.value, str | int | float):
            raise self.bad(
                Text("write text here; this is {repr}", repr=_repr(self.value)),
            )
        return str(self.value)

    def texts(self) -> tuple[str, ...]:
        """Return one text or a list of texts as a tuple."""
        return tuple(part.text() for part in self.each())

    def names(self) -> tuple[str, ...]:
        """Return at least one name, of columns or of parts; none may be empty."""
        found = self.texts()
        if not found or "" in found:
            raise self.bad(Text("write at least one name here"))
        return found

    def fact(self) -> Any:
        """Return what may stand for a cell: a text, a number, a bool, None, or a list of these."""
        if isinstance(self.value, list):
            return [inner.one_fact() for inner in self.each()]
        return self.one_fact()

    def one_fact(self) -> Any:
        """Return a single value that may stand for a cell: text, number, bool or None."""
        is_odd = isinstance(self.value, float) and not isfinite(self.value)
        if is_odd or not isinstance(self.value, str | int | float | None):
            raise self.bad(
                Text("write one word or number here; this is {repr}", repr=_repr(self.value)),
            )
        return self.value

    def separator(self) -> str:
        """Return the separator between several values in one cell."""
        if not self.text():
            raise self.bad(Text("write the sign between them"))
        return self.text()

    def whole(self, low: int = 0) -> int:
        """Return a whole number, `low` or greater."""
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
        """Return True or False."""
        if not isinstance(self.value, bool):
            raise self.bad(
                Text("write true or false; this is {repr}", repr=_repr(self.value)),
            )
        return self.value

    def one_of(self, known: Collection[str]) -> str:
        """Return a text that must be one of the known words."""
        text = self.text()
        if text not in known:
            meant = did_you_mean(text, known)
            raise self.bad(
                Text("{one_line!r} is not known here{meant}", one_line=one_line(text), meant=meant),
            )
        return text
