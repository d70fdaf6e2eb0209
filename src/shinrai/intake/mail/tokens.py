"""Our own Message-IDs: they name a thread and a step, and prove that we gave them.

An answer names the mail that it answers, so that it finds its case, whatever its subject says.
"""

import hmac
import re
from itertools import islice
from typing import Final, NamedTuple

from shinrai.privacy.operations import mark_of

_TOKEN: Final = re.compile(r"shinrai\.(\d{1,18})\.(\d{1,18})\.([0-9a-f]{20})@")
MOST: Final = 50


class Token(NamedTuple):
    """A thread that a mail of ours belongs to, and the step that it told of."""

    thread: int
    sequence: int


def message_id(thread: int, sequence: int, address: str) -> str:
    """Return the Message-ID of what is told of a step: the same whenever it is told."""
    domain = address.rpartition("@")[2]
    return f"<shinrai.{thread}.{sequence}.{_proof(thread, sequence)}@{domain}>"


def token_in(text: str) -> Token | None:
    """Return the first token in a Message-ID, or in a mail that quotes one, if we gave it."""
    for found in islice(_TOKEN.finditer(text), MOST):
        thread, sequence, proof = found.groups()
        if hmac.compare_digest(proof, _proof(int(thread), int(sequence))):
            return Token(int(thread), int(sequence))
    return None


def _proof(thread: int, sequence: int) -> str:
    return mark_of("mail thread", str(thread), str(sequence)).hex()[:20]
