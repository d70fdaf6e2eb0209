"""Read saved cohorts, and who belongs to one now."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shinrai.units.errors import UserError
from shinrai.units.text import Text
from shinrai.usage.models import SavedCohort
from shinrai.usage.queries.scope import UsageScope
from shinrai.usage.rules.cohort import CohortDefinition, read_definition
from shinrai.usage.rules.periods import DAY_ZERO, PeriodBuckets


class UnknownCohort(UserError, LookupError):
    """The workspace has no cohort of this name or number."""


@dataclass(frozen=True)
class CohortRecord:
    """The newest version of a saved cohort; `by` and `at` are of that version."""

    number: int
    version: int
    name: str
    definition: CohortDefinition
    is_archived: bool
    at: datetime
    by: str


def newest_versions(workspace_id: int) -> list[CohortRecord]:
    """List the newest version of every cohort, archived ones too, by name."""
    rows = SavedCohort.objects.filter(workspace_id=workspace_id)
    rows = rows.order_by("number", "-version").distinct("number")
    found = [
        CohortRecord(
            row.number, row.version, row.name, read_definition(row.definition),
            row.is_archived, row.at, row.by,
        )
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.name.casefold())


def saved_cohorts(workspace_id: int) -> list[CohortRecord]:
    """List the cohorts that are not archived, by name."""
    return [one for one in newest_versions(workspace_id) if not one.is_archived]


def cohort_numbered(*, workspace_id: int, number: int) -> CohortRecord:
    """Return a cohort, also an archived one. Raises: UnknownCohort."""
    for one in newest_versions(workspace_id):
        if one.number == number:
            return one
    raise UnknownCohort(Text("there is no cohort {number}", number=number))


def cohort_named(*, workspace_id: int, name: str) -> CohortRecord:
    """Return the cohort of a name that is not archived. Raises: UnknownCohort."""
    known = saved_cohorts(workspace_id)
    for one in known:
        if one.name.casefold() == name.casefold():
            return one
    raise UnknownCohort(
        Text(
            "there is no cohort named {name}; there are: {known}",
            name=name,
            known=[one.name for one in known] or "–",
        )
    )


def cohort_people(scope: UsageScope, definition: CohortDefinition) -> frozenset[int]:
    """Return who of a scope belongs to a cohort at its moment; days are the persons' own."""
    from shinrai.usage.measures import habit

    since, until = definition.since, definition.until
    if definition.days is not None:  # today is not over, and counts
        since, until = scope.today - timedelta(days=definition.days - 1), scope.today
    reading = scope.reading(PeriodBuckets("day", scope.zone), own=True)
    found = habit.active(reading, event=definition.event, where=definition.where)
    if since is not None:
        found = found.filter(found.bucket >= (since - DAY_ZERO).days)
    if until is not None:
        found = found.filter(found.bucket <= (until - DAY_ZERO).days)
    lives = habit.lives(found)
    kept = lives.filter(lives.days >= definition.least_days)
    rows = scope.ask(rows=kept.select("person_id"))["rows"]
    return frozenset(row["person_id"] for row in rows)
