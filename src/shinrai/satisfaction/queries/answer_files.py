"""Files of answers that were imported, and which answers stand after withdrawals."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Count, Model, QuerySet

from shinrai.satisfaction.models import AnswerFile, SurveyAnswer

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class AnswerFileRecord:
    """A file of answers; `withdrawn_at` None: its answers count."""

    number: int
    name: str
    survey: str
    rows: int
    answers: int
    imported_at: datetime
    by: str
    withdrawn_at: datetime | None
    withdrawn_by: str
    reason: str

    @property
    def document(self) -> dict[str, Any]:
        """Return it for programs."""
        return {
            "file": self.number,
            "name": self.name,
            "survey": self.survey,
            "rows": self.rows,
            "answers": self.answers,
            "imported_at": self.imported_at.isoformat(),
            "by": self.by,
            "withdrawn_at": self.withdrawn_at and self.withdrawn_at.isoformat(),
            "withdrawn_by": self.withdrawn_by,
            "reason": self.reason,
        }


def answer_files(*, workspace_id: int) -> list[AnswerFileRecord]:
    """Return the files of answers of a workspace, the newest first."""
    rows = AnswerFile.objects.filter(workspace_id=workspace_id).select_related("withdrawal")
    found = []
    for row in rows.annotate(count=Count("answers")).order_by("-id"):
        gone = getattr(row, "withdrawal", None)
        found.append(
            AnswerFileRecord(
                row.pk, row.name, row.survey, row.rows, row.count, row.imported_at, row.by,
                gone.at if gone else None, gone.by if gone else "", gone.reason if gone else "",
            )
        )  # fmt: skip
    return found


def standing_answers(rows: QuerySet[Row]) -> QuerySet[Row]:
    """Return answers or askings without those of withdrawn files."""
    return rows.filter(file__withdrawal__isnull=True)


def withdrawn_counts(*, workspace_id: int) -> Mapping[tuple[str, str], int]:
    """Count the answers that no longer count, by survey and wording."""
    rows = SurveyAnswer.objects.filter(
        workspace_id=workspace_id, file__withdrawal__isnull=False
    ).values_list("wave__survey__key", "wave__survey__wording")
    return Counter(rows)
