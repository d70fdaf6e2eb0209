"""The published table of answers drawn for review, and what reviewers said of them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import pyarrow as pa

from shinrai.ledger.facts import ZoneBasis, zone_bases
from shinrai.quality.facts.inquiries import WORKSPACE
from shinrai.quality.facts.reviews import standing_reviews
from shinrai.quality.models import Review, SampledAnswer
from shinrai.quality.rules.criteria import CRITERIA, REVIEWERS
from shinrai.units.moments import epoch_us
from shinrai.warehouse.fact_table import FactTable
from shinrai.warehouse.tables import Column, Table, transposed

_FEWER = "fewer than two reviewers yet"

ANSWERS = Table(
    name="sampled_answers",
    grain="one answer drawn for review",
    key=("workspace_id", "answer_id"),
    columns=(
        WORKSPACE,
        Column("answer_id", "int", "the sampled answer"),
        Column("case_id", "int", "the inquiry it answers"),
        Column("mode", "string", "via_cs, direct or proactive; modes never mix"),
        Column("week_on", "date", "the Monday of the week it was drawn from"),
        Column("answered_us", "int", "when it was sent"),
        Column("answered_on", "date", "that date in the workspace's zone"),
        Column("reviewers_count", "int", "how many have judged it"),
        *(
            Column(f"{name}_marks", "string", "both marks, sorted, a line each", null_means=_FEWER)
            for name in CRITERIA
        ),
    ),
    parted_by="workspace_id",
)


class _Answers:
    """The drawn answers as `warehouse.fact_table.CaseSource`; a review changes its answer."""

    def changed(self, *, since: int, upto: int) -> list[tuple[int, int]]:
        within = {"written_in__gte": since, "written_in__lt": upto}
        drawn = SampledAnswer.objects.filter(**within)
        judged = Review.objects.filter(**within)
        return sorted(
            {
                *drawn.values_list("sample__workspace_id", "id"),
                *judged.values_list("answer__sample__workspace_id", "answer_id"),
            }
        )

    def of_workspace(self, workspace_id: int) -> list[int]:
        rows = SampledAnswer.objects.filter(sample__workspace_id=workspace_id)
        return list(rows.order_by("id").values_list("id", flat=True))

    def moved(self, workspace_id: int, *, at: datetime) -> set[int]:
        return set(self.of_workspace(workspace_id))

    def is_ahead(self, workspace_id: int, *, at: datetime) -> bool:
        return False


def row(answer: SampledAnswer, said: Sequence[dict[str, str]], zone: ZoneInfo) -> dict[str, Any]:
    """Say what was drawn, and how those judged it whose reviews stand."""
    return {
        "workspace_id": answer.sample.workspace_id,
        "answer_id": answer.pk,
        "case_id": answer.case_id,
        "mode": answer.sample.mode,
        "week_on": answer.sample.week_on,
        "answered_us": epoch_us(answer.answered_at),
        "answered_on": answer.answered_at.astimezone(zone).date(),
        "reviewers_count": len(said),
        **{
            f"{name}_marks": "\n".join(sorted(marks[name] for marks in said))
            if len(said) >= REVIEWERS
            else None
            for name in CRITERIA
        },
    }


def rows(ids: list[int], basis: ZoneBasis, until: datetime | None, revision: int) -> pa.RecordBatch:
    """Make the rows of some answers; at a moment, of those drawn by then."""
    drawn = SampledAnswer.objects.filter(id__in=ids).select_related("sample").order_by("id")
    if until is not None:
        drawn = drawn.filter(sample__at__lte=until)
    said: dict[int, list[dict[str, str]]] = defaultdict(list)
    for review in standing_reviews(ids, until=until):
        said[review.answer_id].append(review.marks)
    zone = ZoneInfo(basis.zone)
    made = [row(answer, said[answer.pk], zone) for answer in drawn]
    columns = transposed(made, ANSWERS)
    return ANSWERS.batch({**columns, "revision": [revision] * len(made)})


ANSWER_FACTS: Final = FactTable(
    table=ANSWERS,
    app="reviews",
    cases=_Answers(),
    rows=rows,
    bases=zone_bases,
    case="answer_id",
)
FACT_TABLES: Final = (ANSWER_FACTS,)
