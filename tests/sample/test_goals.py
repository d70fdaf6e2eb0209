"""Goals of the sample's learners: missions find what was simulated, counted another way."""

from datetime import datetime
from typing import Any

import pytest

from shinrai.customers.operations import record_customers
from shinrai.missions.queries.summary import missions_summary
from shinrai.sample.operations.company import learner_files
from shinrai.sample.operations.goals import has_goals, load_goals
from shinrai.sample.rules.company import TOKYO, simulate
from shinrai.sample.rules.goals import Goals
from shinrai.sample.rules.learners import identifier
from shinrai.sample.rules.truth import Truth
from shinrai.usage.operations.events import ACTORS
from tests.cast import Cast
from tests.sample.conftest import TUESDAY

pytestmark = pytest.mark.django_db
SUMMER = datetime(2026, 9, 1, 9, tzinfo=TOKYO)  # the holidays are among the last weeks


def goals_at(at: datetime) -> Goals:
    return learner_files(simulate(until=at, truth=Truth(inquiries=3_000))).goals


@pytest.mark.parametrize("at", [TUESDAY, SUMMER])
def test_missions_find_what_was_simulated(cast: Cast, at: datetime) -> None:
    goals, there = goals_at(at), cast.workspace
    names = [identifier(learner) for learner in range(len(goals.found))]
    record_customers(workspace_id=there.id, source=ACTORS, identifiers=names, at=at)
    assert not has_goals(there)
    load_goals(there, goals, at=at)
    assert has_goals(there)

    found: dict[str, Any] = missions_summary(there, at=at, weeks=20)
    weeks = {one["start"]: one for one in found["weeks"]}
    for truth in goals.truth["weeks"]:
        assert {name: weeks[truth["start"]][name] for name in truth} == truth
    pins = {f"{one['key']} {one['version']}": one["given"] for one in found["pins"]}
    assert pins == goals.truth["pins_given"]
    offers = {one["reason"]: one for one in found["offers"]}
    for reason, counts in goals.truth["offers"].items():
        assert {name: offers[reason][name] for name in counts} == counts
    assert found["comparison"]["is_randomised"]
    if at == SUMMER:
        assert sum(one.get("rest", 0) for one in goals.truth["weeks"]) > 0


def test_each_completion_is_an_event_that_usage_has() -> None:
    goals = goals_at(TUESDAY)
    events = dict(zip(goals.events.number.tolist(), goals.events.learner.tolist(), strict=True))

    assert len({row[1] for row in goals.completions}) == len(goals.completions) > 1_000
    assert all(events[row[1]] == row[0] for row in goals.completions)
