"""Whom surveys and interviews are about: who was active, since when, or had an inquiry solved."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from shinrai.accounts.queries import WorkspaceRecord, workspace_numbered
from shinrai.customers.queries import person_links
from shinrai.inquiries.queries import inquiries_of
from shinrai.ledger.queries import case_heads, cases_between
from shinrai.satisfaction.rules.targeting import Targeting
from shinrai.usage.queries.actors import actors_merged
from shinrai.usage.queries.cohorts import cohort_people
from shinrai.usage.queries.scope import UsageScope
from shinrai.usage.rules.cohort import CohortDefinition
from shinrai.usage.rules.periods import today
from shinrai.warehouse.store import Warehouse

SETTLED: Final = timedelta(hours=1)  # so that a case reopened at once asks nobody


def solved_persons(
    workspace_id: int, targeting: Targeting, at: datetime, *, since: datetime | None = None
) -> frozenset[int]:
    """Return whose inquiry was solved in the last days, not before `since`, and still is."""
    first = at - timedelta(days=targeting.days)
    ids = cases_between(
        workspace_id=workspace_id,
        record="inquiry",
        since=max(first, since or first),
        until=at - SETTLED,
        kind="solved",
    )
    states = inquiries_of(ids, workspace_id=workspace_id)
    solved = [one for one, state in states.items() if state.phase in ("solved", "closed")]
    roots = actors_merged(workspace_id)
    found = {head.customer_id for head in case_heads(solved).values()}
    return frozenset(roots.get(one, one) for one in found if one is not None)


def using_persons(
    workspace: WorkspaceRecord,
    targeting: Targeting,
    at: datetime,
    warehouse: Warehouse,
    cohort: CohortDefinition | None = None,
) -> frozenset[int]:
    """Return who used the service as the criteria say, and belongs to a cohort if one is given."""
    scope = UsageScope(
        workspace.id, workspace.zone, at, warehouse, persons=actors_merged(workspace.id)
    )
    asked = {
        "active": CohortDefinition(days=targeting.days),
        "since": CohortDefinition(until=today(workspace.zone, at) - timedelta(days=targeting.days)),
    }
    found = cohort_people(scope, asked.get(targeting.who, CohortDefinition()))
    return found & cohort_people(scope, cohort) if cohort else found


def guardians_of(workspace_id: int, at: datetime, of: int | None = None) -> Mapping[int, set[int]]:
    """Return the guardians of each learner who has one, or of those that `of` is linked with."""
    roots = actors_merged(workspace_id) if of is None else {}
    found: dict[int, set[int]] = {}
    on = today(workspace_numbered(workspace_id).zone, at)
    for one in person_links(workspace_id=workspace_id, on=on, of=None if of is None else [of]):
        learner = roots.get(one.learner_id, one.learner_id)
        found.setdefault(learner, set()).add(roots.get(one.guardian_id, one.guardian_id))
    return found
