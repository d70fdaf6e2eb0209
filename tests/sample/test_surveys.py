"""The sample's surveys: what is found is what was drawn, and loading twice adds nothing."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shinrai.sample.operations.surveys import has_surveys, load_surveys
from shinrai.sample.rules.company import simulate
from shinrai.sample.rules.learners import simulate_learners
from shinrai.sample.rules.surveys import sample_waves, survey_truth
from shinrai.sample.rules.truth import Truth
from shinrai.satisfaction.queries.change import ChangeQuestion, satisfaction_change
from shinrai.satisfaction.queries.summary import satisfaction_summary
from shinrai.units.unknown import Unknown
from shinrai.warehouse.store import Warehouse
from tests.cast import Cast

pytestmark = pytest.mark.django_db
TUESDAY = datetime(2026, 6, 9, 3, tzinfo=UTC)


def test_what_is_found_is_the_known_truth(cast: Cast, tmp_path: Path) -> None:
    company = simulate(until=TUESDAY, truth=replace(Truth(), inquiries=4_000))
    waves = sample_waves(simulate_learners(company))
    there = cast.workspace
    for _time in range(2):
        load_surveys(there, waves, at=TUESDAY)
    assert has_surveys(there)

    warehouse = Warehouse(str(tmp_path))
    [found] = satisfaction_summary(there, at=TUESDAY, warehouse=warehouse, survey="nps")

    for told, one in zip(survey_truth(waves), reversed(found.waves), strict=True):
        assert {
            "wave": one.wave.key,
            "eligible": one.wave.eligible,
            "capped": one.wave.capped,
            "sampled_out": one.wave.sampled_out,
            "answered": one.answered,
            **one.score.parts,
            "with_comment": one.with_comment.n,
        } == told

    [changed] = satisfaction_change(there, at=TUESDAY, asked=ChangeQuestion(survey="nps"))
    assert not isinstance(changed.change, Unknown)
    for group in (changed.change.same, changed.change.others):
        assert group.verdict != "fell", "liking grew for everybody"
