"""Steps of an initiative: declare, amend, close, note a case beyond the KPI, or do not measure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.accounts.queries import WorkspaceRecord
from shinrai.initiatives.models import InitiativeStep
from shinrai.initiatives.queries.records import initiative_named
from shinrai.initiatives.queries.results import Asker, power_of, results_of
from shinrai.initiatives.rules.comparison import Power
from shinrai.initiatives.rules.declaration import (
    MOST_NAME,
    MOST_TEXT,
    BadInitiative,
    Declaration,
    changed_fields,
    declaration_in,
    digest_of,
    key_in,
    plain_words,
)
from shinrai.initiatives.rules.progress import InitiativeRecord
from shinrai.ledger.queries import case_head
from shinrai.postgres.locks import lock_in_transaction
from shinrai.statistics.differences import Sums
from shinrai.units.errors import UserError
from shinrai.units.text import Text

MOST_NOTES: Final = 200


class InitiativeRefused(UserError, ValueError):
    """A step that this initiative cannot take now."""


@dataclass(frozen=True)
class AmendRequest:
    """Which fields of an initiative are to be otherwise, and why."""

    key: str
    changes: Mapping[str, Any]
    reason: str


def checked_declaration(asker: Asker, given: Mapping[str, Any]) -> tuple[Declaration, Power]:
    """Return a new declaration as it would be stored, and what its KPI's history says about it.

    Raises: BadInitiative.
    """
    asked = declaration_in(given)
    if asked.starts_on <= asker.today:
        raise BadInitiative(
            "starts_on", Text("It is declared before it starts: {on} is no later day. Begin"
                              " tomorrow, or declare it not measured.", on=str(asked.starts_on))
        )  # fmt: skip
    return asked, power_of(asker, asked)


def declare_initiative(asker: Asker, given: Mapping[str, Any], *, by: str) -> Declaration:
    """Declare an initiative: it is hashed, and what it is judged by is frozen from its start on.

    Raises: BadInitiative.
    """
    asked, _power = checked_declaration(asker, given)
    with transaction.atomic():
        _new(asker.workspace, asked.key)
        _write(asker, asked.key, "declared", asked.document, asked.digest, by)
    return asked


def declare_not_measured(asker: Asker, given: Mapping[str, Any], *, by: str) -> str:
    """Declare an initiative that will not be measured, with the reason; return its hash.

    Raises: BadInitiative.
    """
    said = {
        "name": plain_words(given.get("name"), MOST_NAME),
        "hypothesis": plain_words(given.get("hypothesis"), MOST_TEXT),
        "owner": plain_words(given.get("owner"), 80),
        "reason": plain_words(given.get("reason"), MOST_TEXT),
    }
    key = key_in(given)
    for name in ("name", "owner", "reason"):
        if not said[name]:
            raise BadInitiative(name, Text("This is missing: {name}.", name=name))
    digest = digest_of({"key": key, **said})
    with transaction.atomic():
        _new(asker.workspace, key)
        _write(asker, key, "not_measured", said, digest, by)
    return digest


def amend_initiative(asker: Asker, asked: AmendRequest, *, by: str) -> InitiativeRecord:
    """Declare an initiative otherwise; after the start this lowers its grade.

    Raises: UnknownInitiative, InitiativeRefused, BadInitiative.
    """
    with transaction.atomic():
        found = _open(asker, asked.key)
        current = found.declaration
        if current is None:
            raise InitiativeRefused(
                Text("It was declared not measured: declare a new initiative instead.")
            )
        reason = plain_words(asked.reason, MOST_TEXT)
        if not reason:
            raise BadInitiative("reason", Text("Say why it is amended."))
        new = declaration_in({**current.document, **asked.changes, "key": asked.key})
        changed = changed_fields(current, new)
        if not changed:
            raise InitiativeRefused(Text("Nothing would be otherwise."))
        if "starts_on" in changed and min(current.starts_on, new.starts_on) <= asker.today:
            raise BadInitiative(
                "starts_on", Text("A start that has come, or would have, is not moved.")
            )
        if {"kpi", "only", "group"} & set(changed):
            power_of(asker, new)
        said = {"declaration": new.document, "reason": reason}
        _write(asker, asked.key, "amended", said, new.digest, by)
    return initiative_named(asker.workspace, asked.key, today=asker.today)


def close_initiative(asker: Asker, key: str, conclusion: str, *, by: str) -> InitiativeRecord:
    """Close an initiative that has started, with its figures as they are now.

    Raises: UnknownInitiative, InitiativeRefused, BadInitiative.
    """
    with transaction.atomic():
        found = _open(asker, key)
        said: dict[str, Any] = {"conclusion": plain_words(conclusion, MOST_TEXT)}
        if found.declaration is not None:
            said |= _closing(asker, found)
        _write(asker, key, "closed", said, "", by)
    return initiative_named(asker.workspace, key, today=asker.today)


def note_case(asker: Asker, key: str, case_key: str, reason: str, *, by: str) -> None:
    """Note a case that was handled beyond the KPI, and why.

    Raises: UnknownInitiative, InitiativeRefused.
    """
    case_key, why = case_key.strip()[:200], plain_words(reason, MOST_TEXT)
    there = asker.workspace
    with transaction.atomic():
        lock_in_transaction(f"initiatives:{there.id}:{key}")
        found = initiative_named(there, key, today=asker.today)
        if len(found.notes) >= MOST_NOTES:
            raise InitiativeRefused(Text("At most {most} cases are noted.", most=MOST_NOTES))
        heads = (
            case_head(workspace_id=there.id, record=record, source_key=case_key)
            for record in ("inquiry", "investigation")
            if case_key and "\0" not in case_key
        )
        head = next((one for one in heads if one is not None), None)
        if head is None:
            raise InitiativeRefused(
                Text("There is no case {key!r} here. Copy its key from its page.", key=case_key)
            )
        if not why:
            raise InitiativeRefused(Text("Say why it was right to do this beyond the KPI."))
        said = {"record": head.record, "case": case_key, "reason": why}
        _write(asker, key, "noted", said, "", by)


def _closing(asker: Asker, found: InitiativeRecord) -> dict[str, Any]:
    """Return what is frozen at the close. Raises: InitiativeRefused."""
    if found.state == "declared":
        raise InitiativeRefused(Text("It has not started, so there is nothing to close yet."))
    results = results_of(asker, found)
    if not results.before.of:
        raise InitiativeRefused(
            Text(
                "It cannot be closed: there is no baseline. Nothing was counted in the"
                " {weeks} weeks before {on}, so nobody can say what changed.",
                weeks=results.declaration.baseline_weeks,
                on=str(results.declaration.starts_on),
            )
        )
    return {
        "before": _plain(results.before),
        "now": _plain(results.now),
        "main": [_plain(results.main.before), _plain(results.main.now)],
        "is_early": not results.main.is_over,
        "grade": results.grade.key,
        "digest": found.digest,
    }


def _plain(sums: Sums) -> list[Any]:
    return [sums.of, sums.total, sums.squares]


def _open(asker: Asker, key: str) -> InitiativeRecord:
    lock_in_transaction(f"initiatives:{asker.workspace.id}:{key}")
    found = initiative_named(asker.workspace, key, today=asker.today)
    if found.closed is not None:
        raise InitiativeRefused(Text("It is closed, and stays as it was closed."))
    return found


def _new(workspace: WorkspaceRecord, key: str) -> None:
    lock_in_transaction(f"initiatives:{workspace.id}:{key}")
    if InitiativeStep.objects.filter(workspace_id=workspace.id, key=key).exists():
        raise BadInitiative(
            "key", Text("There is an initiative {key!r} already. Choose another key.", key=key)
        )


AUDITED: Final = {
    "declared": "declare initiative",
    "not_measured": "declare initiative not measured",
    "amended": "amend initiative",
    "closed": "close initiative",
    "noted": "note case beyond the KPI",
}


def _write(
    asker: Asker, key: str, kind: str, document: dict[str, Any], digest: str, by: str
) -> None:
    there, at = asker.workspace.id, asker.at
    InitiativeStep.objects.create(
        workspace_id=there,
        key=key,
        kind=kind,
        document=document,
        digest=digest,
        recorded_at=at,
        by=by,
    )
    # The hash is in the audit, whose chain is sealed: nobody can change a declaration unseen.
    record_action(
        workspace_id=there,
        what=AUDITED[kind],
        subject=f"initiative:{key}",
        reason=digest,
        at=at,
        by=by,
    )
