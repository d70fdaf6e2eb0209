"""Pages of cases: workspaces, the overview, and a single case."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only, open_to_all
from shinrai.accounts.queries import has_workspaces, may, opening_workspace
from shinrai.accounts.rules.permission import Permission
from shinrai.console.reader import reader_text
from shinrai.desk.queries.case import NotThereYet, case_view
from shinrai.desk.queries.inquiry import inquiry_view
from shinrai.desk.queries.overview import overview_of
from shinrai.desk.queries.workspaces import workspace_summaries
from shinrai.inquiries.queries import UnknownInquiry
from shinrai.investigations.queries import UnknownInvestigation
from shinrai.objectives.pages import NUL, AsOf, as_of, the_warehouse
from shinrai.topics.queries import codebook
from shinrai.workload.queries.presence import is_measured, measured_s


@require_safe
@open_to_all
def workspaces(request: Any) -> HttpResponse:
    """List the workspaces this visitor may read; if there is only one, redirect to it."""
    found = workspace_summaries(user_id=request.user.pk, at=request.at)
    if len(found) == 1 and "all" not in request.GET:
        return redirect("overview", found[0].workspace.slug)
    beside = opening_workspace(user_id=request.user.pk)
    context = {"places": found, "beside": beside, "is_started": bool(found) or has_workspaces()}
    return render(request, "desk/workspaces.html", context)


@require_safe
@members_only
def overview(request: MemberRequest) -> HttpResponse:
    """Show what is late and due next, what is left of every budget, and past weeks."""
    found = overview_of(
        workspace=request.workspace,
        member=request.member,
        at=request.at,
        warehouse=the_warehouse(),
    )
    _audit_view(request, "titles on the overview", f"workspace:{request.workspace.id}")
    return render(request, "desk/overview.html", {"found": found})


@require_safe
@members_only
def inquiry(request: MemberRequest, key: str) -> HttpResponse:
    """Show one inquiry: its clocks, its ribbon, its steps, and the facts that figures use."""
    at = as_of(request)
    if NUL in key:
        raise Http404  # no key holds a NUL, and PostgreSQL knows no such text
    try:
        found = inquiry_view(workspace=request.workspace, source_key=key, at=at.moment)
    except UnknownInquiry as error:
        raise Http404 from error
    except NotThereYet as error:
        return _not_there_yet(request, at, error)
    if found.case.has_words:
        _audit_view(request, "words of a case", f"inquiry:{found.case.id}")
    context = {"found": found, "case": found.case, "as_of": at}
    context["measured"] = _measured(request, found.case.id)
    book = codebook(workspace_id=request.workspace.id)
    said = found.facts.topic
    context |= {"book": book, "said_topic": said, "topic": book.counts_as(said) if said else None}
    context["may_label"] = may(request.member, Permission.LABEL)
    context["may_erase"] = may(request.member, Permission.ERASE)
    context["may_correct"] = at.is_now and may(request.member, Permission.ANSWER_INQUIRY)
    return render(request, "desk/inquiry.html", context)


@require_safe
@members_only
def investigation(request: MemberRequest, key: str) -> HttpResponse:
    """Show one investigation: when it is due and why, its ribbon, and its steps."""
    at = as_of(request)
    if NUL in key:
        raise Http404  # no key holds a NUL, and PostgreSQL knows no such text
    try:
        found = case_view(workspace_id=request.workspace.id, source_key=key, at=at.moment)
    except UnknownInvestigation as error:
        raise Http404 from error
    except NotThereYet as error:
        return _not_there_yet(request, at, error)
    if found.has_words:
        _audit_view(request, "words of a case", f"investigation:{found.id}")
    context = {"case": found, "as_of": at, "measured": _measured(request, found.id)}
    context["may_erase"] = may(request.member, Permission.ERASE)
    context["book"] = codebook(workspace_id=request.workspace.id)
    return render(request, "desk/investigation.html", context)


def _not_there_yet(request: MemberRequest, at: AsOf, error: NotThereYet) -> HttpResponse:
    context = {"as_of": at, "said": reader_text(error.text)}
    return render(request, "desk/not_there_yet.html", context, status=404)


def _measured(request: MemberRequest, case_id: int) -> int | None:
    """Return for how many seconds this member used the case's page; None if not measured."""
    if request.member is None or not is_measured(workspace_id=request.workspace.id):
        return None
    return measured_s(case_id=case_id, member=author_of(request))


def _audit_view(request: MemberRequest, what: str, subject: str) -> None:
    """Record in the audit that a member saw words; visitors see only invented words."""
    if request.member is not None:
        record_view(
            workspace_id=request.workspace.id,
            what=what,
            subject=subject,
            at=request.at,
            by=author_of(request),
        )
