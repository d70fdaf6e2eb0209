"""Operations on codebooks: define or redefine a topic, merge a label into one, end one."""

import secrets
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from shinrai.postgres.locks import lock_in_transaction
from shinrai.topics.models import CodebookChange, SecondLabels
from shinrai.topics.queries import changes, drawing
from shinrai.topics.rules.codebook import (
    DEFINED,
    ENDED,
    MERGED,
    BadTopic,
    TopicChange,
    check_change,
    codebook_of,
)
from shinrai.units.text import Text


def define_topic(
    *,
    workspace_id: int,
    key: str,
    name_en: str = "",
    name_ja: str = "",
    definition: str = "",
    parent: str = "",
    gate: str = "",
    at: datetime,
    by: str,
) -> int:
    """Define or redefine a topic; return the codebook's new version.

    Raises: BadTopic; UnknownTopic if the parent is not in use.
    """
    said = {
        "name_en": name_en.strip(),
        "name_ja": name_ja.strip(),
        "definition": definition.strip(),
        "parent": parent,
        "gate": gate.strip(),
    }
    return _change(workspace_id, TopicChange(0, DEFINED, key, at, by, **said))


def merge_label(*, workspace_id: int, label: str, into: str, at: datetime, by: str) -> int:
    """Make a label or a topic count as the topic `into`; return the codebook's new version.

    Labels already given are stored unchanged, but they count as `into` too.
    Raises: BadTopic; UnknownTopic.
    """
    return _change(workspace_id, TopicChange(0, MERGED, label, at, by, into=into))


def end_topic(*, workspace_id: int, key: str, at: datetime, by: str) -> int:
    """End a topic, so that it cannot be chosen as a label; return the codebook's new version.

    Inquiries labelled with it still count as it.
    Raises: BadTopic; UnknownTopic.
    """
    return _change(workspace_id, TopicChange(0, ENDED, key, at, by))


def _change(workspace_id: int, change: TopicChange) -> int:
    with transaction.atomic():
        lock_in_transaction(f"codebook:{workspace_id}")
        found = codebook_of(changes(workspace_id=workspace_id))
        checked = asdict(check_change(found, change)) | {"number": found.version + 1}
        CodebookChange.objects.create(workspace_id=workspace_id, **checked)
    return found.version + 1


def draw_second_labels(*, workspace_id: int, per_mille: int, at: datetime, by: str) -> None:
    """Set how many of 1000 labelled inquiries get a second label; the random seed never changes.

    Raises: BadTopic.
    """
    if not 0 <= per_mille <= 1000:
        raise BadTopic(
            Text(
                "{per_mille} of a thousand cannot be drawn; give 0 to 1000, such as 30 for 3 %",
                per_mille=per_mille,
            ),
        )
    seed = drawing(workspace_id=workspace_id).seed or secrets.token_hex(32)
    SecondLabels.objects.create(
        workspace_id=workspace_id, per_mille=per_mille, seed=seed, at=at, by=by
    )
