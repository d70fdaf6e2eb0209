"""When an article is stale: what contradicts it, not a date that passes or a reader who comes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shinrai.units.share import Share
from shinrai.units.text import Text

RETURNS_WITHIN: Final = timedelta(days=14)
# One customer who comes back is an anecdote, and an article used a hundred times has two of them.
FEWEST_RETURNS: Final = 2
RETURNS_SHARE: Final = 0.2
REASONS: Final[dict[str, Text]] = {
    "contradicted": Text("an answer of its topic was contradicted: {cause}"),
    "release": Text("a newer release is out than the one it was written for: {cause}"),
    "returned": Text("customers came back within 14 days of its use ({cause})"),
}


@dataclass(frozen=True)
class StaleMark:
    """A step about an article: stale for a reason and a cause, or `fresh`."""

    kind: str
    cause: str
    at: datetime
    by: str


@dataclass(frozen=True)
class Staleness:
    """The marks that count now: those after the article was written anew, or found fresh.

    `since` is when that was, the later of the two.
    """

    marks: tuple[StaleMark, ...] = ()
    since: datetime | None = None

    def __bool__(self) -> bool:
        return bool(self.marks)

    @property
    def reasons(self) -> tuple[Text, ...]:
        """Return why it may be wrong: of each kind the newest cause."""
        newest = {one.kind: one.cause for one in self.marks}
        return tuple(REASONS[kind].using(cause=cause) for kind, cause in newest.items())


def staleness(marks: Sequence[StaleMark], *, written_at: datetime) -> Staleness:
    """Return what makes an article stale that was last written at a moment."""
    fresh = max((one.at for one in marks if one.kind == "fresh"), default=written_at)
    since = max(fresh, written_at)
    kept = tuple(one for one in marks if one.kind in REASONS and one.at > since)
    return Staleness(kept, since)


def comes_back_too_often(returned: Share) -> bool:
    """Tell whether customers came back after so many uses that the answer must be wrong."""
    return returned.count >= FEWEST_RETURNS and returned.count >= RETURNS_SHARE * returned.of
