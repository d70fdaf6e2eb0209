"""Presence: how long a member uses a case's page; a proposal to them, not part of any figure."""

from datetime import datetime, timedelta

from django.db import transaction

from shinrai.workload.models import Measuring, Presence

IDLE = timedelta(seconds=120)  # a longer silence was no work
KEPT = timedelta(days=7)  # what nobody confirms is forgotten


def measure_presence(*, workspace_id: int, on: bool, at: datetime, by: str) -> None:
    """Switch measuring on or off for a workspace; switching off deletes what was measured."""
    with transaction.atomic():
        if on:
            Measuring.objects.get_or_create(
                workspace_id=workspace_id, defaults={"since": at, "by": by}
            )
        else:
            Measuring.objects.filter(workspace_id=workspace_id).delete()
            Presence.objects.filter(workspace_id=workspace_id).delete()


def beat(*, workspace_id: int, case_id: int, member: str, at: datetime) -> int:
    """Record that a member's page of a case is in use; return the seconds measured so far.

    The page calls this repeatedly; the time since its last call is added. A gap of more than two
    minutes adds nothing, and of several open pages only the one used last counts.
    """
    with transaction.atomic():
        pages = list(
            Presence.objects.select_for_update()
            .filter(workspace_id=workspace_id, member=member)
            .order_by("-last_at")
        )
        here = next((page for page in pages if page.case_id == case_id), None)
        if here is None:
            Presence.objects.create(
                workspace_id=workspace_id, case_id=case_id, member=member, last_at=at
            )
            return 0
        gap = at - here.last_at
        if pages[0].pk == here.pk and timedelta(0) < gap <= IDLE:
            here.seconds += int(gap.total_seconds())
        here.last_at = max(at, here.last_at)
        here.save(update_fields=["seconds", "last_at"])
        return here.seconds


def take_presence(*, case_id: int, member: str) -> int:
    """Return the seconds measured, and delete them."""
    with transaction.atomic():
        page = Presence.objects.select_for_update().filter(case_id=case_id, member=member).first()
        if page is None:
            return 0
        measured = page.seconds
        page.delete()
        return measured


def forget_presence(*, at: datetime) -> int:
    """Delete what was measured and not confirmed within a week; return how many rows."""
    gone, _ = Presence.objects.filter(last_at__lt=at - KEPT).delete()
    return gone
