"""Label an inquiry with a topic, or label it a second time without seeing the first label."""

from datetime import datetime
from typing import Any

from django.db import transaction

from shinrai.desk.operations.steps import take_step
from shinrai.ledger.queries import case_heads, standing_of
from shinrai.postgres.locks import lock_in_transaction
from shinrai.topics.operations.suggesters import settle_suggestion
from shinrai.topics.queries import codebook
from shinrai.topics.rules.labels import BLIND, labels_of
from shinrai.units.errors import UserError
from shinrai.units.text import Text


class NotToBeLabelled(UserError, ValueError):
    """The case is an investigation, or this person has already labelled the inquiry."""


def label_inquiry(
    *, case_id: int, topic: str, at: datetime, by: str, role: str, is_blind: bool = False
) -> int:
    """Append a topic label to an inquiry, with the codebook's version; return its step number.

    A blind label is a second one, by a person who has not labelled the inquiry before. It measures
    how far people agree, and does not change the inquiry's topic.
    Raises: UnknownTopic; NotToBeLabelled; StepRefused.
    """
    with transaction.atomic():
        lock_in_transaction(f"case:{case_id}")
        head = case_heads([case_id])[case_id]
        if head.record != "inquiry":
            raise NotToBeLabelled(
                Text(
                    "{source_key} is an investigation; label the inquiry it is about",
                    source_key=head.source_key,
                ),
            )
        book = codebook(workspace_id=head.workspace_id)
        found = standing_of([case_id], workspace_id=head.workspace_id).get(case_id, [])
        if is_blind and any(label.by == by for label in labels_of(found)):
            raise NotToBeLabelled(
                Text(
                    "you have labelled {source_key} before; a second label is another person's",
                    source_key=head.source_key,
                ),
            )
        detail: dict[str, Any] = {"topic": book.topic(topic).key, "codebook": book.version}
        if is_blind:
            detail["purpose"] = BLIND
        else:
            settle_suggestion(
                workspace_id=head.workspace_id, case_id=case_id, topic=detail["topic"], at=at
            )
        return take_step(case_id=case_id, kind="labelled", at=at, by=by, role=role, detail=detail)
