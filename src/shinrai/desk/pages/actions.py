"""The forms by which a person acts on a case; a refused one shows the case with what was typed."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from shinrai.accounts.pages.guards import MemberRequest, writers_only
from shinrai.accounts.rules.permission import Permission
from shinrai.console.pages import takes
from shinrai.console.reader import reader_text
from shinrai.desk.operations.actions import ActionRequest, CaseChanged, act
from shinrai.desk.pages.action_form import FilledForm, typed_fields
from shinrai.desk.pages.case_page import case_page
from shinrai.desk.pages.files import new_files
from shinrai.desk.rules.action_steps import BadFields
from shinrai.desk.rules.actions import ActionRefused
from shinrai.desk.rules.files import MOST_BODY, BadFile
from shinrai.ledger.operations.steps import NoKey
from shinrai.ledger.queries import case_heads
from shinrai.ledger.rules.refusals import StepRefused


@require_POST
@takes(MOST_BODY)
@writers_only(Permission.READ)
def case_action(request: MemberRequest, case_id: int, action: str) -> HttpResponse:
    """Take an action on a case and redirect to it; which ones are permitted says the table."""
    head = case_heads([case_id]).get(case_id)
    if head is None or head.workspace_id != request.workspace.id or request.member is None:
        raise Http404
    given = typed_fields(request.POST)
    seen = request.POST.get("seen", "")
    try:
        done = act(
            ActionRequest(
                case_id=case_id,
                action=action,
                given=given,
                by=request.member,
                at=request.at,
                files=new_files(request),
                seen=int(seen) if seen.isdecimal() and len(seen) < 19 else None,
            )
        )
    except BadFields as error:
        filled = FilledForm(action, given, error.errors)
        return case_page(request, head, filled=filled, status=422)
    except BadFile as error:
        filled = FilledForm(action, given, {"files": error.text})
        return case_page(request, head, filled=filled, status=422)
    except CaseChanged as error:
        filled = FilledForm(action, given)
        messages.error(request, reader_text(error.text))
        return case_page(request, head, filled=filled, status=409, since=int(seen))
    except (ActionRefused, StepRefused, NoKey) as error:
        messages.error(request, reader_text(error.text))
        return case_page(request, head, filled=FilledForm(action, given), status=409)
    messages.success(request, reader_text(done.done))
    return redirect(head.record, request.workspace.slug, head.source_key)
