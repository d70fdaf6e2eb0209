"""Write entries of the audit: who saw, unmasked, downloaded or did what.

A page records before it is shown: if the entry cannot be written, the error ends the request.

Whoever owns the tables could take an entry out before its minute is sealed. So each committed entry
leaves its number and signature in a file beside the seals, until `audit_seals` has sealed it.
"""

import fcntl
import hmac
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final

from django.conf import settings
from django.db import transaction

from shinrai.accounts.models import AuditEntry
from shinrai.accounts.rules.audit import ASSISTANT, SealedEntry

UNSEALED: Final = "audit-unsealed"
MOST_BYTES: Final = 10_000_000  # where no worker seals, the file ends here
LINE_LABEL: Final = b"shinrai audit line"
SAID: Final = ("workspace_id", "at", "by", "kind", "what", "subject", "reason", "shown", "lines")


@dataclass(frozen=True)
class Download:
    """Some lines of a list that were downloaded, and the cases in them."""

    name: str
    lines: int
    shown: Iterable[int] = ()


@dataclass(frozen=True)
class AssistantCall:
    """A tool that an assistant of a member called: `assistant` is how it names itself."""

    workspace_id: int
    tool: str
    assistant: str
    subject: str
    by: str
    at: datetime
    shown: Iterable[int] = ()


def record_view(
    *,
    workspace_id: int | None,
    what: str,
    subject: str,
    at: datetime,
    by: str,
    shown: Iterable[int] = (),
) -> None:
    """Record who saw what; `subject` is a key such as `inquiry:7`, never a name.

    `shown` are the numbers of the cases whose words were shown.
    """
    _write(
        workspace_id=workspace_id,
        kind="view",
        what=what,
        subject=subject,
        shown=_numbers(shown),
        at=at,
        by=by,
    )


def record_download(*, workspace_id: int, download: Download, at: datetime, by: str) -> None:
    """Record who downloaded lines of a list; a long one has an entry for each part sent."""
    _write(
        workspace_id=workspace_id,
        kind="export",
        what="download list",
        subject=f"list:{download.name}",
        shown=_numbers(download.shown),
        lines=download.lines,
        at=at,
        by=by,
    )


def record_assistant_call(call: AssistantCall) -> None:
    """Record what an assistant was shown, as a view of the member it acts for."""
    _write(
        workspace_id=call.workspace_id,
        kind="view",
        what=f"{ASSISTANT} {call.tool}",
        subject=call.subject,
        reason=call.assistant,
        shown=_numbers(call.shown),
        at=call.at,
        by=call.by,
    )


def record_reveal(
    *, workspace_id: int, subject: str, case_id: int | None, reason: str, at: datetime, by: str
) -> None:
    """Record that somebody unmasks a case, or what is none, and why; the entry opens it to them."""
    _write(
        workspace_id=workspace_id,
        kind="reveal",
        what="unmask case" if case_id is not None else "unmask",
        subject=subject,
        reason=reason,
        shown=[case_id] if case_id is not None else [],
        at=at,
        by=by,
    )


def record_action(
    *, workspace_id: int | None, what: str, subject: str, at: datetime, by: str, reason: str = ""
) -> None:
    """Record in the audit who did what."""
    _write(
        workspace_id=workspace_id,
        kind="deed",
        what=what,
        subject=subject,
        reason=reason,
        at=at,
        by=by,
    )


def record_run(*, workspace_id: int, what: str, lines: int, at: datetime, by: str) -> None:
    """Record what a worker did by itself, and to how many."""
    _write(
        workspace_id=workspace_id,
        kind="deed",
        what=what,
        subject=f"workspace:{workspace_id}",
        lines=lines,
        at=at,
        by=by,
    )


def _write(**said: Any) -> None:
    _note(AuditEntry.objects.create(**said))


def _numbers(shown: Iterable[int]) -> list[int]:
    return sorted(set(shown))


def _note(entry: AuditEntry) -> None:
    """Note an entry that was just written, as soon as its transaction is committed."""
    said = SealedEntry(entry.pk, tuple(getattr(entry, name) for name in SAID))
    minute = entry.at.replace(second=0, microsecond=0).isoformat()
    line = (entry.pk, entry.written_in, entry.workspace_id or 0, minute, line_signature(said))
    transaction.on_commit(lambda: _append(line))


def _append(line: tuple[object, ...]) -> None:
    with unsealed_file() as file:
        if file.tell() < MOST_BYTES:
            file.write(json.dumps(line) + "\n")


def line_signature(entry: SealedEntry) -> str:
    """Return what only this installation can sign an entry with; the key is not in the database."""
    key: bytes = settings.SHINRAI_MASTER_KEY
    return hmac.digest(key, LINE_LABEL + entry.canonical, "sha256").hex()


@contextmanager
def unsealed_file() -> Iterator[IO[str]]:
    """Hold the file, its end first; one process at a time."""
    folder = seals_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / UNSEALED
    path.touch(mode=0o600)
    with path.open("a+", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0, 2)
        yield file


def seals_folder() -> Path:
    """Return the folder of the seals' file, beside the master key."""
    return Path(settings.SHINRAI_HOME) / "secrets"
