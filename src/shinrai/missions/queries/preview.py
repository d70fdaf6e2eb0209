"""What pins would have been given: rules asked about all history, before they are declared."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.missions.models import AttemptRow
from shinrai.missions.queries.declarations import every_activity
from shinrai.missions.rules.attempt import Attempt, known_before
from shinrai.missions.rules.pins import earned_on, pin_rule
from shinrai.usage.queries.actors import actors_merged


def pin_preview(
    workspace: WorkspaceRecord, rows: Sequence[Mapping[str, Any]], *, at: datetime
) -> dict[str, int]:
    """Return to how many learners each pin would have been given by now.

    Raises: BadPinRule.
    """
    rules = [pin_rule(row) for row in rows]
    counts = Counter({rule.key: 0 for rule in rules})
    activities = every_activity(workspace.id)
    for _learner, attempts in attempts_by_learner(workspace.id):
        known = known_before(attempts, at)
        for rule in rules:
            counts[rule.key] += earned_on(rule, known, activities) is not None
    return dict(counts)


def attempts_by_learner(workspace_id: int) -> Iterator[tuple[int, list[Attempt]]]:
    """Return each learner's attempts, in no order; merged actors are one learner."""
    rows = AttemptRow.objects.filter(workspace_id=workspace_id).order_by("learner_id")
    names = ("at", "attempt_id", "activity", "own_on", "known_at", "is_completed", "score")
    stream = rows.values_list("learner_id", *names).iterator(10_000)
    for learner, some in by_learner(stream, actors_merged(workspace_id)):
        yield learner, [Attempt(*row) for row in some]


def by_learner(
    stream: Iterable[tuple[Any, ...]], roots: Mapping[int, int]
) -> Iterator[tuple[int, list[tuple[Any, ...]]]]:
    """Return each learner's rows without the number they begin with; they come in its order."""
    merged: dict[int, list[tuple[Any, ...]]] = {one: [] for one in {*roots, *roots.values()}}
    for learner, some in groupby(stream, key=itemgetter(0)):
        rows = [row[1:] for row in some]
        if learner in merged:
            merged[roots.get(learner, learner)] += rows
        else:
            yield learner, rows
    yield from ((learner, rows) for learner, rows in merged.items() if rows)
