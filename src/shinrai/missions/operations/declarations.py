"""Declare what there is to study, which pins there are, when nothing is asked, and which policy."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.missions.models import ActivityVersion, DeclaredRest, PinVersionRow, PolicyExperiment
from shinrai.missions.queries.declarations import Declared, activities_of, pin_versions
from shinrai.missions.rules.activity import declared
from shinrai.missions.rules.pins import BadPinRule, PinRule, pin_rule
from shinrai.missions.rules.recommendation import POLICIES
from shinrai.postgres.locks import lock_in_transaction
from shinrai.units.errors import UserError
from shinrai.units.text import Text

LONGEST_REST: Final = timedelta(days=120)
REST_KINDS: Final = ("holiday", "illness", "other")


class BadRest(UserError, ValueError):
    """Dates of rest that cannot be declared."""


class UnknownPolicy(UserError, LookupError):
    """A policy of recommendations that is not there."""


def declare_activities(
    *, workspace_id: int, rows: Sequence[Mapping[str, Any]], at: datetime, by: str
) -> Declared:
    """Declare all activities of a workspace: what is not among the rows is gone from now on.

    Raises: BadActivity.
    """
    wanted = declared(rows)
    with transaction.atomic():
        lock_in_transaction(f"missions:activities:{workspace_id}")
        now = {one.key: (place, one) for place, one in enumerate(activities_of(workspace_id))}
        steps = [
            ActivityVersion(key=one.key, place=place, document=asdict(one))
            for place, one in enumerate(wanted)
            if now.get(one.key) != (place, one)
        ]
        gone = set(now) - {one.key for one in wanted}
        steps += [ActivityVersion(key=key, place=0, document=None) for key in sorted(gone)]
        for step in steps:
            step.workspace_id, step.declared_at, step.by = workspace_id, at, by
        ActivityVersion.objects.bulk_create(steps)
        if steps:
            _audit(workspace_id, "activities declared", "activities", at=at, by=by)
    changed = len(steps) - len(gone)
    return Declared(changed, len(wanted) - changed, len(gone))


def declare_pins(
    *, workspace_id: int, rows: Sequence[Mapping[str, Any]], at: datetime, by: str
) -> Declared:
    """Declare all pins: a changed rule is a new version, and what is missing is given no more.

    Raises: BadPinRule.
    """
    wanted = {}
    for row in rows:
        rule = pin_rule(row)
        if rule.key in wanted:
            raise BadPinRule(Text("The pin {key} is declared twice.", key=rule.key))
        wanted[rule.key] = rule
    return _declare_pins(workspace_id, lambda _now: wanted, at=at, by=by)


def declare_pin(*, workspace_id: int, row: Mapping[str, Any], at: datetime, by: str) -> Declared:
    """Declare one pin and leave the others as they are. Raises: BadPinRule."""
    rule = pin_rule(row)
    return _declare_pins(workspace_id, lambda now: {**now, rule.key: rule}, at=at, by=by)


def end_pin(*, workspace_id: int, key: str, at: datetime, by: str) -> Declared:
    """Give a pin to nobody more; who has it keeps it."""

    def without(now: Mapping[str, PinRule]) -> dict[str, PinRule]:
        return {name: rule for name, rule in now.items() if name != key}

    return _declare_pins(workspace_id, without, at=at, by=by)


def _declare_pins(
    workspace_id: int,
    choose: Callable[[Mapping[str, PinRule]], Mapping[str, PinRule]],
    *,
    at: datetime,
    by: str,
) -> Declared:
    """Declare the pins that are chosen, knowing those that hold now."""
    with transaction.atomic():
        lock_in_transaction(f"missions:pins:{workspace_id}")
        every = pin_versions(workspace_id)
        now = {one.rule.key: one.rule for one in every if one.until is None}
        wanted = choose(now)
        newest = dict(
            PinVersionRow.objects.filter(workspace_id=workspace_id)
            .order_by("number")
            .values_list("key", "number")
        )
        gone = set(now) - set(wanted)
        steps: list[tuple[str, dict[str, Any] | None]] = [
            (key, asdict(rule)) for key, rule in wanted.items() if now.get(key) != rule
        ]
        steps += [(key, None) for key in sorted(gone)]
        PinVersionRow.objects.bulk_create(
            PinVersionRow(
                workspace_id=workspace_id,
                key=key,
                number=newest.get(key, 0) + 1,
                document=document,
                since=at,
                by=by,
            )
            for key, document in steps
        )
        if steps:
            _audit(workspace_id, "pins declared", "pins", at=at, by=by)
    changed = len(steps) - len(gone)
    return Declared(changed, len(wanted) - changed, len(gone))


def declare_rest(
    *,
    workspace_id: int,
    learner_id: int | None,
    dates: tuple[date, date],
    kind: str,
    at: datetime,
    by: str,
) -> None:
    """Declare dates on which nothing is asked, of a learner or of all.

    Raises: BadRest.
    """
    first, last = dates
    if not timedelta(0) <= last - first <= LONGEST_REST:
        raise BadRest(
            Text("A rest ends on the day it begins or up to {days} days later.",
                 days=LONGEST_REST.days)
        )  # fmt: skip
    if kind not in REST_KINDS:
        raise BadRest(Text("A rest is one of {kinds}.", kinds=", ".join(REST_KINDS)))
    with transaction.atomic():
        DeclaredRest.objects.create(
            workspace_id=workspace_id,
            learner_id=learner_id,
            first_on=first,
            last_on=last,
            kind=kind,
            declared_at=at,
            by=by,
        )
        subject = "learners" if learner_id is None else f"customer:{learner_id}"
        _audit(workspace_id, "rest declared", subject, at=at, by=by)


def compare_policies(
    *, workspace_id: int, name: str, policies: Sequence[str], at: datetime, by: str
) -> None:
    """Give learners one of these policies from now on, each equally likely; one alone: to all.

    Raises: UnknownPolicy.
    """
    unknown = [one for one in policies if one not in POLICIES]
    if unknown or not policies or len(set(policies)) != len(policies):
        raise UnknownPolicy(
            Text("Name different policies of these: {known}.", known=", ".join(POLICIES))
        )
    with transaction.atomic():
        PolicyExperiment.objects.create(
            workspace_id=workspace_id, name=name[:80], policies=list(policies), since=at, by=by
        )
        _audit(workspace_id, "policies compared", "policies", at=at, by=by)


def _audit(workspace_id: int, what: str, subject: str, *, at: datetime, by: str) -> None:
    record_action(workspace_id=workspace_id, what=what, subject=subject, at=at, by=by)
