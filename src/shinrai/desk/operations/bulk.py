"""One deed on many cases: each case is a step and a transaction of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db import transaction

from shinrai.accounts.queries import MemberRecord, may, members
from shinrai.accounts.rules.permission import Permission
from shinrai.desk.operations.actions import ActionRequest, act
from shinrai.desk.operations.labels import label_inquiry
from shinrai.desk.rules.actions import CaseState, is_ours, possible_actions, step_role
from shinrai.ledger.queries import CaseHead, case_heads
from shinrai.units.errors import UserError
from shinrai.units.text import Text

MOST = 200  # of one deed


class NotForThisCase(UserError, ValueError):
    """The deed is not possible on a case, or this member may not do it."""


@dataclass(frozen=True)
class BulkRequest:
    """A deed on many cases: `value` is the person ("staff:ID") or the topic."""

    member: MemberRecord
    case_ids: Sequence[int]
    deed: Literal["assign", "label"]
    value: str
    at: datetime


@dataclass(frozen=True)
class BulkResult:
    """How many cases it was done on, and why not on each of the others."""

    done: int
    refused: tuple[Text, ...]


def act_on_cases(request: BulkRequest) -> BulkResult:
    """Assign or label cases, one by one; what is refused on one does not stop the others."""
    heads = case_heads(request.case_ids[:MOST])
    done, refused = 0, []
    for case_id in request.case_ids[:MOST]:
        head = heads.get(case_id)
        if head is None or head.workspace_id != request.member.workspace_id:
            continue
        try:
            with transaction.atomic():
                _act(request, head)
            done += 1
        except UserError as error:
            refused.append(error.text)
    return BulkResult(done, tuple(refused))


def refusal(member: MemberRecord, head: CaseHead, deed: str) -> Text | None:
    """Return why a member cannot do this deed on a case; None if they can."""
    key = head.source_key
    if deed == "label":
        if not may(member, Permission.LABEL):
            return Text("{key}: your role may not label", key=key)
        if head.record != "inquiry":
            return Text(
                "{source_key} is an investigation; label the inquiry it is about", source_key=key
            )
        return None
    if not is_ours(head.source):
        return Text("{key} is worked in {source}: assign it there", key=key, source=head.source)
    opened = CaseState(head.record, head.source, "open", None)
    if "assign" not in {one.key for one in possible_actions(opened, member.roles)}:
        return Text("{key}: your role may not assign it", key=key)
    return None


def assignable(*, workspace_id: int) -> dict[str, str]:
    """Return the names of those who can be given a case, by their key: members with a role."""
    staff = members(workspace_id=workspace_id)
    return {m.key: m.display_name for m in staff if m.roles and not m.has_left}


def _act(request: BulkRequest, head: CaseHead) -> None:
    if (why := refusal(request.member, head, request.deed)) is not None:
        raise NotForThisCase(why)
    at, member = request.at, request.member
    if request.deed == "label":
        role = step_role(member.roles)
        label_inquiry(case_id=head.id, topic=request.value, at=at, by=member.key, role=role)
        return
    act(ActionRequest(head.id, "assign", {"person": request.value}, member, at))
