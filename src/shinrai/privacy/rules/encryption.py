"""Seal words under a person's key; wrap that key under the installation's own.

Source: AES-256-GCM as in NIST SP 800-38D; a fresh random 96-bit nonce for every text. One key seals
far fewer than the 2**32 texts at which random nonces become unsafe (SP 800-38D, 8.3).
"""

import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shinrai.units.errors import UserError
from shinrai.units.text import Text

NONCE_BYTES = 12
KEY_BYTES = 32


class DecryptionFailed(UserError, ValueError):
    """The words cannot be opened: another key sealed them, or they were altered."""


def new_key() -> bytes:
    """Make a person's key."""
    return os.urandom(KEY_BYTES)


def encrypt(key: bytes, words: str) -> bytes:
    """Encrypt words; the same words never look the same twice."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, words.encode("utf-8", "surrogatepass"), None)


def decrypt(key: bytes, sealed: bytes) -> str:
    """Decrypt words.

    Raises: DecryptionFailed if the key is another one or a byte was changed.
    """
    try:
        plain = AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None)
    except InvalidTag as error:
        raise DecryptionFailed(
            Text(
                "these words were sealed under another key, or altered; restore the keys "
                "that belong to this database"
            ),
        ) from error
    return plain.decode("utf-8", "surrogatepass")


def wrap_key(master: bytes, key: bytes) -> bytes:
    """Wrap a person's key so that the database alone cannot open anything."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(master).encrypt(nonce, key, b"person-key")


def unwrap_key(master: bytes, wrapped: bytes) -> bytes:
    """Unwrap a person's key.

    Raises: DecryptionFailed if this installation's master key did not wrap it.
    """
    try:
        return AESGCM(master).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], b"person-key")
    except InvalidTag as error:
        raise DecryptionFailed(
            Text(
                "this person's key was wrapped under another SHINRAI_MASTER_KEY; restore "
                "the one this database was written with"
            ),
        ) from error


def keyed_hash(master: bytes, *parts: str) -> bytes:
    """Name something without saying it: 16 bytes that only this installation can compute.

    Used to find a customer by the source's identifier, and for tombstones: a plain hash of a mail
    address or a short number is guessed in seconds.
    """
    digest = hashlib.blake2b(key=master, digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(4, "big") + data)
    return digest.digest()
