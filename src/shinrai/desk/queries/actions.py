"""Read what a person may do with a case, and what the forms of actions need to know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shinrai.accounts.queries import MemberRecord, members, workspace_numbered
from shinrai.desk.rules.action_steps import ActionContext
from shinrai.desk.rules.actions import CaseAction, CaseStanding, possible_actions, tier_of
from shinrai.desk.rules.case_facts import AskedFact, facts_named
from shinrai.inquiries.rules.replay import CS_TIER, Inquiry
from shinrai.inquiries.rules.replay import replay as replay_inquiry
from shinrai.investigations.rules.replay import CRE_TIER, Investigation
from shinrai.investigations.rules.replay import replay as replay_investigation
from shinrai.ledger.queries import CaseHead, case_heads, standing_of
from shinrai.ledger.rules.holder_history import HolderStretch
from shinrai.ledger.rules.steps import Step
from shinrai.objectives.queries.judges import judges_of


@dataclass(frozen=True)
class CaseActions:
    """The actions a person may take on a case now, and what their forms depend on."""

    standing: CaseStanding
    possible: tuple[CaseAction, ...]
    context: ActionContext


def case_actions(
    head: CaseHead, steps: Sequence[Step], member: MemberRecord, *, at: datetime
) -> CaseActions:
    """Return what a member may do with a case whose steps up to `at` are these."""
    has_finding = False
    state: Investigation | Inquiry
    if head.record == "investigation":
        state = asked = replay_investigation(steps)
        has_finding = _has_finding(steps, asked)
    else:
        state = replay_inquiry(steps)
    held = tier_held(state.stretches, CRE_TIER if head.record == "investigation" else CS_TIER)
    place = CaseStanding(head.record, head.source, state.phase, held)
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
            missing=missing_facts(steps),
            has_finding=has_finding,
        ),
    )


def actions_on(case_id: int, member: MemberRecord, *, at: datetime) -> CaseActions:
    """Return what a member may do with a case as it is now."""
    head = case_heads([case_id])[case_id]
    steps = standing_of([case_id], workspace_id=head.workspace_id).get(case_id, [])
    return case_actions(head, steps, member, at=at)


def is_at_work(member: MemberRecord) -> bool:
    """Tell whether cases can be assigned to a member: they have a role, and did not leave."""
    return bool(member.roles) and not member.has_left


def tier_held(stretches: Sequence[HolderStretch], default: int) -> int:
    """Return the line that holds a case, or held it last before it paused or ended."""
    lines = [one.holder for one in stretches if one.holder and one.holder.startswith("tier:")]
    return int(lines[-1].removeprefix("tier:")) if lines else default


def missing_facts(steps: Sequence[Step]) -> tuple[AskedFact, ...]:
    """Return the facts that the last sending back asked for."""
    back = [step for step in steps if step.kind == "sent_back"]
    named = back[-1].detail.get("missing") if back else None
    return facts_named([str(one) for one in named]) if isinstance(named, list) else ()


def _has_finding(steps: Sequence[Step], state: Investigation) -> bool:
    """Tell whether a finding with words was recorded in the present round."""
    since = state.rounds[-1].started_at if state.rounds else None
    return any(
        step.kind == "finding" and step.words_id is not None and (since is None or step.at >= since)
        for step in steps
    )


def _clocks(head: CaseHead, at: datetime) -> tuple[str, ...]:
    """Return the clocks that objectives of the workspace measure of such a case."""
    judges = judges_of(workspace_id=head.workspace_id)
    found = (j.definition.clock for j in judges if j.record == head.record)
    return tuple(dict.fromkeys(str(clock) for clock in found))
