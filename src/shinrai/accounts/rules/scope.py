"""What an API key may do beside what its role permits: read, write, or write down the past."""

import hashlib
from enum import StrEnum

from shinrai.units.text import Text


class Scope(StrEnum):
    """The scope of an API key; each includes those before it."""

    READ = "read"
    WRITE = "write"
    BACKFILL = "backfill"

    def includes(self, other: "Scope") -> bool:
        """Tell whether a key of this scope may do what needs the other."""
        every = tuple(Scope)
        return every.index(self) >= every.index(other)


SCOPE_WORDS: dict[Scope, Text] = {
    Scope.READ: Text("only read"),
    Scope.WRITE: Text("read and write"),
    Scope.BACKFILL: Text("read, write, and report late what happened before"),
}


def secret_digest(secret: str) -> str:
    """Return what is stored of a secret; it is long and random, so it needs no salt."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
