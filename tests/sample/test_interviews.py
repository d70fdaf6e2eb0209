"""The sample's interviews: what is found is the script's count, and words end as they should."""

from datetime import UTC, date, datetime

import pytest

from shinrai.customers.models import PersonLink
from shinrai.customers.operations import record_customers
from shinrai.sample.operations.interviews import has_interviews, load_interviews
from shinrai.sample.rules.interviews import INTERVIEWS, NEEDS, interview_truth
from shinrai.satisfaction.queries.interviews import (
    interview_quotes,
    need_counts,
    round_overviews,
)
from tests.cast import Cast

pytestmark = pytest.mark.django_db
TUESDAY = datetime(2026, 6, 9, 3, tzinfo=UTC)


def households(cast: Cast, count: int) -> None:
    """Record children, each with a guardian who pays."""
    there = cast.workspace.id
    names = [f"{kind}-{number}" for kind in ("child", "guardian") for number in range(count)]
    known = record_customers(workspace_id=there, source="usage", identifiers=names, at=TUESDAY)
    for number in range(count):
        PersonLink.objects.create(
            workspace_id=there,
            learner_id=known[f"child-{number}"].id,
            guardian_id=known[f"guardian-{number}"].id,
            contract_key=f"C-{number}",
            since=date(2026, 1, 1),
            proof="contract",
            recorded_at=TUESDAY,
            by="test",
        )


def test_what_is_found_is_the_known_truth(cast: Cast) -> None:
    households(cast, 20)
    assert load_interviews(cast.workspace, at=TUESDAY)
    assert has_interviews(cast.workspace)

    there, truth = cast.workspace.id, interview_truth()
    [found] = round_overviews(workspace_id=there, at=TUESDAY)
    quotes = interview_quotes(workspace_id=there, at=TUESDAY)
    outside = interview_quotes(workspace_id=there, at=TUESDAY, outside=True)
    shown = [one for one in quotes if one.words is not None]
    assert found.counts | {"shown": len(shown), "outside": len(outside)} == truth
    assert (truth["invited"], truth["withdrawn"], truth["ended"]) == (12, 1, 1)
    assert set(need_counts(shown)) == set(NEEDS)
    children = set(PersonLink.objects.values_list("learner_id", flat=True))
    assert not children & {one.person for one in found.people}, "guardians are asked, no children"


def test_too_few_guardians_are_no_round(cast: Cast) -> None:
    households(cast, len(INTERVIEWS) - 1)
    assert not load_interviews(cast.workspace, at=TUESDAY)
    assert not has_interviews(cast.workspace)
