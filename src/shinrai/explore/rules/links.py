"""The secret in the address of a link, and what is stored of it."""

from hashlib import sha256


def link_digest(token: str) -> bytes:
    """Return what is stored of a secret."""
    return sha256(token.encode()).digest()
