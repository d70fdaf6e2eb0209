"""The file of a backup: one line that says what it is, its content, and a checksum of both.

The content is a tar. With a passphrase it is encrypted in chunks, so that neither writing nor
reading ever holds all of it, and no chunk can be altered, moved or left out.

Source: AES-256-GCM (NIST SP 800-38D) in the STREAM construction (Hoang, Reyhanitabar, Rogaway,
Vizár: Online Authenticated-Encryption, 2015): the nonce is the chunk's number and whether it is the
last. The key comes from the passphrase by scrypt (RFC 7914) with a fresh salt, for this file alone.
"""

import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from shinrai.units.errors import UserError
from shinrai.units.text import Text

FORMAT: Final = 1
HEAD: Final = re.compile(rb"SHINRAI BACKUP (\d+) (plain|scrypt ([0-9a-f]{32}))\n")
HEAD_BYTES: Final = 100  # at most, with the line's end
CHUNK: Final = 1 << 20
TAG: Final = 16
CHECKSUM: Final = 32


class NoBackup(UserError, ValueError):
    """The file is no backup of Shinrai."""


class BackupTooNew(UserError, ValueError):
    """The backup was made by a newer Shinrai than this one."""


class BackupDamaged(UserError, ValueError):
    """The file was cut off or altered after it was written."""


class WrongPassphrase(UserError, ValueError):
    """The passphrase is missing, or not the one with which the backup was made."""


class BackupWriter:
    """Writes a backup to a file that is open for writing; `close` ends it with its checksum."""

    def __init__(self, file: BinaryIO, passphrase: str | None) -> None:
        self._file, self._digest = file, hashlib.sha256()
        self._waiting, self._number = bytearray(), 0
        salt = os.urandom(16)
        self._cipher = None if passphrase is None else AESGCM(_key(passphrase, salt))
        kind = "plain" if passphrase is None else f"scrypt {salt.hex()}"
        self._put(f"SHINRAI BACKUP {FORMAT} {kind}\n".encode())

    def write(self, content: bytes) -> int:
        """Add to the content."""
        if self._cipher is None:
            self._put(content)
            return len(content)
        self._waiting += content
        while len(self._waiting) > CHUNK:  # the last chunk, which is marked so, has to wait
            self._encrypt(bytes(self._waiting[:CHUNK]), is_last=False)
            del self._waiting[:CHUNK]
        return len(content)

    def close(self) -> None:
        """Write what waits, and the checksum, and have the disk keep them."""
        if self._cipher is not None:
            self._encrypt(bytes(self._waiting), is_last=True)
        self._file.write(self._digest.digest())
        self._file.flush()
        os.fsync(self._file.fileno())

    def _encrypt(self, plain: bytes, *, is_last: bool) -> None:
        assert self._cipher is not None
        self._put(self._cipher.encrypt(_nonce(self._number, is_last), plain, None))
        self._number += 1

    def _put(self, content: bytes) -> None:
        self._digest.update(content)
        self._file.write(content)


class BackupReader:
    """Reads the content of a backup; the file was compared with its checksum before.

    Raises: NoBackup, BackupTooNew, WrongPassphrase.
    """

    def __init__(self, file: BinaryIO, passphrase: str | None) -> None:
        self._file, self._ready, self._number = file, b"", 0
        head = _head(file)
        self._left = os.fstat(file.fileno()).st_size - CHECKSUM - head.end()
        self._cipher = None
        if head[3] is None:
            return
        if passphrase is None:
            raise WrongPassphrase(Text("this backup is encrypted; give --passphrase-file"))
        self._cipher = AESGCM(_key(passphrase, bytes.fromhex(head[3].decode())))

    def read(self, size: int) -> bytes:
        """Return that many bytes of the content, fewer only at its end."""
        if self._cipher is None:
            found = self._file.read(min(size, self._left))
            self._left -= len(found)
            return found
        while len(self._ready) < size and self._left > 0:
            sealed = self._file.read(min(CHUNK + TAG, self._left))
            self._left -= len(sealed)
            nonce = _nonce(self._number, is_last=self._left == 0)
            try:
                self._ready += self._cipher.decrypt(nonce, sealed, None)
            except InvalidTag as error:
                raise WrongPassphrase(
                    Text("this is not the passphrase with which the backup was made")
                ) from error
            self._number += 1
        found, self._ready = self._ready[:size], self._ready[size:]
        return found


def check_backup(path: Path, tell: Callable[[int], object]) -> None:
    """Compare a backup with its checksum; `tell` hears of the bytes that were read.

    Raises: NoBackup, BackupTooNew; BackupDamaged if a byte is missing or another one.
    """
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            _head(file)
            file.seek(0)
            left = max(path.stat().st_size - CHECKSUM, 0)
            while some := file.read(min(CHUNK, left)):
                digest.update(some)
                left -= len(some)
                tell(len(some))
            is_whole = digest.digest() == file.read()
    except OSError as error:
        raise NoBackup(
            Text("cannot read {path}: {why}", path=str(path), why=error.strerror)
        ) from error
    if not is_whole:
        raise BackupDamaged(
            Text(
                "{path} is damaged: it was cut off or altered after it was made, and its "
                "checksum differs. Nothing was restored; take another copy of it, or an "
                "older backup",
                path=str(path),
            )
        )


def _head(file: BinaryIO) -> re.Match[bytes]:
    found = HEAD.match(file.read(HEAD_BYTES))
    if found is None:
        raise NoBackup(Text("{path} is no backup of Shinrai", path=str(file.name)))
    if int(found[1]) != FORMAT:
        raise BackupTooNew(
            Text(
                "this backup was made by a newer Shinrai (format {number}); install that "
                "version, then restore",
                number=int(found[1]),
            )
        )
    file.seek(found.end())
    return found


def _key(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=1 << 15, r=8, p=1).derive(passphrase.encode())


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])
