"""Exposures: which person got which arm, by our hash or by the product's own flag; once each."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from django.db import transaction

from shinrai.accounts.operations.audit import record_run
from shinrai.accounts.queries import workspace_numbered
from shinrai.customers.operations import record_customers
from shinrai.customers.queries import known_customers
from shinrai.initiatives.models import Exposure
from shinrai.initiatives.operations.steps import InitiativeRefused
from shinrai.initiatives.queries.records import initiative_named, initiatives
from shinrai.initiatives.queries.results import Asker
from shinrai.initiatives.rules.arms import arm_of
from shinrai.initiatives.rules.declaration import WITH_ARMS, Declaration
from shinrai.units.errors import UserError
from shinrai.units.text import Text
from shinrai.usage.operations.events import ACTORS
from shinrai.usage.rules.event import UsageEvent
from shinrai.usage.rules.periods import today

A_BATCH: Final = 5_000
MOST_PERSON: Final = 200


class BadExposures(UserError, ValueError):
    """A file of exposures that cannot be read."""


@dataclass(frozen=True)
class Assignment:
    """The arm of a person; `is_new`: this is the first time that it counts as shown."""

    initiative: str
    arm: str
    is_new: bool


def assign_person(asker: Asker, key: str, person: str) -> Assignment:
    """Return the arm of a person, the same one always, and log once that they were exposed.

    Before the start and after the end everybody gets the first arm, and nothing is logged.
    Raises: UnknownInitiative, InitiativeRefused.
    """
    asked, salt = _with_arms(asker, key, "assignment")
    arm = arm_of(person, salt, asked.arms)
    if not asked.starts_on <= asker.today <= asked.ends_on:
        return Assignment(key, next(iter(asked.arms)), is_new=False)
    with transaction.atomic():
        done = _expose(asker.workspace.id, key, {person: arm}, at=asker.at)
        kept = _exposed_arm(asker, key, person)  # from before the shares were amended, it stays
    return Assignment(key, kept or arm, is_new=bool(done))


def _exposed_arm(asker: Asker, key: str, person: str) -> str | None:
    there = asker.workspace.id
    numbers = known_customers(workspace_id=there, source=ACTORS, identifiers=[person]).values()
    rows = Exposure.objects.filter(workspace_id=there, key=key, person_id__in=list(numbers))
    return rows.values_list("arm", flat=True).first()


@dataclass(frozen=True)
class ExposuresTakenIn:
    """How many rows were new, were known already, and named people who were erased."""

    new: int
    known: int


def take_in_flags(asker: Asker, key: str, file: Path, *, by: str) -> ExposuresTakenIn:
    """Take in which value of the product's own flag each person had: CSV with `person`, `arm`.

    Raises: UnknownInitiative, InitiativeRefused, BadExposures.
    """
    asked, _salt = _with_arms(asker, key, "flag")
    new = lines = 0
    with transaction.atomic(), file.open(encoding="utf-8-sig", newline="") as opened:
        for some in _batches(csv.DictReader(opened), asked):
            lines += len(some)
            new += _expose(asker.workspace.id, key, some, at=asker.at)
        record_run(
            workspace_id=asker.workspace.id, what="take in flags", lines=new, at=asker.at, by=by
        )
    return ExposuresTakenIn(new, lines - new)


def record_flags(
    *, workspace_id: int, events: Sequence[tuple[UsageEvent, datetime]], at: datetime
) -> None:
    """Log the arms that usage events tell, of initiatives that name an event of their flag.

    In the transaction that publishes the events, so once. What happened within the window counts;
    of a person's values the first that arrives stands, as it does in a file.
    """
    there = workspace_numbered(workspace_id)
    for one in initiatives(there, today=today(there.zone, at)):
        asked = one.declaration
        if asked is None or not asked.flag_event or one.closed:
            continue
        arms: dict[str, str] = {}
        moments: dict[str, datetime] = {}
        for event, _received_at in sorted(events, key=lambda pair: pair[0].at):
            arm = asked.arm_said(event.name, event.properties)
            if arm and asked.starts_on <= today(there.zone, event.at) <= asked.ends_on:
                arms.setdefault(event.actor, arm)
                moments.setdefault(event.actor, event.at)
        if not arms:
            continue
        with transaction.atomic():
            new = _expose(workspace_id, one.key, arms, at=at, moments=moments)
            if new:
                record_run(
                    workspace_id=workspace_id, what="take in flags", lines=new, at=at, by="worker"
                )


def _with_arms(asker: Asker, key: str, design: str) -> tuple[Declaration, str]:
    found = initiative_named(asker.workspace, key, today=asker.today)
    asked = found.declaration
    if asked is None or asked.design != design or asked.design not in WITH_ARMS or found.closed:
        raise InitiativeRefused(
            Text("{key} assigns nobody: it is not of the design {design!r}, or it is closed.",
                 key=key, design=design)
        )  # fmt: skip
    return asked, found.declared.digest


def _batches(
    rows: Iterable[Mapping[str, str | None]], asked: Declaration
) -> Iterable[dict[str, str]]:
    some: dict[str, str] = {}
    for line, row in enumerate(rows, 2):
        person, arm = (str(row.get(name) or "").strip() for name in ("person", "arm"))
        if not person or len(person) > MOST_PERSON or "\0" in person or arm not in asked.arms:
            raise BadExposures(
                Text("Line {line}: it needs a `person` and an `arm`, one of {arms}. Nothing was"
                     " taken in.", line=line, arms=", ".join(asked.arms))
            )  # fmt: skip
        some.setdefault(person, arm)
        if len(some) >= A_BATCH:
            yield some
            some = {}
    yield some


def _expose(
    workspace_id: int,
    key: str,
    arms: Mapping[str, str],
    *,
    at: datetime,
    moments: Mapping[str, datetime] | None = None,
) -> int:
    """Log the arms of people who were not exposed before; return of how many.

    `moments`: when each was exposed, where that is known.
    """
    names: Sequence[str] = list(arms)
    known = record_customers(workspace_id=workspace_id, source=ACTORS, identifiers=names, at=at)
    numbers = {known[name].id: name for name in names if name in known}
    rows = Exposure.objects.filter(workspace_id=workspace_id, key=key, person_id__in=numbers)
    before = set(rows.values_list("person_id", flat=True))
    new = [
        Exposure(
            workspace_id=workspace_id,
            key=key,
            person_id=number,
            arm=arms[name],
            exposed_at=(moments or {}).get(name, at),
        )
        for number, name in sorted(numbers.items())  # in one order, so that two at once do not wait
        if number not in before
    ]
    Exposure.objects.bulk_create(new, batch_size=1000, ignore_conflicts=True)
    return len(new)
