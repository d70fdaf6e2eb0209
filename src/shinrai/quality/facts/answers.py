"""The published table of answers drawn for review, with the marks of their reviewers."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import pyarrow as pa

from shinrai.ledger.facts import ZoneBasis, zone_bases
from shinrai.quality.facts.inquiries import WORKSPACE
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
    """The drawn answers, as a `CaseSource`; an answer counts as changed by a new review."""

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
    """Return the row of a drawn answer; `said` holds the latest marks of each reviewer."""
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
    """Return the rows of some answers; with `until`, of those drawn, and judged, by then."""
    drawn = SampledAnswer.objects.filter(id__in=ids).select_related("sample").order_by("id")
    if until is not None:
        drawn = drawn.filter(sample__at__lte=until)
    said: dict[int, list[dict[str, str]]] = defaultdict(list)
    reviews = Review.objects.filter(answer_id__in=ids)
    if until is not None:
        reviews = reviews.filter(at__lte=until)
    # Of each reviewer the last one stands.
    for review in reviews.order_by("answer_id", "reviewer", "-id").distinct(
        "answer_id", "reviewer"
    ):
        said[review.answer_id].append({name: str(getattr(review, name)) for name in CRITERIA})
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
