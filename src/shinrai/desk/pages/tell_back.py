"""The page on which people are told of a fix: whom, with which words, and who approves."""

import csv
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from shinrai.accounts.operations.audit import Download, record_download, record_view
from shinrai.accounts.pages.guards import MemberRequest, author_of, open_to_all, writers_only
from shinrai.accounts.queries import WorkspaceRecord, may
from shinrai.accounts.rules.permission import Permission
from shinrai.console.reader import reader_text
from shinrai.delivery.mail import NO_SERVER, has_server
from shinrai.desk.operations.tell_back import (
    SIMULATED,
    UnknownStop,
    approve_text,
    propose_text,
    read_stop,
    return_text,
    set_silent_policy,
    stop_unasked_mails,
)
from shinrai.desk.queries.defects import UnknownDefect
from shinrai.desk.queries.tell_back import tell_back
from shinrai.desk.rules.defects import MESSAGE, BadDefect
from shinrai.desk.rules.tell_back import GROUPS, POLICIES, STATES, filled_text
from shinrai.units.text import Text, translated


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only(Permission.FILE_INVESTIGATION)
def defect_tell_back(request: MemberRequest, number: int) -> HttpResponseBase:
    """Show whom to tell and the text; propose it, approve it, or send it back."""
    member = request.member
    assert member is not None
    wrong, typed = "", request.POST.get("text", "")
    if request.method == "POST":
        try:
            _change(request, number)
        except BadDefect as error:
            wrong = reader_text(error.text)
        except UnknownDefect as error:
            raise Http404 from error
        else:
            return redirect("defect_tell_back", request.workspace.slug, number)
    try:
        found = tell_back(workspace=request.workspace, number=number, at=request.at)
    except UnknownDefect as error:
        raise Http404 from error
    if found is None:
        messages.error(request, gettext("Say first in which release it is fixed."))
        return redirect("defect", request.workspace.slug, number)
    record_view(
        workspace_id=request.workspace.id,
        what="whom to tell of a fix",
        subject=f"defect:{number}",
        at=request.at,
        by=author_of(request),
    )
    if request.GET.get("format") == "csv":
        return _product_list(request, number, found.recipients)
    language = "ja" if request.workspace.language == "ja" else "en"
    usual = translated(MESSAGE.using(release="{release}"), language)
    text = typed or found.text.text or usual
    context = {
        "found": found,
        "defect": found.defect.defect,
        "groups": [
            (
                GROUPS[one.group],
                one,
                [(STATES[state], count) for state, count in one.states.items()],
                [row for row in found.recipients if row.group == one.group][:200],
            )
            for one in found.counts
        ],
        "states": STATES,
        "ready": sum(1 for one in found.recipients if one.state == "ready"),
        "all": len(found.recipients),
        "text": text,
        "preview": filled_text(text, found.defect.defect.release, found.defect.defect.title),
        "cannot": reader_text(_cannot(request.workspace)),
        "wrong": wrong,
        "is_author": found.text.by == member.key,
        "may_approve": may(member, Permission.WORK_ON_INVESTIGATION),
        "policies": POLICIES.items(),
        "may_lead": may(member, Permission.DELIVER),
    }
    return render(request, "desk/tell_back.html", context, status=422 if wrong else 200)


@csrf_exempt  # mail programs send one click for a person (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@open_to_all
def stop_telling(request: Any, token: str) -> HttpResponse:
    """Let a person end mails they did not ask for; a press, so that programs that look do not."""
    try:
        read_stop(token)
    except UnknownStop as error:
        return render(request, "desk/stop.html", {"said": reader_text(error.text)}, status=410)
    if request.method == "POST":
        stop_unasked_mails(token, at=request.at)
        said = gettext("You get no more mails that you did not ask for.")
        return render(request, "desk/stop.html", {"said": said})
    return render(request, "desk/stop.html", {})


def _cannot(workspace: WorkspaceRecord) -> Text:
    """Return why nothing can be sent from here; an empty text if it can."""
    if workspace.is_simulated:
        return SIMULATED
    return Text("") if has_server() else NO_SERVER


def _change(request: MemberRequest, number: int) -> None:
    """Raises: BadDefect, UnknownDefect."""
    member = request.member
    assert member is not None
    what = request.POST.get("what", "")
    mine: dict[str, Any] = {"workspace": request.workspace, "number": number, "at": request.at}
    if what == "propose":
        propose_text(text=request.POST.get("text", ""), by=member.key, **mine)
        messages.success(request, gettext("Proposed. Somebody else approves it."))
    elif what == "policy" and may(member, Permission.DELIVER):
        set_silent_policy(
            workspace_id=request.workspace.id,
            silent=request.POST.get("silent", ""),
            at=request.at,
            by=member.key,
        )
    elif what in ("approve", "return") and may(member, Permission.WORK_ON_INVESTIGATION):
        if what == "return":
            return_text(reason=request.POST.get("reason", ""), by=member.key, **mine)
            return
        sent = approve_text(by=member, **mine)
        messages.success(request, gettext("On its way to %(n)s.") % {"n": sent})
    else:
        raise Http404


def _product_list(request: MemberRequest, number: int, recipients: Any) -> HttpResponse:
    """Return the ids of those whom the product tells, as CSV."""
    rows = [one for one in recipients if one.state == "list"]
    record_download(
        workspace_id=request.workspace.id,
        download=Download(f"defect:{number}", len(rows)),
        at=request.at,
        by=author_of(request),
    )
    found = HttpResponse(content_type="text/csv; charset=utf-8")
    found["Content-Disposition"] = f'attachment; filename="tell-back-{number}.csv"'
    writer = csv.writer(found)
    writer.writerow(["customer"])
    writer.writerows([one.person] for one in rows)
    return found
