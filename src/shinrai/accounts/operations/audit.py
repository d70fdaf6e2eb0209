"""The audit: who saw what, and who did what."""

from datetime import datetime

from shinrai.accounts.models import AuditEntry


def record_view(
    *, workspace_id: int | None, what: str, subject: str, at: datetime, by: str, reason: str = ""
) -> None:
    """Write down who saw what; subjects are keys such as `inquiry:7`, never names."""
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
    """Write down who did what."""
    AuditEntry.objects.create(
        workspace_id=workspace_id,
        kind="deed",
        what=what,
        subject=subject,
        reason=reason,
        at=at,
        by=by,
    )
