"""Note each entry of the audit outside the database too, until it is sealed.

Whoever owns the tables could take an entry out before the minute is over. So each committed entry
leaves its number and signature in a file beside the seals. The line goes once the entry is sealed
as it was written; else it stays, and says what was removed or changed.
"""

import fcntl
import hmac
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Final

from django.conf import settings
from django.db import transaction

from shinrai.accounts.models import AuditEntry
from shinrai.accounts.rules.audit_seal import LABEL, AuditBreak, SealedEntry
from shinrai.privacy.rules.encryption import derived_key

FILE: Final = "audit-unsealed"
MOST_BYTES: Final = 10_000_000  # where no worker seals, the file ends here
SAID: Final = ("workspace_id", "at", "by", "kind", "what", "subject", "reason", "shown", "lines")
_Line = tuple[int, int, int, str, str]  # entry, transaction, chain, minute, signature


def note_entry(entry: AuditEntry) -> None:
    """Note an entry that was just written, as soon as its transaction is committed."""
    said = SealedEntry(entry.pk, tuple(getattr(entry, name) for name in SAID))
    minute = entry.at.replace(second=0, microsecond=0).isoformat()
    line = (entry.pk, entry.written_in, entry.workspace_id or 0, minute, _signature(said))
    transaction.on_commit(lambda: _append(line))


def settle_entries(*, upto: int) -> None:
    """Forget the lines of entries that are sealed as written, all below the transaction `upto`."""
    with _file() as file:
        lines = _lines(file)
        lost = {line for line, _ in _lost(lines)}
        left = [line for line in lines if line[1] >= upto or line in lost]
        if len(left) < len(lines):
            file.truncate(0)
            file.writelines(json.dumps(line) + "\n" for line in left)


def lost_entries(*, chain: int) -> list[AuditBreak]:
    """Return what was removed or changed before it was sealed."""
    with _file() as file:
        lines = [line for line in _lines(file) if line[2] == chain]
    return [AuditBreak(datetime.fromisoformat(line[3]), kind) for line, kind in _lost(lines)]


def audit_key() -> bytes:
    """Return the key that seals and lines are signed with, which is not in the database."""
    return derived_key(settings.SHINRAI_MASTER_KEY, LABEL)


def seals_folder() -> Path:
    """Return the folder of the seals' file, beside the master key."""
    return Path(settings.SHINRAI_HOME) / "secrets"


def _lost(lines: Sequence[_Line]) -> list[tuple[_Line, str]]:
    """Return the lines that no entry is for, or that another one has the number of."""
    rows = AuditEntry.objects.filter(id__in=[line[0] for line in lines]).values_list("id", *SAID)
    there = {number: _signature(SealedEntry(number, tuple(said))) for number, *said in rows}
    return [
        (line, "edited" if line[0] in there else "removed")
        for line in lines
        if there.get(line[0]) != line[4]
    ]


def _append(line: _Line) -> None:
    with _file() as file:
        if file.tell() < MOST_BYTES:
            file.write(json.dumps(line) + "\n")


def _signature(entry: SealedEntry) -> str:
    return hmac.digest(audit_key(), entry.canonical, "sha256").hex()


def _lines(file: IO[str]) -> list[_Line]:
    file.seek(0)
    found = []
    for text in file:
        try:
            entry, written_in, chain, minute, signature = json.loads(text)
        except (ValueError, TypeError):
            continue  # a line that was cut off
        found.append((entry, written_in, chain, minute, signature))
    return found


@contextmanager
def _file() -> Iterator[IO[str]]:
    """Hold the file, its end first; one process at a time."""
    folder = seals_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / FILE
    path.touch(mode=0o600)
    with path.open("a+", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0, 2)
        yield file
