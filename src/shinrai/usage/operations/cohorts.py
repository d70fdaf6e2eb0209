"""Save, change and archive cohorts; each change is a version of its own."""

from datetime import datetime
from typing import Final

from django.db import transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.postgres.locks import lock_in_transaction
from shinrai.units.text import Text
from shinrai.usage.models import SavedCohort
from shinrai.usage.queries.cohorts import cohort_numbered, newest_versions
from shinrai.usage.rules.cohort import NAME_LENGTH, BadCohort, CohortDefinition

MOST: Final = 100  # cohorts of a workspace


def save_cohort(
    *,
    workspace_id: int,
    name: str,
    definition: CohortDefinition,
    at: datetime,
    by: str,
    number: int | None = None,
) -> int:
    """Save a cohort, or a version of the one with a number; return its number.

    Raises: BadCohort, UnknownCohort.
    """
    name = " ".join(name.split())
    if not name or len(name) > NAME_LENGTH or not name.isprintable():
        raise BadCohort(Text("a cohort needs a name of at most {most} letters", most=NAME_LENGTH))
    with transaction.atomic():
        lock_in_transaction(f"usage-cohorts:{workspace_id}")
        known = newest_versions(workspace_id)
        if number is not None:
            cohort_numbered(workspace_id=workspace_id, number=number)
        live = [one for one in known if not one.is_archived and one.number != number]
        if any(one.name.casefold() == name.casefold() for one in live):
            raise BadCohort(Text("there is a cohort named {name} already", name=name))
        if len(live) >= MOST:
            raise BadCohort(Text("{most} cohorts are kept already; archive one first", most=MOST))
        number = number or max((one.number for one in known), default=0) + 1
        _write(workspace_id, number, name, definition, at, by)
        record_action(
            workspace_id=workspace_id, what="save cohort", subject=f"cohort:{number}", at=at, by=by
        )
    return number


def archive_cohort(
    *, workspace_id: int, number: int, at: datetime, by: str, back: bool = False
) -> None:
    """Archive a cohort, or take it back from there.

    Raises: UnknownCohort, BadCohort if its name was given to another.
    """
    found = cohort_numbered(workspace_id=workspace_id, number=number)
    if back:
        save_cohort(
            workspace_id=workspace_id,
            name=found.name,
            definition=found.definition,
            at=at,
            by=by,
            number=number,
        )
        return
    with transaction.atomic():
        lock_in_transaction(f"usage-cohorts:{workspace_id}")
        _write(workspace_id, number, found.name, found.definition, at, by, is_archived=True)
        record_action(
            workspace_id=workspace_id,
            what="archive cohort",
            subject=f"cohort:{number}",
            at=at,
            by=by,
        )


def _write(
    workspace_id: int,
    number: int,
    name: str,
    definition: CohortDefinition,
    at: datetime,
    by: str,
    *,
    is_archived: bool = False,
) -> None:
    SavedCohort.objects.create(
        workspace_id=workspace_id,
        number=number,
        version=SavedCohort.objects.filter(workspace_id=workspace_id, number=number).count() + 1,
        name=name,
        definition=definition.document,
        is_archived=is_archived,
        at=at,
        by=by,
    )
