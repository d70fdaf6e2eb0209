"""Load the sample's surveys, by the same operations by which a service asks its users."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.customers.operations import record_customers
from shinrai.sample.rules.surveys import LASTS, SURVEY, SampleWave
from shinrai.satisfaction.operations.answers import record_answers, record_askings
from shinrai.satisfaction.operations.surveys import WaveRequest, declare_survey, open_wave
from shinrai.satisfaction.queries.surveys import surveys
from shinrai.satisfaction.rules.survey import GivenAnswer
from shinrai.usage.operations.events import ACTORS

BY: Final = "sample"


def has_surveys(there: WorkspaceRecord) -> bool:
    """Return whether a workspace has the sample's survey."""
    return bool(surveys(workspace_id=there.id))


def load_surveys(there: WorkspaceRecord, waves: Sequence[SampleWave], *, at: datetime) -> None:
    """Declare the survey and record its waves, all at once."""
    with transaction.atomic():
        survey = declare_survey(
            workspace_id=there.id, key="nps", document=SURVEY, at=waves[0].opens_at, by=BY
        )
        for wave in waves:
            opens_at, closes_at = wave.opens_at, wave.opens_at + LASTS
            asked = WaveRequest(there.id, wave.key, survey, "app", opens_at, closes_at)
            opened = open_wave(asked, at=opens_at, by=BY)
            known = record_customers(
                workspace_id=there.id, source=ACTORS, identifiers=list(wave.states), at=at
            )
            states = {
                known[name].id: "asked" if state == "answered" else state
                for name, state in wave.states.items()
                if name in known
            }
            record_askings(wave=opened, states=states, at=opens_at)
            answers = [
                GivenAnswer(
                    known[one.learner].id,
                    f"{wave.key}:{one.learner}",
                    {"recommend": one.score, "why": one.words},
                    one.at,
                )
                for one in wave.answers
                if one.learner in known
            ]
            record_answers(wave=opened, answers=answers, at=closes_at)
