"""Which actors are one person, by steps that merge two of them or take one out again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

UNDONE: Final = "undone"
MERGE: Final = "merge"  # somebody says so on purpose; the others are what a client library thinks


@dataclass
class MergeStanding:
    """How the steps of a workspace stand: the newest of each actor counts.

    `into` is the actor that one belongs to. A pair that was taken apart stays so, however often a
    client library claims it again: it does at every sign-in.
    """

    into: dict[int, int] = field(default_factory=dict)
    apart: set[tuple[int, int]] = field(default_factory=set)

    def step(self, actor: int, into: int, how: str) -> None:
        """Follow the next step."""
        if how == UNDONE:
            if actor in self.into:
                self.apart.add((actor, self.into.pop(actor)))
        else:
            self.into[actor] = into

    def accepts(self, actor: int, into: int, how: str) -> bool:
        """Return whether a claim makes a step.

        A tablet that several children share belongs to the first who signed in on it, and somebody
        known is never merged by a mere sign-in: only a `merge` on purpose does either.
        """
        if actor == into or self.root(into) == self.root(actor):
            return False
        if how == MERGE:
            return self.root(into) != actor
        if actor in self.into or (actor, into) in self.apart:
            return False
        return how == "alias" or actor not in self.into.values()

    def root(self, actor: int) -> int:
        """Return the actor at the end of the chain; a ring of old data ends where it closes."""
        seen = {actor}
        while (following := self.into.get(actor, actor)) not in seen:
            seen.add(following)
            actor = following
        return actor


def merged(steps: Iterable[tuple[int, int, str]]) -> Mapping[int, int]:
    """Return into which actor each merged one resolves, from (actor, into, how), oldest first."""
    standing = MergeStanding()
    for actor, into, how in steps:
        standing.step(actor, into, how)
    return {actor: root for actor in standing.into if (root := standing.root(actor)) != actor}
