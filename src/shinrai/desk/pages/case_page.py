"""The page of one case: what it is about, what to do with it, and all that happened."""

from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from shinrai.accounts.operations.audit import record_reveal, record_view
from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only, writers_only
from shinrai.accounts.queries import may, revealed_until
from shinrai.accounts.rules.audit import NoReason, read_reason
from shinrai.accounts.rules.permission import Permission
from shinrai.console.reader import reader_text
from shinrai.desk.operations.article_drafts import may_be_drafted
from shinrai.desk.pages.action_form import FilledForm, action_forms
from shinrai.desk.queries.actions import actions_on
from shinrai.desk.queries.article_suggestions import FIELD_OF, NONE, chosen_article
from shinrai.desk.queries.case import CaseView, NotThereYet, case_view
from shinrai.desk.queries.defects import defects_of
from shinrai.desk.queries.files import files_of
from shinrai.desk.queries.household import learners_of
from shinrai.desk.queries.inquiry import inquiry_view
from shinrai.desk.queries.suggestion import suggestion_for
from shinrai.desk.rules.actions import is_ours
from shinrai.inquiries.queries import UnknownInquiry
from shinrai.investigations.queries import UnknownInvestigation
from shinrai.ledger.queries import CaseHead, case_heads, newest_step, standing_of
from shinrai.objectives.pages import NUL, AsOf, as_of
from shinrai.topics.queries import codebook
from shinrai.workload.queries.presence import is_measured, measured_s


@require_safe
@members_only
def inquiry(request: MemberRequest, key: str) -> HttpResponse:
    """Show one inquiry: its clocks, its ribbon, its steps, and the facts that figures use."""
    return _inquiry_page(request, key, {})


@require_safe
@members_only
def investigation(request: MemberRequest, key: str) -> HttpResponse:
    """Show one investigation: when it is due and why, its ribbon, and its steps."""
    return _investigation_page(request, key, {})


def case_page(
    request: MemberRequest,
    head: CaseHead,
    *,
    filled: FilledForm,
    status: int,
    since: int | None = None,
) -> HttpResponse:
    """Show a case whose action was refused, with what was typed; steps after `since` are new."""
    page = _inquiry_page if head.record == "inquiry" else _investigation_page
    return page(request, head.source_key, {"filled": filled, "since": since}, status=status)


def _inquiry_page(
    request: MemberRequest, key: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    at = as_of(request)
    if NUL in key:
        raise Http404  # no key holds a NUL, and PostgreSQL knows no such text
    try:
        found = inquiry_view(
            workspace=request.workspace,
            source_key=key,
            at=at.moment,
            reveals=partial(_revealed_until, request),
        )
    except UnknownInquiry as error:
        raise Http404 from error
    except NotThereYet as error:
        return _not_there_yet(request, at, error)
    context |= _common(request, found.case, at, context)
    said, book = found.facts.topic, context["book"]
    context |= {"found": found, "said_topic": said}
    context["topic"] = book.counts_as(said) if said else None
    on = at.moment.astimezone(ZoneInfo(request.workspace.zone)).date()
    context["learners"] = learners_of(request.workspace.id, found.case.customer, on=on)
    context["may_label"] = may(request.member, Permission.LABEL)
    if context["may_label"] and at.is_now and not said:
        there = request.workspace.id
        context["suggested"] = suggestion_for(case_id=found.case.id, workspace_id=there)
    context["may_correct"] = at.is_now and may(request.member, Permission.ANSWER_INQUIRY)
    return render(request, "desk/inquiry.html", context, status=status)


def _investigation_page(
    request: MemberRequest, key: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    at = as_of(request)
    if NUL in key:
        raise Http404  # no key holds a NUL, and PostgreSQL knows no such text
    try:
        found = case_view(
            workspace_id=request.workspace.id,
            source_key=key,
            at=at.moment,
            reveals=partial(_revealed_until, request),
        )
    except UnknownInvestigation as error:
        raise Http404 from error
    except NotThereYet as error:
        return _not_there_yet(request, at, error)
    context |= _common(request, found, at, context)
    if at.is_now and may(request.member, Permission.ANSWER_INQUIRY):
        head = case_heads([found.id])[found.id]
        steps = standing_of([head.id], workspace_id=head.workspace_id).get(head.id, [])
        context["may_draft"] = may_be_drafted(head, steps)
    return render(request, "desk/investigation.html", context, status=status)


def _common(
    request: MemberRequest, case: CaseView, at: AsOf, context: dict[str, Any]
) -> dict[str, Any]:
    """Return what the pages of both records show, and audit that words were seen."""
    member = request.member
    if case.has_words and member is not None:
        record_view(
            workspace_id=request.workspace.id,
            what="words of a case",
            subject=f"{case.record}:{case.id}",
            at=request.at,
            by=author_of(request),
            shown=[case.id],
        )
    common = {
        "case": case,
        "as_of": at,
        "measured": _measured(request, case.id),
        "book": codebook(workspace_id=request.workspace.id),
        "may_erase": may(member, Permission.ERASE),
        "may_reveal": case.has_words and may(member, Permission.REVEAL),
        "may_audit": may(member, Permission.AUDIT),
        "is_ours": is_ours(case.source),
        "defects": defects_of(case_id=case.id),
        "files": files_of(case.id) if member is not None else {},
    }
    if member is None or not at.is_now:
        return common
    actions = actions_on(case.id, member, at=request.at)
    filled: FilledForm | None = context.get("filled")
    article = None
    if filled is None:
        filled, article = _from_article(request, case)
    elif filled.given.get("article"):
        article = {"key": filled.given["article"], "offered": filled.given.get("offered", "")}
        article["id"] = article["key"] != NONE
    forms = action_forms(
        actions,
        member,
        chosen=filled.key if filled else request.GET.get("do", ""),
        filled=filled,
    )
    return common | {
        "actions": forms,
        "seen": newest_step(case.id),
        "article": article,
        "chosen": next((form for form in forms if form.is_chosen), None),
    }


def _from_article(
    request: MemberRequest, case: CaseView
) -> tuple[FilledForm | None, dict[str, Any] | None]:
    """Return the form of a reply filled from the article that was chosen, if one was."""
    key, do = request.GET.get("article", ""), request.GET.get("do", "")
    if not key or do not in FIELD_OF:
        return None, None
    article: dict[str, Any] = {"key": key, "offered": request.GET.get("offered", "")[:100]}
    if key == NONE:
        return None, article
    head = case_heads([case.id])[case.id]
    found = chosen_article(request.workspace, head, key, at=request.at)
    if found is None:
        return None, None
    article |= {"id": found.article_id, "missing": found.filled.missing}
    given = {FIELD_OF[do]: found.filled.text}
    if do == "reply":
        given["then"] = "open"  # an answer sent by its key says nothing of what became of the case
    return FilledForm(do, given), article


def _revealed_until(request: MemberRequest, head: CaseHead) -> datetime | None:
    """Return until when the reader sees a case as it was written; None while it is masked."""
    if not may(request.member, Permission.REVEAL):
        return None
    return revealed_until(
        case_id=head.id, subject=f"{head.record}:{head.id}", by=author_of(request), at=request.at
    )


@require_POST
@writers_only(Permission.REVEAL)
def reveals(request: MemberRequest, case_id: int) -> HttpResponse:
    """Unmask a case for its reader for ten minutes; the reason is kept in the audit."""
    head = case_heads([case_id]).get(case_id)
    if head is None or head.workspace_id != request.workspace.id:
        raise Http404
    try:
        reason = read_reason(request.POST.get("reason", ""))
    except NoReason as error:
        context = {"unmasking_wrong": reader_text(error.text), "typed": request.POST.get("reason")}
        page = _inquiry_page if head.record == "inquiry" else _investigation_page
        return page(request, head.source_key, context, status=422)
    record_reveal(
        workspace_id=head.workspace_id,
        subject=f"{head.record}:{case_id}",
        case_id=case_id,
        reason=reason,
        at=request.at,
        by=author_of(request),
    )
    return redirect(head.record, request.workspace.slug, head.source_key)


def _not_there_yet(request: MemberRequest, at: AsOf, error: NotThereYet) -> HttpResponse:
    context = {"as_of": at, "said": reader_text(error.text)}
    return render(request, "desk/not_there_yet.html", context, status=404)


def _measured(request: MemberRequest, case_id: int) -> int | None:
    """Return for how many seconds this member used the case's page; None if not measured."""
    if request.member is None or not is_measured(workspace_id=request.workspace.id):
        return None
    return measured_s(case_id=case_id, member=author_of(request))
