"""Choose the calendar of a workspace's quality figures."""

from shinrai.quality.models import Basis


def settle_on_calendar(*, workspace_id: int, name: str) -> None:
    """Store the calendar to compute a workspace's figures with; "": no calendar is chosen."""
    row, _ = Basis.objects.get_or_create(workspace_id=workspace_id)
    if row.calendar_name != name:
        Basis.objects.filter(pk=row.pk).update(calendar_name=name)
