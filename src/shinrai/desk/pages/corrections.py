"""The form that corrects a wrong step of an inquiry: a message, a label or a wait."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from shinrai.accounts.pages.guards import MemberRequest, author_of, writers_only
from shinrai.accounts.rules.permission import Permission
from shinrai.console.reader import reader_text
from shinrai.desk.operations.corrections import correct_step
from shinrai.desk.rules.actions import step_role
from shinrai.inquiries.rules.corrections import NotToBeCorrected
from shinrai.ledger.queries import case_heads
from shinrai.topics.rules.codebook import UnknownTopic

GONE = "gone"


@require_POST
@writers_only(Permission.ANSWER_INQUIRY)
def corrections(request: MemberRequest, case_id: int) -> HttpResponse:
    """Append the correction of a wrong step, and redirect to the inquiry."""
    head = case_heads([case_id]).get(case_id)
    if head is None or head.workspace_id != request.workspace.id or head.record != "inquiry":
        raise Http404
    step = request.POST.get("step", "")
    try:
        correct_step(
            case_id=case_id,
            sequence=int(step) if step.isdecimal() and len(step) < 19 else 0,
            change=_change(request),
            why=request.POST.get("why", ""),
            at=request.at,
            by=author_of(request),
            role=step_role(request.member.roles if request.member else ()),
        )
    except (NotToBeCorrected, UnknownTopic) as error:
        messages.error(request, reader_text(error.text))
    else:
        messages.success(request, gettext("Corrected. What stood there before is kept."))
    return redirect("inquiry", request.workspace.slug, head.source_key)


def _change(request: MemberRequest) -> dict[str, Any]:
    """Read the correction: substantive or not, a topic, on whom was waited, or step removed."""
    kind, value = (request.POST.get(name, "") for name in ("what", "value"))
    if value == GONE:
        return {GONE: True}
    if kind == "substantive":
        return {"substantive": value == "yes"}
    return {"topic": value} if kind == "topic" else {"on": value}
