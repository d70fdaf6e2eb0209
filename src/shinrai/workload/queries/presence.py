"""Presence measured so far, for the member it is about."""

from shinrai.workload.models import Measuring, Presence


def is_measured(*, workspace_id: int) -> bool:
    """Return whether a workspace measures presence."""
    return Measuring.objects.filter(workspace_id=workspace_id).exists()


def measured_s(*, case_id: int, member: str) -> int:
    """Return the seconds measured on a case for a member, not confirmed yet."""
    found = Presence.objects.filter(case_id=case_id, member=member).values_list("seconds")
    row = found.first()
    return row[0] if row else 0
