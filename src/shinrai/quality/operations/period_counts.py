"""Keep what was counted of a past span of dates, where counting it again would keep people waiting.

It is plain counts, keys of cases and of accounts; whoever asks compares what it rests on.
"""

from datetime import datetime
from typing import Final

import msgspec

from shinrai.quality.models import PeriodCount
from shinrai.quality.queries.periods import PeriodCounted

MOST: Final = 500  # of a workspace; the oldest goes first


def keep_counted(*, workspace_id: int, counted: PeriodCounted, at: datetime) -> None:
    """Keep what was counted, instead of what was before for the same dates and moment."""
    PeriodCount.objects.update_or_create(
        workspace_id=workspace_id,
        question=counted.question,
        defaults={
            "rests_on": counted.rests_on,
            "counted": msgspec.to_builtins(counted),
            "at": at,
        },
    )
    kept = PeriodCount.objects.filter(workspace_id=workspace_id).order_by("-at", "-id")
    PeriodCount.objects.filter(id__in=list(kept.values_list("id", flat=True)[MOST:])).delete()
