"""What an API key may do beside what its role permits: read, write, or write down the past."""

import hashlib
from enum import StrEnum

from shinrai.units.text import Text


class Scope(StrEnum):
    """The scope of an API key; each includes those before it.

    `events` is apart: apps ship such a key to everybody, so it reads nothing.
    """

    READ = "read"
    WRITE = "write"
    BACKFILL = "backfill"
    EVENTS = "events"

    def includes(self, other: "Scope") -> bool:
        """Tell whether a key of this scope may do what needs the other."""
        if Scope.EVENTS in (self, other):
            return self is other or (other is Scope.EVENTS and self.includes(Scope.WRITE))
        every = tuple(Scope)
        return every.index(self) >= every.index(other)


SCOPE_WORDS: dict[Scope, Text] = {
    Scope.READ: Text("only read"),
    Scope.WRITE: Text("read and write"),
    Scope.BACKFILL: Text("read, write, and report late what happened before"),
    Scope.EVENTS: Text("send usage events alone; such a key may lie in an app"),
}


def secret_digest(secret: str) -> str:
    """Return what is stored of a secret; it is long and random, so it needs no salt."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
