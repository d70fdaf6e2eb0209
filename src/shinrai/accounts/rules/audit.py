"""What the audit keeps: kinds of entries, their words, and how long a case stays unmasked."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from shinrai.units.errors import UserError
from shinrai.units.text import Text

KIND_WORDS: Final[dict[str, Text]] = {
    "view": Text("words were seen"),
    "reveal": Text("a case was unmasked"),
    "export": Text("a list was downloaded"),
    "deed": Text("something was changed"),
}
ASSISTANT: Final = "assistant"  # with it begins what an assistant was shown
LOOKS: Final = ("view", "reveal", "export")
REVEALED_FOR: Final = timedelta(minutes=10)
LONGEST_REASON: Final = 500


class NoReason(UserError, ValueError):
    """Nobody unmasks a case without a reason."""


def read_reason(typed: str) -> str:
    """Return the reason that was typed, in one line.

    Raises: NoReason.
    """
    reason = " ".join(typed.replace("\0", "").split())
    if not reason or len(reason) > LONGEST_REASON:
        raise NoReason(
            Text(
                "say why you need the words as they were written, in at most {most} characters; "
                "the reason is kept in the audit",
                most=LONGEST_REASON,
            )
        )
    return reason


@dataclass(frozen=True)
class AuditSearch:
    """A search in the audit: a text in an entry, or one of these keys or kinds of action.

    It is narrowed to the entries up to `until`, to some kinds of entries, to those of one person,
    or to those that showed one of some cases, given as (number, subject): older entries name the
    subject alone. `what` is how what was done begins.
    """

    text: str = ""
    keys: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    until: datetime | None = None
    kinds: tuple[str, ...] = ()
    by: str = ""
    what: str = ""
    cases: tuple[tuple[int, str], ...] | None = None


@dataclass(frozen=True)
class SealedEntry:
    """An entry of the audit, as it is hashed."""

    id: int
    said: tuple[Any, ...]

    @property
    def canonical(self) -> bytes:
        """Return the entry as bytes that are the same wherever they are computed."""
        return canonical_bytes([self.id, *(plain_part(part) for part in self.said)])


def plain_part(part: Any) -> Any:
    """Return a part of an entry as JSON can hold it."""
    return part.astimezone(UTC).isoformat() if isinstance(part, datetime) else part


def canonical_bytes(parts: list[Any]) -> bytes:
    """Return parts as bytes that are the same wherever they are computed."""
    return json.dumps(parts, separators=(",", ":")).encode()
