"""Read what a person may do with a case, and what the forms of actions need to know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shinrai.accounts.queries import API_KEY, MemberRecord, members, workspace_numbered
from shinrai.desk.rules.action_steps import ActionContext
from shinrai.desk.rules.actions import CaseAction, CaseState, possible_actions, tier_of
from shinrai.desk.rules.case_facts import facts_named
from shinrai.desk.rules.open_case import case_standing, missing_facts
from shinrai.ledger.queries import CaseHead, case_heads, standing_of
from shinrai.ledger.rules.steps import Step
from shinrai.objectives.queries.judges import judges_of

NOT_BEGUN = {"inquiry": "unreceived", "investigation": "unfiled"}


@dataclass(frozen=True)
class CaseActions:
    """The actions a person may take on a case now, and what their forms depend on."""

    standing: CaseState
    possible: tuple[CaseAction, ...]
    context: ActionContext


def case_actions(
    head: CaseHead, steps: Sequence[Step], member: MemberRecord, *, at: datetime
) -> CaseActions:
    """Return what a member may do with a case whose steps up to `at` are these."""
    stands = case_standing(head.record, steps)
    phase = stands.phase if stands else NOT_BEGUN[head.record]
    held = stands.tier if stands else None
    place = CaseState(head.record, head.source, phase, held)
    there = workspace_numbered(head.workspace_id)
    staff = [one for one in members(workspace_id=head.workspace_id) if is_at_work(one)]
    return CaseActions(
        standing=place,
        possible=possible_actions(place, member.roles),
        context=ActionContext(
            by=member.key,
            tier=tier_of(member.roles),
            persons={one.key: tier_of(one.roles) for one in staff},
            clocks=_clocks(head, at),
            held=held,
            at=at,
            zone=there.zone,
            language=there.language,
            missing=facts_named(missing_facts(steps)),
            has_finding=head.record == "investigation" and _has_finding(steps),
        ),
    )


def actions_on(case_id: int, member: MemberRecord, *, at: datetime) -> CaseActions:
    """Return what a member may do with a case as it is now."""
    head = case_heads([case_id])[case_id]
    steps = standing_of([case_id], workspace_id=head.workspace_id).get(case_id, [])
    return case_actions(head, steps, member, at=at)


def is_at_work(member: MemberRecord) -> bool:
    """Tell whether cases can be assigned to a member: a person with a role who did not leave."""
    return bool(member.roles) and not member.has_left and member.source != API_KEY


def _has_finding(steps: Sequence[Step]) -> bool:
    """Tell whether a finding with words was recorded since the filing, or the last reopening."""
    began = max((step.at for step in steps if step.kind in ("filed", "reopened")), default=None)
    return any(
        step.kind == "finding" and step.words_id is not None and (began is None or step.at >= began)
        for step in steps
    )


def _clocks(head: CaseHead, at: datetime) -> tuple[str, ...]:
    """Return the clocks that objectives of the workspace measure of such a case."""
    judges = judges_of(workspace_id=head.workspace_id)
    found = (j.definition.clock for j in judges if j.record == head.record)
    return tuple(dict.fromkeys(str(clock) for clock in found))
