"""Say what a comment is about, by a topic of the codebook."""

from datetime import datetime

from django.db import transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.satisfaction.models import Answer, QuoteLabel
from shinrai.satisfaction.queries.surveys import UnknownSurvey
from shinrai.topics.queries import codebook
from shinrai.units.text import Text


def label_quote(*, workspace_id: int, answer: int, topic: str, at: datetime, by: str) -> None:
    """Label the comment of an answer; "" says that it is about none of the topics.

    Raises: UnknownTopic; UnknownSurvey if there is no such answer with a comment.
    """
    with transaction.atomic():
        book = codebook(workspace_id=workspace_id)
        if topic:
            book.topic(topic)
        rows = Answer.objects.filter(workspace_id=workspace_id, id=answer, words_id__isnull=False)
        if not rows.exists():
            raise UnknownSurvey(Text("there is no such comment"))
        QuoteLabel.objects.create(
            answer_id=answer, topic=topic, codebook=book.version, at=at, by=by
        )
        record_action(
            workspace_id=workspace_id,
            what="comment labelled",
            subject=f"answer:{answer}",
            at=at,
            by=by,
        )
