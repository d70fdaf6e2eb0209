"""How a case stands, in the few words that places outside are told."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from shinrai.accounts.queries import WorkspaceRecord, workspace_numbered
from shinrai.console.rules.wording import moment_text
from shinrai.desk.queries.case import PRESSING, CaseStep, CaseView, case_view
from shinrai.desk.queries.inquiry import inquiry_view
from shinrai.ledger.queries import CaseHead, case_heads, newest_step
from shinrai.units.text import Text


@dataclass(frozen=True)
class CaseStatus:
    """A case as a place outside is told of it.

    `case` is masked. `answer` is the plain answer of an investigation, `missing` the facts it was
    sent back for; both are empty unless they hold now. `due` reads like "Thu 3 December 18:00".
    """

    workspace: WorkspaceRecord
    head: CaseHead
    case: CaseView
    newest_sequence: int
    due_at: datetime | None
    due: Text | None
    is_overdue: bool
    missing: tuple[str, ...]
    answer: str
    url: str

    @property
    def phase(self) -> str:
        """Return the phase of the case, such as `filed`, `sent_back`, `answered`."""
        return self.case.phase

    def steps_after(self, sequence: int) -> tuple[CaseStep, ...]:
        """Return the steps that followed one, the oldest first."""
        return tuple(step for step in self.case.steps if step.sequence > sequence)


def case_status(case_id: int, *, at: datetime, is_masked: bool = True) -> CaseStatus:
    """Return how a case stands now; unmasked only for whoever wrote to us themselves."""
    head = case_heads([case_id])[case_id]
    workspace = workspace_numbered(head.workspace_id)
    given: dict[str, Any] = {"source_key": head.source_key, "at": at}
    given |= {} if is_masked else {"reveals": lambda _head: at}
    # read before the case: a step between the two is told of again rather than not at all
    newest = newest_step(case_id)
    if head.record == "inquiry":
        case = inquiry_view(workspace=workspace, **given).case
    else:
        case = case_view(workspace_id=workspace.id, **given)
    facts = case.clock.facts if case.clock and case.clock.facts.state in PRESSING else None
    due_at = facts.due_at if facts else None
    sent_back = [step for step in case.steps if step.kind == "sent_back"]
    detail = dict(sent_back[-1].detail) if sent_back and case.phase == "sent_back" else {}
    missing = [one.strip() for one in detail.get("missing", "").split(",")]
    return CaseStatus(
        workspace=workspace,
        head=head,
        case=case,
        newest_sequence=newest,
        due_at=due_at,
        due=moment_text(due_at, zone=workspace.zone, near=at) if due_at else None,
        is_overdue=bool(facts and facts.state == "overdue"),
        missing=tuple(one for one in missing if one),
        answer=case.answer.words if case.answer else "",
        url=f"{settings.SHINRAI_ADDRESS}/w/{workspace.slug}/{_places(head)}/{head.source_key}/",
    )


def _places(head: CaseHead) -> str:
    return "inquiries" if head.record == "inquiry" else "investigations"
