"""Forms that record working minutes on a case: typed in, or measured and confirmed."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from shinrai.accounts.pages.guards import MemberRequest, author_of, writers_only
from shinrai.accounts.rules.permission import Permission
from shinrai.console.reader import reader_text
from shinrai.desk.operations.steps import take_step
from shinrai.desk.rules.actions import step_role, tier_of
from shinrai.ledger.queries import CaseHead, case_heads
from shinrai.ledger.rules.refusals import StepRefused
from shinrai.workload.operations.presence import beat, take_presence
from shinrai.workload.queries.presence import is_measured
from shinrai.workload.rules.kinds import JOBS, BadMinutes, read_minutes

MOST_TYPED = 20


@require_POST
@writers_only(Permission.READ)
def worked(request: MemberRequest, case_id: int) -> HttpResponse:
    """Append a `worked` step with typed or confirmed minutes, and redirect to the case."""
    _case_of(request, case_id)
    job = request.POST.get("job", "other")
    back = request.POST.get("back", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = f"/w/{request.workspace.slug}/"
    roles = request.member.roles if request.member else frozenset()
    try:
        minutes = read_minutes(request.POST.get("minutes", ""))
        measured = take_presence(case_id=case_id, member=author_of(request))
        take_step(
            case_id=case_id,
            kind="worked",
            at=request.at,
            by=author_of(request),
            role=step_role(roles),
            tier=tier_of(roles),
            detail={
                "minutes": minutes,
                "job": job if job in JOBS else "other",
                **({"measured_s": measured} if measured else {}),
            },
        )
    except (BadMinutes, StepRefused) as error:
        messages.error(request, reader_text(error.text))
        typed = {"minutes": request.POST.get("minutes", "")[:MOST_TYPED], "job": job}
        back += ("&" if "?" in back else "?") + urlencode(typed)  # the form keeps what was typed
    else:
        messages.success(request, gettext("%(n)s minutes are written down.") % {"n": minutes})
    return redirect(back)


@require_POST
@writers_only(Permission.READ)
def presence(request: MemberRequest, case_id: int) -> HttpResponse:
    """Record that a case's page is still open; nothing is stored where this is not measured."""
    _case_of(request, case_id)
    if not is_measured(workspace_id=request.workspace.id):
        return JsonResponse({"measured": None})
    seconds = beat(
        workspace_id=request.workspace.id, case_id=case_id, member=author_of(request), at=request.at
    )
    return JsonResponse({"measured": seconds})


def _case_of(request: MemberRequest, case_id: int) -> CaseHead:
    head = case_heads([case_id]).get(case_id)
    if head is None or head.workspace_id != request.workspace.id:
        raise Http404
    return head
