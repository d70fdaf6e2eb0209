"""What reviewers said of drawn answers: the reviews that stand, of each person the last."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shinrai.quality.models import Review
from shinrai.quality.rules.criteria import CRITERIA


@dataclass(frozen=True)
class ReviewRecord:
    """A review that stands."""

    id: int
    answer_id: int
    reviewer: str
    at: datetime
    marks: dict[str, str]


def standing_reviews(
    answer_ids: Iterable[int], *, until: datetime | None = None
) -> list[ReviewRecord]:
    """List the reviews of some answers that stand, as at a moment: of each person the last."""
    rows = Review.objects.filter(answer_id__in=list(answer_ids)).order_by("id")
    if until is not None:
        rows = rows.filter(at__lte=until)
    last: dict[tuple[int, str], ReviewRecord] = {}
    for row in rows:
        last[row.answer_id, row.reviewer] = ReviewRecord(
            row.pk,
            row.answer_id,
            row.reviewer,
            row.at,
            {name: str(getattr(row, name)) for name in CRITERIA},
        )
    return list(last.values())
