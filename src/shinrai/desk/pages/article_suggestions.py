"""Suggested answers beside the form of a reply, and the draft a closed investigation offers."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only, writers_only
from shinrai.accounts.rules.permission import Permission
from shinrai.console.reader import reader_text
from shinrai.desk.operations.article_drafts import NothingToDraft, draft_article
from shinrai.desk.queries.article_suggestions import FIELD_OF, suggestions_for
from shinrai.ledger.queries import case_heads


@require_safe
@members_only
def article_suggestions(request: MemberRequest, case_id: int) -> HttpResponse:
    """Show up to three answers that fit a case, best first, for the form of its reply."""
    head = case_heads([case_id]).get(case_id)
    if head is None or head.workspace_id != request.workspace.id:
        raise Http404
    do = request.GET.get("do", "")
    found = suggestions_for(request.workspace, head, at=request.at)
    context = {
        "head": head,
        "suggestions": found,
        "do": do if do in FIELD_OF else "reply" if head.record == "inquiry" else "answer",
        "offered": ",".join(str(one.record.article.id) for one in found),
    }
    name = "desk/_article_suggestions.html" if request.htmx else "desk/article_suggestions.html"
    answer = render(request, name, context)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


@require_POST
@writers_only(Permission.ANSWER_INQUIRY)
def article_draft(request: MemberRequest, case_id: int) -> HttpResponse:
    """Draft an article from an answered investigation, to be read before it is published."""
    head = case_heads([case_id]).get(case_id)
    if head is None or head.workspace_id != request.workspace.id or request.member is None:
        raise Http404
    try:
        made = draft_article(
            case_id=case_id,
            at=request.at,
            by=author_of(request),
            owner=request.member.display_name,
        )
    except NothingToDraft as error:
        messages.error(request, reader_text(error.text))
        return redirect(head.record, request.workspace.slug, head.source_key)
    messages.success(request, gettext("A draft. Read it, complete it, then publish it."))
    return redirect("edit_article", request.workspace.slug, made.key)
