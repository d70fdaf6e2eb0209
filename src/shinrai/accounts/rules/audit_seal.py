"""Seals over the audit: what is hashed, how a seal is signed, and how tampering is found.

Each minute's entries are hashed with the seal before (a hash chain), and the hash is signed with a
key that is not in the database (HMAC-SHA256). Whoever owns the tables can change entries, but not
sign; the number of the newest seal is kept outside too, so that none can be cut off the end.
"""

import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from shinrai.accounts.rules.audit import SealedEntry, canonical_bytes, plain_part
from shinrai.units.text import Text

LABEL: Final = b"shinrai audit seal"  # of the key derived from the master key
NOTHING: Final = b""  # what the first seal of a chain names as the one before
BREAK_WORDS: Final[dict[str, Text]] = {
    "edited": Text("entries were changed or changed places"),
    "removed": Text("entries were removed"),
    "forged": Text("a seal was changed"),
    "missing": Text("seals were removed"),
    "truncated": Text("the newest seals were removed"),
    "unanchored": Text("the file of the newest seals is gone: nobody can say what was cut off"),
}


@dataclass(frozen=True)
class Seal:
    """The seal over some entries of one minute; `previous` is the signature of the one before."""

    chain: int
    number: int
    minute: datetime
    entries: tuple[int, ...]
    upto: int
    digest: bytes
    previous: bytes
    signature: bytes = NOTHING

    @property
    def canonical(self) -> bytes:
        """Return what is signed: all of the seal but the signature."""
        parts = (self.chain, self.number, self.minute, list(self.entries), self.upto)
        return canonical_bytes([*map(plain_part, parts), self.digest.hex(), self.previous.hex()])


@dataclass(frozen=True)
class Anchor:
    """The newest seal of a chain, as it is kept outside the database."""

    number: int
    minute: datetime
    signature: bytes


@dataclass(frozen=True)
class AuditBreak:
    """Something that was tampered with, and in which minute."""

    minute: datetime
    kind: str


def digest_of(entries: Iterable[SealedEntry], previous: bytes) -> bytes:
    """Return the hash of entries, in the order of their numbers, and of the seal before."""
    found = sha256(previous)
    for entry in sorted(entries, key=lambda one: one.id):
        found.update(b"\n" + entry.canonical)
    return found.digest()


def signature_of(seal: Seal, key: bytes) -> bytes:
    """Return the signature of a seal."""
    return hmac.digest(key, seal.canonical, "sha256")


def broken_seal(
    seal: Seal, before: Anchor | None, entries: Mapping[int, SealedEntry], key: bytes
) -> list[AuditBreak]:
    """Return what is wrong with a seal, its place after the one before, and its entries."""
    kinds = []
    if not hmac.compare_digest(signature_of(seal, key), seal.signature):
        kinds.append("forged")
    if seal.number != (before.number + 1 if before else 1):
        kinds.append("missing")
    elif seal.previous != (before.signature if before else NOTHING):
        kinds.append("forged")
    there = [entries[number] for number in seal.entries if number in entries]
    if len(there) < len(seal.entries):
        kinds.append("removed")
    elif digest_of(there, seal.previous) != seal.digest:
        kinds.append("edited")
    return [AuditBreak(seal.minute, kind) for kind in dict.fromkeys(kinds)]


def broken_end(last: Anchor | None, kept: Anchor | None) -> list[AuditBreak]:
    """Return what is wrong with the end of a chain, by the newest seal kept outside."""
    if kept is None:
        return [AuditBreak(last.minute, "unanchored")] if last else []
    if last is None or last.number < kept.number:
        return [AuditBreak(kept.minute, "truncated")]
    return []


def anchors_text(anchors: Mapping[int, Anchor]) -> str:
    """Return the newest seals by chain as the file beside the master key holds them."""
    return json.dumps(
        {
            str(chain): [one.number, one.minute.isoformat(), one.signature.hex()]
            for chain, one in anchors.items()
        }
    )


def read_anchors(text: str) -> dict[int, Anchor]:
    """Return the newest seals by chain; none if the text is not what `anchors_text` wrote."""
    try:
        return {
            int(chain): Anchor(number, datetime.fromisoformat(minute), bytes.fromhex(signature))
            for chain, (number, minute, signature) in json.loads(text).items()
        }
    except (ValueError, TypeError, AttributeError):
        return {}
