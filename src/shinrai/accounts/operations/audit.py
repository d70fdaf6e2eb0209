"""Write entries of the audit: who saw what, and who did what."""

from datetime import datetime

from shinrai.accounts.models import AuditEntry


def record_view(
    *, workspace_id: int | None, what: str, subject: str, at: datetime, by: str, reason: str = ""
) -> None:
    """Record in the audit who saw what; `subject` is a key such as `inquiry:7`, never a name."""
    AuditEntry.objects.create(
        workspace_id=workspace_id,
        kind="view",
        what=what,
        subject=subject,
        reason=reason,
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
