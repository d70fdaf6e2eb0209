"""Read what is declared: initiatives as their steps say, and who got which arm."""

from collections import defaultdict
from datetime import date, datetime

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.customers.queries import all_links
from shinrai.initiatives.models import Exposure, InitiativeStep
from shinrai.initiatives.rules.progress import DeclaredStep, InitiativeRecord, progress_of
from shinrai.units.errors import UserError
from shinrai.units.text import Text
from shinrai.usage.queries.actors import actors_merged


class UnknownInitiative(UserError, LookupError):
    """There is no initiative of this key."""


def initiatives(
    workspace: WorkspaceRecord, *, today: date, until: datetime | None = None
) -> tuple[InitiativeRecord, ...]:
    """Return all initiatives of a workspace, the newest first; as they were at a moment."""
    found = _steps(workspace, until=until)
    every = (progress_of(key, steps, today=today) for key, steps in found.items())
    return tuple(sorted(every, key=lambda one: one.declared.at, reverse=True))


def initiative_named(workspace: WorkspaceRecord, key: str, *, today: date) -> InitiativeRecord:
    """Return an initiative by its key. Raises: UnknownInitiative."""
    steps = _steps(workspace, key=key).get(key)
    if not steps:
        raise UnknownInitiative(Text("There is no initiative {key!r} here.", key=key[:60]))
    return progress_of(key, steps, today=today)


def step_count(workspace: WorkspaceRecord) -> int:
    """Return how many steps were recorded: what rests on initiatives stands until that changes."""
    return InitiativeStep.objects.filter(workspace_id=workspace.id).count()


def arms_of(workspace: WorkspaceRecord, key: str) -> dict[int, str]:
    """Return the arm of every exposed person, by number; guardians share that of their learner.

    Of persons who were merged the first exposure stands; who got two arms by their learners is
    left out.
    """
    roots = actors_merged(workspace.id)
    rows = Exposure.objects.filter(workspace_id=workspace.id, key=key).order_by("id")
    found: dict[int, str] = {}
    for person, arm in rows.values_list("person_id", "arm"):
        found.setdefault(roots.get(person, person), arm)
    guardians: dict[int, set[str]] = defaultdict(set)
    for link in all_links(workspace_id=workspace.id) if found else ():
        learner = roots.get(link.learner_id, link.learner_id)
        if learner in found:
            guardians[link.guardian_id].add(found[learner])
    shared = {one: arms.pop() for one, arms in guardians.items() if len(arms) == 1}
    return {**shared, **found}


def exposed_counts(workspace: WorkspaceRecord, key: str) -> dict[str, int]:
    """Count the exposed persons by arm; merged ones once."""
    roots = actors_merged(workspace.id)
    rows = Exposure.objects.filter(workspace_id=workspace.id, key=key).order_by("id")
    first: dict[int, str] = {}
    for person, arm in rows.values_list("person_id", "arm"):
        first.setdefault(roots.get(person, person), arm)
    counts: dict[str, int] = defaultdict(int)
    for arm in first.values():
        counts[arm] += 1
    return dict(counts)


def _steps(
    workspace: WorkspaceRecord, *, key: str | None = None, until: datetime | None = None
) -> dict[str, list[DeclaredStep]]:
    rows = InitiativeStep.objects.filter(workspace_id=workspace.id)
    rows = rows if until is None else rows.filter(recorded_at__lte=until)
    rows = rows if key is None else rows.filter(key=key)
    zone = zone_named(workspace.zone)
    found: dict[str, list[DeclaredStep]] = defaultdict(list)
    for row in rows.order_by("id"):
        on = row.recorded_at.astimezone(zone).date()
        step = DeclaredStep(row.kind, row.document, row.digest, row.recorded_at, on, row.by)
        found[row.key].append(step)
    return found
