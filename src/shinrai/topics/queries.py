"""Queries about codebooks, and about the inquiries that get a second label."""

from dataclasses import dataclass
from datetime import datetime

from shinrai.topics.models import CodebookChange, SecondLabels
from shinrai.topics.rules.codebook import Codebook, TopicChange, codebook_of

_FIELDS = (
    *("number", "deed", "key", "at", "by", "name_en", "name_ja", "definition", "parent", "into"),
    "gate",
)


@dataclass(frozen=True)
class SecondLabelDraw:
    """How inquiries are chosen for a second label; `per_mille` 0: none are."""

    per_mille: int
    seed: str


def changes(*, workspace_id: int) -> tuple[TopicChange, ...]:
    """List every change of a workspace's codebook, in order."""
    rows = CodebookChange.objects.filter(workspace_id=workspace_id).order_by("number")
    return tuple(TopicChange(*row) for row in rows.values_list(*_FIELDS))


def codebook(*, workspace_id: int, until: datetime | None = None) -> Codebook:
    """Return a workspace's codebook as of a moment (None: now)."""
    return codebook_of(changes(workspace_id=workspace_id), until=until)


def changed_codebooks(*, since: int | None, upto: int) -> list[int]:
    """Return the workspaces whose codebook changed in a range of transactions (None: all)."""
    rows = CodebookChange.objects.filter(written_in__lt=upto)
    if since is not None:
        rows = rows.filter(written_in__gte=since)
    return sorted(set(rows.values_list("workspace_id", flat=True)))


def drawing(*, workspace_id: int) -> SecondLabelDraw:
    """Return how a workspace chooses inquiries for a second label."""
    row = SecondLabels.objects.filter(workspace_id=workspace_id).order_by("-id").first()
    return SecondLabelDraw(row.per_mille, row.seed) if row else SecondLabelDraw(0, "")
