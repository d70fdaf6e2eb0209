"""Encrypt texts with a person's key, and that key with the installation's master key.

Source: AES-256-GCM as in NIST SP 800-38D; a fresh random 96-bit nonce for every text. One key
encrypts far fewer than the 2**32 texts at which random nonces become unsafe (SP 800-38D, 8.3).
"""

import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shinrai.units.errors import UserError
from shinrai.units.text import Text

NONCE_BYTES = 12
KEY_BYTES = 32


class DecryptionFailed(UserError, ValueError):
    """The text cannot be decrypted: it was encrypted with another key, or altered."""


def new_key() -> bytes:
    """Return a new random key for a person."""
    return os.urandom(KEY_BYTES)


def encrypt(key: bytes, words: str | bytes) -> bytes:
    """Return the encrypted text or file, different each time even for the same one."""
    nonce = os.urandom(NONCE_BYTES)
    plain = words if isinstance(words, bytes) else words.encode("utf-8", "surrogatepass")
    return nonce + AESGCM(key).encrypt(nonce, plain, None)


def decrypt(key: bytes, sealed: bytes) -> str:
    """Return the decrypted text.

    Raises: DecryptionFailed if the key is another one or a byte was changed.
    """
    return decrypt_bytes(key, sealed).decode("utf-8", "surrogatepass")


def decrypt_bytes(key: bytes, sealed: bytes) -> bytes:
    """Return the decrypted content of a file, or the bytes of a text.

    Raises: DecryptionFailed if the key is another one or a byte was changed.
    """
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None)
    except InvalidTag as error:
        raise DecryptionFailed(
            Text(
                "these words were sealed under another key, or altered; restore the keys "
                "that belong to this database"
            ),
        ) from error


def wrap_key(master: bytes, key: bytes) -> bytes:
    """Encrypt a person's key, so that the database alone is not enough to decrypt texts."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(master).encrypt(nonce, key, b"person-key")


def unwrap_key(master: bytes, wrapped: bytes) -> bytes:
    """Decrypt a person's key.

    Raises: DecryptionFailed if it was encrypted with another master key.
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


def derived_key(master: bytes, label: bytes) -> bytes:
    """Return a key for another purpose than encrypting persons' keys (HKDF, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=label).derive(master)


def keyed_hash(master: bytes, *parts: str) -> bytes:
    """Return a hash of 16 bytes that only this installation can compute.

    Used to find a customer by the source's identifier, and for tombstones: a plain hash of a mail
    address or a short number could be guessed in seconds.
    """
    digest = hashlib.blake2b(key=master, digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(4, "big") + data)
    return digest.digest()
