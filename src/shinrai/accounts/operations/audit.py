"""Write entries of the audit: who saw, unmasked, downloaded or did what.

A page records before it is shown: if the entry cannot be written, the error ends the request.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shinrai.accounts.models import AuditEntry
from shinrai.accounts.rules.audit import ASSISTANT


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
    AuditEntry.objects.create(
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
    AuditEntry.objects.create(
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
    AuditEntry.objects.create(
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
    *, workspace_id: int, subject: str, case_id: int, reason: str, at: datetime, by: str
) -> None:
    """Record that somebody unmasks a case, and why; the entry itself opens it to them."""
    AuditEntry.objects.create(
        workspace_id=workspace_id,
        kind="reveal",
        what="unmask case",
        subject=subject,
        reason=reason,
        shown=[case_id],
        at=at,
        by=by,
    )


def record_action(
    *, workspace_id: int | None, what: str, subject: str, at: datetime, by: str, reason: str = ""
) -> None:
    """Record in the audit who did what."""
    AuditEntry.objects.create(
        workspace_id=workspace_id,
        kind="deed",
        what=what,
        subject=subject,
        reason=reason,
        at=at,
        by=by,
    )


def _numbers(shown: Iterable[int]) -> list[int]:
    return sorted(set(shown))
