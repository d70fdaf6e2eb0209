"""Guardians and links as documents: what the API and the commands answer alike."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.customers.queries import customer_by_identifier, customer_by_number
from shinrai.family.queries.guardians import (
    FAMILY,
    GuardianRecord,
    guardian_numbered,
    linked_learners,
    links_about,
    no_guardian,
)
from shinrai.family.rules.link import GuardianLink
from shinrai.missions.queries.learner import learner_named
from shinrai.usage.operations.events import ACTORS


def guardian_named(workspace: WorkspaceRecord, identifier: str) -> GuardianRecord:
    """Return the guardian whom the product calls so. Raises: UnknownGuardian."""
    person = customer_by_identifier(workspace_id=workspace.id, source=FAMILY, identifier=identifier)
    found = guardian_numbered(workspace.id, person.id) if person else None
    if found is None:
        raise no_guardian(identifier)
    return found


def learner_number(workspace: WorkspaceRecord, identifier: str) -> int:
    """Return the number of the learner by whose identifier links are made, before merges.

    Raises: UnknownLearner.
    """
    found = customer_by_identifier(workspace_id=workspace.id, source=ACTORS, identifier=identifier)
    return learner_named(workspace, identifier).id if found is None else found.id


def guardian_document(guardian: GuardianRecord, *, at: datetime) -> dict[str, Any]:
    """Return a guardian, and with whom they are linked or could be."""
    linked = {one.learner: one for one in linked_learners(guardian.id, at)}
    waiting = [one for one in links_about(at, guardian=guardian.id) if one.state == "claimed"]
    return {
        "number": guardian.id,
        "language": guardian.language,
        "zone": guardian.zone,
        "has_address": guardian.address is not None,
        "bounced_at": guardian.bounced_at,
        "learners": [
            {
                "learner": _identifier(guardian.workspace, number),
                "name": one.name,
                "since": one.since,
            }
            for number, one in linked.items()
        ],
        "waiting": [
            _identifier(guardian.workspace, one.learner)
            for one in waiting
            if one.learner not in linked
        ],
    }


def links_document(workspace_id: int, links: Iterable[GuardianLink]) -> dict[str, Any]:
    """Return links with the identifiers of both; null where nobody claimed, or once erased."""
    return {
        "links": [
            {
                "learner": _identifier(workspace_id, one.learner),
                "guardian": None if one.guardian is None
                else _identifier(workspace_id, one.guardian),
                "state": one.state,
                "made_at": one.made_at,
                "claimed_at": one.claimed_at,
                "since": one.since,
                "until": one.until,
                "ended_by": one.ended_side,
            }
            for one in links
        ]
    }  # fmt: skip


def _identifier(workspace_id: int, number: int) -> str | None:
    found = customer_by_number(workspace_id=workspace_id, number=number)
    return None if found is None else found.identifier
