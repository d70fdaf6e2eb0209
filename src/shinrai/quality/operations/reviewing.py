"""Store reviews: two people judge a drawn answer, neither seeing the other's marks."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from shinrai.postgres.locks import lock_in_transaction
from shinrai.postgres.queue import request_refresh
from shinrai.quality.models import Review, SampledAnswer
from shinrai.quality.queries.reviews import UnknownAnswer, standing_reviews
from shinrai.quality.rules.criteria import REVIEWERS, VERSION, read_marks
from shinrai.units.errors import UserError
from shinrai.units.text import Text


class NotToBeReviewed(UserError, ValueError):
    """This person may not judge this answer."""


def review_answer(
    *, workspace_id: int, answer_id: int, marks: Mapping[str, str], at: datetime, by: str
) -> int:
    """Store a person's marks of a drawn answer, replacing their earlier ones; return its id.

    Raises: UnknownAnswer; BadMarks; NotToBeReviewed if they wrote it, or two others judged it.
    """
    read = read_marks(marks)
    with transaction.atomic():
        lock_in_transaction(f"review:{answer_id}")
        answer = SampledAnswer.objects.filter(
            pk=answer_id, sample__workspace_id=workspace_id
        ).first()
        if answer is None:
            raise UnknownAnswer(
                Text(
                    "no answer {answer_id} was drawn here; see `shinrai quality sample list`",
                    answer_id=answer_id,
                ),
            )
        if answer.by == by:
            raise NotToBeReviewed(
                Text("you wrote this answer; others judge it"),
            )
        stands = {review.reviewer: review for review in standing_reviews([answer_id])}
        if by not in stands and len(stands) >= REVIEWERS:
            raise NotToBeReviewed(
                Text("two others have judged this answer; take the next one"),
            )
        made = Review.objects.create(
            answer=answer,
            reviewer=by,
            codebook=VERSION,
            at=at,
            replaces_id=stands[by].id if by in stands else None,
            **read,
        )
        request_refresh()
    return made.pk
