"""By which calendar a workspace's quality is counted."""

from shinrai.quality.models import Basis


def settle_on_calendar(*, workspace_id: int, name: str) -> None:
    """Have a workspace's figures computed by this calendar of several; "": none of them is."""
    row, _ = Basis.objects.get_or_create(workspace_id=workspace_id)
    if row.calendar_name != name:
        Basis.objects.filter(pk=row.pk).update(calendar_name=name)
