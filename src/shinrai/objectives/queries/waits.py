"""How long answers took, in business time without pauses."""

from datetime import datetime

from shinrai.objectives.models import Clock
from shinrai.objectives.rules.windows import WindowSpan


def business_seconds(*, objective_id: int, span: WindowSpan, at: datetime) -> list[int]:
    """List the open seconds, pauses left out, of the clocks that stopped in a span by a moment.

    Unit: seconds of business time; void and exempt ones are left out, as in attainment.
    """
    rows = Clock.objects.filter(
        objective_id=objective_id,
        gone=False,
        stopped_at__gte=span.start,
        stopped_at__lt=span.end,
        stopped_at__lte=at,
        cancelled_at__isnull=True,
        exempted_at__isnull=True,
    ).values_list("open_s", "paused_open_s")
    return [open_s - paused_s for open_s, paused_s in rows]
